"""Levels are those that hold what they say on rows that were held out."""

from __future__ import annotations

import numpy as np

from adplat.forecast.levels import LEVELS, LevelTable, learn_levels


def test_a_model_that_is_right_keeps_its_levels() -> None:
    positions = np.random.default_rng(1).random(20_000)
    table = learn_levels(positions, positions, np.ones(20_000), np.arange(20_000), ())
    assert np.allclose(table.levels[0], LEVELS, atol=0.01)


def test_intervals_that_are_too_narrow_are_asked_for_wider() -> None:
    rng = np.random.default_rng(2)
    positions = rng.beta(0.5, 0.5, 20_000)  # too often far out
    low, _, high = learn_levels(positions, positions, np.ones(20_000), np.arange(20_000), ()).levels[0]
    fresh = rng.beta(0.5, 0.5, 20_000)
    assert low < 0.05
    assert high > 0.95
    assert abs(np.mean((fresh > low) & (fresh < high)) - 0.8) < 0.01


def test_a_counts_stretch_is_shared_out_and_not_rounded() -> None:
    # Nothing happens in 95 % of rows and the model knows it: half of the stretch from 0 to .95 lies below .475.
    below = np.where(np.arange(1000) < 950, 0.0, 0.95)
    upto = np.where(np.arange(1000) < 950, 0.95, 1.0)
    assert np.allclose(learn_levels(below, upto, np.ones(1000), np.arange(1000), ()).levels[0], LEVELS, atol=0.005)


def test_each_slice_has_levels_of_its_own_as_far_as_it_has_voices() -> None:
    rng = np.random.default_rng(3)
    expected = np.repeat([0.5, 5.0, 50.0], 1000)
    positions = np.where(expected < 1.0, rng.random(3000), rng.beta(0.5, 0.5, 3000))
    clusters = np.where(expected > 10.0, 0, np.arange(3000))  # the large rows are all of one campaign
    small, middling, large = learn_levels(positions, positions, expected, clusters, (1.0, 10.0)).levels
    assert small[0] > middling[0] + 0.03
    assert np.allclose(large, LEVELS, atol=0.01)


def test_rows_find_the_levels_of_their_slice() -> None:
    table = LevelTable((1.0, 10.0), ((0.1, 0.5, 0.9), (0.2, 0.5, 0.8), (0.3, 0.5, 0.7)))
    assert table.at(np.array([0.2, 1.0, 99.0]))[:, 0].tolist() == [0.1, 0.2, 0.3]
