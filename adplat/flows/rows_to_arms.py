"""Sums over a lake's units, as the arms of a specification: from here on rows and sums are the same question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from adplat.data import ExposureTables, UnitSums
from adplat.experiments import (
    Arm,
    Covariate,
    CovariateDenominator,
    Denominator,
    ExperimentSpec,
    Metric,
    RowData,
    Stratum,
    quantile_sums,
)


def asked_metric(spec: ExperimentSpec, data: RowData) -> Metric:
    """The metric as it is computed: corrected rates and means are ratios to the share that had the time to come."""
    if data.maturity == "correct" and spec.metric.kind != "ratio":
        return msgspec.structs.replace(spec.metric, kind="ratio")
    return spec.metric


def whole_arms(spec: ExperimentSpec, data: RowData, tables: ExposureTables) -> list[Arm]:
    """Every arm, the control first; an arm without units has sums of zero."""
    names = list(data.arm_values())
    kind = asked_metric(spec, data).kind
    if kind == "quantile":
        return [_quantile_arm(spec, name, tables, number) for number, name in enumerate(names)]
    found = {sums.arm: sums for sums in tables.sums()}
    strata = {number: list[Stratum]() for number in range(len(names))}
    if data.strata is not None:
        for sums in tables.sums(data.strata):
            strata[sums.arm].append(Stratum(named(sums.group), sums.n, sums.y, sums.yy))
    return [
        _arm(name, found.get(number), kind, data, strata[number] if data.strata is not None else None)
        for number, name in enumerate(names)
    ]


def arms_by_value(spec: ExperimentSpec, data: RowData, sums: Sequence[UnitSums]) -> dict[str | None, list[Arm]]:
    """The arms of every value of a dimension, the values with most units first."""
    kind = asked_metric(spec, data).kind
    units: dict[str | None, int] = {}
    for one in sums:
        units[one.group] = units.get(one.group, 0) + one.n
    by_place = {(one.group, one.arm): one for one in sums}
    return {
        value: [
            _arm(name, by_place.get((value, number)), kind, data, None) for number, name in enumerate(data.arm_values())
        ]
        for value in sorted(units, key=lambda value: (-units[value], named(value)))
    }


def named(value: str | None) -> str:
    """A context value as a person reads it."""
    return "(not told)" if value is None else value


def _quantile_arm(spec: ExperimentSpec, name: str, tables: ExposureTables, number: int) -> Arm:
    values = tables.values(number)
    told = quantile_sums(values, spec.metric.quantile or 0.5) if len(values) else None
    return Arm(name, len(values), float(values.sum()), quantile=told)


def _arm(name: str, sums: UnitSums | None, kind: str, data: RowData, strata: list[Stratum] | None) -> Arm:
    def told(name: str) -> float:
        value = None if sums is None else getattr(sums, name)
        return 0.0 if value is None else float(value)

    return Arm(
        name,
        0 if sums is None else sums.n,
        told("y"),
        told("yy"),
        covariate=_covariate(told, kind, data),
        denominator=Denominator(told("d"), told("dd"), told("dy")) if kind == "ratio" else None,
        strata=strata,
    )


def _covariate(told: Callable[[str], float], kind: str, data: RowData) -> Covariate | None:
    if data.covariate_days is None:
        return None
    if kind != "ratio":
        return Covariate(told("x"), told("xx"), told("xy"))
    below = None
    if data.per is not None:
        below = CovariateDenominator(told("e"), told("ee"), told("xe"), told("ye"), told("de"))
    return Covariate(told("x"), told("xx"), told("xy"), told("xd"), below)
