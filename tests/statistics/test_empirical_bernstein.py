"""Empirical-Bernstein intervals: the formula, its promise, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import bernstein_interval


def test_the_interval_is_the_published_formula() -> None:
    found = bernstein_interval([0.0, 1.0, 0.0, 1.0], 1.0)
    half = math.sqrt(2 * (1 / 3) * math.log(80) / 4) + 7 * math.log(80) / (3 * 3)
    assert (found.low, found.high) == pytest.approx((0.5 - half, 0.5 + half), rel=1e-12)


def test_a_wider_range_gives_a_wider_interval() -> None:
    values = np.random.default_rng(0).random(200)
    narrow, wide = bernstein_interval(values, 1.0), bernstein_interval(values, 3.0)
    assert wide.high - wide.low > narrow.high - narrow.low


def test_rare_rewards_are_covered_far_more_often_than_promised() -> None:
    rng = np.random.default_rng(1)
    held = [not bernstein_interval(rng.random(2000) < 0.004, 1.0).excludes(0.004) for _ in range(300)]
    assert np.mean(held) >= 0.99


@pytest.mark.parametrize(("values", "width"), [([0.5], 1.0), ([0.0, 2.0], 1.0)])
def test_values_that_do_not_fit_are_refused(values: list[float], width: float) -> None:
    with pytest.raises(TableRejected, match="do not fit a range"):
        bernstein_interval(values, width)


def test_a_level_of_one_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="gives no interval"):
        bernstein_interval([0.0, 1.0], 1.0, level=1.0)
