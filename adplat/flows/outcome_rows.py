"""Rows of a past-campaign table out of a file, and apart from them what came of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import read_table
from adplat.domain import TableRejected
from adplat.forecast import OutcomesConfig, PastRows
from adplat.statistics import Float64


def read_past_rows(config: OutcomesConfig, path: Path) -> PastRows:
    """What was known before; no outcome's column is touched. Raises MissingInput or TableRejected."""
    columns = [*([config.campaign] if config.campaign else []), *config.categories]
    expect = {config.impressions: "number", **dict.fromkeys(config.numbers, "number")}
    frame = read_table(path, columns, expect)
    impressions = _not_negative(frame[config.impressions], path)
    campaigns = None
    if config.campaign:
        _refuse_first(frame[config.campaign].is_null(), frame[config.campaign], "is not told", path)
        campaigns = [str(name) for name in _texts(frame[config.campaign])]
    return PastRows(
        impressions,
        {name: _texts(frame[name]) for name in config.categories},
        {name: frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in config.numbers},
        campaigns,
    )


def read_outcomes(config: OutcomesConfig, path: Path) -> dict[str, Float64]:
    """What came of the rows, by outcome. Raises MissingInput or TableRejected."""
    frame = read_table(path, [], {outcome.column: "number" for outcome in config.outcomes.values()})
    told = {}
    for name, outcome in config.outcomes.items():
        column = frame[outcome.column]
        told[name] = _not_negative(column, path)
        if not outcome.per:
            _refuse_first(column.round() != column, column, "is no whole count", path)
    return told


def _not_negative(column: pl.Series, path: Path) -> Float64:
    _refuse_first(column.is_null(), column, "is not told", path)
    told = column.cast(pl.Float64)
    _refuse_first(~told.is_finite() | (told < 0.0), column, "is negative or no number", path)
    return told.to_numpy()


def _refuse_first(wrong: pl.Series, column: pl.Series, what: str, path: Path) -> None:
    found = wrong.fill_null(value=False).arg_true()
    if len(found):
        row = int(found[0])
        raise TableRejected(
            f"{column.name!r} {what}: {column[row]}",
            where=f"{path}, row {row + 1}",
            hint="mend the row or leave it out",
        )


def _texts(column: pl.Series) -> list[str | None]:
    """Values as text, alike from CSV and Parquet: the number 16.0 is 16, for one absent value made a column floats."""
    if column.dtype.is_float() and bool(((column.round() == column) | column.is_null()).all()):
        column = column.cast(pl.Int64)
    return column.cast(pl.String).to_list()
