"""A split by time parts every moment to one side and loses no row."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from adplat.data import split_by_time, split_in_halves
from adplat.data.splits import sample_rows, split_at_random, split_by_group
from adplat.domain import TableRejected
from tests.data.builders import refusal

times = st.lists(st.integers(0, 12), min_size=0, max_size=60)
fractions = st.floats(0.0, 0.99)


@given(times, fractions)
def test_no_row_is_lost_and_the_past_is_strictly_before_the_future(ts: list[int], fraction: float) -> None:
    frame = pl.DataFrame({"ts": ts, "row": range(len(ts))}, schema={"ts": pl.Int64, "row": pl.Int64})
    earlier, later = split_by_time(frame, "ts", fraction)
    assert sorted([*earlier["row"], *later["row"]]) == list(range(len(ts)))
    assert earlier["row"].is_sorted()
    assert later["row"].is_sorted()
    if len(later):
        assert len(earlier)
        assert max(earlier["ts"]) < min(later["ts"])


@given(times, fractions)
def test_no_other_cut_comes_nearer_to_the_wanted_share(ts: list[int], fraction: float) -> None:
    frame = pl.DataFrame({"ts": ts}, schema={"ts": pl.Int64})
    earlier, _ = split_by_time(frame, "ts", fraction)
    if fraction == 0.0 or len(set(ts)) < 2:
        assert len(earlier) == len(ts)
        return
    wanted = (1.0 - fraction) * len(ts)
    cuts = [sum(value < moment for value in ts) for moment in sorted(set(ts))[1:]]
    assert abs(len(earlier) - wanted) == min(abs(cut - wanted) for cut in cuts)


def test_a_missing_time_is_refused() -> None:
    frame = pl.DataFrame({"ts": [1, None, 3]})
    assert "without a time" in refusal(TableRejected, lambda: split_by_time(frame, "ts", 0.5))


def test_without_time_the_lot_decides_and_the_seed_repeats_it() -> None:
    frame = pl.DataFrame({"row": range(1_000)})
    kept, held = split_at_random(frame, 0.1, np.random.default_rng(3))
    assert (len(kept), len(held)) == (900, 100)
    assert split_at_random(frame, 0.1, np.random.default_rng(3))[1].equals(held)
    assert not held["row"].equals(frame["row"].tail(100))
    sample = sample_rows(frame, 50, np.random.default_rng(1))
    assert len(sample) == 50
    assert sample["row"].is_sorted()


def test_halves_follow_the_content_of_a_row_not_its_place() -> None:
    frame = pl.DataFrame({"a": [number % 40 for number in range(400)], "b": ["x", "y"] * 200})
    first, second = split_in_halves(frame, seed=1)
    assert first.height + second.height == frame.height
    assert 0.3 < first.height / frame.height < 0.7
    assert not set(first.rows()) & set(second.rows())
    again, _ = split_in_halves(frame.reverse(), seed=1)
    assert set(again.rows()) == set(first.rows())
    other, _ = split_in_halves(frame, seed=2)
    assert set(other.rows()) != set(first.rows())


def test_groups_are_held_out_whole() -> None:
    frame = pl.DataFrame({"test": ["a", "b", "a", None, "c", "d", "b"], "row": range(7)})
    kept, held_out = split_by_group(frame, "test", 0.5, np.random.default_rng(0))
    assert held_out["test"].n_unique() == 2
    assert not set(held_out["test"]) & set(kept["test"])
    assert held_out["test"].null_count() == 0
    assert sorted([*kept["row"], *held_out["row"]]) == list(range(7))
