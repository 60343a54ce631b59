"""Curves rise, bend one way, and pass through what was told for the plan."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import Metric
from adplat.forecast.campaign_curve import OUTCOMES, concave_majorant, spend_curve

RISING = st.lists(st.floats(0.01, 10.0), min_size=3, max_size=9)


@settings(max_examples=200, deadline=None)
@given(steps=RISING, ups=st.lists(st.floats(0.0, 10.0), min_size=9, max_size=9))
def test_a_majorant_is_concave_rising_and_nowhere_below_the_points(steps: list[float], ups: list[float]) -> None:
    across, up = np.cumsum(steps), np.array(ups[: len(steps)])
    curve = concave_majorant(across, up)
    grid = np.linspace(0.0, across[-1], 101)
    told = curve(grid)
    assert told[0] == 0.0
    assert np.all(np.diff(told) >= -1e-9)
    assert np.all(np.diff(told, 2) <= 1e-6)
    assert np.all(curve(across) >= up - 1e-6)


@settings(max_examples=200, deadline=None)
@given(steps=RISING, ups=RISING, planned=st.integers(0, 2), stretch=st.floats(0.3, 3.0), lift=st.floats(0.1, 5.0))
def test_a_curve_passes_through_the_forecast_of_the_plan(
    steps: list[float], ups: list[float], planned: int, stretch: float, lift: float
) -> None:
    number = min(len(steps), len(ups))
    spend, clicks = np.cumsum(steps[:number]), np.cumsum(ups[:number])
    budgets = spend * np.linspace(1.0, 1.5, number)
    told = {metric: lift * float(clicks[planned]) for metric in OUTCOMES}
    told[Metric.SPEND] = min(stretch * float(spend[planned]), float(budgets[planned]))
    points = spend_curve(budgets, {Metric.SPEND: spend, **dict.fromkeys(OUTCOMES, clicks)}, planned, told)
    assert np.isclose(points[planned].spend_micros, told[Metric.SPEND])
    assert np.isclose(points[planned].outcomes[Metric.CLICKS], told[Metric.CLICKS])
    money = np.array([0.0, *(point.spend_micros for point in points)])
    got = np.array([0.0, *(point.outcomes[Metric.CLICKS] for point in points)])
    assert np.all(np.diff(money) >= 0.0)
    assert np.all(np.diff(got) >= -1e-9)
    assert all(point.spend_micros <= point.budget_micros * (1.0 + 1e-9) for point in points)
    moved = np.diff(money) > 1e-6 * money[-1]
    slopes = np.diff(got)[moved] / np.diff(money)[moved]
    assert np.all(np.diff(slopes) <= 1e-6 * slopes[0])


def test_a_plan_that_spends_nothing_has_a_curve_of_nothing() -> None:
    nothing = np.zeros(3)
    points = spend_curve(
        np.array([1.0, 2.0, 3.0]),
        dict.fromkeys((*OUTCOMES, Metric.SPEND), nothing),
        1,
        dict.fromkeys((*OUTCOMES, Metric.SPEND), 0.0),
    )
    assert [point.outcomes[Metric.CLICKS] for point in points] == [0.0] * 3
