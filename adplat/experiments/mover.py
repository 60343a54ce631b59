"""Limits of differences and ratios from limits of their two parts (MOVER), for many pairs and any width at once.

The same formulas as ``adplat.statistics`` has for counts at one level; here the width is a number of standard errors,
which in tests with looks is another for every pair. Donner & Zou, Stat. Methods Med. Res. 21, 2012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class Limits:
    """A value and its two ends, in parallel."""

    value: Float64
    low: Float64
    high: Float64


def wilson_limits(rate: Float64, units: Float64, factor: Float64) -> Limits:
    """Score limits of rates, ``factor`` standard errors wide: ``(p̂ + f²/2n ± f √(p̂(1−p̂)/n + f²/4n²)) / (1 + f²/n)``."""
    with np.errstate(all="ignore"):
        square = factor * factor / units
        centre = rate + square / 2.0
        half = factor * np.sqrt(rate * (1.0 - rate) / units + square / (4.0 * units))
        low = np.where(rate == 0.0, 0.0, (centre - half) / (1.0 + square))
        high = np.where(rate == 1.0, 1.0, (centre + half) / (1.0 + square))
    return Limits(rate, low, high)


def difference_limits(one: Limits, base: Limits) -> Limits:
    """``one − base``."""
    gap = one.value - base.value
    low = gap - np.hypot(one.value - one.low, base.high - base.value)
    return Limits(gap, low, gap + np.hypot(one.high - one.value, base.value - base.low))


def growth_limits(one: Limits, base: Limits) -> Limits:
    """``one/base − 1`` of values of 0 or more; an infinite end where the base may be zero."""
    with np.errstate(all="ignore"):
        product = one.value * base.value
        lower_one, upper_one = (end * (2.0 * one.value - end) for end in (one.low, one.high))
        lower_base, upper_base = (end * (2.0 * base.value - end) for end in (base.low, base.high))
        divisor = product + np.sqrt(np.maximum(product * product - lower_one * upper_base, 0.0))
        low = np.where(divisor > 0.0, lower_one / divisor, 0.0)
        root = np.sqrt(np.maximum(product * product - upper_one * lower_base, 0.0))
        high = np.where(lower_base > 0.0, (product + root) / lower_base, np.inf)
        ratio = np.where(base.value > 0.0, one.value / base.value, np.where(one.value > 0.0, np.inf, 1.0))
    return Limits(ratio - 1.0, low - 1.0, high - 1.0)
