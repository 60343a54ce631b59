"""Whether the values of a table may be trained on: no NaN, no infinity, no column without a single value.

A missing value is null and welcome. NaN and infinity are the traces of a broken computation; read as "missing"
they would hide it, so they are refused by column and row.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data.schema_fit import columns_read
from adplat.domain import FeatureKind, FeatureSchema, TableRejected

_SOME_ROWS = 2  # a single row says nothing about its column


def refuse_unfinite(
    schema: FeatureSchema,
    frame: pl.DataFrame,
    where: Path,
    *,
    table: str = "",
    outcomes: bool = False,
    first_row: int = 0,
) -> None:
    """Raise TableRejected, naming column and row, where a number that the schema reads is NaN or infinite.

    Args:
        schema: what is read.
        frame: the rows (one batch of them), or the side table named ``table``.
        where: the file, for the message.
        table: a side table's name; ``""`` for the rows.
        outcomes: also look at the outcome columns.
        first_row: rows of earlier batches.
    """
    names = set(columns_read(schema, table))
    if outcomes and not table:
        names |= {name for outcome in schema.outcomes for name in (outcome.column, outcome.trials) if name}
    for column in frame.select(name for name in frame.columns if name in names):
        if not column.dtype.is_float():
            continue
        broken = ~column.is_finite().fill_null(True)
        if broken.any():
            row = broken.arg_max() or 0
            raise TableRejected(
                f"column {column.name!r} holds {_said(column[row])} in row {first_row + row + 1}",
                where=str(where),
                hint="leave a missing value empty (null); mend or drop rows with NaN or infinity",
            )


def refuse_empty_columns(schema: FeatureSchema, frame: pl.DataFrame, where: Path, *, table: str = "") -> None:
    """Raise TableRejected where a feature's columns have no value in any row: nothing can be learned from them."""
    if frame.height < _SOME_ROWS:
        return
    for feature in schema.features:
        if feature.table != table or feature.kind is FeatureKind.SEQUENCE:
            continue
        if all(frame[name].null_count() == frame.height for name in feature.columns):
            named = " and ".join(repr(name) for name in feature.columns)
            raise TableRejected(
                f"column {named} is empty in all {frame.height} rows",
                where=str(where),
                hint=f"fill it, or take feature {feature.name!r} out of schema {schema.name!r}",
            )


def _said(value: float) -> str:
    return "NaN" if value != value else "infinity"  # noqa: PLR0124 - NaN alone differs from itself
