"""Say how a daily or hourly series goes on: a table in, p10, p50 and p90 a step out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import write_table
from adplat.domain import ConfigRejected, TableRejected
from adplat.flows.holidays import read_holidays
from adplat.flows.series_file import DAY, EvenSeries, read_series
from adplat.forecast import LEVELS, fewest_steps, forecast_series

LONGEST_STEPS = 10_000


def forecast_file(
    path: Path,
    horizon: int,
    out: Path,
    *,
    moment_column: str = "",
    value_column: str = "",
    holidays: Path | None = None,
) -> dict[str, Any]:
    """Write columns ``date p10 p50 p90`` for the ``horizon`` steps after the last row of ``path``.

    ``holidays`` is a table with the columns ``date`` and ``name``, of the past and of the horizon. Raises InputError.
    """
    if out.resolve() == path.resolve():
        raise ConfigRejected("the forecast would replace the series", where=str(out), hint="give --out another name")
    if not 1 <= horizon <= LONGEST_STEPS:
        raise ConfigRejected(
            f"a horizon of {horizon} steps", where="--horizon", hint=f"give 1 to {LONGEST_STEPS:,} steps"
        )
    series = read_series(path, moment_column, value_column)
    known, enough = int(np.isfinite(series.values).sum()), fewest_steps(horizon, series.steps_a_day)
    kind = "days" if series.step == DAY else "hours"
    if known < enough:
        raise TableRejected(
            f"{known} {kind} are too few to check a forecast of {horizon}",
            where=str(path),
            hint=f"give at least {enough}, or a shorter --horizon",
        )
    names = None if holidays is None else _holidays(series, horizon, holidays)
    told = forecast_series(series.values, horizon, series.steps_a_day, names)
    moments = series.moments(len(series.values), len(series.values) + horizon)
    frame = pl.DataFrame(
        {
            "date": [_written(moment, daily=series.step == DAY) for moment in moments],
            **{f"p{round(100 * level)}": told[:, at] for at, level in enumerate(LEVELS)},
        }
    )
    write_table(frame, out)
    return {
        "out": str(out),
        "step": kind.removesuffix("s"),
        "known": known,
        "gaps": len(series.values) - known,
        "data_from": _written(series.first, daily=series.step == DAY),
        "data_to": _written(series.moments(len(series.values) - 1, len(series.values))[0], daily=series.step == DAY),
        "horizon": horizon,
        "daily" if series.step == DAY else "hourly": frame.to_dicts(),
    }


def _holidays(series: EvenSeries, horizon: int, path: Path) -> list[str | None]:
    by_day = read_holidays(path)
    return [by_day.get(moment.date()) for moment in series.moments(0, len(series.values) + horizon)]


def _written(moment: datetime, *, daily: bool) -> str:
    return moment.date().isoformat() if daily else moment.isoformat()
