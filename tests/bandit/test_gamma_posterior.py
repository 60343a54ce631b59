"""First-slot probabilities against sampling from the true posterior."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from adplat.bandit.gamma_posterior import probability_of_highest_rate
from tests.bandit.builders import some_arms

SAMPLES = 300_000


@pytest.mark.parametrize(("strength", "tolerance"), [(0.5, 0.04), (1.0, 0.01), (5.0, 0.006), (50.0, 0.006)])
@pytest.mark.parametrize("count", [2, 12, 32])
def test_total_variation_from_sampling_the_posterior_is_small(strength: float, tolerance: float, count: int) -> None:
    rng = np.random.default_rng(13)
    p_ctr, arms = some_arms(count, 14)
    shapes = strength + np.array([arm.clicks for arm in arms])
    rates = strength + np.array([arm.expected_clicks for arm in arms])
    drawn = (p_ctr * rng.gamma(shapes, 1 / rates, (SAMPLES, count))).argmax(axis=1)
    shares = np.bincount(drawn, minlength=count) / SAMPLES
    found = probability_of_highest_rate(p_ctr, shapes, rates)
    assert np.abs(found - shares).sum() / 2 < tolerance


def test_two_arms_are_the_closed_form_on_the_cube_root() -> None:
    shapes, rates, scales = np.array([12.0, 4.0]), np.array([10.0, 5.0]), np.array([0.03, 0.04])
    root = np.cbrt(scales * shapes / rates)
    mean, deviation = root * (1 - 1 / (9 * shapes)), root / (3 * np.sqrt(shapes))
    expected = ndtr((mean[0] - mean[1]) / np.hypot(*deviation))
    assert probability_of_highest_rate(scales, shapes, rates)[0] == pytest.approx(expected, abs=1e-9)
