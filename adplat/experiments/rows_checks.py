"""What a question to rows must fulfil beyond the types of its fields; columns are checked where the files are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

from adplat.domain import ConfigRejected
from adplat.experiments.rows_spec import LATE_MEASURES, RowData
from adplat.experiments.spec_checks import check_names, check_settings, check_shares

if TYPE_CHECKING:
    from adplat.experiments.spec import ExperimentSpec

MOST_ARMS = 100


def check_rows(spec: ExperimentSpec, data: RowData, where: str) -> None:
    """Raise ConfigRejected unless the rows can be asked for."""
    check_settings(spec, where)
    if spec.arms:
        _refuse("both arms and data are given", where, "give the arms' sums, or data to take them from rows")
    place = f"{where}: data"
    names = list(data.arm_values())
    told = data.arms.values
    if isinstance(told, list) and len(names) < len(told):
        _refuse("an arm is given twice", f"{place}: arms", "give every arm a value of its own")
    check_names(names, place)
    if len(names) > MOST_ARMS:
        _refuse(f"{len(names)} arms", f"{place}: arms", f"give at most {MOST_ARMS}")
    _check_values(data, f"{place}: arms")
    check_shares(spec.allocation, len(names), f"{where}: allocation")
    for field in ("assigned", "looks", "share_covariance"):
        if getattr(spec, field) is not None:
            _refuse(f"both {field} and data are given", where, f"leave {field} out: it comes from the rows")
    _check_measure(spec, data, place)
    _check_times(data, place)
    _check_maturity(spec, data, place)
    _check_rules(data, f"{place}: invalid_traffic")


def _check_values(data: RowData, where: str) -> None:
    if (data.experiment is None) == (data.arms.column is None):
        _refuse("neither or both of experiment and column", where, 'give "column", or data.experiment')
    values = [value for arm in data.arm_values().values() for value in arm]
    if len(set(values)) < len(values):
        _refuse("a value stands in two arms", where, "give every value to one arm")
    if not all(data.arm_values().values()):
        _refuse("an arm has no values", where, "give every arm a value or more")


def _check_measure(spec: ExperimentSpec, data: RowData, where: str) -> None:
    kind = spec.metric.kind
    if (kind == "ratio") != (data.per is not None):
        hint = 'add "per", such as "impressions"' if kind == "ratio" else 'leave "per" out, or take the kind "ratio"'
        _refuse(f"a {kind} {'without' if kind == 'ratio' else 'with'} per", where, hint)
    if data.per == data.measure:
        _refuse(f"{data.measure} per {data.per}", where, "give two different measures")
    if kind == "quantile" and (data.covariate_days is not None or data.strata is not None):
        _refuse("a quantile has no covariate or strata", where, "leave covariate_days and strata out")
    if kind == "ratio" and data.strata is not None:
        _refuse("a ratio has no strata", where, "leave strata out, or take covariate_days")


def _check_times(data: RowData, where: str) -> None:
    for field in ("since", "until", "as_of"):
        moment = getattr(data, field)
        if moment is not None and moment.tzinfo is None:
            _refuse(f"{field} has no time zone", where, "add one, such as 2026-03-01T00:00:00Z")
    if data.since is not None and data.until is not None and data.since >= data.until:
        _refuse("since is not before until", where, "give the start first")
    if data.since is not None and data.as_of is not None and data.since >= data.as_of:
        _refuse("since is not before as_of", where, "look at the test after it started")
    days = data.covariate_days
    if days is None:
        return
    if not (math.isfinite(days) and days > 0.0):
        _refuse(f"covariate_days is {days}", where, "give days above 0")
    if data.since is None:
        _refuse("covariate_days without since", where, "tell the moment at which the test started")
    if data.unit == "decision_id":
        _refuse("decisions have no days before", where, "leave covariate_days out, or take a unit such as user_key")


def _check_maturity(spec: ExperimentSpec, data: RowData, where: str) -> None:
    days = data.maturity_days
    if days is not None and not 0.0 < days <= 400.0:
        _refuse(f"maturity_days is {days}", where, "give days above 0, at most 400")
    if data.maturity == "exclude":
        return
    if not any(name in LATE_MEASURES for name in data.measures):
        _refuse("nothing of this measure comes late", where, 'leave "maturity" out')
    if spec.metric.kind == "quantile":
        _refuse("a quantile cannot be corrected", where, 'take "maturity": "exclude"')
    if data.strata is not None:
        _refuse("corrected rates have no strata", where, 'leave strata out, or take "maturity": "exclude"')


def _check_rules(data: RowData, where: str) -> None:
    rules = data.invalid_traffic
    for field in ("least_click_delay_ms", "most_impressions_a_day", "most_click_rate", "from_clicks"):
        value = getattr(rules, field)
        if value is not None and not (math.isfinite(value) and value >= 0):
            _refuse(f"{field} is {value}", where, "give 0 or more, or null to switch the rule off")


def _refuse(what: str, where: str, hint: str) -> NoReturn:
    raise ConfigRejected(what, where=where, hint=hint)
