"""The arms of a specification as arrays, and what is amiss with each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.experiments.cuped import (
    Linearised,
    MeanSums,
    RatioCovariateSums,
    adjusted_means,
    adjusted_ratios,
    linearised_ratios,
)
from adplat.experiments.moments import Moments, RatioSums, mean_moments, plain, proportion_moments, ratio_moments
from adplat.experiments.quantiles import least_units, quantile_sums, unit_variance
from adplat.experiments.share_error import arms_with_share_error, treatments_with_share_error
from adplat.experiments.spec import Arm, ExperimentSpec
from adplat.statistics import Float64

CONTROL, TREATMENT = slice(0, 1), slice(1, None)


@dataclass(frozen=True, slots=True)
class ComparedArms:
    """Plain moments of every arm; those of each comparison, adjusted if a covariate was told; remarks by arm."""

    plain: Moments
    control: Moments
    treatment: Moments
    adjusted: bool
    remarks: tuple[tuple[str, ...], ...]


def compared_arms(spec: ExperimentSpec) -> ComparedArms:
    """Arms of ``spec``, the control first."""
    arms = spec.arms
    remarks: list[list[str]] = [[] for _ in arms]
    own = _plain(spec)
    adjusted = spec.metric.kind != "quantile" and arms[0].covariate is not None and arms[0].strata is None
    pair = _adjusted(spec, remarks) if adjusted else None
    control, treatment = pair if pair is not None else (_part(own, CONTROL), _part(own, TREATMENT))
    if spec.share_covariance is not None:
        shared = np.asarray(spec.share_covariance, dtype=np.float64)
        treatment = treatments_with_share_error(control, treatment, shared, relative=spec.difference == "relative")
        own = arms_with_share_error(own, shared)
    for position, arm in enumerate(arms):
        remarks[position] += _remarks(spec, arm, own, position)
    return ComparedArms(own, control, treatment, pair is not None, tuple(map(tuple, remarks)))


def column(arms: list[Arm], name: str) -> Float64:
    """A field of the arms; NaN where it is not told."""
    told = [getattr(arm, name) for arm in arms]
    return np.asarray([np.nan if value is None else float(value) for value in told])


def ratio_sums(arms: list[Arm]) -> RatioSums:
    """The sums of a ratio metric."""
    below = [arm.denominator for arm in arms if arm.denominator is not None]
    return RatioSums(
        column(arms, "n"),
        column(arms, "sum"),
        column(arms, "sum_squares"),
        np.asarray([one.sum for one in below], dtype=np.float64),
        np.asarray([one.sum_squares for one in below], dtype=np.float64),
        np.asarray([one.sum_products for one in below], dtype=np.float64),
    )


def _plain(spec: ExperimentSpec) -> Moments:
    arms, kind = spec.arms, spec.metric.kind
    n = column(arms, "n")
    if kind == "proportion":
        return proportion_moments(n, column(arms, "sum"))
    if kind == "mean":
        return mean_moments(n, column(arms, "sum"), column(arms, "sum_squares"))
    if kind == "ratio":
        return ratio_moments(ratio_sums(arms))
    quantile = spec.metric.quantile or 0.5
    told = [arm.quantile if arm.values is None else quantile_sums(arm.values, quantile) for arm in arms if arm.n > 0]
    values = iter(told)
    kept = [next(values) if arm.n > 0 else None for arm in arms]
    return plain(
        n,
        np.asarray([np.nan if one is None else one.value for one in kept]),
        np.asarray([np.nan if one is None else unit_variance(arm.n, one) for arm, one in zip(arms, kept, strict=True)]),
    )


def _adjusted(spec: ExperimentSpec, remarks: list[list[str]]) -> tuple[Moments, Moments] | None:
    arms = spec.arms
    before = [arm.covariate for arm in arms if arm.covariate is not None]
    if spec.metric.kind == "ratio":
        if any(one.denominator_products is None for one in before):
            # Σ covariate × denominator is part of a ratio's covariance with it; nothing can stand in for it.
            for said in remarks:
                said.append("covariate_unused_without_denominator_products")
            return None
        lines = linearised_ratios(ratio_sums(arms), _ratio_covariates(arms))
        control, treatment, theta = adjusted_ratios(_line(lines, CONTROL), _line(lines, TREATMENT))
    else:
        squares = column(arms, "sum" if spec.metric.kind == "proportion" else "sum_squares")
        sums = MeanSums(
            column(arms, "n"),
            column(arms, "sum"),
            squares,
            np.asarray([one.sum for one in before], dtype=np.float64),
            np.asarray([one.sum_squares for one in before], dtype=np.float64),
            np.asarray([one.sum_products for one in before], dtype=np.float64),
        )
        control, treatment, theta = adjusted_means(_sums(sums, CONTROL), _sums(sums, TREATMENT))
    for said, slope in zip(remarks[1:], theta, strict=True):
        if not (np.isfinite(slope) and slope != 0.0):
            said.append("covariate_explains_nothing")
    return control, treatment


def _ratio_covariates(arms: list[Arm]) -> RatioCovariateSums:
    rows = []
    for arm in arms:
        one, metric = arm.covariate, arm.denominator
        if one is None or metric is None or arm.sum is None or one.denominator_products is None:
            continue
        below = one.denominator
        rows.append(
            (one.sum, one.sum_squares, one.sum_products, one.denominator_products)
            + (
                (arm.n, arm.n, one.sum, arm.sum, metric.sum)
                if below is None
                else (
                    below.sum,
                    below.sum_squares,
                    below.sum_products,
                    below.metric_products,
                    below.denominator_products,
                )
            )
        )
    return RatioCovariateSums(*np.asarray(rows, dtype=np.float64).T)


def _remarks(spec: ExperimentSpec, arm: Arm, own: Moments, position: int) -> list[str]:
    said = []
    spread = own.variance[position]
    if arm.n < 2:
        said.append("too_few_units")
    elif arm.denominator is not None and spec.metric.kind == "ratio" and arm.denominator.sum == 0.0:
        said.append("zero_denominator")
    elif spread < 0.0:
        said.append("impossible_sum_squares")
    elif spread == 0.0:
        said.append("zero_variance")
    if spec.metric.kind == "proportion" and arm.sum == 0.0:
        said.append("no_events")
    if (
        spec.metric.kind == "quantile"
        and spec.metric.quantile is not None
        and arm.n < least_units(spec.metric.quantile)
    ):
        said.append("too_few_units_for_the_quantile")
    if arm.covariate is not None and arm.strata is not None:
        said.append("covariate_unused_beside_strata")
    if arm.strata is not None and spec.metric.kind in {"ratio", "quantile"}:
        said.append(f"strata_unused_for_a_{spec.metric.kind}")
    return said


def _part(moments: Moments, which: slice) -> Moments:
    return Moments(*(getattr(moments, name)[which] for name in Moments.__slots__))


def _sums(sums: MeanSums, which: slice) -> MeanSums:
    return MeanSums(*(getattr(sums, name)[which] for name in MeanSums.__slots__))


def _line(lines: Linearised, which: slice) -> Linearised:
    return Linearised(
        _part(lines.plain, which), lines.covariate_mean[which], lines.covariate_variance[which], lines.shared[which]
    )
