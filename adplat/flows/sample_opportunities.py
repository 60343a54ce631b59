"""Read a lake's opportunities once and keep a bounded sample of them, with complete counts, in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.data import Lake, OpportunityRows, read_opportunities, write_bytes
from adplat.domain import MissingInput, Progress
from adplat.forecast import (
    CELL_COLUMNS,
    NOT_TOLD,
    POOLED,
    TEXT_COLUMNS,
    HourlyCells,
    ListCodes,
    OpportunitySample,
    TextCodes,
    sample_bytes,
    sample_of_bytes,
)

DAYS = 56
MOST_ROWS = 200_000
IN_WORKSPACE = Path(".adplat", "forecast", "opportunities.safetensors")
"""Where the sample of a workspace is kept."""


def lake_of_opportunities(folder: Path) -> Lake:
    """The lake, given itself, or the workspace, world or import around it. Raises MissingInput."""
    lakes = [Lake(root) for root in (folder / "lake", folder)]
    for table in ("requests", "bids"):
        for lake in lakes:
            if lake.files(table):
                return lake
    raise MissingInput(
        "there are no opportunities here",
        where=str(folder),
        hint="give a lake, workspace or world with the table requests (or bids)",
    )


def sample_opportunities(
    folder: Path, progress: Progress, *, days: int = DAYS, most_rows: int = MOST_ROWS, currency: str = ""
) -> OpportunitySample:
    """The newest ``days`` of the lake in ``folder``, at most ``most_rows`` opportunities of them sampled.

    Raises what :func:`lake_of_opportunities` and :func:`adplat.data.read_opportunities` raise.
    """
    lake = lake_of_opportunities(folder)
    return _sample_of(
        read_opportunities(lake, CELL_COLUMNS, progress, days=days, most_rows=most_rows, currency=currency)
    )


def write_opportunity_sample(
    folder: Path, out: Path, progress: Progress, *, days: int = DAYS, most_rows: int = MOST_ROWS, currency: str = ""
) -> dict[str, Any]:
    """Sample and write ``out``, whole or not at all; returns what a person reads of it."""
    sample = sample_opportunities(folder, progress, days=days, most_rows=most_rows, currency=currency)
    write_bytes(out, sample_bytes(sample))
    return {"sample": str(out), **sample_summary(sample)}


def read_opportunity_sample(path: Path) -> OpportunitySample:
    """A file of :func:`write_opportunity_sample`. Raises MissingInput, or ConfigRejected when it is none."""
    try:
        content = path.read_bytes()
    except OSError:
        raise MissingInput(
            "no such sample of opportunities", where=str(path), hint="make it with 'adplat forecast sample'"
        ) from None
    return sample_of_bytes(content, where=str(path))


def sample_summary(sample: OpportunitySample) -> dict[str, Any]:
    """What was read, as plain data. ``users`` is ``None`` where the source cannot tell."""
    return {
        "source": sample.source,
        "opportunities": round(sample.opportunities),
        "sampled": len(sample),
        "rate": sample.rate,
        "users": None if sample.users is None else round(sample.users),
        "sampled_users": int(sample.user.max(initial=NOT_TOLD)) + 1,
        "cells": sample.cells.counts.shape[1],
        "data_from": sample.data_from.isoformat(),
        "data_to": sample.data_to.isoformat(),
        "currency": sample.currency or None,
    }


def _sample_of(read: OpportunityRows) -> OpportunitySample:
    rows = read.rows
    # Texts of the rows and of the cells share a dictionary, so that one rule judges both.
    values = {name: _values(rows[name], read.cells[name] if name in CELL_COLUMNS else None) for name in TEXT_COLUMNS}
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in values.items()}
    first_hour = int(read.data_from.timestamp() // 3600)
    hours = int(read.data_to.timestamp() // 3600) - first_hour + 1
    counts = np.zeros((hours, read.cells.height), dtype=np.float32)
    counts[read.counts["hour"].to_numpy() - first_hour, read.counts["cell"].to_numpy()] = read.counts["opportunities"]
    return OpportunitySample(
        at_s=rows["us"].to_numpy() / 1e6,
        user=_people(rows["user_key"]),
        texts={name: TextCodes(values[name], _coded(rows[name], places[name])) for name in TEXT_COLUMNS},
        segments=_lists(rows["segments"]),
        position=_counts(rows["position"]),
        hour=_counts(rows["hour"]),
        weekday=_counts(rows["weekday"]),
        floor_micros=_counts(rows["floor_micros"]),
        cell=rows["cell"].cast(pl.Int32).to_numpy(),
        cells=HourlyCells(first_hour, {name: _cell_codes(read.cells, name, places) for name in CELL_COLUMNS}, counts),
        rate=read.rate,
        source=read.source,
        users=read.users,
        data_from=read.data_from,
        data_to=read.data_to,
        currency=read.currency,
    )


def _values(column: pl.Series, of_cells: pl.Series | None) -> tuple[str, ...]:
    told = column if of_cells is None else pl.concat([column, of_cells])
    return tuple(told.filter(told.is_not_null() & (told != "")).unique().sort().to_list())


def _coded(column: pl.Series, places: Mapping[str, int]) -> npt.NDArray[np.int32]:
    """An empty text counts as none."""
    found = column.replace_strict(places, default=NOT_TOLD, return_dtype=pl.Int32)
    return found.fill_null(NOT_TOLD).to_numpy()


def _cell_codes(cells: pl.DataFrame, name: str, places: Mapping[str, Mapping[str, int]]) -> npt.NDArray[np.int32]:
    pooled = (cells["kept"] <= CELL_COLUMNS.index(name)).to_numpy()
    return np.where(pooled, np.int32(POOLED), _coded(cells[name], places[name])).astype(np.int32)


def _people(keys: pl.Series) -> npt.NDArray[np.int64]:
    """A number a person, in the order in which they first come."""
    numbers: dict[str | None, int] = {None: NOT_TOLD}
    return np.array(
        [numbers.setdefault(key, len(numbers) - 1) for key in keys.to_list()],
        dtype=np.int64,
    )


def _counts(column: pl.Series) -> npt.NDArray[np.int64]:
    return column.cast(pl.Int64).fill_null(NOT_TOLD).to_numpy()


def _lists(column: pl.Series) -> ListCodes:
    told = column.cast(pl.List(pl.String)).list.drop_nulls()
    lengths = told.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    flat = told.filter(pl.Series(lengths > 0)).explode()
    values = tuple(flat.unique().sort().to_list())
    codes = _coded(flat, {text: place for place, text in enumerate(values)})
    return ListCodes(values, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), codes)
