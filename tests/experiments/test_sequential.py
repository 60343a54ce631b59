"""Anytime-valid intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.experiments.effects import Effects
from adplat.experiments.sequential import confidence_sequence, half_width_factor, mixing_variance


def test_the_width_is_the_formulas() -> None:
    n, alpha = 6461.0, 0.05
    rho2 = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / 5000
    assert mixing_variance(alpha, 5000) == pytest.approx(rho2, rel=1e-15)
    expected = math.sqrt(2 * (n * rho2 + 1) / (n * rho2) * math.log(math.sqrt(n * rho2 + 1) / alpha))
    assert float(half_width_factor(np.array([n]), alpha, 5000)[0]) == pytest.approx(expected, rel=1e-14)


effect = st.tuples(
    st.floats(-3.0, 3.0),
    st.floats(0.05, 2.0),
    st.integers(10, 10**7),
    st.sampled_from(["two-sided", "greater", "less"]),
)


@given(effect, st.floats(0.001, 0.3))
def test_the_p_value_is_below_alpha_exactly_when_zero_lies_outside(
    case: tuple[float, float, int, str], alpha: float
) -> None:
    estimate, error, units, alternative = case
    found = Effects(*(np.array([value]) for value in (estimate, error, 10.0, float(units))))
    says = confidence_sequence(found, alpha, 5000, alternative)
    outside = bool(says.low[0] > 0.0 or says.high[0] < 0.0)
    assert abs(float(says.p_value[0]) - alpha) < 1e-9 or (float(says.p_value[0]) < alpha) == outside


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
def test_a_look_after_every_batch_finds_nothing_where_nothing_is(alternative: str) -> None:
    rng, looks, tests = np.random.default_rng(3), 200, 3000
    clicks = rng.binomial(500, 0.004, (2, looks, tests)).cumsum(axis=1)
    units = 500.0 * np.arange(1, looks + 1)[:, None]
    rates = clicks / units
    error = np.sqrt((rates * (1 - rates) / units).sum(axis=0))
    found = Effects(rates[1] - rates[0], error, np.ones_like(error), np.broadcast_to(2 * units, error.shape))
    says = confidence_sequence(found, 0.05, 5000, alternative)
    false_alarms = (says.p_value <= 0.05).any(axis=0).mean()
    assert false_alarms <= 0.05


def test_looking_at_fixed_tests_so_often_would_find_something_in_a_third() -> None:
    rng = np.random.default_rng(3)
    clicks = rng.binomial(500, 0.004, (2, 200, 1000)).cumsum(axis=1)
    units = 500.0 * np.arange(1, 201)[:, None]
    rates = clicks / units
    error = np.sqrt((rates * (1 - rates) / units).sum(axis=0))
    z = np.abs(rates[1] - rates[0]) / np.where(error > 0.0, error, np.inf)
    assert (z > 1.96).any(axis=0).mean() > 0.3
