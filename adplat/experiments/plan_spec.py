"""The document that asks how long a test must run: what is known of the metric, which effect matters, how to judge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NoReturn

import msgspec

from adplat.domain import ConfigRejected
from adplat.experiments.document import document_of
from adplat.experiments.spec import Arm, Metric

_LEAST, _MOST = 1e-15, 1e15


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The metric without a treatment: its mean and, unless it is a proportion, the standard deviation of one unit.

    Of a ratio the deviation is that of ``(y − r·d)/d̄`` over units. ``explained`` is the share ρ² of the variance that
    a covariate takes out.
    """

    mean: float
    std: float | None = None
    explained: float = 0.0


class PlanSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to plan. Give ``effect`` to get the units it takes, or ``units`` (of all arms) to get the effect they show;
    both give the power. The metric is known by ``baseline`` or by ``history``, an arm's sums as for an analysis.

    ``allocation`` are the arms' shares, the control first. ``daily_units`` turn units into days. Methods with looks
    take ``looks`` of them, evenly spaced.
    """

    metric: Metric
    baseline: Baseline | None = None
    history: Arm | None = None
    effect: float | None = None
    units: float | None = None
    power: float = 0.8
    method: Literal["fixed", "sequential", "group-sequential"] = "fixed"
    difference: Literal["relative", "absolute"] = "relative"
    alternative: Literal["two-sided", "greater", "less"] = "two-sided"
    alpha: float = 0.05
    correction: Literal["none", "holm", "bh"] = "none"
    allocation: list[float] = msgspec.field(default_factory=lambda: [0.5, 0.5])
    daily_units: float | None = None
    looks: int = 14
    sequential_tuning: float | None = None
    spending: Literal["obrien-fleming", "pocock"] = "obrien-fleming"


def parse_plan(content: Mapping[str, Any], *, where: str) -> PlanSpec:
    """The plan in a plain mapping. Raises ConfigRejected."""
    spec = document_of(content, PlanSpec, schema="experiment-plan", where=where)
    _check(spec, where)
    return spec


def as_written(number: float) -> str:
    """As people write it, without an exponent; ``1e-09`` is 0.000000001. What would be too long stays as it is."""
    return format(Decimal(repr(number)), "f") if 1e-9 <= abs(number) < 1e15 else f"{number:g}"


def _check(spec: PlanSpec, where: str) -> None:
    if (spec.baseline is None) == (spec.history is None):
        _refuse("neither or both of baseline and history", where, "give one of them")
    if spec.effect is None and spec.units is None:
        _refuse("neither effect nor units", where, "give the effect that matters, or the units you can have")
    if spec.metric.kind == "quantile":
        _refuse("quantiles are not planned", f"{where}: metric", "plan for a mean with the quantile's deviation")
    if spec.baseline is not None:
        _check_baseline(spec, spec.baseline, f"{where}: baseline")
    _check_sizes(spec, where)
    limits = {"alpha": (0.0, 0.5), "power": (0.0, 1.0), "units": (0.0, math.inf), "daily_units": (0.0, math.inf)}
    for name, (low, high) in {**limits, "sequential_tuning": (0.0, math.inf)}.items():
        value = getattr(spec, name)
        if value is not None and not low < value < high:
            _refuse(f"{name} is {value}", where, f"give a value above {low:g} and below {high:g}")
    if spec.power <= spec.alpha:
        _refuse(f"power {spec.power} is not above alpha {spec.alpha}", where, "give a power such as 0.8")
    if spec.effect is not None and not (math.isfinite(spec.effect) and spec.effect != 0.0):
        _refuse(f"effect is {spec.effect}", where, "give the smallest difference that matters, such as 0.05")
    sign = {"greater": 1.0, "less": -1.0, "two-sided": 0.0}[spec.alternative]
    if spec.effect is not None and spec.effect * sign < 0.0:
        _refuse(f"effect {spec.effect} lies against alternative {spec.alternative!r}", where, "turn one of them round")
    if len(spec.allocation) < 2 or not all(0.0 < share < math.inf for share in spec.allocation):
        _refuse("a share is not positive, or there is only one", f"{where}: allocation", "give such as [0.5, 0.5]")
    if not 1 <= spec.looks <= 500:
        _refuse(f"looks is {spec.looks}", where, "give from 1 to 500 looks")


def _check_sizes(spec: PlanSpec, where: str) -> None:
    told = {"effect": spec.effect, "units": spec.units, "daily_units": spec.daily_units}
    if spec.baseline is not None:
        told |= {"baseline: mean": spec.baseline.mean, "baseline: std": spec.baseline.std}
    for name, number in told.items():
        # No metric is of such a size, and its square is no number any more.
        if number and not _LEAST <= abs(number) <= _MOST:
            _refuse(f"{name} is {as_written(number)}", where, f"give a number between {_LEAST:g} and {_MOST:g}")


def _check_baseline(spec: PlanSpec, baseline: Baseline, where: str) -> None:
    if spec.metric.kind == "proportion" and not 0.0 < baseline.mean < 1.0:
        _refuse(f"mean is {baseline.mean}", where, "give a rate between 0 and 1")
    if spec.metric.kind != "proportion" and not (baseline.std is not None and 0.0 < baseline.std < math.inf):
        _refuse(f"std is {baseline.std}", where, "give the standard deviation of one unit")
    if not (math.isfinite(baseline.mean) and 0.0 <= baseline.explained < 1.0):
        _refuse(f"explained is {baseline.explained}", where, "give a finite mean and the share ρ², 0 to below 1")


def _refuse(what: str, where: str, hint: str) -> NoReturn:
    raise ConfigRejected(what, where=where, hint=hint)
