"""A daily or hourly series out of a table: moments and values as people write them, evenly spaced, gaps as gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import read_table
from adplat.domain import TableRejected
from adplat.statistics import Float64

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%m/%d/%y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y%m%d",
)


@dataclass(frozen=True, slots=True)
class EvenSeries:
    """``values`` from ``first`` on, one a ``step``; NaN where the table has no row or no value."""

    first: datetime
    step: timedelta
    values: Float64

    @property
    def steps_a_day(self) -> int:
        """1 or 24."""
        return int(DAY / self.step)

    def moments(self, start: int, stop: int) -> list[datetime]:
        """Of the steps from ``start`` on, before ``stop``."""
        return [self.first + number * self.step for number in range(start, stop)]


def read_series(path: Path, moment_column: str = "", value_column: str = "") -> EvenSeries:
    """Read a table; unnamed columns are the first and the second. Raises MissingInput or TableRejected.

    Values may have thousands separated by commas; dates are ISO, month/day/year or day.month.year.
    """
    frame = read_table(path, [name for name in (moment_column, value_column) if name] or None)
    if frame.width < 2:
        raise TableRejected("a series needs two columns", where=str(path), hint="give a date and a value a row")
    others = [name for name in frame.columns if name not in (moment_column, value_column)]
    if not (moment_column and value_column):
        frame = read_table(path)
        others = [name for name in frame.columns if name not in (moment_column, value_column)]
    moment_column = moment_column or others.pop(0)
    value_column = value_column or others.pop(0)
    moments = read_moments(frame[moment_column], path)
    values = _numbers(frame[value_column], path)
    if len(moments) < 2:
        raise TableRejected(f"{len(moments)} rows are no series", where=str(path), hint="give more past days")
    order = np.argsort(np.array(moments, dtype="datetime64[us]"), kind="stable")
    moments, values = [moments[at] for at in order], values[order]
    for row, (one, other) in enumerate(pairwise(moments)):
        if one == other:
            raise TableRejected(
                f"{one.isoformat()} is told twice", where=str(path), hint=f"keep one of the rows (sorted row {row + 2})"
            )
    whole_days = all(moment.hour == 0 and moment.minute == 0 and moment.second == 0 for moment in moments)
    step = DAY if whole_days else HOUR
    places = [(moment - moments[0]) / step for moment in moments]
    uneven = [moment for moment, place in zip(moments, places, strict=True) if place != int(place)]
    if uneven:
        raise TableRejected(
            f"{uneven[0].isoformat()} is neither a whole day nor a whole hour after the first",
            where=str(path),
            hint="sum the values by day or by hour first",
        )
    even = np.full(int(places[-1]) + 1, np.nan)
    even[[int(place) for place in places]] = values
    return EvenSeries(moments[0], step, even)


def read_moments(column: pl.Series, path: Path) -> list[datetime]:
    """Days or moments, without a zone. Raises TableRejected."""
    if column.dtype.is_temporal():
        told = column.dt.replace_time_zone(None) if isinstance(column.dtype, pl.Datetime) else column
        found = told.cast(pl.Datetime("us"))
        if found.null_count() == 0:
            return list(found.to_list())
    texts = column.cast(pl.String).str.strip_chars()
    for format_ in FORMATS:
        found = texts.str.strptime(pl.Datetime("us"), format_, strict=False, exact=True)
        if len(found) and found.null_count() == 0:
            return list(found.to_list())
    raise TableRejected(
        f"{column.name!r} is not a date throughout, such as {texts[0] if len(texts) else ''!r}",
        where=str(path),
        hint="write 2026-11-26, or name the column with --date-column",
    )


def _numbers(column: pl.Series, path: Path) -> Float64:
    told = column.cast(pl.String).str.strip_chars().str.replace_all(",", "", literal=True)
    told = pl.select(pl.when(told == "").then(None).otherwise(told)).to_series()
    numbers = told.cast(pl.Float64, strict=False)
    wrong = (told.is_not_null() & ~numbers.is_finite().fill_null(value=False)).arg_true()
    if len(wrong):
        row = int(wrong[0])
        raise TableRejected(
            f"{column.name!r} is no number: {column[row]!r}",
            where=f"{path}, row {row + 1}",
            hint="mend the row, or name the column with --value-column",
        )
    return numbers.fill_null(np.nan).to_numpy()
