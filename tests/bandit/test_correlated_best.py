"""P(best) of correlated arms against sampling from the same distribution."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit.correlated_best import normal_points, probability_of_correlated_maximum
from adplat.statistics import Float64, probability_of_maximum


def sampled(means: Float64, shared: Float64, own: Float64, draws: int = 200_000) -> Float64:
    rng = np.random.default_rng(0)
    x = means + rng.normal(size=(draws, shared.shape[1])) @ shared.T + rng.normal(size=(draws, len(means))) * own**0.5
    found: Float64 = np.bincount(x.argmax(axis=1), minlength=len(means)) / draws
    return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("own_share", [0.1, 0.5, 1.0])
def test_it_agrees_with_sampling(seed: int, own_share: float) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 17))
    # Arms made of four elements each, as the policy has them.
    has = np.zeros((count, 16))
    for kind in range(4):
        has[np.arange(count), 4 * kind + rng.integers(0, 4, count)] = 1.0
    shared = has * rng.uniform(0.05, 0.3, 16)
    means, own = rng.normal(0.0, 0.2, count), own_share * rng.uniform(0.01, 0.1, count)
    found = probability_of_correlated_maximum(means, shared, own)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert found == pytest.approx(sampled(means, shared, own), abs=0.03)


def test_arms_that_share_nothing_are_those_of_the_independent_quadrature() -> None:
    rng = np.random.default_rng(3)
    means, own = rng.normal(size=9), rng.uniform(0.1, 2.0, 9)
    found = probability_of_correlated_maximum(means, np.zeros((9, 4)), own)
    assert found == pytest.approx(probability_of_maximum(means, np.sqrt(own)), abs=1e-9)


def test_what_all_share_alike_moves_none_ahead() -> None:
    rng = np.random.default_rng(4)
    means, own, shared = rng.normal(size=5), rng.uniform(0.1, 1.0, 5), rng.normal(size=(5, 3))
    before = probability_of_correlated_maximum(means, shared, own)
    after = probability_of_correlated_maximum(means + 7.0, np.column_stack([shared, np.full(5, 3.0)]), own)
    assert after == pytest.approx(before, abs=1e-9)


def test_correlation_counts() -> None:
    # Of three equal arms two are the same but for a little: together they win half the time, not two thirds.
    shared = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    found = probability_of_correlated_maximum(np.zeros(3), shared, np.full(3, 1e-4))
    assert found == pytest.approx([0.25, 0.25, 0.5], abs=0.02)


def test_a_hopeless_arm_has_no_chance_and_costs_none() -> None:
    found = probability_of_correlated_maximum(np.array([0.0, -500.0]), np.array([[0.1], [-0.1]]), np.full(2, 0.01))
    assert found.tolist() == [1.0, 0.0]
    assert probability_of_correlated_maximum(np.array([3.0]), np.zeros((1, 2)), np.zeros(1)).tolist() == [1.0]


def test_it_is_the_same_however_often_and_in_whatever_company() -> None:
    rng = np.random.default_rng(5)
    means, shared, own = rng.normal(0, 0.2, 30), rng.normal(0, 0.1, (30, 20)), np.full(30, 0.02)
    first = probability_of_correlated_maximum(means, shared, own)
    assert (probability_of_correlated_maximum(means, shared, own) == first).all()
    wide = np.column_stack([shared, np.zeros((30, 5))])
    assert probability_of_correlated_maximum(means, wide, own) == pytest.approx(first, abs=1e-12)


@pytest.mark.parametrize("dimensions", range(1, 9))
def test_the_points_have_the_moments_of_standard_normals(dimensions: int) -> None:
    points = normal_points(128, dimensions)
    assert points.shape == (128, dimensions)
    assert points.mean(axis=0) == pytest.approx(np.zeros(dimensions), abs=1e-12)
    assert (points**2).mean(axis=0) == pytest.approx(np.ones(dimensions), abs=1e-12)
    off = points.T @ points / 128 - np.eye(dimensions)
    assert np.abs(off).max() < 0.1
