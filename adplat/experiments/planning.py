"""How many units a test takes, how long that is, what effect so many units show, and with what power."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import ConfigRejected
from adplat.experiments.crossing import crossing_probabilities
from adplat.experiments.group_sequential import first_boundary_state, next_look
from adplat.experiments.history import history_baseline
from adplat.experiments.inference import TWO_SIDED
from adplat.experiments.plan_spec import Baseline, PlanSpec, as_written
from adplat.experiments.sequential import half_width_factor

MOST_UNITS = 1e13
HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Design:
    """One comparison: shares of control and treatment, mean and unit variance without an effect, α after correction.

    ``binary`` metrics have the variance that goes with their mean.
    """

    spec: PlanSpec
    control_share: float
    treatment_share: float
    mean: float
    variance: float
    binary: bool
    alpha: float

    def z_at(self, units: float, effect: float) -> tuple[float, float]:
        """Expected z with an effect at ``units`` of all arms, and its standard deviation.

        z divides by the error that the analysis will use: pooled for rates at one look, else that of both arms.
        """
        relative = self.spec.difference == "relative"
        treated = self.mean * (1.0 + effect) if relative else self.mean + effect
        if self.binary and not 0.0 <= treated <= 1.0:
            raise ConfigRejected(
                f"an effect of {as_written(effect)} makes the rate {treated:g}",
                where="effect",
                hint="give a smaller effect",
            )
        own = (
            treated * (1.0 - treated) * self.variance / (self.mean * (1.0 - self.mean))
            if self.binary
            else self.variance
        )
        n_control, n_treatment = units * self.control_share, units * self.treatment_share
        true = own / n_treatment + self.variance / n_control
        used = true
        gap = treated - self.mean
        if self.binary and self.spec.method == "fixed":
            pooled = (n_control * self.mean + n_treatment * treated) / (n_control + n_treatment)
            reduced = self.variance / (self.mean * (1.0 - self.mean))
            used = pooled * (1.0 - pooled) * reduced * (1.0 / n_control + 1.0 / n_treatment)
        elif relative:
            # The analysis divides by the delta method's error, which moves with both means: z is linearised in them.
            growth = treated / self.mean
            used = own / n_treatment + self.variance * growth * growth / n_control
            pull = gap * self.variance * growth / (n_control * self.mean * used)
            by_treatment, by_control = 1.0 - pull, 1.0 - pull * growth
            true = own / n_treatment * by_treatment**2 + self.variance / n_control * by_control**2
        return gap / math.sqrt(used), math.sqrt(true / used)


def plan(spec: PlanSpec) -> dict[str, Any]:
    """The plan document: units, days, power and the smallest effect seen with it.

    Raises:
        ConfigRejected: an effect that no rate can have, or that no number of units would show.
    """
    design, baseline = _design_of(spec)
    total = sum(spec.allocation)
    effect = spec.effect
    units = spec.units if spec.units is not None else _least_units(design, effect or 0.0)
    smallest = _smallest_effect(design, units)
    power, expected = power_of(design, units, smallest if effect is None else effect)
    shares = [share / total for share in spec.allocation]
    return {
        "method": spec.method,
        "units": math.ceil(units),
        "units_per_arm": [math.ceil(units * share) for share in shares],
        "duration_days": None if spec.daily_units is None else units / spec.daily_units,
        "expected_units": expected,
        "effect": smallest if effect is None else effect,
        "power": power,
        "minimum_detectable_effect": smallest,
        "alpha_per_comparison": design.alpha,
        "looks": 1 if spec.method == "fixed" else spec.looks,
        "sequential_tuning": _tuning(design, units) if spec.method == "sequential" else None,
        "baseline": {"mean": baseline.mean, "std": baseline.std, "explained": baseline.explained},
    }


def power_curve(spec: PlanSpec, units: float, points: int = 24) -> list[tuple[float, float]]:
    """Units and the power with which they show ``spec.effect``, evenly spread up to twice ``units``.

    Each is the power of a test that was planned at that size. Raises ConfigRejected as ``plan`` does.
    """
    design, _ = _design_of(spec)
    sizes = [2.0 * units * number / points for number in range(1, points + 1)]
    return [(size, power_of(design, size, spec.effect or 0.0)[0]) for size in sizes]


def power_at(spec: PlanSpec, units: float) -> float:
    """The power with which so many units show ``spec.effect``. Raises ConfigRejected as ``plan`` does."""
    return power_of(_design_of(spec)[0], units, spec.effect or 0.0)[0]


def power_of(design: Design, units: float, effect: float) -> tuple[float, float]:
    """Power and the units at which a test ends on average, if the effect is real."""
    spec = design.spec
    two_sided = spec.alternative == TWO_SIDED
    try:
        z, deviation = design.z_at(units, effect)
    except ArithmeticError:
        z, deviation = math.nan, 0.0
    if not (math.isfinite(z) and deviation > 0.0):
        raise ConfigRejected(
            f"an effect of {as_written(effect)} leaves nothing to chance", where="effect", hint="give a smaller effect"
        )
    z = -z if spec.alternative == "less" else abs(z) if two_sided else z
    if spec.method == "fixed":
        critical = float(-ndtri(design.alpha / 2.0 if two_sided else design.alpha))
        power = float(ndtr((z - critical) / deviation))
        return power + (float(ndtr((-z - critical) / deviation)) if two_sided else 0.0), units
    fractions = [look / spec.looks for look in range(1, spec.looks + 1)]
    bounds = [bound / deviation for bound in _bounds(design, units, fractions)]
    crossed = crossing_probabilities(fractions, bounds, z / deviation, two_sided)
    going_on = 1.0 - crossed.sum()
    return float(crossed.sum()), units * float((crossed * fractions).sum() + going_on)


def _design_of(spec: PlanSpec) -> tuple[Design, Baseline]:
    """The comparison, and what is known of the metric with the deviation of one unit."""
    baseline = spec.baseline or history_baseline(spec)
    total, treatments = sum(spec.allocation), len(spec.allocation) - 1
    binary = spec.metric.kind == "proportion"
    variance = baseline.mean * (1.0 - baseline.mean) if binary else (baseline.std or 0.0) ** 2
    if spec.difference == "relative" and not baseline.mean > 0.0:
        raise ConfigRejected(
            f"the baseline is {baseline.mean:g}", where="difference", hint='plan an "absolute" difference'
        )
    design = Design(
        spec,
        spec.allocation[0] / total,
        min(spec.allocation[1:]) / total,
        baseline.mean,
        variance * (1.0 - baseline.explained),
        binary,
        spec.alpha / (treatments if spec.correction != "none" else 1),
    )
    return design, Baseline(baseline.mean, math.sqrt(variance), baseline.explained)


def _bounds(design: Design, units: float, fractions: list[float]) -> list[float]:
    spec = design.spec
    two_sided = spec.alternative == TWO_SIDED
    if spec.method == "sequential":
        compared = units * (design.control_share + design.treatment_share)
        at = np.asarray(fractions) * compared
        return [
            float(bound)
            for bound in half_width_factor(at, design.alpha, _tuning(design, units), one_sided=not two_sided)
        ]
    return list(_spent_bounds(tuple(fractions), design.alpha, two_sided, spec.spending))


@lru_cache(maxsize=16)  # asked again for every number of units that is tried
def _spent_bounds(fractions: tuple[float, ...], alpha: float, two_sided: bool, spending: str) -> tuple[float, ...]:
    state = first_boundary_state(np.asarray([alpha]), two_sided=two_sided, spending=spending)
    for fraction in fractions:
        state = next_look(state, fraction)
    return tuple(float(look.bound[0]) for look in state.looks)


def _tuning(design: Design, units: float) -> float:
    """Where nothing is told the sequence is sharpest at half of the planned units of a comparison."""
    told = design.spec.sequential_tuning
    return told if told is not None else units * (design.control_share + design.treatment_share) / 2.0


def _least_units(design: Design, effect: float) -> float:
    def enough(units: float) -> bool:
        return power_of(design, units, effect)[0] >= design.spec.power

    if not enough(MOST_UNITS):
        raise ConfigRejected(
            f"no number of units shows an effect of {as_written(effect)}", where="effect", hint="give a larger one"
        )
    return math.exp(_first(lambda log_units: enough(math.exp(log_units)), math.log(4.0), math.log(MOST_UNITS)))


def _smallest_effect(design: Design, units: float) -> float:
    """The smallest effect with the power asked for, in the direction of the given effect or the alternative."""
    spec = design.spec
    sign = -1.0 if spec.alternative == "less" or (spec.effect is not None and spec.effect < 0.0) else 1.0
    scale = 1.0 if spec.difference == "absolute" else design.mean
    if design.binary:
        # Not quite to 0 or 1: a rate that is certain has no variance to divide by.
        largest = ((1.0 - design.mean) if sign > 0.0 else design.mean) / scale * (1.0 - 1e-9)
    else:
        largest = 1e6 * math.sqrt(design.variance) / scale
    if power_of(design, units, sign * largest)[0] < spec.power:
        raise ConfigRejected(f"{units:g} units show no effect at all", where="units", hint="give more units")
    return sign * _first(lambda size: power_of(design, units, sign * size)[0] >= spec.power, 0.0, largest)


def _first(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The least value in (low, high] from which on ``holds``, by halving."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if not low < middle < high or high - low <= 1e-8 * abs(high):
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
