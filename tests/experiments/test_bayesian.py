"""Priors, chance to beat, expected loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from tests.experiments.builders import compared

ARMS = [
    {"name": "a", "n": 3407, "sum": 1396.87, "sum_squares": 52377.9767},
    {"name": "b", "n": 3461, "sum": 2422.7, "sum_squares": 134698.29},
]


def test_a_flat_prior_leaves_the_difference_as_it_is() -> None:
    flat, plain = compared("mean", ARMS, method="bayesian"), compared("mean", ARMS)
    assert (flat["estimate"], flat["std_error"]) == (plain["estimate"], plain["std_error"])
    assert flat["p_value"] is None
    assert flat["p_value_adjusted"] is None


def test_a_prior_weighs_with_its_precision() -> None:
    flat = compared("mean", ARMS, method="bayesian", difference="absolute")
    found = compared("mean", ARMS, method="bayesian", difference="absolute", prior={"mean": 0.1, "std": 0.2})
    weight, prior = 1 / flat["std_error"] ** 2, 1 / 0.2**2
    mean, deviation = (flat["estimate"] * weight + 0.1 * prior) / (weight + prior), (weight + prior) ** -0.5
    assert (found["estimate"], found["std_error"]) == pytest.approx((mean, deviation), rel=1e-12)
    assert found["ci"] == pytest.approx(stats.norm.interval(0.95, mean, deviation), rel=1e-9)
    assert found["chance_to_beat"] == pytest.approx(stats.norm.sf(0.0, mean, deviation), rel=1e-12)
    density = stats.norm(mean, deviation).pdf
    loss, _ = integrate.quad(lambda x: -x * density(x), -8.0 * deviation, 0.0)
    assert found["expected_loss"] == pytest.approx(loss, rel=1e-6)


def test_less_is_better_turns_chance_and_loss_round() -> None:
    up = compared("mean", ARMS, method="bayesian")
    down = compared("mean", ARMS, method="bayesian", direction="lower")
    assert up["chance_to_beat"] + down["chance_to_beat"] == pytest.approx(1.0, rel=1e-12)
    assert down["expected_loss"] - up["expected_loss"] == pytest.approx(up["estimate"], rel=1e-9)


def test_a_strong_prior_is_hard_to_move() -> None:
    found = compared("mean", ARMS, method="bayesian", prior={"mean": 0.0, "std": 1e-6})
    assert abs(found["estimate"]) < 1e-9
    assert found["chance_to_beat"] == pytest.approx(0.5, abs=1e-5)
    assert np.isfinite(found["expected_loss"])
