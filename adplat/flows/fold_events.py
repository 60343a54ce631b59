"""From the event stream into everything that counts: lake, hourly metrics, bandit statistics, user histories.

Each of the three stores holds its own stream position, moved together with its data, which makes every
fold happen exactly once however often a batch is tried::

    lake    parts named by the first position they hold; what lies beyond the SQL position is dropped at start
    SQL     metrics and position in one transaction, compare-and-set on the position
    Redis   statistics, histories and position in one script, compare-and-set on the position

The order is lake ▸ SQL ▸ Redis ▸ trim. A kill between two steps leaves the later stores behind, never
ahead; the next batch starts at the lowest position and gives each store only what it lacks. The stream is
trimmed only up to what all three hold. The lake has no compare-and-set, so one worker at a time may write it:
the caller holds the workspace's worker lock while it folds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from adplat.data import Lake
from adplat.domain import (
    STREAM_START,
    ArmStatistics,
    Event,
    EventKind,
    MetricsLedger,
    SchemaMismatch,
    StreamEntry,
    StreamPosition,
    StreamState,
    TableRejected,
)
from adplat.features import FeatureEncoding, UserVector, fold_history, item_hash, pack_user, unpack_user
from adplat.flows.shadow_decisions import ShadowModel, shadow_rows

Cell = tuple[datetime, str, str, str, str]
NOTHING = ArmStatistics()


@dataclass(frozen=True, slots=True)
class FoldProgress:
    """What one batch did. ``lag_s`` is the age of its last entry in the stream; 0 when nothing waited.

    ``lost_race`` says that another worker moved a position in between: nothing was counted twice, the
    next batch reads the positions again. ``histories_restarted`` counts users whose stored vector belonged to
    another feature schema, ``shadowed`` decisions that a second bundle scored too.
    """

    entries: int = 0
    events: int = 0
    trimmed: int = 0
    histories_restarted: int = 0
    shadowed: int = 0
    lag_s: float = 0.0
    folded_to: StreamPosition = STREAM_START
    lost_race: bool = False


def drop_unfinished_parts(ledger: MetricsLedger, lake: Lake) -> int:
    """Remove lake parts of a batch that a killed worker did not bring to SQL, before the first fold; returns files."""
    covered = ledger.covered_to()
    return lake.drop_parts(lambda part: _first_position(part) > covered)


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
) -> FoldProgress:
    """Fold the next batch of at most ``limit`` entries, waiting up to ``wait_ms`` for the first.

    A ``shadow`` scores the decisions that were sent with their users; its rows go to the lake with the others.

    Raises StoreUnreachable when a store is away; nothing is lost and the next call goes on from there.
    """
    covered, folded = ledger.covered_to(), stream.folded_to()
    entries = stream.read_entries(min(covered, folded), limit, wait_ms)
    if not entries:
        return FoldProgress(folded_to=folded)
    last = entries[-1].position
    shadowed = 0
    if last > covered:
        fresh = [entry for entry in entries if entry.position > covered]
        write_to_lake(lake, fresh)
        shadowed = write_shadow(lake, fresh, shadow) if shadow else 0
        if not ledger.add(covered, last, cells_of(fresh), spend_of(fresh)):
            return FoldProgress(folded_to=folded, lost_race=True)
    restarted = 0
    if last > folded:
        fresh = [entry for entry in entries if entry.position > folded]
        histories, restarted = histories_of(stream, encoding, fresh)
        if not stream.fold(folded, last, arms_of(fresh), histories):
            return FoldProgress(folded_to=folded, lost_race=True)
    return FoldProgress(
        entries=len(entries),
        events=sum(entry.event is not None for entry in entries),
        trimmed=stream.trim(last),
        histories_restarted=restarted,
        shadowed=shadowed,
        lag_s=max(0.0, now.timestamp() - last.milliseconds / 1000),
        folded_to=last,
    )


def write_to_lake(lake: Lake, entries: Sequence[StreamEntry]) -> None:
    """One part per table and hour, named by the first position, so that the same batch overwrites itself."""
    part = _part_name(entries[0].position)
    for table, kind, row_of in (
        ("impressions", EventKind.IMPRESSION, _impression_row),
        ("clicks", EventKind.CLICK, _click_row),
        ("conversions", EventKind.CONVERSION, _conversion_row),
    ):
        rows = [row_of(entry, event) for entry, event in _events_of(entries) if event.kind is kind]
        if rows:
            lake.write(table, pl.DataFrame(rows, infer_schema_length=None), part)


def write_shadow(lake: Lake, entries: Sequence[StreamEntry], shadow: ShadowModel) -> int:
    """What the second bundle says of these decisions, as a part named like the others; returns how many."""
    rows = shadow_rows(shadow, entries)
    if rows:
        lake.write("shadow", pl.DataFrame(rows, infer_schema_length=None), _part_name(entries[0].position))
    return len(rows)


def arms_of(entries: Sequence[StreamEntry]) -> dict[str, ArmStatistics]:
    """What these events add to each shown creative."""
    sums: defaultdict[str, ArmStatistics] = defaultdict(ArmStatistics)
    for entry, event in _events_of(entries):
        sums[entry.decision.creative_id] += _statistics_of(entry, event)
    return dict(sums)


def cells_of(entries: Sequence[StreamEntry]) -> dict[Cell, ArmStatistics]:
    """What these events add to each cell of the hourly metrics; an event counts in the hour it happened."""
    sums: defaultdict[Cell, ArmStatistics] = defaultdict(ArmStatistics)
    for entry, event in _events_of(entries):
        sums[_cell_of(entry, event)] += _statistics_of(entry, event)
    return dict(sums)


def spend_of(entries: Sequence[StreamEntry]) -> dict[Cell, int]:
    """What these impressions cost, in the cells of ``cells_of``."""
    sums: defaultdict[Cell, int] = defaultdict(int)
    for entry, event in _events_of(entries):
        if event.kind is EventKind.IMPRESSION and entry.decision.price_micros:
            sums[_cell_of(entry, event)] += entry.decision.price_micros
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


def _events_of(entries: Sequence[StreamEntry]) -> Iterable[tuple[StreamEntry, Event]]:
    return ((entry, entry.event) for entry in entries if entry.event is not None)


def _statistics_of(entry: StreamEntry, event: Event) -> ArmStatistics:
    if event.kind is EventKind.IMPRESSION:
        return ArmStatistics(impressions=1, expected_clicks=entry.decision.p_ctr[0])
    if event.kind is EventKind.CLICK:
        return ArmStatistics(clicks=1)
    if event.kind is EventKind.CONVERSION:
        return ArmStatistics(conversions=1, value_micros=event.value_micros)
    return NOTHING  # how an auction ended says nothing about a creative


def _cell_of(entry: StreamEntry, event: Event) -> Cell:
    decision = entry.decision
    hour = event.ts.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour, decision.advertiser_id, decision.campaign_id, decision.creative_id, decision.placement


def _impression_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    decision, told = entry.decision, entry.decision.context
    moment = event.ts.astimezone(UTC)
    return {
        "decision_id": decision.decision_id,
        "request_id": decision.request_id,
        "ts": moment,
        "user_key": decision.user_key,
        "advertiser_id": decision.advertiser_id,
        "campaign_id": decision.campaign_id,
        "creative_id": decision.creative_id,
        "placement": decision.placement,
        "position": decision.position,
        "bid_micros": decision.bid_micros,
        "price_micros": decision.price_micros,
        "propensity": decision.propensity,
        "p_ctr": decision.p_ctr[0],
        "p_cvr": decision.p_cvr[0] if decision.p_cvr else None,
        "policy": decision.policy,
        "bundle_id": decision.bundle_id,
        "device": str(told.get("device", "")),
        "region": str(told.get("region", "")),
        "hour": _whole(told.get("hour"), moment.hour),
        "weekday": _whole(told.get("weekday"), moment.weekday()),
        "language": str(told.get("language", "")),
        "consent": decision.user_key != "",
    }


def _whole(told: str | float | None, otherwise: int) -> int:
    """A caller's context is not checked against our columns; what is no small number must not stop the fold."""
    return int(told) if isinstance(told, int | float) and abs(told) < 1e6 else otherwise


def _click_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    return {"decision_id": entry.decision.decision_id, "ts": event.ts.astimezone(UTC)}


def _conversion_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    return {
        "decision_id": entry.decision.decision_id,
        "ts": event.ts.astimezone(UTC),
        "value_micros": event.value_micros,
        "kind": event.conversion_kind,
    }


def _part_name(position: StreamPosition) -> str:
    return f"stream-{position.milliseconds:016d}-{position.sequence:08d}"


def _first_position(part: str) -> StreamPosition:
    """The position in a part's name; parts that no worker wrote lie before every position."""
    if not part.startswith("stream-"):
        return STREAM_START
    _, milliseconds, sequence = part.split("-")
    return StreamPosition(int(milliseconds), int(sequence))
