"""What the asked method says of the differences, and the detours around strata, rates and badly known means."""

from __future__ import annotations

import numpy as np

from adplat.experiments.arms import ComparedArms
from adplat.experiments.bayesian import posterior
from adplat.experiments.boundaries import Boundaries
from adplat.experiments.effects import Effects, effects
from adplat.experiments.imprecise_base import imprecise, steadied
from adplat.experiments.inference import Inference, student
from adplat.experiments.proportion_tests import score_inference
from adplat.experiments.sequential import confidence_sequence, watched
from adplat.experiments.spec import ExperimentSpec, Stratum
from adplat.experiments.strata import StratumSums, stratified_effect

Warnings = list[list[str]]


def with_strata(spec: ExperimentSpec, found: Effects, warnings: Warnings) -> Effects:
    """Differences inside strata instead, where arms have them."""
    control = spec.arms[0].strata
    if control is None or not _stratified(spec):
        return found
    estimate, error = found.estimate.copy(), found.std_error.copy()
    for position, arm in enumerate(spec.arms[1:]):
        if arm.strata is None or min(arm.n, spec.arms[0].n) < 2:
            continue
        names = list(dict.fromkeys(stratum.name for stratum in [*control, *arm.strata]))
        one = stratified_effect(
            _stratum_sums(control, names),
            _stratum_sums(arm.strata, names),
            relative=spec.difference == "relative",
            proportions=spec.metric.kind == "proportion",
        )
        with np.errstate(invalid="ignore"):
            estimate[position], error[position] = one.estimate, np.sqrt(one.variance)
        if one.merged:
            warnings[position].append("thin_strata_merged")
    return Effects(estimate, error, found.freedom, found.units)


def _stratified(spec: ExperimentSpec) -> bool:
    return spec.arms[0].strata is not None and spec.metric.kind in {"mean", "proportion"}


def _stratum_sums(strata: list[Stratum], names: list[str]) -> StratumSums:
    by_name = {stratum.name: stratum for stratum in strata}
    rows = [
        (stratum.n, stratum.sum, stratum.sum if stratum.sum_squares is None else stratum.sum_squares)
        if (stratum := by_name.get(name)) is not None
        else (0.0, 0.0, 0.0)
        for name in names
    ]
    return StratumSums(*np.asarray(rows, dtype=np.float64).T)


def inference(
    spec: ExperimentSpec, arms: ComparedArms, found: Effects, bounds: Boundaries | None, warnings: Warnings
) -> Inference:
    """Limits, p-values or chances of the differences; a mean that is badly known is said in ``warnings``."""
    if spec.method == "sequential":
        return _sequential(spec, arms, found, warnings)
    if bounds is not None:
        return _group_sequential(spec, arms, found, bounds, warnings)
    if spec.method == "bayesian":
        prior = None if spec.prior is None else (spec.prior.mean, spec.prior.std)
        lower = spec.metric.direction == "lower"
        return posterior(found, spec.alpha, spec.alternative, prior=prior, lower_is_better=lower)
    plain = student(found, spec.alpha, spec.alternative)
    if spec.metric.kind != "proportion" or arms.adjusted or _stratified(spec):
        return plain
    counts = [(int(arm.sum or 0.0), int(arm.n)) for arm in spec.arms]
    relative = spec.difference == "relative"
    return score_inference(plain, counts[0], counts[1:], spec.alpha, spec.alternative, relative=relative)


def _sequential(spec: ExperimentSpec, arms: ComparedArms, found: Effects, warnings: Warnings) -> Inference:
    if _stratified(spec):
        return confidence_sequence(found, spec.alpha, spec.sequential_tuning, spec.alternative)
    relative = spec.difference == "relative"
    _say_imprecise(arms, warnings, relative)
    return watched(
        arms.control, arms.treatment, spec.alpha, spec.sequential_tuning, spec.alternative, relative=relative
    )


def _group_sequential(
    spec: ExperimentSpec, arms: ComparedArms, found: Effects, bounds: Boundaries, warnings: Warnings
) -> Inference:
    says = bounds.inference(found, spec.alternative)
    if spec.difference != "relative" or _stratified(spec):
        return says
    _say_imprecise(arms, warnings, True)
    absolute = bounds.inference(effects(arms.control, arms.treatment, relative=False), spec.alternative)
    factor = np.full_like(says.low, bounds.bound)
    return steadied(says, absolute, arms.control, arms.treatment, factor, spec.alternative)


def _say_imprecise(arms: ComparedArms, warnings: Warnings, relative: bool) -> None:
    if relative:
        for position in np.flatnonzero(imprecise(arms.control, arms.treatment)):
            warnings[position].append("imprecise_mean")
