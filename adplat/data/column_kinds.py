"""What kind of values a column must hold, and the one refusal when it holds something else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from adplat.domain import TableRejected

KINDS = ("integer", "number", "text", "boolean", "time", "any")
UTC_MICROSECONDS = pl.Datetime("us", "UTC")


def as_expected(frame: pl.DataFrame, expect: Mapping[str, str], path: Path, *, first_row: int = 0) -> pl.DataFrame:
    """Cast columns to their expected kinds; ``first_row`` counts the rows of earlier batches.

    Raises TableRejected naming column, row (from 1, header not counted) and value.
    """
    for name, kind in expect.items():
        frame = frame.with_columns(_cast(frame.get_column(name), kind, path, first_row))
    return frame


def kind_of(dtype: pl.DataType) -> str:
    """The kind a stored type has; ``any`` for lists and other shapes."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_temporal():
        return "time"
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else "any"


def _cast(column: pl.Series, kind: str, path: Path, first_row: int) -> pl.Series:
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is not one of {KINDS}")
    if kind == "any" or column.dtype == pl.Null:
        return column
    if kind == "time":
        return _as_time(column, path, first_row)
    target: pl.DataType = {
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "text": pl.String(),
        "boolean": pl.Boolean(),
    }[kind]
    if kind_of(column.dtype) == "any" or (kind == "boolean" and column.dtype != pl.Boolean):
        raise _wrong_type(column, kind, path)
    if kind == "integer" and kind_of(column.dtype) in ("integer", "boolean"):
        return column if column.dtype.is_integer() else column.cast(target)
    if kind == "number" and column.dtype.is_numeric():
        return column
    if kind in ("integer", "number") and column.dtype.is_temporal():
        raise _wrong_type(column, kind, path)
    cast = column.cast(target, strict=False)
    broken = cast.is_null() & column.is_not_null()
    if kind == "integer" and column.dtype.is_float():
        broken = broken | (column != column.round(0)).fill_null(False)
    if broken.any():
        raise _wrong_type(column, kind, path, broken.arg_max(), first_row)
    return cast


def _as_time(column: pl.Series, path: Path, first_row: int) -> pl.Series:
    """Zoned or naive date-times become UTC microseconds (naive is read as UTC); numbers stay unix seconds."""
    if column.dtype.is_numeric():
        return column
    if column.dtype == pl.Date:
        return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(column.dtype, pl.Datetime):
        if column.dtype.time_zone is None:
            return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        return column.cast(pl.Datetime("us", column.dtype.time_zone)).dt.convert_time_zone("UTC")
    if column.dtype == pl.String:
        text = column.str.replace(" ", "T", literal=True).str.replace(r"Z$", "+00:00")
        zoned = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
        naive = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
        parsed = zoned.fill_null(naive.dt.replace_time_zone("UTC"))
        broken = parsed.is_null() & column.is_not_null()
        if not broken.any():
            return parsed.cast(UTC_MICROSECONDS)
        raise _wrong_type(column, "time", path, broken.arg_max(), first_row)
    raise _wrong_type(column, "time", path)


def _wrong_type(column: pl.Series, kind: str, path: Path, row: int | None = None, first_row: int = 0) -> TableRejected:
    found = f"type {column.dtype}"
    if row is not None:
        found = f"{' '.join(str(column[row]).split())[:40]!r} in row {first_row + row + 1}"
    return TableRejected(
        f"column {column.name!r} holds {found} instead of {kind}",
        where=str(path),
        hint=f"give a column of {kind} values",
    )
