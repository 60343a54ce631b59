"""Ports of the hot path: what replicas ask between a request and its answer, or beside it. All is asynchronous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from adplat.domain.arms import ArmsSince
from adplat.domain.bidding import ClosedRequest, OpenedRequest, Pace, PlacedDecision
from adplat.domain.callers import ANYBODY, Caller
from adplat.domain.counting import Series, ServiceCounted
from adplat.domain.events import Event, EventOutcome, StreamPosition, ToRecord
from adplat.domain.request_log import LoggedRequest


class OnlineState(Protocol):
    """The hot path's side of the Redis protocol (asynchronous). Raises StoreUnreachable."""

    async def read_user(self, user_key: str) -> bytes | None:
        """The packed user vector, or ``None`` for an unknown user. One round trip."""
        ...

    async def record_decisions(self, decisions: Sequence[ToRecord]) -> None:
        """Make each decision durable and put it on the stream, atomically by itself, all in one round trip.

        Where it raises, some may be kept all the same: decisions that nobody was told of.
        """
        ...

    async def log_requests(self, requests: Mapping[bytes, LoggedRequest], now: datetime) -> int:
        """Put opportunities on the stream, all in one round trip; returns how many were new. Called in the background.

        ``requests`` are by a mark that is the same for the same opportunity, from whichever replica it comes: one that
        was logged within the last minute is not logged again, so that what failed may be sent once more.
        """
        ...

    async def read_arms(self, since: int = 0) -> ArmsSince:
        """The creatives' statistics that changed after fold ``since``. Called in the background, never per request."""
        ...

    async def folded_to(self) -> StreamPosition:
        """How far user vectors have been folded. Called in the background, never per request."""
        ...

    async def close(self) -> None: ...


class BidState(Protocol):
    """Money, exposures and notices of bids: the hot path's side (asynchronous). Raises StoreUnreachable."""

    async def open_request(
        self,
        user_key: str,
        request_id: str,
        money_keys: Sequence[str],
        now: datetime,
        hold_s: float,
        *,
        reads_profile: bool = True,
    ) -> OpenedRequest:
        """Profile, caps and pacing of one request at one moment, and a mark that it is open. One round trip.

        Two requests of one user at the same time each see the other; the mark goes when the request is closed, and
        after ``hold_s``. The empty ``user_key`` is nobody's: it sets no mark and sees no exposure. Without
        ``reads_profile`` the stored vector of the user is not touched.
        """
        ...

    async def close_request(self, request_id: str, user_key: str, placed: Sequence[PlacedDecision]) -> None:
        """Atomically: each decision durable and on the stream, its money and exposure reserved, the mark gone.

        A decision counts once however often it is sent. One round trip.
        """
        ...

    async def close_requests(self, closed: Sequence[ClosedRequest]) -> list[bool]:
        """Many at once, each atomic by itself, in one round trip; ``False`` where the server refused one."""
        ...

    async def record_notices(
        self, events: Sequence[Event], now: datetime, caller: Caller = ANYBODY
    ) -> list[EventOutcome]:
        """Put events on the stream, each atomically with what it does to money and exposures. One round trip.

        An event id counts once; so does the billing of a decision, whatever its event id. A notice of a decision that
        was never placed is one of an unknown decision; so is a report of what is not ``caller``'s. A win or billing
        that costs more than was reserved changes nothing and uses no event id.
        """
        ...

    def keep_showings(self, longest_window_s: int) -> None:
        """Showings count for so long from now on: the longest frequency cap there is. Asks nothing of the server."""
        ...

    async def read_paces(self) -> dict[str, Pace]:
        """By campaign. Called in the background, never per request."""
        ...

    async def count_eligible(self, requests: Mapping[str, int]) -> None:
        """Add to the requests that each campaign might have bid on. Called in the background."""
        ...

    async def close(self) -> None: ...


class ServiceCounts(Protocol):
    """What all processes of the service counted (asynchronous). Called in the background. Raises StoreUnreachable."""

    async def tell(self, writer: str, number: int, sums: Mapping[Series, int], state: bytes) -> None:
        """Add ``sums``, once for each ``number``, which a ``writer`` counts up; ``state`` replaces the one before."""
        ...

    async def read(self) -> ServiceCounted:
        """All that was told."""
        ...

    async def forget(self, writers: Sequence[str]) -> None:
        """Of processes that are no more: what they said of themselves. What they counted stays."""
        ...

    async def close(self) -> None: ...
