"""Bundles judged on one folder or file: every bundle reads it through its own schema, and all see the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from adplat.ctr import Judged, KeptBundle, judge
from adplat.data import (
    DataConfig,
    Tables,
    load_side_tables,
    load_training_tables,
    read_table,
    require_columns,
)
from adplat.domain import ConfigRejected, ModelBundle, Progress


def judge_bundles(
    bundles: Sequence[ModelBundle], data: Path, *, cache_dir: Path, progress: Progress, tables_dir: Path | None = None
) -> Judged:
    """Score the rows of ``data`` (see ``ctr.judging``: which ones) with all of these bundles, the newest last.

    Raises InputError: no such folder, outcomes missing, bundles that read different rows of the folder.
    """
    kept = [KeptBundle.open(Path(bundle.path)) for bundle in bundles]
    read = [every_row_of(bundle, data, tables_dir) for bundle in kept]
    for bundle, tables in zip(kept[:-1], read[:-1], strict=True):
        if not _same_rows(bundle, tables, kept[-1], read[-1]):
            raise ConfigRejected(
                "the bundles do not read the same rows here",
                where=str(data),
                hint="give one file of rows that both can read, with --tables for its side tables",
            )
    return judge(kept, read[-1].rows, [tables.tables for tables in read], read[-1].root, cache_dir, progress)


def every_row_of(bundle: KeptBundle, data: Path, tables_dir: Path | None) -> Tables:
    """All rows of a folder, unsplit and unsampled; or those of a file."""
    schema = bundle.schema
    if data.is_dir():
        told = msgspec.convert(bundle.manifest.config["data"], DataConfig)
        if schema.time:
            told = replace(told, valid_fraction=0.0)
        found = load_training_tables(schema, replace(told, sample=0), data)
        if found.valid is None:
            return found
        # Without a time, the part that the config holds out is all that can be told apart.
        every = pl.concat([found.rows, found.valid], how="diagonal_relaxed") if schema.time else found.valid
        return replace(found, rows=every, valid=None)
    rows = read_table(data)
    require_columns(schema, rows, data, outcomes=True)
    root = tables_dir or data.parent
    return Tables(rows, None, load_side_tables(schema, root, allow_absent=True), root)


def _same_rows(one: KeptBundle, left: Tables, other: KeptBundle, right: Tables) -> bool:
    if left.rows.height != right.rows.height:
        return False
    clicks = [bundle.schema.outcome("click") for bundle in (one, other)]
    columns = [
        tables.rows[outcome.column].cast(pl.Float64).to_numpy() >= outcome.at_least
        for outcome, tables in zip(clicks, (left, right), strict=True)
        if outcome is not None
    ]
    return len(columns) == 2 and bool(np.array_equal(columns[0], columns[1]))
