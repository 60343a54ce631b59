"""How likely the predictions made what happened: log loss, alone and against knowing only the base rate."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics.columns import binary_labels, parallel_columns, probabilities

CLIP = 1e-15


def logloss(labels: npt.ArrayLike, predictions: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Mean negative log-likelihood in nats: ``−Σ w (y ln p + (1−y) ln(1−p)) / Σ w``.

    Predictions are clipped to ``[1e-15, 1 − 1e-15]`` so that one sure and wrong row costs
    34.5 nats, not infinity.

    Args:
        labels: ``(N,)`` of 0 and 1.
        predictions: ``(N,)`` probabilities.
        weights: ``(N,)`` of 0 or more, or none for equal weights.

    Raises:
        TableRejected: wrong shapes or values, or weights that sum to nothing.
    """
    label, predicted, weight = parallel_columns(
        labels=labels,
        predictions=predictions,
        weights=np.ones(np.shape(labels)) if weights is None else weights,
    )
    binary_labels(label)
    clipped = np.clip(probabilities(predicted), CLIP, 1.0 - CLIP)
    total = weight.sum()
    if weight.min() < 0.0 or total <= 0.0:
        raise TableRejected("weights are negative or all zero", where="weights", hint="give weights of 0 or more")
    loss = np.where(label == 1.0, -np.log(clipped), -np.log1p(-clipped))
    return float((weight * loss).sum() / total)


def normalised_entropy(labels: npt.ArrayLike, predictions: npt.ArrayLike) -> float:
    """Log loss divided by that of always predicting the mean label; below 1 the model knows something.

    ``NE = logloss / −(ȳ ln ȳ + (1−ȳ) ln(1−ȳ))`` (He et al., "Practical lessons from predicting clicks on
    ads at Facebook", ADKDD 2014, eq. 1).

    Raises:
        TableRejected: wrong shapes or values, or only one class (the base rate has no entropy).
    """
    label, predicted = parallel_columns(labels=labels, predictions=predictions)
    base = float(binary_labels(label).mean())
    if base in (0.0, 1.0):
        raise TableRejected(
            "normalised entropy needs both classes, and all labels are the same",
            where="labels",
            hint="measure on rows that hold clicks and non-clicks",
        )
    return logloss(label, predicted) / -(base * math.log(base) + (1.0 - base) * math.log1p(-base))
