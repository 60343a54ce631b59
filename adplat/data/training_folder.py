"""A folder into the tables that training reads: rows, held-out rows and side tables, checked.

Refuses what would fail later with a worse message: a column that the schema reads and the file lacks,
an empty table or column, NaN or infinity, a click label of one class only, held-out rows earlier than the training
rows, a side table with a key twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from adplat.data.data_config import DataConfig
from adplat.data.outcome_join import training_rows
from adplat.data.row_stream import RowStream, open_row_stream
from adplat.data.schema_fit import require_columns
from adplat.data.splits import refuse_a_leaking_split, sample_rows, split_at_random, split_by_group, split_by_time
from adplat.data.tables import read_table
from adplat.data.usable_values import refuse_empty_columns, refuse_unfinite
from adplat.domain import FeatureSchema, MissingInput, SideTable, TableRejected


@dataclass(frozen=True)
class Tables:
    """What a model is trained on.

    ``rows`` and ``valid`` have the schema's row and outcome columns; ``valid`` is ``None`` when nothing
    is held out. ``tables`` are the side tables by name; image paths in them are relative to ``root``. Where the
    training rows are streamed, ``rows`` is empty and they come from ``stream``.
    """

    rows: pl.DataFrame
    valid: pl.DataFrame | None
    tables: dict[str, pl.DataFrame]
    root: Path
    stream: RowStream | None = None


def load_training_tables(
    schema: FeatureSchema, config: DataConfig, folder: Path, *, may_stream: bool = False
) -> Tables:
    """Read a table folder or a world folder as ``config`` says; only who ``may_stream`` gets a stream.

    Raises MissingInput for an absent folder or file, TableRejected for content that cannot be used.
    """
    if not folder.is_dir():
        raise MissingInput("no such folder", where=str(folder), hint="give the folder that holds the data")
    where = folder / (config.train if config.kind == "table" else "lake")
    if config.stream and may_stream:
        held_out = folder / config.valid
        kept = _usable(schema, read_table(held_out), held_out, held_out=True) if config.valid else None
        stream = open_row_stream(schema, where, kept, held_out)
        return Tables(next(stream.batches()).clear(), kept, load_side_tables(schema, folder), folder, stream)
    rows = read_table(where) if config.kind == "table" else training_rows(folder)
    tables = load_side_tables(schema, folder)
    rows = _usable(schema, rows, where)
    rng = np.random.default_rng(config.seed)
    valid: pl.DataFrame | None = None
    if config.kind == "table" and config.valid:
        valid = _usable(schema, read_table(folder / config.valid), folder / config.valid, held_out=True)
    elif config.valid_fraction > 0.0 and schema.group:
        rows, valid = split_by_group(rows, schema.group, config.valid_fraction, rng)
    elif config.valid_fraction > 0.0 and schema.time:
        rows, valid = split_by_time(rows, schema.time, config.valid_fraction)
    elif config.valid_fraction > 0.0:
        rows, valid = split_at_random(rows, config.valid_fraction, rng)
    if valid is not None and valid.is_empty():
        valid = None
    if valid is not None and schema.time and not schema.group:
        refuse_a_leaking_split(rows, valid, schema.time, folder / config.valid)
    rows = sample_rows(rows, config.sample, rng)
    _refuse_one_class(schema, rows, where)
    return Tables(rows=rows, valid=valid, tables=tables, root=folder)


def load_side_tables(schema: FeatureSchema, root: Path, *, allow_absent: bool = False) -> dict[str, pl.DataFrame]:
    """Read the schema's side tables from ``root``, by table name.

    With ``allow_absent`` a file that is not there is left out of the answer (scoring falls back on what
    the bundle keeps); otherwise it raises MissingInput. Raises TableRejected for an unusable table.
    """
    found: dict[str, pl.DataFrame] = {}
    for side in schema.tables:
        path = root / side.file
        if allow_absent and not path.exists():
            continue
        frame = read_table(path)
        require_columns(schema, frame, path, table=side.name)
        refuse_unfinite(schema, frame, path, table=side.name)
        refuse_empty_columns(schema, frame, path, table=side.name)
        _refuse_unclear_key(side, frame, path)
        found[side.name] = frame
    return found


def _usable(schema: FeatureSchema, rows: pl.DataFrame, where: Path, *, held_out: bool = False) -> pl.DataFrame:
    require_columns(schema, rows, where, outcomes=True)
    if rows.is_empty():
        raise TableRejected("the table has no rows", where=str(where), hint="give a table with rows")
    refuse_unfinite(schema, rows, where, outcomes=True)
    _refuse_impossible_counts(schema, rows, where)
    if not held_out:
        refuse_empty_columns(schema, rows, where)
    for outcome in schema.outcomes[:1]:
        unknown = rows.get_column(outcome.column).null_count()
        if unknown:
            raise TableRejected(
                f"{unknown} rows have no {outcome.column!r}", where=str(where), hint="drop or label these rows"
            )
    return rows


def _refuse_impossible_counts(schema: FeatureSchema, rows: pl.DataFrame, where: Path) -> None:
    for outcome in schema.outcomes:
        if not outcome.trials:
            continue
        reached, trials = (rows.get_column(name).cast(pl.Float64) for name in (outcome.column, outcome.trials))
        wrong = ((reached < 0) | (trials <= 0) | (reached > trials)).fill_null(value=True)
        if wrong.any():
            row = wrong.arg_max() or 0
            raise TableRejected(
                f"row {row + 1} counts {reached[row]} {outcome.column!r} in {trials[row]} {outcome.trials!r}",
                where=str(where),
                hint="a count lies between 0 and its trials, and there is one trial or more; drop or mend the row",
            )


def _refuse_one_class(schema: FeatureSchema, rows: pl.DataFrame, where: Path) -> None:
    outcome = schema.outcomes[0]
    if outcome.trials:
        reached, trials = (
            float(rows.get_column(name).cast(pl.Float64).sum()) for name in (outcome.column, outcome.trials)
        )
        if not 0.0 < reached < trials:
            raise TableRejected(
                f"{reached:g} of {trials:g} trials have the outcome {outcome.name!r}",
                where=str(where),
                hint="a model needs both; check the counts or take more rows",
            )
        return
    positives = int((rows.get_column(outcome.column).cast(pl.Float64) >= outcome.at_least).sum())
    if positives in (0, rows.height):
        raise TableRejected(
            f"all {rows.height} training rows have the same {outcome.name!r} (column {outcome.column!r})",
            where=str(where),
            hint="a model needs both classes; check the label or take more rows",
        )


def _refuse_unclear_key(side: SideTable, frame: pl.DataFrame, path: Path) -> None:
    keys = frame.get_column(side.key)
    if keys.null_count():
        raise TableRejected(
            f"{keys.null_count()} rows have no {side.key!r}", where=str(path), hint="give every row its key"
        )
    if keys.n_unique() != frame.height:
        twice = keys.filter(keys.is_duplicated())[0]
        raise TableRejected(
            f"{side.key} {str(twice)!r} stands in more than one row",
            where=str(path),
            hint="keep one row per key",
        )
