"""What the weights themselves say: how many rows they are worth, and whether the log covers the policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from adplat.statistics import Float64

# About one honest log in a thousand is doubted.
_DEVIATIONS = 3.29


@dataclass(frozen=True, slots=True)
class WeightReport:
    """``ess`` is Kish's effective sample size ``(Σw)²/Σw²``; ``largest_share`` is ``max w / Σw``.

    ``mean`` is 1 in expectation where the log covers the policy and its propensities are right, with ``mean_low`` and
    ``mean_high`` its 99.9 % limits; below 1 it is the share of the policy's choices that the log could have made.
    """

    ess: float
    largest: float
    largest_share: float
    mean: float
    mean_low: float
    mean_high: float


def report_of(weights: Float64) -> WeightReport:
    """The report of ``(N,)`` weights. All zero: no row counts, so everything is zero."""
    total, largest, rows = float(weights.sum()), float(weights.max()), len(weights)
    mean = total / rows
    half = _DEVIATIONS * float(weights.std(ddof=1)) / math.sqrt(rows)
    if total <= 0.0:
        return WeightReport(0.0, 0.0, 0.0, 0.0, 0.0, half)
    # Scaled by the largest first: squares of huge weights would leave the range of floats.
    scaled = weights / largest
    ess = float(scaled.sum()) ** 2 / float(np.square(scaled).sum())
    return WeightReport(ess, largest, largest / total, mean, mean - half, mean + half)
