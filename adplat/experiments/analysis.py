"""From a specification to the one result document.

Steps: moments of the arms, differences to the control, what the method says of them, corrections for many
comparisons, health of the assignment, a verdict. Nothing here raises for an arm that cannot be used: its numbers are
null and its warnings say why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from adplat.experiments.arms import ComparedArms, compared_arms
from adplat.experiments.boundaries import boundaries
from adplat.experiments.by_method import inference, with_strata
from adplat.experiments.effects import effects
from adplat.experiments.inference import Inference
from adplat.experiments.sample_ratio import AnytimeSampleRatio, SampleRatio, anytime_sample_ratio, sample_ratio
from adplat.experiments.single_arms import arm_intervals
from adplat.experiments.spec import ExperimentSpec
from adplat.experiments.verdict import decide
from adplat.statistics import Float64, benjamini_hochberg, holm

NO_VALUE = ("too_few_units", "zero_denominator", "impossible_sum_squares")


def analyze(spec: ExperimentSpec, *, distrust: Sequence[str] = ()) -> dict[str, Any]:
    """The result document: ``srm``, ``arms``, ``comparisons`` and ``decision``, finite numbers or null throughout.

    ``distrust`` are further reasons, found where the sums come from, for which no result may be believed.
    """
    with np.errstate(all="ignore"):  # arms that cannot be used give NaN on the way, and null with a warning at the end
        return _analyzed(spec, distrust)


def _analyzed(spec: ExperimentSpec, distrust: Sequence[str]) -> dict[str, Any]:
    arms = compared_arms(spec)
    warnings = _warnings(spec, arms)
    relative = spec.difference == "relative"
    found = with_strata(spec, effects(arms.control, arms.treatment, relative=relative), warnings)
    bounds = boundaries(spec)
    if bounds is not None:
        for said in warnings:
            said.extend(bounds.warnings)
    says = blanked(inference(spec, arms, found, bounds, warnings), warnings)
    for position in np.flatnonzero(~np.isfinite(says.std_error)):
        warnings[position] = warnings[position] or ["impossible_sums"]
    units = [arm.n for arm in spec.arms] if spec.assigned is None else spec.assigned
    shares = spec.allocation or [1.0] * len(spec.arms)
    ratio = sample_ratio(units, shares)
    anytime = anytime_sample_ratio([*spec.looks, units], shares) if spec.looks is not None else None
    intervals = arm_intervals(spec, arms.plain, bounds)
    comparisons = compared([arm.name for arm in spec.arms], says, spec.correction, warnings)
    return {
        "srm": srm_document(ratio, anytime),
        "arms": [
            {"name": arm.name, "n": int(arm.n), "estimate": number(arms.plain.mean[position]), "ci": list(interval)}
            for position, (arm, interval) in enumerate(zip(spec.arms, intervals, strict=True))
        ],
        "comparisons": comparisons,
        "decision": decide(
            spec,
            comparisons,
            srm_flagged=ratio.flagged or (anytime is not None and anytime.flagged),
            distrust=distrust,
        )
        | (bounds.document if bounds is not None else {}),
    }


def compared(names: Sequence[str], says: Inference, correction: str, warnings: list[list[str]]) -> list[dict[str, Any]]:
    """The ``comparisons`` of treatments with the first of ``names``, p-values corrected for their number."""
    adjusted = _corrected(says.p_value, correction)
    return [
        {
            "control": names[0],
            "treatment": name,
            "estimate": number(says.estimate[position]),
            "ci": [number(says.low[position]), number(says.high[position])],
            "std_error": number(says.std_error[position]),
            "p_value": number(says.p_value[position]),
            "p_value_adjusted": number(adjusted[position]),
            "chance_to_beat": number(says.chance_to_beat[position]),
            "expected_loss": number(says.expected_loss[position]),
            "warnings": warnings[position],
        }
        for position, name in enumerate(names[1:])
    ]


def number(value: Any) -> float | None:
    """A finite float, or None for what is open, missing or cannot be said."""
    return float(value) if math.isfinite(value) else None


def _warnings(spec: ExperimentSpec, arms: ComparedArms) -> list[list[str]]:
    """Remarks on both arms of each comparison, the control's with its name before a colon."""
    shared = [f"control: {remark}" for remark in arms.remarks[0]]
    base = float(arms.plain.base[0])
    if spec.difference == "relative" and base <= 0.0:
        shared.append("zero_baseline" if base == 0.0 else "negative_baseline")
    return [[*shared, *remarks] for remarks in arms.remarks[1:]]


def blanked(says: Inference, warnings: list[list[str]]) -> Inference:
    """Nothing is said of comparisons whose arms have no usable sums, or whose relative difference has no base."""
    silent = np.asarray(
        [
            any(said.removeprefix("control: ") in NO_VALUE or said == "negative_baseline" for said in one)
            for one in warnings
        ]
    )
    # An interval of width zero is no certainty: both arms showed no variance, and nothing is known of it.
    flat = says.std_error == 0.0
    for position in np.flatnonzero(flat & ~silent & (says.low == says.high)):
        silent[position] = True
    columns: list[Float64] = []
    for name in Inference.__slots__:
        kept = getattr(says, name)
        hide = silent if name != "estimate" else silent & ~flat
        columns.append(np.where(hide, np.nan, kept))
    return Inference(*columns)


def _corrected(p_values: Float64, correction: str) -> Float64:
    if correction == "none":
        return p_values
    told = np.isfinite(p_values)
    result = np.full_like(p_values, np.nan)
    result[told] = (holm if correction == "holm" else benjamini_hochberg)(np.clip(p_values[told], 0.0, 1.0))
    return result


def srm_document(ratio: SampleRatio, anytime: AnytimeSampleRatio | None) -> dict[str, Any]:
    """What ``srm`` says."""
    document: dict[str, Any] = {
        "statistic": ratio.statistic,
        "df": ratio.freedom,
        "p_value": ratio.p_value,
        "flagged": ratio.flagged,
    }
    if ratio.stray:
        document["units_in_arms_without_a_share"] = ratio.stray
    if anytime is not None:
        document["anytime"] = {
            "p_value": float(anytime.p_values[-1]),
            "log_bayes_factor": anytime.log_bayes_factor,
            "looks": len(anytime.p_values),
            "flagged": anytime.flagged,
        }
    return document
