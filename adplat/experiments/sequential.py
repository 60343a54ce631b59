"""Intervals that hold at every look at once: asymptotic confidence sequences.

Look as often as you like and stop whenever you like; the price is a wider interval, narrowest (relative to a fixed
look) where about ``tuning`` units have come. Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, "Time-uniform central limit
theory and asymptotic confidence sequences", Ann. Stat. 52, 2024.
"""

from __future__ import annotations

import math

import numpy as np

from adplat.experiments.effects import Effects, effects
from adplat.experiments.imprecise_base import steadied
from adplat.experiments.inference import GREATER, TWO_SIDED, Inference, from_half_width
from adplat.experiments.moments import Moments
from adplat.statistics import Float64


def mixing_variance(alpha: float, tuning: float) -> float:
    """``ρ² = (−2 ln α + ln(1 − 2 ln α)) / N*``: the mixture that is sharpest at ``tuning`` = N* units."""
    return (-2.0 * math.log(alpha) + math.log(1.0 - 2.0 * math.log(alpha))) / tuning


def half_width_factor(units: Float64, alpha: float, tuning: float, *, one_sided: bool = False) -> Float64:
    """By what to multiply a standard error, ``N`` = ``units``.

    Two-sided ``√(2(Nρ²+1)/(Nρ²) · ln(√(Nρ²+1)/α))``; one-sided, with ρ taken at 2α,
    ``√(2(Nρ²+1)/(Nρ²) · ln(1 + √(Nρ²+1)/(2α)))``.
    """
    with np.errstate(all="ignore"):
        mixed = units * mixing_variance(2.0 * alpha if one_sided else alpha, tuning)
        root = np.sqrt(mixed + 1.0)
        evidence = np.log1p(root / (2.0 * alpha)) if one_sided else np.log(root / alpha)
        factor: Float64 = np.sqrt(2.0 * (mixed + 1.0) / mixed * evidence)
    return factor


def confidence_sequence(found: Effects, alpha: float, tuning: float, alternative: str) -> Inference:
    """Anytime-valid intervals and p-values: the p-value is the α whose interval (with the same ρ) ends at zero."""
    one_sided = alternative != TWO_SIDED
    half = half_width_factor(found.units, alpha, tuning, one_sided=one_sided) * found.std_error
    with np.errstate(all="ignore"):
        mixed = found.units * mixing_variance(2.0 * alpha if one_sided else alpha, tuning)
        z = found.estimate / found.std_error
        exponent = z * z * mixed / (2.0 * (mixed + 1.0))
        root = np.sqrt(mixed + 1.0)
        if one_sided:
            towards = z > 0.0 if alternative == GREATER else z < 0.0
            p_value = np.where(towards, root / (2.0 * np.expm1(exponent)), 1.0)
        else:
            p_value = root * np.exp(-exponent)
        # A comparison with NaN is false: what cannot be said must not become 1.
        p_value = np.where(np.isfinite(z), np.minimum(p_value, 1.0), np.nan)
    return from_half_width(found, half, p_value, alternative)


def watched(
    control: Moments, treatment: Moments, alpha: float, tuning: float, alternative: str, *, relative: bool
) -> Inference:
    """``confidence_sequence`` of two arms; relative ones are steadied while a mean is imprecise."""
    found = confidence_sequence(effects(control, treatment, relative=relative), alpha, tuning, alternative)
    if not relative:
        return found
    absolute = effects(control, treatment, relative=False)
    factor = half_width_factor(absolute.units, alpha, tuning, one_sided=alternative != TWO_SIDED)
    plain = confidence_sequence(absolute, alpha, tuning, alternative)
    return steadied(found, plain, control, treatment, factor, alternative)
