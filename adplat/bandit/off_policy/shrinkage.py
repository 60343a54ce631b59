"""Choosing how much of the weights to give up, from the log alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adplat.bandit.off_policy.evidence import Evidence
from adplat.statistics import Float64

GRID_SIZE = 40


def grid_of(weights: Float64) -> Float64:
    """Rising thresholds at even steps of the weights' own quantiles, each a weight that occurred."""
    return np.unique(np.quantile(weights, np.linspace(0.0, 1.0, GRID_SIZE), method="higher"))


def least_error(evidence: Evidence, shrunk: Sequence[Float64]) -> int:
    """Which of the shrunk weights ``(N,)`` has the least estimated mean squared error; the first of equals.

    ::

        MSE(ŵ) ≈ Var(expected + ŵ (r − q̂)) / N  +  max(0, b̂² − Var(b)/N),     b = (w − ŵ)(r − q̂),  b̂ = mean b

    ``b̂`` is an unbiased estimate of the bias that shrinking brings (Su, Dimakopoulou, Krishnamurthy & Dudík, ICML
    2020, section 5.2). Its square is too large by the variance of ``b̂`` itself, which is taken off: otherwise a few
    huge weights, the very rows that shrinking is for, would forbid it.
    """
    residual = evidence.rewards - evidence.predicted
    rows = len(residual)
    errors = []
    for weights in shrunk:
        given_up = (evidence.weights - weights) * residual
        variance = float(np.var(evidence.expected + weights * residual, ddof=1)) / rows
        bias_squared = float(given_up.mean()) ** 2 - float(np.var(given_up, ddof=1)) / rows
        errors.append(variance + max(0.0, bias_squared))
    return int(np.argmin(errors))
