"""PCOC, reliability curve and relative ECE."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import pcoc, relative_ece, reliability_curve


def test_pcoc_is_promised_clicks_over_clicks() -> None:
    assert pcoc([1, 0, 0, 1], [0.5, 0.5, 0.25, 0.25]) == pytest.approx(0.75)


def test_relative_ece_by_hand() -> None:
    labels = [0, 0, 1, 1]
    predictions = [0.1, 0.2, 0.6, 0.9]
    # Two bins: |0.3 − 0| + |1.5 − 2| = 0.8 of 2 clicks.
    assert relative_ece(labels, predictions, bins=2) == pytest.approx(0.4)


def test_relative_ece_does_not_change_with_row_order_under_ties() -> None:
    rng = np.random.default_rng(6)
    predictions = rng.choice([0.01, 0.02, 0.05], 3000)
    labels = (rng.random(3000) < predictions).astype(int)
    shuffled = rng.permutation(3000)
    assert relative_ece(labels, predictions) == pytest.approx(
        relative_ece(labels[shuffled], predictions[shuffled]), abs=1e-12
    )


def test_relative_ece_tells_a_calibrated_model_from_one_that_promises_double() -> None:
    rng = np.random.default_rng(7)
    predictions = rng.beta(2, 60, 100_000)
    labels = (rng.random(100_000) < predictions).astype(int)
    assert relative_ece(labels, predictions) < 0.1
    assert relative_ece(labels, np.minimum(2 * predictions, 1)) == pytest.approx(1.0, abs=0.05)


def test_reliability_bins_hold_all_rows_in_equal_mass_with_intervals_that_cover() -> None:
    rng = np.random.default_rng(8)
    predictions = rng.beta(2, 60, 50_000)
    labels = (rng.random(50_000) < predictions).astype(int)
    curve = reliability_curve(labels, predictions, bins=10)
    assert [bin_.rows for bin_ in curve] == [5000] * 10
    assert sum(bin_.positives for bin_ in curve) == labels.sum()
    assert [bin_.mean_predicted for bin_ in curve] == sorted(bin_.mean_predicted for bin_ in curve)
    covered = sum(not bin_.observed.excludes(bin_.mean_predicted) for bin_ in curve)
    assert covered >= 8


def test_all_predictions_equal_give_one_bin() -> None:
    (only,) = reliability_curve([0, 1, 0, 0], [0.3] * 4)
    assert (only.rows, only.positives, only.observed.value) == (4, 1, 0.25)


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="no positive label"):
        pcoc([0, 0], [0.1, 0.2])
    with pytest.raises(ConfigRejected, match="no bin"):
        relative_ece([0, 1], [0.1, 0.2], bins=0)
