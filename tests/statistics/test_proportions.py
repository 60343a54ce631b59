"""Intervals of rates against scipy, against published tables, and by coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from scipy.stats.contingency import relative_risk

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import newcombe_difference, relative_lift_interval, wilson_interval


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_equals_scipy(trials: int, share: float, level: float) -> None:
    successes = round(share * trials)
    expected = binomtest(successes, trials).proportion_ci(level, method="wilson")
    found = wilson_interval(successes, trials, level=level)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert found.low <= found.value <= found.high


# Newcombe 1998 (Stat. Med. 17:873-890), table II, method 10.
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((6, 7, 2, 7), 0.0582, 0.8062),
    ],
)
def test_newcombe_difference_gives_the_published_limits(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = newcombe_difference(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


def test_relative_lift_meets_the_log_interval_on_large_counts() -> None:
    found = relative_lift_interval(5200, 100_000, 5000, 100_000)
    katz = relative_risk(5200, 100_000, 5000, 100_000).confidence_interval(0.95)
    assert found.value == pytest.approx(0.04)
    assert (found.low, found.high) == pytest.approx((katz.low - 1, katz.high - 1), abs=2e-4)


def test_relative_lift_turns_over_when_the_arms_are_swapped() -> None:
    one = relative_lift_interval(9, 300, 4, 280)
    other = relative_lift_interval(4, 280, 9, 300)
    assert 1 / (1 + one.low) == pytest.approx(1 + other.high)
    assert 1 / (1 + one.high) == pytest.approx(1 + other.low)


def test_relative_lift_without_a_base_click_is_open_above() -> None:
    found = relative_lift_interval(3, 1000, 0, 1000)
    assert math.isinf(found.high) and math.isinf(found.value) and found.low < 0
    nothing = relative_lift_interval(0, 10, 0, 10)
    assert (nothing.value, nothing.low, nothing.high) == (0.0, -1.0, math.inf)


def test_intervals_keep_their_coverage_at_about_ten_clicks() -> None:
    trials, rate, base_rate = 1000, 0.012, 0.01
    likely = np.arange(0, 41)
    difference = lift = 0.0
    for one in likely:
        for two in likely:
            mass = binom.pmf(one, trials, rate) * binom.pmf(two, trials, base_rate)
            difference += mass * (
                not newcombe_difference(int(one), trials, int(two), trials).excludes(rate - base_rate)
            )
            lift += mass * (
                not relative_lift_interval(int(one), trials, int(two), trials).excludes(rate / base_rate - 1)
            )
    assert 0.945 <= difference <= 0.975
    assert 0.945 <= lift <= 0.975


def test_no_trials_know_nothing() -> None:
    empty = wilson_interval(0, 0)
    assert (empty.low, empty.high) == (0.0, 1.0)


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="impossible"):
        wilson_interval(3, 2)
    with pytest.raises(ConfigRejected, match="confidence level"):
        newcombe_difference(1, 2, 1, 2, level=95)
