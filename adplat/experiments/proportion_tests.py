"""Rates at one look: score intervals and the score test, which hold at a handful of clicks."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from adplat.experiments.inference import GREATER, LESS, TWO_SIDED, Inference
from adplat.statistics import Float64, newcombe_difference, relative_lift_interval


def score_inference(
    plain: Inference,
    control: tuple[int, int],
    treatments: list[tuple[int, int]],
    alpha: float,
    alternative: str,
    *,
    relative: bool,
) -> Inference:
    """Replace the limits and p-values of ``plain`` by those of counts ``(successes, units)``.

    Limits: Newcombe's for the difference, MOVER-R over Wilson limits for the relative one. p-value: the score test,
    ``z = (p̂_b − p̂_a)/√(p̂(1−p̂)(1/n_a + 1/n_b))`` with the pooled rate, whose square is Pearson's χ² without a
    correction. Its hypothesis of equal rates is the same for both differences.
    """
    level = 1.0 - alpha if alternative == TWO_SIDED else 1.0 - 2.0 * alpha
    interval = relative_lift_interval if relative else newcombe_difference
    low, high = plain.low.copy(), plain.high.copy()
    for position, (successes, units) in enumerate(treatments):
        if units < 1 or control[1] < 1:
            continue
        found = interval(successes, units, control[0], control[1], level=level)
        low[position] = -np.inf if alternative == LESS else found.low
        high[position] = np.inf if alternative == GREATER else found.high
    counts = np.asarray(treatments, dtype=np.float64)
    p_value = score_p_value(float(control[0]), float(control[1]), counts[:, 0], counts[:, 1], alternative)
    return Inference(plain.estimate, plain.std_error, low, high, p_value, plain.chance_to_beat, plain.expected_loss)


def score_p_value(
    control_successes: Float64 | float,
    control_units: Float64 | float,
    successes: Float64,
    units: Float64,
    alternative: str,
) -> Float64:
    """p-values of the score test of equal rates; 1 where neither arm has a success, or both only successes."""
    control_successes, control_units = np.asarray(control_successes), np.asarray(control_units)
    with np.errstate(all="ignore"):
        pooled = (control_successes + successes) / (control_units + units)
        spread = np.sqrt(pooled * (1.0 - pooled) * (1.0 / control_units + 1.0 / units))
        gap = successes / units - control_successes / control_units
        z = np.where((spread == 0.0) & (gap == 0.0), 0.0, gap / spread)
        towards = np.abs(z) if alternative == TWO_SIDED else z if alternative == GREATER else -z
        p_value = ndtr(-towards) * (2.0 if alternative == TWO_SIDED else 1.0)
        found: Float64 = np.where((spread == 0.0) & (gap == 0.0), 1.0, p_value)
    return found
