"""Frequency caps: single cases, and no breach under any interleaving."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import Exposure, FrequencyCap
from adplat.market import Barred, CapTable, barred_now

HOUR_S = 3600


def moment(seconds: float) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def shown_at(seconds: float, campaign_id: str, creative_id: str) -> Exposure:
    return Exposure(campaign_id, creative_id, moment(seconds))


def barred(caps: dict[str, tuple[FrequencyCap, ...]], *shown: Exposure, open_requests: int = 0, now_s: float) -> Barred:
    return barred_now(CapTable.build(caps), shown, open_requests, moment(now_s))


def test_the_limit_bars_and_one_below_does_not() -> None:
    caps = {"c": (FrequencyCap(2, HOUR_S),)}
    once, again = shown_at(10.0, "c", "cr1"), shown_at(20.0, "c", "cr2")
    assert barred(caps, once, now_s=30.0) == Barred(frozenset(), frozenset())
    assert barred(caps, once, again, now_s=30.0).campaigns == {"c"}


def test_a_window_slides_and_ends_to_the_second() -> None:
    caps = {"c": (FrequencyCap(1, HOUR_S),)}
    shown = shown_at(100.0, "c", "cr")
    assert barred(caps, shown, now_s=100.0 + HOUR_S - 0.001).campaigns == {"c"}
    assert not barred(caps, shown, now_s=100.0 + HOUR_S).campaigns


def test_a_cap_of_each_creative_leaves_its_sisters_free() -> None:
    caps = {"c": (FrequencyCap(1, HOUR_S, per_creative=True), FrequencyCap(3, 24 * HOUR_S))}
    first = shown_at(0.0, "c", "cr1")
    assert barred(caps, first, now_s=1.0) == Barred(frozenset(), frozenset({"cr1"}))
    assert barred(caps, *[first] * 3, now_s=2.0 * HOUR_S) == Barred(frozenset({"c"}), frozenset())


def test_open_requests_count_against_every_cap_also_of_what_was_never_shown() -> None:
    caps = {"once": (FrequencyCap(1, HOUR_S),), "twice": (FrequencyCap(2, HOUR_S, per_creative=True),), "free": ()}
    assert barred(caps, open_requests=1, now_s=0.0).campaigns == {"once"}
    assert barred(caps, open_requests=2, now_s=0.0).campaigns == {"once", "twice"}
    assert barred(caps, shown_at(0.0, "twice", "cr"), open_requests=1, now_s=1.0).creatives == {"cr"}


def test_a_showing_dated_by_a_faster_clock_counts() -> None:
    assert barred({"c": (FrequencyCap(1, 60),)}, shown_at(105.0, "c", "cr"), now_s=100.0).campaigns == {"c"}


def test_campaigns_without_caps_are_never_barred() -> None:
    assert barred({"d": (FrequencyCap(1, 5),)}, *[shown_at(0.0, "c", "cr")] * 9, now_s=1.0) == Barred(
        frozenset(), frozenset()
    )


def test_storage_learns_what_to_keep_and_whom_a_stranger_may_not_see() -> None:
    table = CapTable.build({"c": (FrequencyCap(1, 60), FrequencyCap(9, HOUR_S)), "d": (FrequencyCap(1, 5),), "e": ()})
    assert table.longest_window_s == HOUR_S
    assert table.capped == {"c", "d"}
    assert CapTable.build({}).longest_window_s == 0
    assert CapTable.build({}).capped == frozenset()


@dataclass
class Person:
    """Requests of one person that overlap as they like. Each is open from its arrival until it is shown or lost."""

    table: CapTable
    now_s: float = 0.0
    written: list[Exposure] = field(default_factory=list)
    history: list[Exposure] = field(default_factory=list)
    waiting: list[tuple[str, str] | None] = field(default_factory=list)

    def arrive(self) -> None:
        self.waiting.append(None)

    def decide(self, place: int, campaign_id: str, creative_id: str) -> None:
        if self.waiting[place] is not None:
            return
        seen = barred_now(self.table, self.written, len(self.waiting) - 1, moment(self.now_s))
        if campaign_id not in seen.campaigns and creative_id not in seen.creatives:
            self.waiting[place] = (campaign_id, creative_id)

    def end(self, place: int, shown: bool) -> None:
        chosen = self.waiting.pop(place)
        if chosen is not None and shown:
            showing = shown_at(self.now_s, *chosen)
            self.history.append(showing)
            # As storage does: what no window can reach any more is dropped.
            since = moment(self.now_s - self.table.longest_window_s)
            self.written = [one for one in (*self.written, showing) if one.at > since]


steps = st.one_of(
    st.just(("arrive",)),
    st.tuples(st.just("decide"), st.integers(0, 5), st.sampled_from(["c", "d"]), st.sampled_from(["1", "2"])),
    st.tuples(st.just("decide"), st.integers(0, 5), st.sampled_from(["c", "d"]), st.sampled_from(["1", "2"])),
    st.tuples(st.just("end"), st.integers(0, 5), st.sampled_from([True, True, True, False])),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.5, 1.0, 3.0, 7.0])),
)
caps = st.builds(FrequencyCap, st.integers(1, 3), st.integers(1, 12), st.booleans())


@settings(max_examples=500, deadline=None)
@given(
    caps_by_campaign=st.fixed_dictionaries(
        {"c": st.lists(caps, min_size=1, max_size=3), "d": st.lists(caps, max_size=2)}
    ),
    script=st.lists(steps, min_size=10, max_size=80),
)
def test_no_interleaving_of_requests_ever_breaches_a_cap(
    caps_by_campaign: dict[str, list[FrequencyCap]], script: list[tuple[Any, ...]]
) -> None:
    table = CapTable.build(caps_by_campaign)
    person = Person(table)
    for name, *rest in script:
        if name == "wait":
            person.now_s += rest[0]
        elif name == "arrive":
            person.arrive()
        elif person.waiting:
            getattr(person, name)(rest[0] % len(person.waiting), *rest[1:])
    for campaign_id, own in table.caps.items():
        for cap in own:
            groups = [
                [
                    shown.at
                    for shown in person.history
                    if shown.campaign_id == campaign_id and creative in (None, shown.creative_id)
                ]
                for creative in (("1", "2") if cap.per_creative else (None,))
            ]
            assert all(
                sum(last - timedelta(seconds=cap.window_s) < at <= last for at in times) <= cap.limit
                for times in groups
                for last in times
            )


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_person_who_asks_one_at_a_time_sees_exactly_the_limit(limit: int) -> None:
    person = Person(CapTable.build({"c": (FrequencyCap(limit, HOUR_S),)}))
    for _ in range(20):
        person.arrive()
        person.decide(0, "c", "1")
        person.end(0, shown=True)
    assert len(person.written) == limit
