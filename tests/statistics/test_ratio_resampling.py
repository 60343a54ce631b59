"""Many ratios on the same draws: as wide as each alone, and none where there is no ratio."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import bootstrap_interval, ratio_intervals


def ratio(above: np.ndarray, below: np.ndarray) -> float:
    return float(above.sum() / below.sum())


def test_a_column_gets_the_interval_it_would_get_alone() -> None:
    rng = np.random.default_rng(0)
    above, below = rng.random((2000, 2)), rng.gamma(2.0, size=(2000, 2))
    found = ratio_intervals(above, below, np.random.default_rng(1), 2000)
    for column, one in enumerate(found):
        alone = bootstrap_interval(ratio, [above[:, column], below[:, column]], np.random.default_rng(2), 2000)
        assert one is not None
        assert one.value == pytest.approx(alone.value, rel=1e-12)
        assert (one.low, one.high) == pytest.approx((alone.low, alone.high), rel=5e-3)


def test_rows_of_one_person_are_drawn_together() -> None:
    person = np.repeat(np.arange(100), 20)
    above = np.repeat(np.random.default_rng(0).random(100), 20)[:, None]
    ones = np.ones_like(above)
    together, apart = (
        ratio_intervals(above, ones, np.random.default_rng(1), 500, groups=groups)[0] for groups in (person, None)
    )
    assert together is not None
    assert apart is not None
    assert together.high - together.low > 3 * (apart.high - apart.low)


def test_equal_seeds_give_equal_intervals() -> None:
    above = np.random.default_rng(0).random((50, 1))
    one, same, other = (
        ratio_intervals(above, np.ones_like(above), np.random.default_rng(seed), 100) for seed in (3, 3, 4)
    )
    assert one == same
    assert one != other


def test_without_weight_there_is_no_ratio() -> None:
    zeros = np.zeros((30, 1))
    assert ratio_intervals(zeros, zeros, np.random.default_rng(0), 50) == [None]
    rare = zeros.copy()
    rare[0] = 1.0  # more than a third of all resamples leave it out
    assert ratio_intervals(rare, rare, np.random.default_rng(0), 200) == [None]


def test_refusals() -> None:
    ones, rng = np.ones((5, 1)), np.random.default_rng(0)
    with pytest.raises(ConfigRejected, match="no interval"):
        ratio_intervals(ones, ones, rng, 1)
    with pytest.raises(TableRejected, match="not of one length"):
        ratio_intervals(ones, np.ones((4, 1)), rng)
    with pytest.raises(TableRejected, match="do not run in parallel"):
        ratio_intervals(ones, ones, rng, groups=[1, 2])
