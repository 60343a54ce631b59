"""Mixtures of negative binomials: their quantiles are the smallest counts that reach a level."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from adplat.forecast.predictive import CountMixture

MEANS = st.floats(1e-6, 1e5)
SIZES = st.floats(0.05, 100.0)


def mixture(parts: list[tuple[float, float, float]]) -> CountMixture:
    means, sizes, shares = (np.array([column]) for column in zip(*parts, strict=True))
    return CountMixture(means, sizes, shares / shares.sum())


def test_one_component_has_scipys_quantiles() -> None:
    for mean, size in ((0.3, 0.7), (4.0, 2.0), (900.0, 1.3)):
        levels = np.array([[0.1, 0.5, 0.9, 0.999]])
        found = mixture([(mean, size, 1.0)]).quantiles(levels)
        assert found.tolist() == [stats.nbinom.ppf(levels[0], size, size / (size + mean)).tolist()]


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.tuples(MEANS, SIZES, st.floats(0.01, 1.0)), min_size=1, max_size=4),
    level=st.floats(0.001, 0.999),
)
def test_a_quantile_is_the_smallest_count_that_reaches_its_level(
    parts: list[tuple[float, float, float]], level: float
) -> None:
    mixed = mixture(parts)
    found = mixed.quantiles(np.array([[level]]))[:, 0]
    assert mixed.cumulative(found)[0] >= level
    assert found[0] == 0.0 or mixed.cumulative(found - 1.0)[0] < level


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.tuples(MEANS, SIZES, st.floats(0.01, 1.0)), min_size=1, max_size=4))
def test_quantiles_never_cross(parts: list[tuple[float, float, float]]) -> None:
    found = mixture(parts).quantiles(np.array([[0.1, 0.1, 0.5, 0.9]]))[0]
    assert np.all(np.diff(found) >= 0.0)


def test_points_are_exact_for_small_counts_and_close_for_large_ones() -> None:
    levels = (np.arange(20) + 0.5) / 20
    mixed = CountMixture(np.array([[0.5, 3.0], [200.0, 9_000.0]]), np.ones((2, 2)), np.full((2, 2), 0.5))
    exact, found = mixed.quantiles(np.tile(levels, (2, 1))), mixed.points(levels)
    small = exact < 16
    assert np.array_equal(found[small], exact[small])
    assert np.all(np.abs(found / np.maximum(exact, 1.0) - 1.0)[~small] < 0.3)
    assert np.all(np.diff(found, axis=1) >= 0.0)
