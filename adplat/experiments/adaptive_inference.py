"""What a method says of arms whose shares a bandit moved: the plain formulas in effective units.

With looks two things differ. Time is counted in rows in which both arms had a chance, not in effective units: with
these weights the variance of the weighted sums grows evenly with the rows, and that is what a confidence sequence runs
on. And limits of rates are score limits: a bandit leaves one arm with a handful of clicks beside thousands of another,
where limits of ``estimate ± standard errors`` miss a seventh of the truths at some look (measured).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from adplat.experiments.bayesian import posterior
from adplat.experiments.effects import Effects, effects
from adplat.experiments.imprecise_base import imprecise, steadied
from adplat.experiments.inference import GREATER, LESS, TWO_SIDED, Inference, student
from adplat.experiments.moments import Moments
from adplat.experiments.mover import Limits, difference_limits, growth_limits, wilson_limits
from adplat.experiments.proportion_tests import score_p_value
from adplat.experiments.sequential import confidence_sequence, half_width_factor
from adplat.experiments.spec import ExperimentSpec
from adplat.statistics import Float64

HALVINGS = 60
FARTHEST = 40.0  # standard errors; beyond, a p-value is zero


def adaptive_inference(spec: ExperimentSpec, control: Moments, treatment: Moments, rows: Float64) -> Inference:
    """Limits, p-values or chances of the differences, ``(k,)``: one control for every treatment, under its weights.

    ``rows`` counts, for each pair, the rows in which both had a chance.
    """
    relative, rates = spec.difference == "relative", spec.metric.kind == "proportion"
    found = _timed(effects(control, treatment, relative=relative), rows)
    if spec.method == "bayesian":
        prior = None if spec.prior is None else (spec.prior.mean, spec.prior.std)
        lower = spec.metric.direction == "lower"
        return posterior(found, spec.alpha, spec.alternative, prior=prior, lower_is_better=lower)
    if spec.method == "fixed":
        says = student(found, spec.alpha, spec.alternative)
        if not rates:
            return says
        z = float(ndtri(1.0 - (spec.alpha / 2.0 if spec.alternative == TWO_SIDED else spec.alpha)))
        p_value = score_p_value(
            control.mean * control.n, control.n, treatment.mean * treatment.n, treatment.n, spec.alternative
        )
        return _with_score_limits(says, control, treatment, np.full_like(rows, z), p_value, spec)
    says = confidence_sequence(found, spec.alpha, spec.sequential_tuning, spec.alternative)
    factor = half_width_factor(rows, spec.alpha, spec.sequential_tuning, one_sided=spec.alternative != TWO_SIDED)
    if rates:
        errors = errors_to_no_difference(control, treatment)
        unit = Effects(errors, np.ones_like(errors), found.freedom, rows)
        p_value = confidence_sequence(unit, spec.alpha, spec.sequential_tuning, spec.alternative).p_value
        return _with_score_limits(says, control, treatment, factor, p_value, spec)
    if not relative:
        return says
    absolute = _timed(effects(control, treatment, relative=False), rows)
    plain = confidence_sequence(absolute, spec.alpha, spec.sequential_tuning, spec.alternative)
    return steadied(says, plain, control, treatment, factor, spec.alternative)


def imprecise_pairs(spec: ExperimentSpec, control: Moments, treatment: Moments) -> list[int]:
    """Pairs whose relative limits and p-values with looks are Fieller's, see ``imprecise_base``."""
    asked = spec.method == "sequential" and spec.difference == "relative" and spec.metric.kind != "proportion"
    return [int(place) for place in np.flatnonzero(imprecise(control, treatment))] if asked else []


def arm_limits(spec: ExperimentSpec, arms: Moments, rows: Float64) -> Limits:
    """Each arm's own interval, two-sided, of the method's width; NaN where nothing can be said."""
    if spec.method == "sequential":
        factor = half_width_factor(rows, spec.alpha, spec.sequential_tuning)
    elif spec.metric.kind == "proportion":
        factor = np.full_like(arms.mean, float(ndtri(1.0 - spec.alpha / 2.0)))
    else:
        unit = Effects(arms.mean, np.ones_like(arms.mean), arms.n - 1.0, arms.n)
        factor = student(unit, spec.alpha, TWO_SIDED).high - arms.mean
    if spec.metric.kind == "proportion":
        return wilson_limits(arms.mean, arms.n, factor)
    with np.errstate(all="ignore"):
        half = np.where(arms.variance > 0.0, factor * np.sqrt(arms.variance / arms.n), np.nan)
    return Limits(arms.mean, arms.mean - half, arms.mean + half)


def errors_to_no_difference(control: Moments, treatment: Moments) -> Float64:
    """How many standard errors wide the score limits of two rates are when those of their difference end at zero.

    Negative where the treatment is the lower one. Found by halving: limits grow with their width.
    """
    sign = np.sign(treatment.mean - control.mean)
    narrow, wide = np.zeros_like(sign), np.full_like(sign, FARTHEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (narrow + wide)
        found = difference_limits(
            wilson_limits(treatment.mean, treatment.n, middle), wilson_limits(control.mean, control.n, middle)
        )
        apart = np.where(sign > 0.0, found.low > 0.0, found.high < 0.0)
        narrow, wide = np.where(apart, middle, narrow), np.where(apart, wide, middle)
    errors: Float64 = sign * 0.5 * (narrow + wide)
    return errors


def _timed(found: Effects, rows: Float64) -> Effects:
    return Effects(found.estimate, found.std_error, found.freedom, rows)


def _with_score_limits(
    says: Inference, control: Moments, treatment: Moments, factor: Float64, p_value: Float64, spec: ExperimentSpec
) -> Inference:
    limits = growth_limits if spec.difference == "relative" else difference_limits
    found = limits(wilson_limits(treatment.mean, treatment.n, factor), wilson_limits(control.mean, control.n, factor))
    low = np.full_like(found.low, -np.inf) if spec.alternative == LESS else found.low
    high = np.full_like(found.high, np.inf) if spec.alternative == GREATER else found.high
    return Inference(says.estimate, says.std_error, low, high, p_value, says.chance_to_beat, says.expected_loss)
