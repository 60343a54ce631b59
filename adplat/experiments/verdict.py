"""What to do, and why: the verdict follows from the comparisons, the health of the test and what was asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adplat.experiments.inference import TWO_SIDED
from adplat.experiments.spec import ExperimentSpec

INVALID, WAIT, WINNER, KEEP, NON_INFERIOR, UNDECIDED = (
    "invalid",
    "wait",
    "winner",
    "keep_control",
    "non_inferior",
    "undecided",
)
# A bandit left an arm with too little to judge by, whatever the formulas say of it.
EFFECTIVE_SAMPLE, PROPENSITY = "effective_sample_too_small", "propensity_too_small"
FEW_CARRIERS = "variance_hardly_known"

UNPLANNED = "units do not come to the arms as planned: find out where they are lost before believing any number"


def decide(
    spec: ExperimentSpec, comparisons: Sequence[dict[str, Any]], *, srm_flagged: bool, distrust: Sequence[str] = ()
) -> dict[str, Any]:
    """``{"verdict", "winner", "why", "non_inferior"}``.

    In this order: ``invalid`` when units do not come as planned, or for a reason of ``distrust``; ``wait`` before the
    gates are passed; ``winner`` when a treatment is better (the best of them by estimate); ``keep_control`` when every
    treatment is worse; ``non_inferior`` when one is not worse than the margin; else ``undecided``. Better and worse are
    judged by the corrected p-value against alpha, in Bayesian tests by the chance to beat the control against
    ``1 − alpha``.
    """
    non_inferior = _non_inferior(spec, comparisons)
    better = [one for one in comparisons if _sign(spec, one) > 0]
    worse = [one for one in comparisons if _sign(spec, one) < 0]
    closed = _closed_gates(spec)
    doubts = [UNPLANNED, *distrust] if srm_flagged else [*distrust]
    if doubts:
        verdict, winner, why = INVALID, None, doubts
    elif closed:
        verdict, winner, why = WAIT, None, closed
    elif better:
        sign = -1.0 if spec.metric.direction == "lower" else 1.0
        best = max(better, key=lambda one: sign * one["estimate"] if one["estimate"] is not None else float("-inf"))
        verdict, winner, why = WINNER, best["treatment"], [_sentence(spec, one, "better") for one in better]
    elif comparisons and len(worse) == len(comparisons):
        verdict, winner, why = KEEP, spec.arms[0].name, [_sentence(spec, one, "worse") for one in worse]
    elif non_inferior:
        verdict, winner = NON_INFERIOR, None
        why = [f"{name} is not worse than {spec.arms[0].name} by the margin or more" for name in non_inferior]
    else:
        verdict, winner = UNDECIDED, None
        why = [_sentence(spec, one, "worse") for one in worse] + _open([one for one in comparisons if one not in worse])
    document: dict[str, Any] = {"verdict": verdict, "winner": winner, "why": why}
    if spec.non_inferiority_margin is not None:
        document["non_inferior"] = non_inferior
    return document


def losing_arms(spec: ExperimentSpec, document: dict[str, Any]) -> list[str]:
    """Treatments that a result document of this specification knows to be worse than the control, gates passed.

    Nobody loses in a test whose units do not come as planned, or whose method is not made for being looked at often.
    """
    if spec.method != "sequential" or document["decision"]["verdict"] in {INVALID, WAIT}:
        return []
    return [one["treatment"] for one in document["comparisons"] if _sign(spec, one) < 0]


def harmed_arms(spec: ExperimentSpec, document: dict[str, Any], margin: float) -> list[str]:
    """Treatments whose whole interval lies on the bad side of the margin, gates passed."""
    if document["decision"]["verdict"] in {INVALID, WAIT}:
        return []
    harmed = []
    for one in document["comparisons"]:
        low, high = one["ci"]
        if spec.metric.direction == "lower":
            is_worse = low is not None and low > margin
        else:
            is_worse = high is not None and high < -margin
        if is_worse:
            harmed.append(one["treatment"])
    return harmed


def _sign(spec: ExperimentSpec, comparison: dict[str, Any]) -> int:
    """+1: better than the control beyond doubt, −1: worse, 0: open."""
    lower = spec.metric.direction == "lower"
    if _too_thin(comparison):
        return 0
    if not _has_score_test(spec) and any(said.endswith("zero_variance") for said in comparison["warnings"]):
        return 0  # a standard error that misses one arm is too small to decide anything
    if spec.method == "bayesian":
        chance = comparison["chance_to_beat"]
        if chance is None:
            return 0
        return 1 if chance >= 1.0 - spec.alpha else -1 if chance <= spec.alpha else 0
    p_value = comparison["p_value_adjusted"]
    if p_value is None or p_value > spec.alpha:
        return 0
    if spec.alternative != TWO_SIDED:
        upward = spec.alternative == "greater"
    elif comparison["estimate"] is None:  # a rate over a control without any: above it, whatever the ratio
        upward = True
    else:
        upward = comparison["estimate"] > 0.0
    return 1 if upward != lower else -1


def _too_thin(comparison: dict[str, Any]) -> bool:
    """Whether one of the arms is worth too few units of an even share, or lives of a few rows."""
    return any(said.endswith((EFFECTIVE_SAMPLE, PROPENSITY, FEW_CARRIERS)) for said in comparison["warnings"])


def _has_score_test(spec: ExperimentSpec) -> bool:
    """Whether p-values come from pooled counts, which need no variance of either arm."""
    if spec.metric.kind != "proportion" or spec.method != "fixed":
        return False
    return spec.arms[0].covariate is None and spec.arms[0].strata is None


def _non_inferior(spec: ExperimentSpec, comparisons: Sequence[dict[str, Any]]) -> list[str]:
    """Treatments whose whole interval lies on the good side of the margin."""
    margin = spec.non_inferiority_margin
    if margin is None:
        return []
    names = []
    for one in comparisons:
        if _too_thin(one):
            continue
        low, high = one["ci"]
        good = (
            high is not None and high < margin
            if spec.metric.direction == "lower"
            else low is not None and low > -margin
        )
        if good:
            names.append(one["treatment"])
    return names


def _closed_gates(spec: ExperimentSpec) -> list[str]:
    gates = spec.gates
    if gates is None:
        return []
    closed = []
    if gates.minimum_age_days is not None:
        if spec.age_days is None:
            closed.append("its age is not told (age_days)")
        elif spec.age_days < gates.minimum_age_days:
            closed.append(f"{spec.age_days:g} of at least {gates.minimum_age_days:g} days have passed")
    for arm in spec.arms:
        if gates.minimum_units is not None and arm.n < gates.minimum_units:
            closed.append(f"{arm.name} has {arm.n:g} of at least {gates.minimum_units:g} units")
        if gates.minimum_events is not None and arm.sum is not None and arm.sum < gates.minimum_events:
            closed.append(f"{arm.name} has {arm.sum:g} of at least {gates.minimum_events:g} events")
    return closed


def _sentence(spec: ExperimentSpec, one: dict[str, Any], word: str) -> str:
    if spec.method == "bayesian":
        proof = f"chance to beat {one['control']} {one['chance_to_beat']:.4f}"
    else:
        proof = f"p = {one['p_value_adjusted']:.4g}, at most {spec.alpha:g}"
    return f"{one['treatment']} is {word} than {one['control']} ({proof})"


def _open(comparisons: Sequence[dict[str, Any]]) -> list[str]:
    unsaid = [
        one["treatment"]
        for one in comparisons
        if _too_thin(one) or (one["p_value"] is None and one["chance_to_beat"] is None)
    ]
    why = [f"{name} cannot be compared: see its warnings" for name in unsaid]
    if len(unsaid) < len(comparisons):
        told = ", ".join(one["treatment"] for one in comparisons if one["treatment"] not in unsaid)
        why.append(f"chance alone could have made what differs in {told}")
    return why
