"""PCOC intervals cover, agree with the test, and survive empty slices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import pcoc_interval, pcoc_outside


def rows(clicks: int, count: int, chance: float) -> tuple[np.ndarray, np.ndarray]:
    return np.r_[np.ones(clicks), np.zeros(count - clicks)], np.full(count, chance)


def test_the_limits_are_those_of_the_exact_binomial_interval() -> None:
    labels, chances = rows(13, 800, 0.02)
    found = pcoc_interval(labels, chances, level=0.99)
    exact = binomtest(13, 800).proportion_ci(0.99, method="exact")
    assert (found.value, found.low, found.high) == pytest.approx((16 / 13, 0.02 / exact.high, 0.02 / exact.low))


@pytest.mark.parametrize("spread", [0.3, 2.0])
def test_right_chances_are_covered_and_one_in_six_too_high_is_found(spread: float) -> None:
    rng = np.random.default_rng(4)
    missed = found = 0
    for _ in range(400):
        true = 1.0 / (1.0 + np.exp(-rng.normal(-2.5, spread, 3000)))
        labels = rng.random(3000) < true
        missed += pcoc_interval(labels, true, level=0.95).excludes(1.0)
        found += pcoc_interval(labels, np.minimum(1.4 * true, 1.0), level=0.95).low > 1.05
    assert missed / 400 <= 0.065
    assert found / 400 > 0.9


@given(st.integers(0, 60), st.integers(60, 400), st.floats(0.001, 0.9), st.sampled_from([0.2, 0.05, 0.01]))
@settings(max_examples=150, deadline=None)
def test_the_test_rejects_exactly_where_the_interval_lies_outside(
    clicks: int, count: int, chance: float, alpha: float
) -> None:
    labels, chances = rows(clicks, count, chance)
    interval = pcoc_interval(labels, chances, level=1 - alpha)
    p_value = pcoc_outside(labels, chances, 0.9, 1.1)
    if abs(p_value - alpha) > 1e-6:
        assert (p_value < alpha) == (interval.low > 1.1 or interval.high < 0.9)


def test_without_a_click_too_few_rows_prove_nothing() -> None:
    assert pcoc_interval(*rows(0, 20, 0.01)).high == math.inf
    assert pcoc_outside(*rows(0, 20, 0.01)) == pytest.approx(1.0)
    assert pcoc_outside(*rows(0, 5000, 0.01)) < 1e-12
    assert pcoc_outside(*rows(10, 10, 0.5)) < 0.3


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="no rows"):
        pcoc_interval([], [])
    with pytest.raises(ConfigRejected, match="level"):
        pcoc_interval([1], [0.5], level=1.0)
    with pytest.raises(ConfigRejected, match="no PCOC"):
        pcoc_outside([1], [0.5], 1.1, 0.9)
