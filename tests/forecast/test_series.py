"""A series goes on: shape, level, gaps, outliers, holidays, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.forecast import fewest_steps, forecast_series

WEEK = np.array([1.0, 1.2, 1.3, 1.2, 1.0, 0.6, 0.7])
SHAPE = WEEK / np.exp(np.log(WEEK).mean())


def days(count: int, seed: int = 1, level: float = 1000.0, noise: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return level * SHAPE[np.arange(count) % 7] * np.exp(rng.normal(0.0, noise, count))


def test_the_week_goes_on_at_its_level() -> None:
    told = forecast_series(days(400), 28, 1)
    assert told[:, 1] == pytest.approx(1000.0 * SHAPE[np.arange(400, 428) % 7], rel=0.06)


def test_eight_in_ten_days_fall_inside() -> None:
    inside = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        drift = np.cumsum(rng.normal(0.0, 0.02, 520))
        series = days(520, seed) * np.exp(drift)
        told = forecast_series(series[:460], 60, 1)
        inside.append(np.mean((series[460:] >= told[:, 0]) & (series[460:] <= told[:, 2])))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.1)


def test_gaps_cost_little() -> None:
    series = days(400)
    told = forecast_series(series, 28, 1)
    series[np.random.default_rng(2).random(400) < 0.15] = np.nan
    series[-3:] = np.nan
    assert forecast_series(series, 28, 1)[:, 1] == pytest.approx(told[:, 1], rel=0.05)


def test_a_single_outlier_moves_nothing() -> None:
    series = days(400)
    told = forecast_series(series, 28, 1)[:, 1]
    series[395] *= 50.0
    assert forecast_series(series, 28, 1)[:, 1] == pytest.approx(told, rel=0.05)


def test_a_level_that_shifted_two_months_ago_is_the_level() -> None:
    series = days(500)
    series[-60:] *= 3.0
    told = forecast_series(series, 14, 1)[:, 1]
    expected = 3000.0 * SHAPE[np.arange(500, 514) % 7]
    # Two of four rules still look back further, half of each.
    assert told / expected == pytest.approx(np.full(14, 1.0), abs=0.3)


def test_intervals_do_not_get_narrower_for_long() -> None:
    rng = np.random.default_rng(4)
    series = days(600, noise=0.05) * np.exp(np.cumsum(rng.normal(0.0, 0.03, 600)))
    told = np.log(forecast_series(series, 90, 1))
    width = told[:, 2] - told[:, 0]
    assert width[60:].mean() > 1.3 * width[:7].mean()


def test_a_named_holiday_returns_with_its_effect() -> None:
    series = days(760)
    names: list[str | None] = [None] * 790
    for at in (30, 395, 760 + 5):
        names[at] = "feast"
    series[[30, 395]] *= 0.3
    with_name = forecast_series(series, 30, 1, names)[5, 1]
    without = forecast_series(series, 30, 1)[5, 1]
    # Two of them are believed by two thirds.
    assert with_name / without == pytest.approx(0.3 ** (2.0 / 3.0), rel=0.1)


def test_hours_have_the_shape_of_a_week() -> None:
    hours = np.arange(24 * 7 * 14)
    series = 100.0 * (2.0 + np.sin(2.0 * np.pi * hours / 24.0)) * SHAPE[hours // 24 % 7]
    told = forecast_series(series, 48, 24)
    ahead = np.arange(len(hours), len(hours) + 48)
    expected = 100.0 * (2.0 + np.sin(2.0 * np.pi * ahead / 24.0)) * SHAPE[ahead // 24 % 7]
    assert told[:, 1] == pytest.approx(expected, rel=0.08)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    zeros=st.floats(0.0, 0.9),
    scale=st.sampled_from([1e-3, 1.0, 1e9]),
    negative=st.booleans(),
)
def test_quantiles_are_finite_and_never_cross(seed: int, zeros: float, scale: float, negative: bool) -> None:
    rng = np.random.default_rng(seed)
    series = scale * rng.gamma(0.5, 1.0, 120) * (rng.random(120) >= zeros)
    if negative:
        series -= scale
    told = forecast_series(series, 30, 1)
    assert np.all(np.isfinite(told))
    assert np.all(np.diff(told, axis=1) >= 0.0)
    assert negative or np.all(told >= 0.0)


def test_the_shortest_series_is_forecast() -> None:
    assert np.all(np.isfinite(forecast_series(days(fewest_steps(28, 1)), 28, 1)))
