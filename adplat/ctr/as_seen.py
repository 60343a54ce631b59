"""The log as it stood when it was read: what arrived later is not seen by training, histories or records.

A conversion arrives its delay after its row. Before the arrival the row looks like one that never converts; that is
the whole problem of delayed feedback, and hiding the future first keeps every later step from solving it by accident.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.delay_config import DelayConfig
from adplat.data import Tables
from adplat.domain import ConfigRejected, FeatureSchema, MissingInput, Outcome, TableRejected
from adplat.features.histories import seconds_of

Float64 = npt.NDArray[np.float64]
# Names of the columns in which ``as_seen`` keeps what only the oracle may read begin so.
MATURE = "_mature_"


def late_outcome(schema: FeatureSchema, config: DelayConfig) -> Outcome | None:
    """The conversion, where rows can tell how late it came; None where training takes labels as they are.

    Raises ConfigRejected for a method that needs delays and a schema that names none.
    """
    outcome = schema.outcome("conversion")
    if outcome is not None and outcome.delay and schema.time:
        return outcome
    if config.method != "vanilla":
        missing = "conversion outcome" if outcome is None else "time column" if outcome.delay else "delay column"
        raise ConfigRejected(
            f"delayed.method {config.method!r} needs a {missing}, and schema {schema.name!r} names none",
            where="delayed: method",
            hint="add 'time: COLUMN' and {name: conversion, column: COLUMN, delay: COLUMN}, or use method: vanilla",
        )
    return None


def as_seen(schema: FeatureSchema, config: DelayConfig, tables: Tables) -> Tables:
    """``tables`` as of the moment ``config.as_of``: later rows are gone, later arrivals are not there yet.

    Only for the oracle columns of their own (``MATURE`` before the name) keep the outcomes and delays of all times.

    Raises:
        MissingInput, TableRejected: the delay column is absent, of another type, empty beside an outcome, or negative.
    """
    outcome = late_outcome(schema, config)
    if outcome is None:
        return tables
    parts = [part for part in (tables.rows, tables.valid) if part is not None]
    for part in parts:
        _refuse_bad_delays(outcome, part)
    moment = log_moment(schema, config, parts)
    seen = [_cut(schema, outcome, part, moment, keep=config.method == "oracle") for part in parts]
    if seen[0].is_empty():
        raise TableRejected(
            f"no training row is older than as_of {config.as_of!r}",
            where="delayed: as_of",
            hint="give a moment inside the log",
        )
    valid = seen[1] if len(seen) > 1 and not seen[1].is_empty() else None
    return replace(tables, rows=seen[0], valid=valid)


def log_moment(schema: FeatureSchema, config: DelayConfig, parts: list[pl.DataFrame]) -> float:
    """Unix seconds of ``as_of``, or of the latest row or arrival in the data."""
    told = config.as_of_s()
    if told is not None:
        return told
    outcome, latest = late_outcome(schema, config), -np.inf
    for part in parts:
        times = row_seconds(schema, part)
        if len(times):
            latest = max(latest, float(times.max()))
        if outcome is not None and len(times):
            arrived = times + np.nan_to_num(delays_s(outcome, part), nan=0.0)
            latest = max(latest, float(arrived.max()))
    return latest


def row_seconds(schema: FeatureSchema, rows: pl.DataFrame) -> Float64:
    """(N,) unix seconds of the rows' own time."""
    return seconds_of(rows[schema.time]).fill_null(0).to_numpy().astype(np.float64)


def delays_s(outcome: Outcome, rows: pl.DataFrame) -> Float64:
    """(N,) seconds from row to outcome; NaN where there is none."""
    return rows[outcome.delay].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _cut(schema: FeatureSchema, outcome: Outcome, rows: pl.DataFrame, moment: float, *, keep: bool) -> pl.DataFrame:
    times = row_seconds(schema, rows)
    if keep:
        rows = rows.with_columns(pl.col(name).alias(MATURE + name) for name in (outcome.column, outcome.delay))
    arrived = pl.Series(~(times + delays_s(outcome, rows) > moment))
    reached = rows[outcome.column].cast(pl.Float64).fill_null(0.0) >= outcome.at_least
    hidden = reached & ~arrived
    rows = rows.with_columns(
        pl.when(hidden).then(None).otherwise(pl.col(outcome.column)).alias(outcome.column),
        pl.when(hidden).then(None).otherwise(pl.col(outcome.delay)).alias(outcome.delay),
    )
    return rows.filter(pl.Series(times <= moment))


def _refuse_bad_delays(outcome: Outcome, rows: pl.DataFrame) -> None:
    name = outcome.delay
    where = f"outcome {outcome.name!r}"
    if name not in rows.columns:
        raise MissingInput(f"no column {name!r}", where=where, hint="give the rows with seconds until the outcome came")
    if not rows[name].dtype.is_numeric() and rows[name].dtype != pl.Null:
        raise TableRejected(
            f"column {name!r} holds type {rows[name].dtype} instead of numbers",
            where=where,
            hint="give seconds from the row to the outcome",
        )
    waited = delays_s(outcome, rows)
    reached = (rows[outcome.column].cast(pl.Float64).fill_null(0.0) >= outcome.at_least).to_numpy()
    for broken, what in (
        (waited < 0, "is negative"),
        (np.isinf(waited), "is infinite"),
        (reached & np.isnan(waited), f"is empty beside {outcome.column!r}"),
    ):
        if broken.any():
            raise TableRejected(
                f"column {name!r} {what} in row {int(np.argmax(broken)) + 1}",
                where=where,
                hint="give seconds, 0 or more, from the row to the outcome, and nothing where there was none",
            )
