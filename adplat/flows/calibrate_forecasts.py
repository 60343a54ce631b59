"""Did what was forecast happen as often as it said? By metric, slice, version, horizon and week, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from adplat.domain import TOLD_LEVELS, ConfigRejected
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.score_forecasts import ScorePlan
from adplat.flows.watch_coverage import SUBJECT, stream_document
from adplat.forecast import (
    HELD_SHARES,
    HORIZONS,
    GroupCoverage,
    ScoredNumber,
    coverage_by,
    coverage_drift,
    days_ahead,
)

_NOT_TOLD = "not told"


def calibrate_forecasts(parts: ForecastParts, plan: ScorePlan) -> dict[str, Any]:
    """The document of ``forecast calibration --json``; what is known now of each number, its newest revision.

    Raises ConfigRejected where nothing was scored yet.
    """
    scored = parts.forecasts.scored()
    if not scored:
        raise ConfigRejected(
            "no forecast was scored yet",
            where="forecast calibration",
            hint="keep forecasts, and run adplat forecast score when their flights are over",
        )
    numbers = [ScoredNumber(one.forecast, score) for one in scored for score in one.latest]
    names = sorted({name for one in scored for name in one.forecast.slices})
    drift = coverage_drift(scored, plan.settled_before(parts.clock.now()))
    return {
        "forecasts": len(scored),
        "numbers": len(numbers),
        "clusters": len({number.cluster for number in numbers}),
        "revised": sum(1 for number in numbers if number.score.revision),
        "first_flight_end": min(_last_day(number).isoformat() for number in numbers),
        "last_flight_end": max(_last_day(number).isoformat() for number in numbers),
        "levels": list(TOLD_LEVELS),
        "overall": _rows(numbers, lambda _: "all"),
        "slices": {name: _rows(numbers, _slice_named(name)) for name in names},
        "bundles": _rows(numbers, lambda number: number.forecast.bundle_id or _NOT_TOLD),
        "corrections": _rows(numbers, lambda number: number.forecast.correction_id or _NOT_TOLD),
        "horizons": sorted(_rows(numbers, days_ahead), key=_nearest_first),
        "weeks": _rows(numbers, _week),
        "streams": [stream_document(stream) for stream in drift],
        "alerts": [
            {"at": one.at.isoformat(), "action": one.action, **one.detail} for one in parts.audit.about(SUBJECT)
        ],
    }


def _rows(numbers: Sequence[ScoredNumber], group_of: Callable[[ScoredNumber], str | None]) -> list[dict[str, Any]]:
    return [_row(one) for one in coverage_by(numbers, group_of)]


def _row(one: GroupCoverage) -> dict[str, Any]:
    held = {
        f"held_{100 * share:g}": {"share": found.value, "low": found.low, "high": found.high}
        for share in HELD_SHARES
        for found in [one.held[share]]
    }
    return {
        "group": one.group,
        "metric": one.metric.value,
        "scope": one.scope,
        "numbers": one.numbers,
        "forecasts": one.forecasts,
        "clusters": one.clusters,
        **held,
        "pinball_share": one.pinball_share,
        "below": list(one.below),
    }


def _slice_named(name: str) -> Callable[[ScoredNumber], str | None]:
    return lambda number: number.forecast.slices.get(name, _NOT_TOLD)


def _last_day(number: ScoredNumber) -> date:
    return (number.forecast.ends_at - timedelta(microseconds=1)).date()


def _week(number: ScoredNumber) -> str:
    """The Monday of the week in which its flight ended."""
    day = _last_day(number)
    return (day - timedelta(days=day.weekday())).isoformat()


def _nearest_first(row: dict[str, Any]) -> int:
    names = [name for _, name in HORIZONS]
    return names.index(row["group"]) if row["group"] in names else len(names)
