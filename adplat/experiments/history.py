"""What is known of a metric from the sums of a past arm."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from adplat.domain import ConfigRejected
from adplat.experiments.arms import compared_arms
from adplat.experiments.plan_spec import Baseline, PlanSpec
from adplat.experiments.spec import ExperimentSpec
from adplat.experiments.spec_checks import check_spec


def history_baseline(spec: PlanSpec) -> Baseline:
    """Mean, unit deviation and the share that the arm's covariate explains. Raises ConfigRejected."""
    past = spec.history
    if past is None:
        raise ConfigRejected("no history is told", where="history", hint="give baseline or history")
    # An arm against itself: the same sums, checked and adjusted as an analysis would.
    twice = ExperimentSpec(spec.metric, [past, msgspec.structs.replace(past, name=f"{past.name} again")])
    check_spec(twice, "history")
    with np.errstate(all="ignore"):
        arms = compared_arms(twice)
    mean, variance = float(arms.plain.mean[0]), float(arms.plain.variance[0])
    left = float(arms.control.variance[0])
    if not (math.isfinite(mean) and math.isfinite(left) and variance > 0.0 and left >= 0.0):
        said = ", ".join(arms.remarks[0]) or "impossible sums"
        raise ConfigRejected(f"nothing can be planned from it: {said}", where="history", hint="give a past arm's sums")
    explained = min(max(1.0 - left / variance, 0.0), 1.0 - 1e-12) if arms.adjusted else 0.0
    return Baseline(mean, math.sqrt(variance), explained)
