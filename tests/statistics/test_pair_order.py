"""Pairs of one group in order: counted by hand, with ties by half and intervals by groups."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import TableRejected
from adplat.statistics import pair_order

GROUPS = np.array(["b", "a", "a", "b", "a"])
REACHED = np.array([10.0, 30.0, 20.0, 10.0, 100.0])
TRIALS = np.full(5, 1000.0)


def test_pairs_are_counted_inside_groups_and_equal_outcomes_left_out() -> None:
    found = pair_order(GROUPS, REACHED, TRIALS, np.array([0.0, 2.0, 3.0, 1.0, 4.0]), np.random.default_rng(0), 50)
    assert found.pairs == 3
    assert found.right is not None
    assert found.right.value == pytest.approx(2 / 3)
    assert found.clear_pairs == 2
    assert found.clear_right is not None
    assert found.clear_right.value == 1.0


def test_equal_scores_count_half() -> None:
    found = pair_order(GROUPS, REACHED, TRIALS, np.zeros(5), np.random.default_rng(0), 50)
    assert found.right is not None
    assert (found.right.value, found.right.low, found.right.high) == (0.5, 0.5, 0.5)


def test_the_interval_draws_whole_groups() -> None:
    groups = np.repeat(np.arange(40), 6)
    reached = np.tile(np.arange(6.0) * 50, 40)
    scores = np.where(np.arange(40)[groups] % 2 == 0, reached, -reached)
    found = pair_order(groups, reached, np.full(240, 1e3), scores, np.random.default_rng(0), 400).right
    assert found is not None
    # Half of 40 groups are all right: by groups the standard error is 0.08, by 600 pairs it would be 0.02.
    assert found.high - found.low > 0.2


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(TableRejected, match="no two rows"):
        pair_order(np.arange(4), REACHED[:4], TRIALS[:4], np.zeros(4), np.random.default_rng(0))
