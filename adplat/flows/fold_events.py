"""From the event stream into everything that counts: lake, hourly metrics, bandit statistics, user histories.

Each of the three stores holds its own stream position, moved together with its data, which makes every
fold happen exactly once however often a batch is tried::

    lake    parts named by the first position they hold; what lies beyond the SQL position is dropped at start
    SQL     metrics and position in one transaction, compare-and-set on the position
    Redis   statistics, histories, touches, waiting conversions and position in one script, compare-and-set likewise

The order is lake ▸ SQL ▸ Redis ▸ trim. A kill between two steps leaves the later stores behind, never
ahead; the next batch starts at the lowest position and gives each store only what it lacks. The stream is
trimmed only up to what all three hold. The lake has no compare-and-set, so one worker at a time may write it:
the caller holds the workspace's worker lock while it folds.

A bid is paid for when its billing is told, so its spend is booked then; a decision of ``/v1/rank`` carries its price
and is paid for when it is shown. An entry that cannot be read is put aside in the same step that moves the position of
Redis, once, and stops nothing. A conversion counts when it stands on the stream with its credit
(``attribute_conversions``); as it was told it is kept in Redis, beside the touches that it may be attributed to.
Logged opportunities go to the lake alone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from adplat.bandit import DELAYS, PLACES, delay_counts, place_clicks
from adplat.data import Lake
from adplat.domain import (
    STREAM_START,
    ArmStatistics,
    Event,
    EventKind,
    LoggedRequests,
    MalformedEntry,
    MetricsLedger,
    SchemaMismatch,
    StreamEntry,
    StreamPosition,
    StreamState,
    TableRejected,
    UserConversion,
    of_click,
    of_conversion,
    of_impression,
)
from adplat.features import FeatureEncoding, ItemBlock, UserVector, fold_history, item_hash, pack_user, unpack_user
from adplat.flows.lake_rows import first_position, write_requests, write_shadow, write_to_lake, write_unattributed
from adplat.flows.linear_learning import linear_sums_of
from adplat.flows.shadow_decisions import ShadowModel
from adplat.flows.touches import counts, touches_of, waiting_of

log = logging.getLogger(__name__)

Cell = tuple[datetime, str, str, str, str]


@dataclass(frozen=True, slots=True)
class FoldProgress:
    """What one batch did. ``lag_s`` is the age of its last entry in the stream; 0 when nothing waited.

    ``lost_race`` says that another worker moved a position in between: nothing was counted twice, the
    next batch reads the positions again. ``histories_restarted`` counts users whose stored vector belonged to
    another feature schema, ``shadowed`` decisions that a second bundle scored too, ``auctions`` bids whose end
    was told, ``requests`` slots of logged opportunities, ``malformed`` entries that could not be read and were put
    aside. ``added`` sums what was added to the arms, ``spent_micros`` what was charged, by currency (empty where no
    auction names one).
    """

    entries: int = 0
    events: int = 0
    trimmed: int = 0
    histories_restarted: int = 0
    shadowed: int = 0
    auctions: int = 0
    requests: int = 0
    malformed: int = 0
    lag_s: float = 0.0
    folded_to: StreamPosition = STREAM_START
    lost_race: bool = False
    added: ArmStatistics = field(default_factory=ArmStatistics)
    spent_micros: Mapping[str, int] = field(default_factory=dict)


def drop_unfinished_parts(ledger: MetricsLedger, lake: Lake) -> int:
    """Remove lake parts of a batch that a killed worker did not bring to SQL, before the first fold; returns files."""
    covered = ledger.covered_to()
    return lake.drop_parts(lambda part: first_position(part) > covered)


def fold_events(
    stream: StreamState,
    ledger: MetricsLedger,
    lake: Lake,
    encoding: FeatureEncoding,
    now: datetime,
    *,
    limit: int = 5000,
    wait_ms: int = 1000,
    shadow: ShadowModel | None = None,
    items_of: Mapping[str, ItemBlock] = MappingProxyType({}),
) -> FoldProgress:
    """Fold the next batch of at most ``limit`` entries, waiting up to ``wait_ms`` for the first.

    A ``shadow`` scores the decisions that were sent with their users; its rows go to the lake with the others.
    ``items_of`` are the items by bundle id whose vectors the linear policies learn from.

    Raises StoreUnreachable when a store is away; nothing is lost and the next call goes on from there.
    """
    covered, folded = ledger.covered_to(), stream.folded_to()
    entries = stream.read_entries(min(covered, folded), limit, wait_ms)
    if not entries:
        # A worker that was killed between its last fold and this left the entries behind.
        return FoldProgress(trimmed=stream.trim(min(covered, folded)), folded_to=folded)
    last = entries[-1].position
    shadowed = auctions = requests = 0
    if last > covered:
        readable = _readable_after(entries, covered)
        fresh = _with_decision(readable)
        write_unattributed(lake, readable)
        auctions = write_to_lake(lake, fresh)
        requests = write_requests(
            lake, [one for one in entries if isinstance(one, LoggedRequests) and one.position > covered]
        )
        shadowed = write_shadow(lake, fresh, shadow) if shadow else 0
        if not ledger.add(covered, last, cells_of(fresh), spend_of(fresh)):
            return FoldProgress(folded_to=folded, lost_race=True)
    restarted = 0
    added, spent_micros = ArmStatistics(), {}
    malformed = [entry for entry in entries if isinstance(entry, MalformedEntry) and entry.position > folded]
    if last > folded:
        readable = _readable_after(entries, folded)
        fresh = _with_decision(readable)
        histories, restarted = histories_of(stream, encoding, fresh)
        kept = touches_of(readable), waiting_of(readable)
        sums = sums_of(fresh) | linear_sums_of(fresh, items_of)
        arms, spent_micros = arms_of(fresh), charged_micros(fresh)
        added = sum(arms.values(), ArmStatistics())
        for entry in malformed:
            log.warning(
                "an entry could not be read and is put aside",
                extra={"position": str(entry.position), "reason": entry.reason},
            )
        if not stream.fold(folded, last, arms, histories, malformed, *kept, sums):
            return FoldProgress(folded_to=folded, lost_race=True)
    return FoldProgress(
        entries=len(entries),
        events=sum(
            isinstance(entry, StreamEntry | UserConversion) and entry.event is not None and entry.credit is None
            for entry in entries
        ),
        trimmed=stream.trim(last),
        histories_restarted=restarted,
        shadowed=shadowed,
        auctions=auctions,
        requests=requests,
        malformed=len(malformed),
        lag_s=max(0.0, now.timestamp() - last.milliseconds / 1000),
        folded_to=last,
        added=added,
        spent_micros=spent_micros,
    )


def arms_of(entries: Sequence[StreamEntry]) -> dict[str, ArmStatistics]:
    """What these events add to each shown creative, their spend included."""
    sums: defaultdict[str, ArmStatistics] = defaultdict(ArmStatistics)
    for entry, event in _events_of(entries):
        if event.kind in _STATISTICS_OF:
            sums[entry.decision.creative_id] += _STATISTICS_OF[event.kind](entry, event)
        price_micros = _price_of(entry, event)
        if price_micros:
            sums[entry.decision.creative_id] += ArmStatistics(spend_micros=price_micros)
    return dict(sums)


def sums_of(entries: Sequence[StreamEntry]) -> dict[str, list[float]]:
    """What these events add to the sums that all creatives share.

    Those are conversions by how long after the decision they came, and clicks by the place of the page.
    """
    delays_s = [
        (event.ts - entry.decision.ts).total_seconds()
        for entry, event in _events_of(entries)
        if event.kind is EventKind.CONVERSION
    ]
    positions = [entry.decision.position for entry, event in _events_of(entries) if event.kind is EventKind.CLICK]
    sums = {}
    if delays_s:
        sums[DELAYS] = delay_counts(delays_s).tolist()
    if positions:
        sums[PLACES] = place_clicks(positions).tolist()
    return sums


def cells_of(entries: Sequence[StreamEntry]) -> dict[Cell, ArmStatistics]:
    """What these events add to each cell of the hourly metrics; an event counts in the hour it happened."""
    sums: defaultdict[Cell, ArmStatistics] = defaultdict(ArmStatistics)
    for entry, event in _events_of(entries):
        if event.kind in _COUNTS_OF:
            sums[_cell_of(entry, event)] += _COUNTS_OF[event.kind](entry, event)
    return dict(sums)


def spend_of(entries: Sequence[StreamEntry]) -> dict[Cell, int]:
    """What these billings, and the impressions of decisions with a price, cost; in the hour it happened."""
    sums: defaultdict[Cell, int] = defaultdict(int)
    for entry, event in _events_of(entries):
        price_micros = _price_of(entry, event)
        if price_micros:
            sums[_cell_of(entry, event)] += price_micros
    return dict(sums)


def charged_micros(entries: Sequence[StreamEntry]) -> dict[str, int]:
    """What all of these cost, by currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for entry, event in _events_of(entries):
        price_micros = _price_of(entry, event)
        if price_micros:
            terms = entry.decision.terms
            sums["" if terms is None else terms.currency] += price_micros
    return dict(sums)


def histories_of(
    stream: StreamState, encoding: FeatureEncoding, entries: Sequence[StreamEntry]
) -> tuple[dict[str, bytes], int]:
    """The packed vectors of all users whose history grew, and how many of them had to start anew."""
    sequences = encoding.layout.sequences
    grown = [
        (entry, event)
        for entry, event in _events_of(entries)
        if entry.decision.user_key and any(feature.outcome == event.kind for feature in sequences)
    ]
    stored = stream.read_users(sorted({entry.decision.user_key for entry, _ in grown})) if grown else {}
    vectors: dict[str, UserVector] = {}
    restarted = 0
    for entry, event in grown:
        user_key = entry.decision.user_key
        if user_key not in vectors:
            vectors[user_key], was_foreign = _known_or_new(encoding, user_key, stored.get(user_key))
            restarted += was_foreign
        for place, feature in enumerate(sequences):
            if feature.outcome == event.kind:
                item, time_s = item_hash(entry.decision.creative_id), _history_time_s(entry, event)
                vectors[user_key] = fold_history(vectors[user_key], place, item, time_s)
    return {key: pack_user(vector, encoding.digest) for key, vector in vectors.items()}, restarted


def _history_time_s(entry: StreamEntry, event: Event) -> int:
    """A click counts from the moment its creative was chosen, a conversion from when it happened."""
    moment = event.ts if event.kind is EventKind.CONVERSION else entry.decision.ts
    return int(moment.timestamp())


def _known_or_new(encoding: FeatureEncoding, user_key: str, packed: bytes | None) -> tuple[UserVector, bool]:
    nobody = encoding.user_vector({encoding.schema.user: user_key})
    if packed is None:
        return nobody, False
    try:
        return unpack_user(packed, encoding.digest), False
    except (SchemaMismatch, TableRejected):
        # The parts of another schema mean nothing here; a wrong profile is worse than an empty one.
        return nobody, True


def _readable_after(
    entries: Iterable[StreamEntry | UserConversion | LoggedRequests | MalformedEntry], position: StreamPosition
) -> list[StreamEntry | UserConversion]:
    """Decisions and events; what is for the lake alone is none of them."""
    return [entry for entry in entries if isinstance(entry, StreamEntry | UserConversion) and entry.position > position]


def _with_decision(entries: Iterable[StreamEntry | UserConversion]) -> list[StreamEntry]:
    return [entry for entry in entries if isinstance(entry, StreamEntry)]


def _events_of(entries: Sequence[StreamEntry]) -> Iterable[tuple[StreamEntry, Event]]:
    """What counts for the decision that it stands with."""
    return ((entry, entry.event) for entry in entries if entry.event is not None and counts(entry, entry.event))


def _of_impression(entry: StreamEntry) -> ArmStatistics:
    decision = entry.decision
    return of_impression(decision.p_ctr[0], decision.ts, decision.position)


def _of_click(entry: StreamEntry, event: Event) -> ArmStatistics:
    decision = entry.decision
    return of_click(decision.p_ctr[0], decision.p_cvr[0] if decision.p_cvr else None, decision.ts, event.ts)


# Whatever is not named here (how an auction ended) adds nothing.
_STATISTICS_OF: dict[EventKind, Callable[[StreamEntry, Event], ArmStatistics]] = {
    EventKind.IMPRESSION: lambda entry, _: _of_impression(entry),
    EventKind.CLICK: _of_click,
    EventKind.CONVERSION: lambda entry, event: of_conversion(event.value_micros, entry.decision.ts),
}
# Of those the hourly metrics keep counts and values alone, and need not be told what fades.
_COUNTS_OF: dict[EventKind, Callable[[StreamEntry, Event], ArmStatistics]] = {
    EventKind.IMPRESSION: lambda entry, _: ArmStatistics(impressions=1, expected_clicks=entry.decision.p_ctr[0]),
    EventKind.CLICK: lambda *_: ArmStatistics(clicks=1),
    EventKind.CONVERSION: lambda _, event: ArmStatistics(conversions=1, value_micros=event.value_micros),
}
_PRICE_OF: dict[EventKind, Callable[[StreamEntry, Event], int]] = {
    EventKind.IMPRESSION: lambda entry, _: entry.decision.price_micros,
    EventKind.BILLING: lambda _, event: event.price_micros,
}


def _price_of(entry: StreamEntry, event: Event) -> int:
    return _PRICE_OF[event.kind](entry, event) if event.kind in _PRICE_OF else 0


def _cell_of(entry: StreamEntry, event: Event) -> Cell:
    decision = entry.decision
    hour = event.ts.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour, decision.advertiser_id, decision.campaign_id, decision.creative_id, decision.placement
