"""Pinball loss is smallest at the quantile; intervals hold their ends."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

from adplat.domain import TableRejected
from adplat.statistics import inside_interval, pinball_losses


def test_as_scikit_learn_has_it() -> None:
    rng = np.random.default_rng(1)
    values, quantiles, levels = rng.normal(size=50), rng.normal(size=(50, 3)), (0.1, 0.5, 0.9)
    expected = np.mean([mean_pinball_loss(values, quantiles[:, at], alpha=p) for at, p in enumerate(levels)])
    assert pinball_losses(values, quantiles, levels).mean() == pytest.approx(expected)


def test_the_true_quantile_loses_least() -> None:
    values = np.random.default_rng(2).normal(size=20_000)
    losses = [pinball_losses(values, np.full((20_000, 1), at), (0.9,)).mean() for at in (0.8, 1.2816, 1.8)]
    assert losses[1] < min(losses[0], losses[2])


def test_an_interval_holds_its_ends() -> None:
    assert inside_interval([1.0, 2.0, 3.0, 4.0], [1.0] * 4, [3.0] * 4).tolist() == [1.0, 1.0, 1.0, 0.0]


def test_quantiles_of_another_shape_are_refused() -> None:
    with pytest.raises(TableRejected):
        pinball_losses([1.0, 2.0], [[1.0], [2.0]], (0.1, 0.9))
