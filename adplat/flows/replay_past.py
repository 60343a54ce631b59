"""What a user had done, as far as the service could know it at the moment of a decision.

Two things are held apart that look alike in the lake: when something happened, and when we were told. A history that
the service read held every event that had been folded, and none that had not been told. So each event of the lake::

    told before what was folded for certain         must be in the history
    told after that and before the decision         may be: how far the worker was just then is not known
    told after the decision                         cannot be

``ByDesign`` names what follows from that: it is no fault, and it is not hidden either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import polars as pl

from adplat.data import Lake
from adplat.domain import STREAM_START, FeatureSchema, StreamPosition
from adplat.features import Histories, item_hash
from adplat.features.layout import Layout

Entry = tuple[int, int]
"""``(time_s, item_hash)``, as a history holds it; the newest is the largest."""
# What the worker folds into a sequence of this outcome comes from this table of the lake.
_TABLE_OF_OUTCOME = {"click": "clicks", "conversion": "conversions"}


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event of a user: when it counts from and on what, and where it stood on the stream.

    ``trained`` is the same as a training row dates it: a click by its impression, not by its decision. ``position`` is
    ``None`` where that was never written down: such an event may have been known or not.
    """

    entry: Entry
    trained: Entry
    position: StreamPosition | None


class ByDesign(StrEnum):
    """What may lie between the history that was served and the one of a later training without being a fault."""

    NOT_YET_FOLDED = "not_yet_folded"
    TOLD_LATER = "told_later"
    DATED_LATER = "dated_later"
    DATED_OTHERWISE = "dated_otherwise"
    WITHOUT_IMPRESSION = "without_impression"
    PROFILE_WITHHELD = "profile_withheld"
    PROFILE_AWAY = "profile_away"

    @property
    def meaning(self) -> str:
        """For a person."""
        return _MEANINGS[self]


_MEANINGS = {
    ByDesign.NOT_YET_FOLDED: "an event had been told, and the worker had not folded it yet",
    ByDesign.TOLD_LATER: "an event dated before the decision was told after it; training sees it",
    ByDesign.DATED_LATER: "an event of the decision's own second or later was known; training cuts it off",
    ByDesign.DATED_OTHERWISE: "training dates a click by its impression, not by its decision, and gets another order",
    ByDesign.WITHOUT_IMPRESSION: "an event was known whose impression was never reported; training has no row for it",
    ByDesign.PROFILE_WITHHELD: "the stored profile was not permitted to be read",
    ByDesign.PROFILE_AWAY: "the stored profile could not be read",
}


@dataclass(frozen=True)
class TakenPast:
    """A history as it must have been at a decision, newest first, and what lies by design between it and training."""

    entries: list[Entry]
    by_design: set[ByDesign]


@dataclass(frozen=True)
class UserPasts:
    """Everything that the lake and the bundle know of one sequence.

    Args:
        told: events in the lake, by user.
        kept: what the bundle's training rows tell, by user; it went into the profiles when the bundle was deployed.
        orphans: first position by second of events without an impression, so that nobody can say whose they were.
        length: most entries of a history.
    """

    told: Mapping[str, Sequence[ToldEvent]]
    kept: Mapping[str, frozenset[Entry]]
    orphans: Mapping[int, StreamPosition]
    length: int

    def as_of(
        self,
        user_key: str,
        moment_s: int,
        folded_to: StreamPosition,
        decided_at: StreamPosition,
        served: Iterable[Entry],
    ) -> TakenPast:
        """The history at a decision of ``moment_s`` (unix seconds) that stands at ``decided_at`` on the stream.

        ``served`` settles only what may have been known and may not; what must be there is there without it.
        """
        held, by_design = set(served), set()
        events = self.told.get(user_key, ())
        # A bundle trained on this very lake knows a click by the second of its impression: it is no second click.
        twins = {event.trained for event in events}
        past = {entry for entry in self.kept.get(user_key, ()) if entry not in twins or entry in held}
        waiting, later = set[Entry](), set[Entry]()
        for event in events:
            if event.position is not None and event.position > decided_at:
                later.add(event.entry)
            elif event.entry in held or (event.position is not None and event.position <= folded_to):
                past.add(event.entry)
            else:
                waiting.add(event.entry)
        for entry in held - past:
            if self.orphans.get(entry[0], decided_at) < decided_at:
                past.add(entry)
                by_design.add(ByDesign.WITHOUT_IMPRESSION)
        history = sorted(past, reverse=True)[: self.length]
        if any(self._shows(entry, history) for entry in waiting - past):
            by_design.add(ByDesign.NOT_YET_FOLDED)
        if any(entry[0] < moment_s and self._shows(entry, history) for entry in later - past):
            by_design.add(ByDesign.TOLD_LATER)
        if any(time_s >= moment_s for time_s, _ in history):
            by_design.add(ByDesign.DATED_LATER)
        trained = {event.entry: event.trained for event in events}
        as_trained = sorted({trained.get(entry, entry) for entry in past}, reverse=True)[: self.length]
        if [item for _, item in as_trained] != [item for _, item in history]:
            by_design.add(ByDesign.DATED_OTHERWISE)
        return TakenPast(history, by_design)

    def _shows(self, entry: Entry, history: Sequence[Entry]) -> bool:
        """Whether the history would be another one with it."""
        return len(history) < self.length or entry > history[-1]


def user_pasts(schema: FeatureSchema, lake: Lake, kept: Histories, users: Iterable[str]) -> list[UserPasts]:
    """One for each sequence of the schema, with the events of these users. Raises TableRejected on a damaged part."""
    layout, wanted = Layout(schema), pl.Series("user_key", sorted(set(users)), dtype=pl.String)
    shown = lake.scan("impressions").select("decision_id", "user_key", "creative_id", pl.col("ts").alias("shown"))
    entries = kept.entries().filter(pl.col("user").is_in(wanted.implode()))
    found = []
    for place, feature in enumerate(layout.sequences):
        told: defaultdict[str, list[ToldEvent]] = defaultdict(list)
        orphans: dict[int, StreamPosition] = {}
        table = _TABLE_OF_OUTCOME.get(feature.outcome)
        if table is not None:
            events = lake.scan(table).join(shown, on="decision_id", how="left")
            mine = events.filter(pl.col("user_key").is_null() | pl.col("user_key").is_in(wanted.implode()))
            for row in mine.collect().iter_rows(named=True):
                if row["user_key"] is None:
                    second, position = _known_s(table, row), _position(row) or STREAM_START
                    orphans[second] = min(orphans.get(second, position), position)
                else:
                    told[row["user_key"]].append(_told_event(table, row))
        mine_kept: defaultdict[str, set[Entry]] = defaultdict(set)
        for user, time_s, item in (
            entries.filter(pl.col("sequence") == place).select("user", "time_s", "item_hash").rows()
        ):
            mine_kept[user].add((time_s, item))
        by_user = {user: frozenset(known) for user, known in mine_kept.items()}
        found.append(UserPasts(dict(told), by_user, orphans, layout.history_length))
    return found


def _told_event(table: str, row: Mapping[str, Any]) -> ToldEvent:
    item, shown = item_hash(row["creative_id"]), row["shown"]
    trained_s = int(shown.timestamp())
    if table == "conversions":  # the time of its row and the delay lose their fractions each by itself
        trained_s += int(max(0.0, (row["ts"] - shown).total_seconds()))
    return ToldEvent((_known_s(table, row), item), (trained_s, item), _position(row))


def _known_s(table: str, row: Mapping[str, Any]) -> int:
    """The second that the worker dates it by: a conversion when it happened, a click when its creative was chosen."""
    if table == "conversions":
        return int(row["ts"].timestamp())
    decided = decided_at_ms(row["decision_id"])
    return int((row["shown"] or row["ts"]).timestamp()) if decided is None else decided // 1000


def _position(row: Mapping[str, Any]) -> StreamPosition | None:
    told = row.get("stream_position")  # the worker's rows have it
    return StreamPosition.parse(told) if told else None


def decided_at_ms(decision_id: str) -> int | None:
    """The unix milliseconds that a UUIDv7 begins with (RFC 9562); ``None`` for another name."""
    try:
        name = UUID(decision_id)
    except ValueError:
        return None
    return name.int >> 80 if name.version == 7 else None
