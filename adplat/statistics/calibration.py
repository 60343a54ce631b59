"""Whether a predicted probability means what it says: PCOC, reliability curve, relative ECE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, Interval, TableRejected
from adplat.statistics.columns import Float64, binary_labels, parallel_columns, probabilities
from adplat.statistics.proportions import wilson_interval


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows with similar predictions: their count, mean prediction, and observed rate with interval."""

    rows: int
    positives: int
    mean_predicted: float
    observed: Interval


def pcoc(labels: npt.ArrayLike, predictions: npt.ArrayLike) -> float:
    """Predicted clicks over clicks: ``Σp / Σy``; 1 is right on the whole, above 1 promises too much.

    Args:
        labels: ``(N,)`` of 0 and 1.
        predictions: ``(N,)`` probabilities.

    Raises:
        TableRejected: wrong shapes or values, or no positive label.
    """
    label, predicted = _checked(labels, predictions)
    return float(predicted.sum() / label.sum())


def relative_ece(labels: npt.ArrayLike, predictions: npt.ArrayLike, *, bins: int = 20) -> float:
    """Expected calibration error over the base rate: ``Σ_b (n_b/N) |mean p_b − mean y_b| / ȳ``, bins of equal mass.

    Equal mass, because click probabilities crowd near zero and bins of equal width would hold all rows in
    one; relative to the mean label, because an error of 0.001 is nothing at a CTR of 20 % and half the
    signal at 0.2 % (Naeini et al., AAAI 2015, for ECE; Nguyen & O'Connor, EMNLP 2015, for equal mass).
    Tied predictions share a bin, so row order never matters.

    Raises:
        TableRejected: wrong shapes or values, or no positive label.
        ConfigRejected: fewer than one bin.
    """
    label, predicted = _checked(labels, predictions)
    rows, positives, mass = _bins(label, predicted, bins)
    return float(np.abs(mass - positives).sum() / label.sum()) if len(rows) else 0.0


def reliability_curve(
    labels: npt.ArrayLike, predictions: npt.ArrayLike, *, bins: int = 10, level: float = 0.95
) -> list[ReliabilityBin]:
    """Observed rate against mean prediction in bins of equal mass, lowest predictions first.

    Each observed rate carries its Wilson interval. Bins that ties leave empty are left out.

    Raises:
        TableRejected: wrong shapes or values.
        ConfigRejected: fewer than one bin, or a level outside (0, 1).
    """
    label, predicted = parallel_columns(labels=labels, predictions=predictions)
    binary_labels(label)
    rows, positives, mass = _bins(label, probabilities(predicted), bins)
    return [
        ReliabilityBin(int(n), int(hits), float(total / n), wilson_interval(int(hits), int(n), level=level))
        for n, hits, total in zip(rows, positives, mass, strict=True)
    ]


def _checked(labels: npt.ArrayLike, predictions: npt.ArrayLike) -> tuple[Float64, Float64]:
    label, predicted = parallel_columns(labels=labels, predictions=predictions)
    binary_labels(label)
    probabilities(predicted)
    if not label.any():
        raise TableRejected(
            "there is no positive label to measure calibration against",
            where="labels",
            hint="measure on rows that hold clicks",
        )
    return label, predicted


def _bins(label: Float64, predicted: Float64, bins: int) -> tuple[Float64, Float64, Float64]:
    """Rows, positives and sum of predictions of the non-empty bins of equal mass, in rising order."""
    if bins < 1:
        raise ConfigRejected(f"{bins} bins is no bin", where="bins", hint="use one bin or more")
    values, which, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    # The place of a run of ties is its middle: ties stay together and a long run lands where most of it lies.
    middle = (np.cumsum(counts) - 0.5 * counts) / len(predicted)
    run_bin = np.minimum((middle * bins).astype(np.int64), bins - 1)
    rows = np.bincount(run_bin, weights=counts, minlength=bins)
    positives = np.bincount(run_bin[which], weights=label, minlength=bins)
    mass = np.bincount(run_bin, weights=counts * values, minlength=bins)
    held = rows > 0
    return rows[held].astype(np.float64), positives[held].astype(np.float64), mass[held].astype(np.float64)
