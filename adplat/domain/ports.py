"""Ports: what a flow may ask of the world outside. One exists only where I/O or a heavy part stands behind.

The real parts live in ``adplat.storage`` and ``adplat.data``; ``adplat.bootstrap`` plugs them in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from adplat.domain.arms import ArmsSince, ArmStatistics
from adplat.domain.audit import AuditChain, AuditEntry, AuditRecord
from adplat.domain.bidding import ClosedRequest, MoneyCounted, OpenedRequest, Pace, PaceMemory, PlacedDecision
from adplat.domain.callers import ANYBODY, ApiKey, Caller, KeyBook
from adplat.domain.catalogue import Ad, Advertiser, Campaign, Creative, LiveCatalogue
from adplat.domain.counting import Series, ServiceCounted
from adplat.domain.events import (
    Credit,
    Event,
    EventOutcome,
    MalformedEntry,
    StreamEntry,
    StreamPosition,
    ToRecord,
    Touch,
    UserConversion,
    WaitingConversion,
)
from adplat.domain.experiments import ExperimentState
from adplat.domain.jobs import Job, JobOrder, JobState
from adplat.domain.kept_experiments import ExperimentResult, KeptExperiment
from adplat.domain.learning import ModelBundle
from adplat.domain.listing import ListRequest, Page
from adplat.domain.registry import BundleDeployment, RegisteredBundle
from adplat.domain.request_log import LoggedRequest, LoggedRequests


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


class CatalogueStore(Protocol):
    """Advertisers, campaigns, ads and creatives in SQL; one call is one transaction."""

    def save(
        self,
        advertisers: Sequence[Advertiser],
        campaigns: Sequence[Campaign],
        ads: Sequence[Ad],
        creatives: Sequence[Creative],
        *,
        entries: Sequence[AuditEntry] = (),
    ) -> None:
        """Insert or replace all of these together, with these entries of the audit trail."""
        ...

    def live_catalogue(self) -> LiveCatalogue:
        """Creatives in status ``live`` of campaigns in status ``live``, with their owners; one moment's truth."""
        ...

    def campaigns(self) -> list[Campaign]:
        """All of them, in every status."""
        ...

    def campaign_page(self, request: ListRequest) -> Page[Campaign]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def creative_page(self, request: ListRequest) -> Page[Creative]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def ads(self, campaign_id: str = "") -> list[Ad]:
        """All of them, or those of one campaign."""
        ...

    def creatives(self) -> list[Creative]:
        """All of them, in every status."""
        ...


class CallerStore(Protocol):
    """Callers and their API keys; one call is one transaction, with ``told`` in the audit trail. Nothing is deleted."""

    def save(self, caller: Caller, told: AuditEntry) -> None:
        """Insert or replace."""
        ...

    def add_key(
        self, key: ApiKey, told: AuditEntry, *, replaces: ApiKey | None = None, of_new: Caller | None = None
    ) -> None:
        """Insert; the key that it ``replaces`` is changed to this, and ``of_new`` is kept before.

        Raises UnknownReference.
        """
        ...

    def revoke(self, key_ids: Sequence[str], at: datetime, told: AuditEntry) -> None:
        """From ``at`` on they open nothing; one that was revoked before keeps its moment. Raises UnknownReference."""
        ...

    def book(self) -> KeyBook:
        """All callers by id, all keys oldest first; one moment's truth."""
        ...

    def caller(self, caller_id: str) -> Caller:
        """Raises UnknownReference."""
        ...

    def caller_page(self, request: ListRequest) -> Page[Caller]:
        """A page of them, by id unless it says otherwise. Raises ConfigRejected."""
        ...

    def key_page(self, request: ListRequest) -> Page[ApiKey]:
        """A page of keys, newest first unless it says otherwise, also those that are over. Raises ConfigRejected."""
        ...


class BundleRegistry(Protocol):
    """Which bundles exist, which one is live, and the history of deployments; one call is one transaction."""

    def register(self, bundle: ModelBundle, at: datetime, *, by: str = "", parent: str = "") -> None:
        """Remember a bundle; registering the same id again only takes over where it lies now."""
        ...

    def deploy(self, deployment: BundleDeployment, told: AuditEntry | None = None) -> None:
        """Make its bundle the live one, and tell it in the audit trail, together. Raises UnknownReference."""
        ...

    def deployed(self) -> ModelBundle | None:
        """The live bundle."""
        ...

    def registered(self) -> list[RegisteredBundle]:
        """All bundles, oldest first."""
        ...

    def find(self, name: str) -> RegisteredBundle:
        """The bundle whose id begins with ``name``. Raises UnknownReference (none, or more than one)."""
        ...

    def history(self) -> list[BundleDeployment]:
        """All deployments, oldest first."""
        ...

    def deployments(self) -> tuple[int, str]:
        """How many there were, and the bundle of the last one; empty where there was none."""
        ...

    def bundle_page(self, request: ListRequest) -> Page[RegisteredBundle]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def deployment_page(self, request: ListRequest) -> Page[BundleDeployment]:
        """A page of the history, newest first unless it says otherwise. Raises ConfigRejected."""
        ...


class JobQueue(Protocol):
    """Jobs in SQL: the row is the queue entry. One call is one transaction, its line in the audit trail included.

    ``begun`` is a job as ``take`` gave it; what is said of an attempt that is not the latest, or of a job that was
    cancelled, changes nothing and is answered ``False``.
    """

    def add(self, order: JobOrder, now: datetime) -> Job:
        """Queue it; or the job that an order of the same kind and key already made."""
        ...

    def take(self, kinds: Sequence[str], worker_id: str, now: datetime, lease_s: float) -> Job | None:
        """The due job that has waited longest, or one whose worker was lost; nobody else gets it meanwhile."""
        ...

    def beat(self, begun: Job, now: datetime, lease_s: float, progress: float) -> bool:
        """Still at work: the lease is extended."""
        ...

    def finish(self, begun: Job, now: datetime, result: Mapping[str, Any]) -> bool:
        """It is done."""
        ...

    def give_back(self, begun: Job, now: datetime, error: str, retry_at: datetime | None) -> bool:
        """It ended badly: to be tried again from ``retry_at`` on, or failed (``None``, or it began often enough)."""
        ...

    def cancel(self, job_id: int, now: datetime, by: str) -> Job:
        """Nobody wants it any more. Raises UnknownReference, and ConfigRejected where it is over."""
        ...

    def find(self, job_id: int) -> Job:
        """Raises UnknownReference."""
        ...

    def latest(self, kind: str, subject: str) -> Job | None:
        """The one ordered last about this subject."""
        ...

    def job_page(self, request: ListRequest) -> Page[Job]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def jobs(self, states: Sequence[JobState] = (), *, kind: str = "", limit: int = 100) -> list[Job]:
        """Newest first; of all states and kinds where none are named."""
        ...


class ExperimentStore(Protocol):
    """Experiments and what their analyses said, in SQL; one call is one transaction, its line in the audit trail
    included. Nothing is ever deleted.
    """

    def create(self, kept: KeptExperiment, detail: Mapping[str, str] = MappingProxyType({})) -> None:
        """Keep a draft; ``detail`` stands in the audit trail. Raises ConfigRejected where there is one of this name."""
        ...

    def change(
        self,
        experiment_id: str,
        step: Callable[[KeptExperiment, Sequence[KeptExperiment]], KeptExperiment],
        at: datetime,
        by: str,
        action: str,
        detail: Mapping[str, str],
    ) -> KeptExperiment:
        """Keep what ``step`` makes of it and of all that run; nobody changes any of them meanwhile.

        A step that changes nothing leaves no line in the audit trail. What it raises changes nothing. Raises
        UnknownReference.
        """
        ...

    def find(self, experiment_id: str) -> KeptExperiment:
        """Raises UnknownReference."""
        ...

    def experiments(self, states: Sequence[ExperimentState] = ()) -> list[KeptExperiment]:
        """Oldest first; in all states where none are named."""
        ...

    def experiment_page(self, request: ListRequest) -> Page[KeptExperiment]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def add_result(self, result: ExperimentResult) -> ExperimentResult:
        """Keep it; or give the one that the same job already left."""
        ...

    def results(self, experiment_id: str) -> list[ExperimentResult]:
        """Oldest first."""
        ...

    def result_page(self, experiment_id: str, request: ListRequest) -> Page[ExperimentResult]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def latest_results(self, experiment_ids: Sequence[str]) -> Mapping[str, ExperimentResult]:
        """The latest of each; one that was never analysed is absent."""
        ...

    def results_over_time(self, experiment_id: str, most: int) -> tuple[list[ExperimentResult], int]:
        """At most so many of them, evenly spread from the first to the last, oldest first; and how many there are."""
        ...


class AuditTrail(Protocol):
    """Who did what, append-only."""

    def record(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, str],
        *,
        advertiser_id: str | None = None,
    ) -> None:
        """Append one entry; that advertiser's people may read it."""
        ...

    def about(self, subject: str) -> list[AuditEntry]:
        """All entries of one subject, oldest first."""
        ...

    def about_each(self, subjects: Collection[str], action: str) -> Mapping[str, Sequence[AuditEntry]]:
        """Entries of this action, by subject, oldest first; one that has none is absent."""
        ...

    def records(self, request: ListRequest) -> Page[AuditRecord]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def check(self, chain: AuditChain, progress: Callable[[int, int], None] = ...) -> None:
        """Read the whole chain and its head into ``chain``; ``progress`` hears how many of how many were read."""
        ...


class ObjectStore(Protocol):
    """Bytes by content: the name of an object is the SHA-256 (hex) of its bytes."""

    def put(self, content: bytes) -> str:
        """Store and return the name; storing the same bytes again is free."""
        ...

    def get(self, sha256: str) -> bytes:
        """Raises UnknownReference when absent, BundleRejected when the bytes do not match the name."""
        ...

    def has(self, sha256: str) -> bool: ...


Progress = Callable[[int, int, str], None]
"""``progress(done, total, what)``: how a room tells a person how far it is; it never prints itself."""
