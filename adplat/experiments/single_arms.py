"""The interval of each arm's own value, by the method of the comparison; never adjusted, always two-sided."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri, stdtrit

from adplat.experiments.boundaries import Boundaries
from adplat.experiments.moments import Moments
from adplat.experiments.sequential import half_width_factor
from adplat.experiments.spec import ExperimentSpec
from adplat.statistics import wilson_interval


def arm_intervals(
    spec: ExperimentSpec, plain: Moments, bounds: Boundaries | None
) -> list[tuple[float | None, float | None]]:
    """One interval an arm: Wilson's for rates, Student's t for the rest; with looks, the method's own width."""
    if spec.metric.kind == "proportion" and spec.method in {"fixed", "bayesian"}:
        found = [wilson_interval(int(arm.sum or 0.0), int(arm.n), level=1.0 - spec.alpha) for arm in spec.arms]
        return [(one.low, one.high) if arm.n > 0 else (None, None) for one, arm in zip(found, spec.arms, strict=True)]
    with np.errstate(all="ignore"):
        error = np.sqrt(plain.variance / plain.n)
        if spec.method == "sequential":
            factor = half_width_factor(plain.n, spec.alpha, spec.sequential_tuning)
        elif bounds is not None:
            two_sided = float(-ndtri(spec.alpha / 2.0)) if bounds.state is None else bounds.bound
            factor = np.full_like(error, two_sided)
        else:
            factor = stdtrit(plain.n - 1.0, 1.0 - spec.alpha / 2.0)
        low, high = plain.mean - factor * error, plain.mean + factor * error
    known = np.isfinite(low) & np.isfinite(high) & (error > 0.0)
    return [
        (float(one), float(other)) if usable and math.isfinite(one) else (None, None)
        for one, other, usable in zip(low, high, known, strict=True)
    ]
