"""The forecasts to beat are what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from adplat.flows.bench_forecast_baselines import last_week_again, rate_quantiles, tree_quantiles
from adplat.forecast import PastRows


def test_a_rate_times_impressions_has_poisson_quantiles() -> None:
    told = rate_quantiles(np.array([3.0, 7.0]), np.array([400.0, 600.0]), np.array([2_000.0]))
    assert told.tolist() == [poisson.ppf([0.1, 0.5, 0.9], 20.0).tolist()]


def test_trees_tell_apart_what_the_columns_tell_apart() -> None:
    rng = np.random.default_rng(1)
    kinds = rng.choice(["a", "b"], 2_000).tolist()
    shown = np.exp(rng.uniform(4.0, 8.0, 2_000))
    clicks = rng.poisson(shown * np.where(np.array(kinds) == "a", 0.01, 0.04)).astype(np.float64)
    ahead = PastRows(np.array([1_000.0, 1_000.0]), {"kind": ["a", "b"]}, {})
    told = tree_quantiles(PastRows(shown, {"kind": kinds}, {}), clicks, ahead)
    assert told[:, 1] == pytest.approx([10.0, 40.0], rel=0.2)
    assert np.all(np.diff(told, axis=1) >= 0.0)


def test_last_week_comes_again_and_again_with_less_and_less_certainty() -> None:
    values = 100.0 + np.tile(np.arange(7.0), 20) + np.random.default_rng(2).normal(0.0, 1.0, 140)
    told = last_week_again(values, 21)
    assert told[:7, 1].tolist() == values[-7:].tolist()
    assert told[14:, 1].tolist() == values[-7:].tolist()
    width = told[:, 2] - told[:, 0]
    assert width[14] == pytest.approx(width[0] * np.sqrt(3.0))
