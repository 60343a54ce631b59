"""Rows of a lake in, the document of a creative test out: statistics as from sums, and the health of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from adplat.data import STATUS, ExposureQuestion, ExposureTables, Lake, TrafficRules, open_exposures
from adplat.domain import ConfigRejected, InternalFault, MissingInput
from adplat.experiments import CONTEXT_COLUMNS, ExperimentSpec, Filter, RowData, analyze, check_spec, maturity_curve
from adplat.flows.compare_dimensions import compare_dimensions
from adplat.flows.lake_log import lake_at
from adplat.flows.rows_health import USER, clustered, left_out_alike, multiple_exposure, unbalanced
from adplat.flows.rows_to_arms import asked_metric, whole_arms

DAY_S = 86_400.0


def analyze_rows(spec: ExperimentSpec, *, lake: Lake | None = None) -> dict[str, Any]:
    """The document of ``spec``, whose ``data`` asks for rows; with ``data`` and, if asked for, ``dimensions`` beside.

    ``lake`` takes the place of the one that the specification names. Nothing is written, and the answer depends on the
    files alone. Raises MissingInput, ConfigRejected or TableRejected.
    """
    data = spec.data
    if data is None:
        raise InternalFault("the specification has no rows", hint="analyse its sums")
    lake = _lake(data) if lake is None else lake
    with open_exposures(lake, _question(spec, data)) as tables:
        _require_units(tables)
        shares, covariance = None, None
        if data.maturity == "correct":
            ages = tables.ages()
            curve = maturity_curve(ages.shown, ages.weights, ages.conversions)
            shares, covariance = curve.shares.tolist(), curve.covariance.tolist()
        tables.gather(shares)
        looks = tables.assigned_by_day().tolist()
        summed = msgspec.structs.replace(
            spec,
            data=None,
            metric=asked_metric(spec, data),
            arms=whole_arms(spec, data, tables),
            assigned=looks[-1],
            looks=looks[:-1],
            share_covariance=covariance,
            age_days=_age_days(tables) if spec.age_days is None else spec.age_days,
        )
        check_spec(summed, f"lake {lake.root}")
        health, distrust = _health(data, tables)
        document = analyze(summed, distrust=distrust)
        crossed = health["multiple_exposure"]
        if crossed["flagged"]:
            document["decision"]["why"].append(
                f"{crossed['share']:.1%} of the units saw more than one arm and are left out: "
                f"{data.unit} may not be what was assigned"
            )
        users = health["clustered"]
        if users is not None and users["flagged"]:
            document["decision"]["why"].append(
                f"what one user was shown stays in one arm: users were assigned, so {data.unit} is too fine a unit"
            )
        document["data"] = _described(data, tables, health, shares)
        if data.dimensions:
            document["dimensions"] = compare_dimensions(summed, data, tables)
    return document


def _lake(data: RowData) -> Lake:
    if data.lake is None:
        raise ConfigRejected("no lake is told", where="data: lake", hint="add its folder, or give --lake")
    folder = Path(data.lake)
    if not folder.is_dir():
        raise MissingInput("no such folder", where=data.lake, hint="give a lake, a workspace or a world")
    lake = lake_at(folder)
    if lake is None:
        raise MissingInput(
            "the folder holds no impressions", where=data.lake, hint="give a lake, a workspace or a world"
        )
    return lake


def _question(spec: ExperimentSpec, data: RowData) -> ExposureQuestion:
    rules = data.invalid_traffic
    minutes = data.window_minutes
    return ExposureQuestion(
        unit=data.unit,
        arms=tuple(data.arm_values().values()),
        arm_column=data.arms.column,
        experiment=data.experiment,
        measure=data.measure,
        per=data.per,
        at_least_once=spec.metric.kind == "proportion",
        since=data.since,
        until=data.until,
        as_of=data.as_of,
        filters=_as_values(data.filters),
        context=_context(data),
        optional_context=(*(CONTEXT_COLUMNS if data.balance is None else ()), *((USER,) if data.unit != USER else ())),
        covariate_s=None if data.covariate_days is None else data.covariate_days * DAY_S,
        conversion_kind=data.conversion_kind,
        window_s=None if minutes is None else minutes * 60.0,
        corrected=data.maturity == "correct",
        rules=TrafficRules(
            marked=_as_values(rules.marked),
            least_click_delay_ms=rules.least_click_delay_ms,
            most_impressions_a_day=rules.most_impressions_a_day,
            most_click_rate=rules.most_click_rate,
            from_clicks=rules.from_clicks,
        ),
    )


def _context(data: RowData) -> tuple[str, ...]:
    """Each column once; those that are looked at unasked may be absent."""
    named = [*data.dimensions, *([] if data.strata is None else [data.strata]), *(data.balance or [])]
    if data.arms.column in named:
        raise ConfigRejected(
            f"column {data.arms.column!r} tells the arms apart",
            where="data",
            hint="leave it out of dimensions, strata, balance",
        )
    return tuple(dict.fromkeys(named))


def _as_values(filters: Mapping[str, Filter]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(told) if isinstance(told, list) else (told,) for name, told in filters.items()}


def _require_units(tables: ExposureTables) -> None:
    if tables.units().sum() > 0:
        return
    left = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in tables.rows.items() if count)
    raise MissingInput(
        "no showing is of any of the arms" + (f" (left out: {left})" if left else ""),
        where="data",
        hint="compare arms, filters, since and until with the lake's impressions",
    )


def _age_days(tables: ExposureTables) -> float:
    return (tables.known_to - tables.since).total_seconds() / DAY_S


def _health(data: RowData, tables: ExposureTables) -> tuple[dict[str, Any], list[str]]:
    """What the rows say of the test itself, and why it may not be believed."""
    units = tables.units()
    crossed = multiple_exposure(units)
    balance = unbalanced(data, tables)
    left = left_out_alike(units)
    distrust = []
    off = [one["column"] for one in balance if one["flagged"]]
    if off:
        distrust.append(f"arms differ in what was settled before they were assigned: {', '.join(off)}")
    if left["flagged"]:
        distrust.append("units are left out of some arms more often than of others (see data.health.left_out)")
    return {
        "multiple_exposure": crossed,
        "balance": balance,
        "left_out": left,
        "clustered": clustered(data, tables, units),
    }, distrust


def _described(
    data: RowData, tables: ExposureTables, health: Mapping[str, Any], shares: Sequence[float] | None
) -> dict[str, Any]:
    units = tables.units().sum(axis=0)
    rows, young = tables.showings()
    window = data.window_minutes
    return {
        "rows": rows,
        "units": int(units[0]),
        "since": _told(tables.since),
        "until": _told(tables.until),
        "as_of": _told(tables.known_to),
        "unit": data.unit,
        "measure": data.measure,
        "per": data.per,
        "excluded": {
            "rows": {**tables.rows, "immature": young},
            "units": {name: int(count) for name, count in zip(STATUS[1:], units[1:], strict=True)},
            "outcomes": tables.outcomes,
        },
        "maturity": {
            "mode": data.maturity if window is not None else "none",
            "window_days": None if window is None else window / 1440.0,
            "share_of_a_day": None if shares is None else shares[min(1440, len(shares) - 1)],
        },
        "health": health,
    }


def _told(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
