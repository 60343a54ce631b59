"""Last touch: clicks before showings, the latest first, each within its own campaign's window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import Attribution, Event, EventKind, Touch
from adplat.market import last_touch, window_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOWN, CLICKED = EventKind.IMPRESSION, EventKind.CLICK
BOUGHT = Event("order-1", EventKind.CONVERSION, "", NOON, user_key="u1", advertiser_id="a1")


def a_touch(decision_id: str, before_s: float, kind: EventKind = CLICKED, window_s: int = 100) -> Touch:
    ts = NOON - timedelta(seconds=before_s)
    return Touch(f"{decision_id}:{kind}", kind, ts, decision_id, "u1", "a1", "k1", "c1", window_s, 0)


def the_id(*touches: Touch, conversion: Event = BOUGHT) -> str | None:
    touch = last_touch(conversion, touches)
    return None if touch is None else touch.decision_id


def test_the_last_click_gets_the_conversion_even_where_something_was_shown_later() -> None:
    assert the_id(a_touch("d1", 50), a_touch("d2", 40), a_touch("d3", 10, SHOWN)) == "d2"


def test_without_a_click_the_last_showing_gets_it() -> None:
    assert the_id(a_touch("d1", 50, SHOWN), a_touch("d2", 40, SHOWN)) == "d2"


def test_a_click_whose_window_is_over_makes_way_for_an_earlier_one_with_a_longer_window() -> None:
    assert the_id(a_touch("d1", 300, window_s=400), a_touch("d2", 200, window_s=150)) == "d1"


def test_a_click_whose_window_is_over_makes_way_for_a_showing() -> None:
    assert the_id(a_touch("d1", 200), a_touch("d2", 210, SHOWN, window_s=300)) == "d2"


@pytest.mark.parametrize(
    ("before_s", "found"), [(0, "d1"), (100, "d1"), (100.000001, None), (-0.000001, None), (-50, None)]
)
def test_both_ends_of_a_window_belong_to_it(before_s: float, found: str | None) -> None:
    assert the_id(a_touch("d1", before_s)) == found


def test_a_window_of_nothing_counts_not_even_the_same_moment() -> None:
    assert the_id(a_touch("d1", 0, window_s=0)) is None


@pytest.mark.parametrize("window_s", [2**50, 7 * 86_400])
def test_a_window_may_be_longer_than_any_time(window_s: int) -> None:
    assert the_id(a_touch("d1", 86_400, window_s=window_s)) == "d1"


@pytest.mark.parametrize("name", ["decision_id", "user_key", "advertiser_id", "campaign_id", "creative_id"])
def test_only_what_the_conversion_names_may_get_it(name: str) -> None:
    mine, other = a_touch("d1", 50), replace(a_touch("d2", 10), **{name: "other"})
    assert the_id(mine, other, conversion=replace(BOUGHT, **{name: getattr(mine, name)})) == "d1"


def test_what_cannot_lead_to_a_conversion_has_no_window() -> None:
    windows = Attribution(click_s=7, view_s=3)
    assert {kind: window_of(kind, windows) for kind in EventKind} == dict.fromkeys(EventKind, 0) | {
        CLICKED: 7,
        SHOWN: 3,
    }


touches = st.lists(
    st.builds(
        a_touch,
        st.sampled_from(["d1", "d2", "d3"]),
        st.integers(-2, 6),
        st.sampled_from([SHOWN, CLICKED]),
        st.integers(0, 4),
    ),
    max_size=6,
)


@given(touches, st.randoms())
def test_order_and_repetition_make_no_difference(told: list[Touch], rng: object) -> None:
    again = told * 2
    rng.shuffle(again)  # type: ignore[attr-defined]
    first, second = last_touch(BOUGHT, told), last_touch(BOUGHT, again)
    # Two touches that differ in their window alone stand for the same event.
    assert (first is None) == (second is None)
    if first and second:
        assert (first.kind, first.ts, first.decision_id) == (second.kind, second.ts, second.decision_id)
