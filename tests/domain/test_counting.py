"""Counting: sums by series, and histograms whose buckets hold each case once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import BUCKETS, LATENCY_BOUNDS_S, TOOK_MICROSECONDS, Counts


def test_what_was_taken_begins_anew() -> None:
    counts = Counts()
    counts.add("bids", "CNY")
    counts.add("bids", "CNY", by=2)
    counts.add("bids", "USD")
    assert counts.take() == {("bids", "CNY"): 3, ("bids", "USD"): 1}
    assert counts.take() == {}


def test_a_case_on_a_bound_belongs_below_it() -> None:
    counts = Counts()
    for seconds in (0.0, LATENCY_BOUNDS_S[0], LATENCY_BOUNDS_S[0] + 1e-9, 60.0):
        counts.took("s", seconds=seconds)
    taken = counts.take()
    assert taken[("s", BUCKETS[0])] == 2
    assert taken[("s", BUCKETS[1])] == 1
    assert taken[("s", BUCKETS[-1])] == 1


@given(st.lists(st.floats(0.0, 100.0)))
def test_every_case_is_in_one_bucket_and_the_sum_is_theirs(seconds: list[float]) -> None:
    counts = Counts()
    for one in seconds:
        counts.took("s", "x", seconds=one)
    taken = counts.take()
    assert sum(taken.get(("s", "x", bucket), 0) for bucket in BUCKETS) == len(seconds)
    assert abs(taken.get(("s", "x", TOOK_MICROSECONDS), 0) - 1e6 * sum(seconds)) <= 0.6 * len(seconds) + 1
