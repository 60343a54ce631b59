"""Time left, what fits into it, and the running quantile of what a step costs."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.market import TimeBudget, next_quantile_ms


def test_time_runs_down_to_the_reserve_and_not_below() -> None:
    budget = TimeBudget(started_ms=1000.0, time_left_ms=100.0, reserve_ms=15.0)
    assert budget.left_ms(1000.0) == 85.0
    assert budget.left_ms(1060.0) == 25.0
    assert budget.left_ms(1090.0) == 0.0


def test_a_step_fits_that_ends_no_later_than_the_reserve_begins() -> None:
    budget = TimeBudget(0.0, 10.0, reserve_ms=2.0)
    assert budget.fits(0.0, 8.0)
    assert not budget.fits(0.0, 8.1)
    assert not budget.fits(1.0, 8.0)
    assert not budget.fits(20.0, 0.1)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_running_quantile_is_exceeded_as_often_as_it_says(level: float) -> None:
    observed = np.random.default_rng(3).lognormal(0.0, 0.5, 60_000)
    quantile, below, counted = float(observed[0]), 0, 0
    for place, cost_ms in enumerate(observed.tolist()):
        if place > 10_000:
            below, counted = below + (cost_ms <= quantile), counted + 1
        quantile = next_quantile_ms(quantile, cost_ms, level=level, rate=0.02)
    assert below / counted == pytest.approx(level, abs=0.005)


def test_the_running_quantile_follows_a_step_that_became_slow() -> None:
    quantile = 1.0
    for _ in range(60):
        quantile = next_quantile_ms(quantile, 10.0)
    assert quantile > 10.0
