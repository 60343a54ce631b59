"""What a method says of differences, and the textbook method: one look, Student's t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from adplat.experiments.effects import Effects
from adplat.statistics import Float64

TWO_SIDED, GREATER, LESS = "two-sided", "greater", "less"


@dataclass(frozen=True, slots=True)
class Inference:
    """Answers in parallel ``(k,)``; an open end is infinite, what a method does not say is NaN."""

    estimate: Float64
    std_error: Float64
    low: Float64
    high: Float64
    p_value: Float64
    chance_to_beat: Float64
    expected_loss: Float64


def from_half_width(found: Effects, half: Float64, p_value: Float64, alternative: str) -> Inference:
    """Intervals ``estimate ± half``; one-sided ones are open on the side of the alternative."""
    silent = np.full_like(found.estimate, np.nan)
    low = np.full_like(half, -np.inf) if alternative == LESS else found.estimate - half
    high = np.full_like(half, np.inf) if alternative == GREATER else found.estimate + half
    return Inference(found.estimate, found.std_error, low, high, p_value, silent, silent)


def student(found: Effects, alpha: float, alternative: str) -> Inference:
    """Welch's test at one look that was planned beforehand."""
    with np.errstate(all="ignore"):
        t = found.estimate / found.std_error
        if alternative == TWO_SIDED:
            p_value = 2.0 * stdtr(found.freedom, -np.abs(t))
            quantile = stdtrit(found.freedom, 1.0 - alpha / 2.0)
        else:
            p_value = stdtr(found.freedom, -t if alternative == GREATER else t)
            quantile = stdtrit(found.freedom, 1.0 - alpha)
        return from_half_width(found, quantile * found.std_error, p_value, alternative)
