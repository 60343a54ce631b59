"""Rows for a test that a bandit ran: from a table, from the specification itself, or from a lake's choices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.bandit.off_policy import ChoiceLog
from adplat.data import read_table
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from adplat.experiments import ANOTHER, AdaptiveData, AdaptiveRows, AdaptiveSpec
from adplat.flows.lake_log import lake_at, read_lake_log

PER_ARM = "propensity_"
_AGREE = 1e-6

Float64 = npt.NDArray[np.float64]


def read_adaptive_rows(spec: AdaptiveSpec, spec_path: Path) -> tuple[AdaptiveRows, str]:
    """The rows that a specification asks for, and what to call them in errors.

    Paths are taken from the folder of the specification. A table has ``arm``, ``reward``, ``time`` (any order, told by
    a number or a date-time; without it rows are in the order in which they stand), ``propensity`` of the chosen arm,
    and ``propensity_ARM`` of every arm, empty where it did not stand for choice.

    Raises:
        MissingInput: no such file or lake.
        TableRejected: a table without what is needed.
        ConfigRejected: a moment that is none.
    """
    if spec.data is not None:
        return _from_lake(spec, spec.data, spec_path.parent)
    if isinstance(spec.rows, str):
        path = spec_path.parent / spec.rows
        return _from_table(spec, read_table(path), str(path)), str(path)
    where = f"{spec_path}: rows"
    try:
        table = pl.DataFrame(spec.rows, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError) as reason:
        raise TableRejected(
            f"the rows are no table: {' '.join(str(reason).split())[:120]}",
            where=where,
            hint="give every row the same fields, of one type each",
        ) from None
    return _from_table(spec, table, where), where


def _from_table(spec: AdaptiveSpec, table: pl.DataFrame, where: str) -> AdaptiveRows:
    names = tuple(arm.name for arm in spec.arms)
    columns = [PER_ARM + name for name in names]
    told = [name for name in columns if name in table.columns]
    complete = bool(told)
    if complete and len(told) < len(columns):
        lacking = next(name for name in columns if name not in told)
        raise TableRejected(f"column {lacking!r} is missing", where=where, hint="give one for every arm or for none")
    needed = ["arm", "reward", *([] if complete else ["propensity"])]
    for name in needed:
        if name not in table.columns:
            raise TableRejected(
                f"column {name!r} is missing", where=where, hint="give arm, reward and propensity or propensity_ARM"
            )
        if table[name].null_count():
            row = int(table[name].is_null().arg_max() or 0) + 1
            raise TableRejected(f"row {row:,} has no {name!r}", where=where, hint="give one in every row")
    table = _in_order(table, where)
    chosen = (
        table["arm"]
        .cast(pl.String)
        .replace_strict({name: place for place, name in enumerate(names)}, default=ANOTHER, return_dtype=pl.Int64)
    )
    rewards = _numbers(table, "reward", where)
    own = _numbers(table, "propensity", where) if "propensity" in table.columns else None
    places = chosen.to_numpy()
    if complete:
        propensities = np.column_stack([_numbers(table, name, where) for name in columns])
        _refuse_disagreement(places, own, propensities, where)
    else:
        propensities = np.full((table.height, len(names)), np.nan)
        test = np.flatnonzero(places != ANOTHER)
        if own is not None:
            propensities[test, places[test]] = own[test]
    kept = np.isfinite(propensities).any(axis=1) | (places != ANOTHER)
    return AdaptiveRows(names, places[kept], rewards[kept], propensities[kept], complete)


def _in_order(table: pl.DataFrame, where: str) -> pl.DataFrame:
    if "time" not in table.columns:
        return table
    if table["time"].null_count():
        raise TableRejected("a row has no 'time'", where=where, hint="give a time in every row, or no such column")
    return table.sort("time", maintain_order=True)


def _numbers(table: pl.DataFrame, name: str, where: str) -> Float64:
    """A column as floats, NaN where it is empty."""
    try:
        return table[name].cast(pl.Float64, strict=True).fill_null(np.nan).to_numpy()
    except pl.exceptions.PolarsError:
        raise TableRejected(f"column {name!r} holds no numbers", where=where, hint="give numbers only") from None


def _refuse_disagreement(chosen: npt.NDArray[np.int64], own: Float64 | None, propensities: Float64, where: str) -> None:
    """A row that names its propensity twice must name the same: a further slot of a page, mostly, has another."""
    if own is None:
        return
    test = np.flatnonzero(chosen != ANOTHER)
    bad = np.abs(propensities[test, chosen[test]] - own[test]) > _AGREE
    if bad.any():
        raise TableRejected(
            f"row {int(test[bad.argmax()]) + 1:,} has two propensities of its choice ({int(bad.sum()):,} such rows)",
            where=where,
            hint="give rows of the first slot only, or mend the propensities",
        )


def _from_lake(spec: AdaptiveSpec, data: AdaptiveData, base: Path) -> tuple[AdaptiveRows, str]:
    folder = base / data.lake
    lake = lake_at(folder)
    if lake is None:
        raise MissingInput("no lake with impressions", where=str(folder), hint="give a workspace, a world or a lake")
    since, until = (_microseconds(told, name) for told, name in ((data.since, "since"), (data.until, "until")))
    log, _ = read_lake_log(lake)
    where = str(lake.root)
    rows = lake_rows(log, tuple(arm.name for arm in spec.arms), where)
    inside = (log.times_us >= since) if since is not None else np.ones(len(log), dtype=np.bool_)
    if until is not None:
        inside &= log.times_us < until
    kept = np.flatnonzero(inside & np.isfinite(rows.propensities).any(axis=1))
    return AdaptiveRows(rows.names, rows.chosen[kept], rows.rewards[kept], rows.propensities[kept]), where


def lake_rows(log: ChoiceLog, names: tuple[str, ...], where: str) -> AdaptiveRows:
    """All rows of a log of choices, by the creatives of a test. Raises TableRejected where candidates are not told."""
    if log.offered is None or log.offered.propensities is None:
        raise TableRejected(
            "some impressions have no choices in the lake",
            where=where,
            hint="analyse impressions that the bidding service decided; their candidates are logged",
        )
    number_of = {name: number for number, name in enumerate(log.actions)}
    stranger = next((name for name in names if name not in number_of), None)
    if stranger is not None:
        raise TableRejected(
            f"arm {stranger!r} is no creative of the lake", where=where, hint="name creatives by their id"
        )
    arm_of = np.full(len(log.actions), ANOTHER, dtype=np.int64)
    for place, name in enumerate(names):
        arm_of[number_of[name]] = place
    pairs = arm_of[log.offered.actions(0, len(log))]
    row_of = np.repeat(np.arange(len(log)), np.diff(log.offered.offsets()))
    test = np.flatnonzero(pairs != ANOTHER)
    propensities = np.full((len(log), len(names)), np.nan)
    propensities[row_of[test], pairs[test]] = log.offered.propensities[test]
    chosen = arm_of[log.chosen]
    _refuse_disagreement(chosen, log.propensities, propensities, where)
    return AdaptiveRows(names, chosen, log.rewards, propensities)


def _microseconds(told: str | None, name: str) -> int | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise ConfigRejected(
            f"{name} is {told!r}", where="data", hint="give a moment such as 2026-09-12T00:00:00Z"
        ) from None
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return int(zoned.timestamp() * 1e6)
