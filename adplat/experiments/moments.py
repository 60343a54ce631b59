"""What the sums of an arm say of its mean, and how surely: the common coin of every method here.

All fields are arrays of one length, so that a thousand creatives, or ten thousand simulated tests, are one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class Moments:
    """Arms in parallel, ``(k,)`` each.

    ``mean`` and ``variance`` (of one unit) are those of the possibly adjusted value; ``base`` and ``base_variance``
    those of the plain one, to which a relative difference refers (of a treatment: at which it is linearised), and
    ``covariance`` the one between both.
    """

    n: Float64
    mean: Float64
    variance: Float64
    base: Float64
    base_variance: Float64
    covariance: Float64


def plain(n: Float64, mean: Float64, variance: Float64) -> Moments:
    """Moments without an adjustment."""
    return Moments(n, mean, variance, mean, variance, variance)


def covariance(n: Float64, one: Float64, other: Float64, products: Float64) -> Float64:
    """``(Σxy − Σx Σy / n) / (n − 1)``; NaN below two units."""
    with np.errstate(all="ignore"):
        found: Float64 = np.where(n >= 2.0, (products - one * other / n) / (n - 1.0), np.nan)
    return found


def variance(n: Float64, total: Float64, squares: Float64) -> Float64:
    """Sample variance ``(Σy² − (Σy)²/n) / (n − 1)``; NaN below two units, and negative where the sums are impossible.

    A remainder that rounding alone explains counts as zero.
    """
    with np.errstate(all="ignore"):
        raw = covariance(n, total, total, squares)
        rounding = 1e-12 * np.abs(squares) / np.maximum(n - 1.0, 1.0)
        found: Float64 = np.where(np.abs(raw) <= rounding, 0.0, raw)
    return found


def proportion_moments(n: Float64, successes: Float64) -> Moments:
    """Rate ``p̂ = k/n`` and variance ``p̂(1−p̂)`` of one unit."""
    with np.errstate(all="ignore"):
        rate = successes / n
    return plain(n, rate, rate * (1.0 - rate))


def mean_moments(n: Float64, total: Float64, squares: Float64) -> Moments:
    """Mean and sample variance."""
    with np.errstate(all="ignore"):
        return plain(n, total / n, variance(n, total, squares))


@dataclass(frozen=True, slots=True)
class RatioSums:
    """Σy, Σy², Σd, Σd², Σyd over the units of arms, ``(k,)`` each."""

    n: Float64
    top: Float64
    top_squares: Float64
    bottom: Float64
    bottom_squares: Float64
    products: Float64


def ratio_moments(sums: RatioSums) -> Moments:
    """``r = Σy/Σd`` with the delta method: variance of ``(y − r·d)/d̄`` over units.

    ``(s²_y − 2 r s_yd + r² s²_d) / d̄²`` (Deng, Knoblich & Lu, KDD 2018). Both are NaN where Σd is zero.
    """
    with np.errstate(all="ignore"):
        bottom = np.where(sums.bottom == 0.0, np.nan, sums.bottom)
        ratio = sums.top / bottom
        average = bottom / sums.n
        top_variance = variance(sums.n, sums.top, sums.top_squares)
        bottom_variance = variance(sums.n, sums.bottom, sums.bottom_squares)
        shared = covariance(sums.n, sums.top, sums.bottom, sums.products)
        raw = top_variance - 2.0 * ratio * shared + ratio * ratio * bottom_variance
        size = top_variance + np.abs(2.0 * ratio * shared) + ratio * ratio * bottom_variance
        # Where y is a fixed multiple of d the terms cancel; what rounding leaves is no variance.
        spread = np.where(np.abs(raw) <= 1e-12 * size, 0.0, raw) / (average * average)
    return plain(sums.n, ratio, spread)
