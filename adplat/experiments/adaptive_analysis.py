"""From rows of a test that a bandit ran to the one result document."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adplat.domain import TableRejected
from adplat.experiments.adaptive_arms import WeightedArm, WeightedPair, moments_of, own_arms, pair_of_arms
from adplat.experiments.adaptive_inference import adaptive_inference, arm_limits, imprecise_pairs
from adplat.experiments.adaptive_rows import AdaptiveRows, refuse_unusable_rows
from adplat.experiments.adaptive_sample_ratio import adaptive_sample_ratio, expected_choices
from adplat.experiments.adaptive_spec import AdaptiveSpec, as_plain
from adplat.experiments.adaptive_weights import BY_MOMENT
from adplat.experiments.analysis import blanked, compared, number, srm_document
from adplat.experiments.inference import Inference
from adplat.experiments.spec import Arm, ExperimentSpec
from adplat.experiments.verdict import EFFECTIVE_SAMPLE, FEW_CARRIERS, PROPENSITY, decide

LEAST_UNITS = 100.0  # as the gate of off-policy evaluation
MOST_WEIGHT_SHARE = 0.10
LEAST_CARRIERS = 50.0  # of means; rates have score limits, which need no estimate of the variance
MOST_IMPOSSIBLE = 0.05
VISIBLE_BIAS = 3.0  # in standard errors of the difference between plain and weighted value


def analyze_adaptive(spec: AdaptiveSpec, rows: AdaptiveRows, *, where: str) -> dict[str, Any]:
    """The result document of ``analyze``, with ``adaptive`` beside it: how rows and shares came.

    Arms have ``effective_n``, ``offered`` and ``plain_estimate`` as well.

    Raises:
        TableRejected: rows that cannot be used.
    """
    rates = spec.metric.kind == "proportion"
    refuse_unusable_rows(rows, where, rates=rates)
    if not rows.complete and spec.propensities != BY_MOMENT:
        raise TableRejected(
            "only the chosen arms' propensities are told",
            where=where,
            hint='give a column propensity_ARM for every arm, or "propensities": "by_moment" if no context moves them',
        )
    with np.errstate(all="ignore"):
        return _analyzed(spec, rows, rates)


def _analyzed(spec: AdaptiveSpec, rows: AdaptiveRows, rates: bool) -> dict[str, Any]:
    own = own_arms(rows, spec.propensities, rates=rates)
    pairs = _pairs(spec, rows, own, rates)
    control, treatment = moments_of([pair.control for pair in pairs]), moments_of([pair.treatment for pair in pairs])
    plain = as_plain(spec, _plain_arms(rows))
    warnings = _warnings(plain, rows, own, pairs)
    for position in imprecise_pairs(plain, control, treatment):
        warnings[position].append("imprecise_mean")
    times = np.asarray([pair.rows for pair in pairs], dtype=np.float64)
    says = blanked(_unless_early(plain, adaptive_inference(plain, control, treatment, times), warnings), warnings)
    comparisons = compared(rows.names, says, spec.correction, warnings)
    ratio = adaptive_sample_ratio(rows)
    expected = expected_choices(rows).tolist() if rows.complete else None
    return {
        "srm": srm_document(ratio, None) | {"expected": expected},
        "arms": _arms(plain, rows, own),
        "comparisons": comparisons,
        "decision": decide(plain, comparisons, srm_flagged=ratio.flagged),
        "adaptive": {
            "rows": len(rows),
            "propensities": spec.propensities,
            "smallest_propensity": number(_smallest(rows)),
        },
    }


def _pairs(spec: AdaptiveSpec, rows: AdaptiveRows, own: list[WeightedArm], rates: bool) -> list[WeightedPair]:
    others = range(1, len(rows.names))
    if rows.complete:
        return [pair_of_arms(rows, 0, other, spec.propensities, rates=rates) for other in others]
    return [WeightedPair(own[0], own[other], len(rows)) for other in others]


def _plain_arms(rows: AdaptiveRows) -> list[Arm]:
    """What a plain analysis would have taken: units and sum, for gates and for the plain mean beside ours."""
    return [
        Arm(name, int(rows.shown(arm).sum()), float(rows.rewards[rows.shown(arm)].sum()))
        for arm, name in enumerate(rows.names)
    ]


def _arms(plain: ExperimentSpec, rows: AdaptiveRows, own: list[WeightedArm]) -> list[dict[str, Any]]:
    moments = moments_of(own)
    offered = [int(rows.offered(arm).sum()) if rows.complete else len(rows) for arm in range(len(own))]
    limits = arm_limits(plain, moments, np.asarray(offered, dtype=np.float64))
    ends = [(number(low), number(high)) for low, high in zip(limits.low, limits.high, strict=True)]
    return [
        {
            "name": arm.name,
            "n": int(arm.n),
            "estimate": number(weighted.value),
            "ci": list(end) if _speaks(plain, weighted) else [None, None],
            "effective_n": weighted.units,
            "offered": count if rows.complete else None,
            "plain_estimate": number(_plain_mean(arm)),
        }
        for arm, weighted, end, count in zip(plain.arms, own, ends, offered, strict=True)
    ]


def _speaks(plain: ExperimentSpec, arm: WeightedArm) -> bool:
    if plain.metric.kind == "proportion":
        return True
    return arm.units >= 2.0 and (plain.method != "sequential" or arm.carriers >= LEAST_CARRIERS)


def _warnings(
    plain: ExperimentSpec, rows: AdaptiveRows, own: list[WeightedArm], pairs: list[WeightedPair]
) -> list[list[str]]:
    """Remarks on both arms of each comparison under its weights, the control's with its name before a colon."""
    of_rows = [_remarks_on_rows(rows, arm, own[arm], plain.arms[arm]) for arm in range(len(own))]
    found = []
    for position, pair in enumerate(pairs, start=1):
        said = [f"control: {remark}" for remark in (*_remarks(plain, pair.control), *of_rows[0])]
        if plain.difference == "relative" and pair.control.value <= 0.0:
            said.append("zero_baseline" if pair.control.value == 0.0 else "negative_baseline")
        said += [*_remarks(plain, pair.treatment), *of_rows[position]]
        if not rows.complete:
            said.append("propensities_of_chosen_arms_only")
        found.append(said)
    return found


def _remarks(plain: ExperimentSpec, arm: WeightedArm) -> list[str]:
    said = []
    if arm.units < 2.0:
        said.append("too_few_units")
    elif arm.variance == 0.0:
        said.append("zero_variance")
    if plain.metric.kind == "proportion" and arm.value == 0.0:
        said.append("no_events")
    if arm.units < LEAST_UNITS:
        said.append(EFFECTIVE_SAMPLE)
    if arm.largest_share > MOST_WEIGHT_SHARE:
        said.append(PROPENSITY)
    if plain.metric.kind == "mean" and not arm.carriers >= LEAST_CARRIERS:
        said.append(FEW_CARRIERS)
    return said


def _unless_early(plain: ExperimentSpec, says: Inference, warnings: list[list[str]]) -> Inference:
    """A confidence sequence of means begins when their variances are known: before, it says nothing.

    Begun at the first purchases it missed the truth at some look in a fifth of simulated tests.
    """
    early = np.asarray([any(said.endswith(FEW_CARRIERS) for said in one) for one in warnings])
    if plain.method != "sequential":
        return says
    columns = [np.where(early & (name != "estimate"), np.nan, getattr(says, name)) for name in Inference.__slots__]
    return Inference(*columns)


def _remarks_on_rows(rows: AdaptiveRows, arm: int, own: WeightedArm, plain: Arm) -> list[str]:
    said = []
    offered = int(rows.offered(arm).sum())
    if offered - int(rows.possible(arm).sum()) > MOST_IMPOSSIBLE * offered:
        said.append("no_chance_in_some_rows")
    if plain.n >= 2 and own.units > 0.0:
        # Were the plain mean right as well it would be the sharper one, and the two would differ by what the variances
        # differ by (Hausman, Econometrica 46, 1978).
        spread = own.variance / own.units - float(rows.rewards[rows.shown(arm)].var()) / plain.n
        if spread > 0.0 and abs(_plain_mean(plain) - own.value) > VISIBLE_BIAS * math.sqrt(spread):
            said.append("plain_mean_is_biased")
    return said


def _plain_mean(arm: Arm) -> float:
    return (arm.sum or 0.0) / arm.n if arm.n else math.nan


def _smallest(rows: AdaptiveRows) -> float:
    told = rows.propensities[rows.propensities > 0.0]
    return float(told.min()) if len(told) else math.nan
