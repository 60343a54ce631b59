"""Whether a table has what a FeatureSchema reads: columns present and of a usable type."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data.column_kinds import kind_of
from adplat.data.tables import refuse_missing
from adplat.domain import FeatureKind, FeatureSchema, TableRejected

_USABLE = {
    FeatureKind.CATEGORICAL: ("integer", "number", "text", "boolean"),
    FeatureKind.NUMERIC: ("integer", "number", "boolean"),
    FeatureKind.TEXT: ("text",),
    FeatureKind.IMAGE: ("text",),
}


def columns_read(schema: FeatureSchema, table: str = "") -> dict[str, tuple[str, ...]]:
    """Columns that features and keys read from ``table`` (``""`` = the rows), with their usable kinds."""
    read: dict[str, tuple[str, ...]] = {}
    for feature in schema.features:
        if feature.table == table and feature.kind is not FeatureKind.SEQUENCE:
            usable = ("text",) if feature.pattern else _USABLE[feature.kind]
            read.update(dict.fromkeys(feature.columns, usable))
    for side in schema.tables:
        if side.name == table:
            read.setdefault(side.key, ("integer", "text"))
        elif not table:
            read.setdefault(side.row_key, ("integer", "text"))
    if not table:
        for key in (schema.user, schema.item):
            if key:
                read.setdefault(key, ("integer", "text"))
        if schema.time:
            read[schema.time] = ("integer", "number", "time")
    return read


def require_columns(
    schema: FeatureSchema, frame: pl.DataFrame, where: Path, *, table: str = "", outcomes: bool = False
) -> None:
    """Raise TableRejected when ``frame`` lacks a column that the schema reads or holds another type.

    Args:
        schema: what is read.
        frame: the rows, or the side table named ``table``.
        where: the file, for the message.
        table: a side table's name; ``""`` for the rows.
        outcomes: also require the outcome columns and the group (training, evaluation); scoring does without.
    """
    read = columns_read(schema, table)
    if outcomes and not table:
        numbers = (name for outcome in schema.outcomes for name in (outcome.column, outcome.trials) if name)
        read.update(dict.fromkeys(numbers, _USABLE[FeatureKind.NUMERIC]))
        if schema.group:
            read[schema.group] = ("integer", "text")
    refuse_missing(list(read), frame.columns, where)
    for name, usable in read.items():
        dtype = frame.schema[name]
        if dtype != pl.Null and kind_of(dtype) not in usable:
            raise TableRejected(
                f"column {name!r} holds type {dtype} instead of {' or '.join(usable)}",
                where=str(where),
                hint=f"convert the column, or change how schema {schema.name!r} reads it",
            )
