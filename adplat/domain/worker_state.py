"""Ports of the worker: the stream and what it is folded into, conversions that wait, money. All is synchronous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from adplat.domain.arms import ArmStatistics
from adplat.domain.bidding import MoneyCounted, Pace, PaceMemory
from adplat.domain.events import (
    Credit,
    MalformedEntry,
    StreamEntry,
    StreamPosition,
    Touch,
    UserConversion,
    WaitingConversion,
)
from adplat.domain.request_log import LoggedRequests


class StreamState(Protocol):
    """The worker's side of the Redis protocol (synchronous). Raises StoreUnreachable."""

    def read_entries(
        self, after: StreamPosition, limit: int, wait_ms: int
    ) -> Sequence[StreamEntry | UserConversion | LoggedRequests | MalformedEntry]:
        """Up to ``limit`` entries strictly after a position, oldest first; waits up to ``wait_ms`` for one."""
        ...

    def folded_to(self) -> StreamPosition:
        """How far arms, user vectors, touches and waiting conversions have been folded."""
        ...

    def read_users(self, user_keys: Sequence[str]) -> dict[str, bytes]:
        """Packed vectors of the known users among these."""
        ...

    def write_users(self, vectors: Mapping[str, bytes]) -> None:
        """Store packed vectors outside the stream (bulk load before serving)."""
        ...

    def read_arms(self) -> dict[str, ArmStatistics]:
        """All creatives' statistics."""
        ...

    def read_sums(self) -> dict[str, tuple[float, ...]]:
        """The sums that all creatives share, by name."""
        ...

    def fold(
        self,
        expected: StreamPosition,
        folded_to: StreamPosition,
        arms: Mapping[str, ArmStatistics],
        users: Mapping[str, bytes],
        malformed: Sequence[MalformedEntry] = (),
        touches: Sequence[Touch] = (),
        conversions: Sequence[WaitingConversion] = (),
        sums: Mapping[str, Sequence[float]] = MappingProxyType({}),
    ) -> bool:
        """Atomically add arm statistics and shared sums, store user vectors, put aside what cannot be read, and move
        the position.

        ``expected`` must have been read before the call. ``sums`` are added number by number to those of the same
        name; one of another length begins anew.

        Touches are kept with their user and advertiser, or with their decision where the user may not be recognised;
        conversions wait, to be looked at from the moment on at which they arrived.

        Returns ``False`` and changes nothing when the stored position is not ``expected``.
        """
        ...

    def trim(self, upto: StreamPosition) -> int:
        """Forget entries up to and including a position; returns how many."""
        ...

    def close(self) -> None: ...


class ConversionState(Protocol):
    """Conversions that wait for their credit, and touches (the worker's side, synchronous). Raises StoreUnreachable."""

    def due(self, upto_ms: int, limit: int) -> list[WaitingConversion]:
        """Up to ``limit`` conversions that are to be looked at by then, those of the earliest moment first."""
        ...

    def touches_before(self, conversions: Sequence[WaitingConversion]) -> list[list[Touch]]:
        """Parallel: the touches of the same user and advertiser (or decision) that happened no later."""
        ...

    def known_decisions(self, decision_ids: Sequence[str]) -> set[str]:
        """Which of these have not been forgotten."""
        ...

    def settle(self, credited: Sequence[tuple[StreamPosition, Credit, str]]) -> int:
        """Put each of these once more on the stream, with its credit and the decision of that id (empty: none).

        Each is one atomic step and happens once, however often it is asked for; returns how many happened now.
        """
        ...

    def postpone(self, until_ms: Mapping[StreamPosition, int]) -> None:
        """Look at these again, from that moment on."""
        ...

    def count_waiting(self) -> int:
        """How many conversions have no credit yet."""
        ...

    def close(self) -> None: ...


class BidUpkeep(Protocol):
    """What the worker does for the bidders (synchronous). Raises StoreUnreachable."""

    def release_expired(self, now: datetime, limit: int) -> int:
        """Give back up to ``limit`` reservations whose time has passed, each once; returns how many."""
        ...

    def read_money(self, money_keys: Sequence[str]) -> list[MoneyCounted]:
        """What is counted below each of these, at one moment."""
        ...

    def read_eligible(self) -> dict[str, int]:
        """Requests that each campaign might have bid on, since counting began."""
        ...

    def read_pace_memory(self, campaign_ids: Sequence[str]) -> dict[str, PaceMemory]:
        """What is remembered of each of these; an empty memory where nothing is."""
        ...

    def write_paces(self, paces: Mapping[str, Pace], memories: Mapping[str, PaceMemory]) -> None:
        """Replace all paces, days and the hours of traffic that are told, atomically; other memories stay."""
        ...

    def close(self) -> None: ...


class MetricsLedger(Protocol):
    """Hourly metrics in SQL with the stream position they cover; one call is one transaction."""

    def covered_to(self) -> StreamPosition:
        """How far the metrics cover the stream."""
        ...

    def add(
        self,
        expected: StreamPosition,
        covered_to: StreamPosition,
        cells: Mapping[tuple[datetime, str, str, str, str], ArmStatistics],
        spend_micros: Mapping[tuple[datetime, str, str, str, str], int],
    ) -> bool:
        """Add to cells ``(hour, advertiser_id, campaign_id, creative_id, placement)`` and move the position.

        Returns ``False`` and changes nothing when the stored position is not ``expected``.
        """
        ...
