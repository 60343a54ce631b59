"""Log loss against scikit-learn; normalised entropy by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from adplat.domain import TableRejected
from adplat.statistics import logloss, normalised_entropy


def test_logloss_equals_scikit_learn_with_and_without_weights() -> None:
    rng = np.random.default_rng(5)
    labels, predictions, weights = rng.integers(0, 2, 300), rng.random(300), rng.random(300)
    assert logloss(labels, predictions) == pytest.approx(log_loss(labels, predictions), abs=1e-12)
    assert logloss(labels, predictions, weights) == pytest.approx(
        log_loss(labels, predictions, sample_weight=weights), abs=1e-12
    )


def test_a_sure_and_wrong_prediction_is_clipped() -> None:
    assert logloss([1], [0.0]) == pytest.approx(-np.log(1e-15))


def test_normalised_entropy_of_the_base_rate_is_one_and_of_knowledge_below() -> None:
    labels = np.array([1] + [0] * 9)
    assert normalised_entropy(labels, np.full(10, 0.1)) == pytest.approx(1.0)
    assert normalised_entropy(labels, np.array([0.7] + [0.05] * 9)) < 0.6


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="range from 0 to 1"):
        logloss([1, 0], [1.2, 0.1])
    with pytest.raises(TableRejected, match="weights"):
        logloss([1, 0], [0.2, 0.1], [0.0, 0.0])
    with pytest.raises(TableRejected, match="both classes"):
        normalised_entropy([0, 0], [0.2, 0.1])
