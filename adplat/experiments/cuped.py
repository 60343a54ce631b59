"""Variance taken out by what was known of units before the test (CUPED).

The difference of ``y − θx`` between arms has the mean of that of y, since x was fixed before anybody was assigned, and
a share ``1 − ρ²`` of its variance (Deng, Xu, Kohavi & Walker, WSDM 2013). θ is pooled over both arms of a comparison,
so that control and treatment are adjusted alike; relative differences keep the control's plain mean as their base.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adplat.experiments.moments import Moments, RatioSums, covariance, ratio_moments, variance
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class MeanSums:
    """Σy, Σy², Σx, Σx², Σxy over the units of arms, ``(k,)`` each."""

    n: Float64
    total: Float64
    squares: Float64
    covariate: Float64
    covariate_squares: Float64
    products: Float64


@dataclass(frozen=True, slots=True)
class Linearised:
    """A metric and its covariate as values of one unit each, up to first order: ``(k,)`` of their moments."""

    plain: Moments
    covariate_mean: Float64
    covariate_variance: Float64
    shared: Float64


def adjusted_means(control: MeanSums, treatment: MeanSums) -> tuple[Moments, Moments, Float64]:
    """Moments of ``y − θx`` in both arms, and ``θ = cov(x, y)/var(x)`` over the units of both together."""
    together = [np.add(getattr(control, name), getattr(treatment, name)) for name in MeanSums.__slots__]
    n, total, _, covariate, covariate_squares, products = together
    with np.errstate(all="ignore"):
        spread = variance(n, covariate, covariate_squares)
        theta = np.where(spread > 0.0, covariance(n, covariate, total, products) / spread, 0.0)
    return adjusted(linearised_means(control), theta), adjusted(linearised_means(treatment), theta), theta


def linearised_means(sums: MeanSums) -> Linearised:
    """A mean is its own linearisation."""
    with np.errstate(all="ignore"):
        spread = variance(sums.n, sums.total, sums.squares)
        mean = sums.total / sums.n
        return Linearised(
            Moments(sums.n, mean, spread, mean, spread, spread),
            sums.covariate / sums.n,
            variance(sums.n, sums.covariate, sums.covariate_squares),
            covariance(sums.n, sums.covariate, sums.total, sums.products),
        )


@dataclass(frozen=True, slots=True)
class RatioCovariateSums:
    """Of a ratio y/d with the covariate x, or the ratio x/e: Σx, Σx², Σxy, Σxd, and with e Σe, Σe², Σxe, Σye, Σde.

    Of a covariate that is no ratio e is 1 for every unit: Σe = Σe² = n, Σxe = Σx, Σye = Σy, Σde = Σd.
    """

    top: Float64
    top_squares: Float64
    top_metric: Float64
    top_denominator: Float64
    bottom: Float64
    bottom_squares: Float64
    products: Float64
    bottom_metric: Float64
    bottom_denominator: Float64


def linearised_ratios(metric: RatioSums, before: RatioCovariateSums) -> Linearised:
    """``u = (y − r d)/d̄`` and ``w = (x − q e)/ē`` with ``r = Σy/Σd``, ``q = Σx/Σe``: the delta method unit by unit."""
    own = ratio_moments(metric)
    earlier = ratio_moments(
        RatioSums(metric.n, before.top, before.top_squares, before.bottom, before.bottom_squares, before.products)
    )
    n, r, q = metric.n, own.mean, earlier.mean
    with np.errstate(all="ignore"):
        shared = (
            covariance(n, metric.top, before.top, before.top_metric)
            - r * covariance(n, metric.bottom, before.top, before.top_denominator)
            - q * covariance(n, metric.top, before.bottom, before.bottom_metric)
            + r * q * covariance(n, metric.bottom, before.bottom, before.bottom_denominator)
        ) / ((metric.bottom / n) * (before.bottom / n))
    return Linearised(own, q, earlier.variance, shared)


def adjusted_ratios(control: Linearised, treatment: Linearised) -> tuple[Moments, Moments, Float64]:
    """As ``adjusted_means``; θ is the sum of both arms' covariances over the sum of their covariates' variances."""
    with np.errstate(all="ignore"):
        spread = control.covariate_variance + treatment.covariate_variance
        theta = np.where(spread > 0.0, (control.shared + treatment.shared) / spread, 0.0)
    one, two = adjusted(control, theta), adjusted(treatment, theta)
    # The relative difference of ratios is linearised where it was found, at the adjusted one; that of means at the
    # plain one. Both estimate the same, and are what GrowthBook computes: the published figures are reproduced.
    return one, replace(two, base=one.base + (two.mean - one.mean)), theta


def adjusted(arm: Linearised, theta: Float64) -> Moments:
    """Moments of ``u − θw``: variance ``s²_u − 2θ s_uw + θ² s²_w``, covariance with the plain u ``s²_u − θ s_uw``."""
    # Without an adjustment the covariate is not looked at: an infinite or missing one must not spoil anything.
    used = theta != 0.0
    shared, spread = np.where(used, arm.shared, 0.0), np.where(used, arm.covariate_variance, 0.0)
    shift = np.where(used, theta * arm.covariate_mean, 0.0)
    raw = arm.plain.base_variance - 2.0 * theta * shared + theta * theta * spread
    # What follows a covariate exactly has no variance left but rounding.
    left = np.where(np.abs(raw) <= 1e-12 * arm.plain.base_variance, 0.0, raw)
    return Moments(
        arm.plain.n,
        arm.plain.base - shift,
        left,
        arm.plain.base,
        arm.plain.base_variance,
        arm.plain.base_variance - theta * shared,
    )
