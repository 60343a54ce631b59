"""A market's holidays, past and to come, from a table of ``date`` and ``name``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from adplat.data import read_table
from adplat.flows.series_file import read_moments

# Beside a lake: whoever forecasts from it knows these.
IN_FOLDER = Path("holidays.csv")


def read_holidays(path: Path) -> dict[date, str]:
    """Names by day. Raises MissingInput, TableRejected."""
    frame = read_table(path, ["date", "name"])
    days = (moment.date() for moment in read_moments(frame["date"], path))
    return dict(zip(days, frame["name"].cast(pl.String).fill_null("holiday").to_list(), strict=True))
