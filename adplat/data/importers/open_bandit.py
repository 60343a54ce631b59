"""The Open Bandit Dataset (https://research.zozo.com/data.html): one campaign folder of one policy.

``SRC`` holds the log (``all.csv``, ``men.csv`` or ``women.csv``) and ``item_context.csv``. The log's wide
block of user-item affinities is reduced to the affinity of the item that was shown; positions and
propensities are kept as logged. Rows are streamed, so the full 12-million-row log fits as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from adplat.data.column_kinds import as_expected
from adplat.data.importers.target import ImportSummary, import_target, refuse_schema, silent, summary_of
from adplat.data.table_writing import table_writer, write_table
from adplat.data.tables import read_table, refuse_missing, table_columns
from adplat.domain import (
    Feature,
    FeatureKind,
    FeatureSchema,
    MissingInput,
    Outcome,
    Progress,
    SideTable,
    TableRejected,
)

FORMAT = "open-bandit"
_AFFINITY = "user-item_affinity_"
_USER = tuple(f"user_feature_{number}" for number in range(4))
_LOG_TYPES = {
    "timestamp": pa.string(),
    "item_id": pa.int64(),
    "position": pa.int64(),
    "click": pa.int64(),
    "propensity_score": pa.float64(),
    **dict.fromkeys(_USER, pa.string()),
}
_CATEGORICAL, _NUMERIC = FeatureKind.CATEGORICAL, FeatureKind.NUMERIC

OPEN_BANDIT_SCHEMA = FeatureSchema(
    name="open_bandit",
    time="ts",
    item="item_id",
    outcomes=(Outcome("click", "click"),),
    ignored=("decision_id", "propensity", "policy"),
    tables=(SideTable("items", "items.parquet", "item_id", role="item"),),
    features=(
        Feature("item_id", _CATEGORICAL),
        Feature("position", _CATEGORICAL),
        *(Feature(name, _CATEGORICAL) for name in _USER),
        Feature("affinity", _NUMERIC),
        Feature("item_feature_0", _NUMERIC, table="items"),
        *(Feature(f"item_feature_{number}", _CATEGORICAL, table="items") for number in (1, 2, 3)),
    ),
)


def import_open_bandit(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Make ``rows.parquet``, ``items.parquet`` and ``schema.yaml`` of one campaign folder.

    ``decision_id`` is ``LOG-ROWNUMBER``; ``policy`` is the name of the folder above (``random``, ``bts``).

    Raises MissingInput without log or item file, TableRejected on a wrong header or value, ConfigRejected
    when ``out`` may not be replaced.
    """
    refuse_schema(FORMAT, schema_path)
    log, context = _files(source)
    header = table_columns(log)
    refuse_missing(list(_LOG_TYPES), header, log)
    affinities = [name for name in header if name.startswith(_AFFINITY)]
    items = _items(context)
    policy = source.resolve().parent.name
    with import_target(FORMAT, [log, context], out, progress) as target:
        with table_writer(target.folder / "rows.parquet") as writer:
            for batch in _log_batches(log, affinities):
                writer.write(_rows(batch, affinities, log, policy, writer.rows))
                progress(writer.rows, writer.rows, f"reading {log.name}")
            if not writer.rows:
                raise TableRejected("the log has no rows", where=str(log), hint="download it again")
        write_table(items, target.folder / "items.parquet")
        target.rows |= {"rows.parquet": writer.rows, "items.parquet": items.height}
        target.schema = OPEN_BANDIT_SCHEMA
    return summary_of(target, FORMAT, out)


def _files(source: Path) -> tuple[Path, Path]:
    if not source.is_dir():
        raise MissingInput(
            "no such folder", where=str(source), hint="give one campaign folder, e.g. open_bandit/random/all"
        )
    context = source / "item_context.csv"
    logs = sorted(path for path in source.glob("*.csv") if path != context)
    if len(logs) != 1 or not context.exists():
        raise MissingInput(
            f"expected one log (all.csv, men.csv or women.csv) and item_context.csv, found {len(logs)} logs"
            + ("" if context.exists() else " and no item_context.csv"),
            where=str(source),
            hint="give one campaign folder, e.g. open_bandit/random/all",
        )
    return logs[0], context


def _items(context: Path) -> pl.DataFrame:
    texts = {f"item_feature_{number}": "text" for number in (1, 2, 3)}
    expect = {"item_id": "integer", "item_feature_0": "number", **texts}
    return read_table(context, list(expect), expect)


def _log_batches(log: Path, affinities: list[str]) -> Iterator[pl.DataFrame]:
    types = {**_LOG_TYPES, **dict.fromkeys(affinities, pa.float32())}
    options = pa_csv.ConvertOptions(column_types=types, include_columns=list(types))
    read = pa_csv.ReadOptions(block_size=8 << 20)
    try:
        with pa_csv.open_csv(log, read_options=read, convert_options=options) as reader:
            for batch in reader:
                yield pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
    except pa.ArrowException as reason:
        said = " ".join(str(reason).split())[:160]
        raise TableRejected(f"not a whole Open Bandit log: {said}", where=str(log), hint="download it again") from None


def _rows(batch: pl.DataFrame, affinities: list[str], log: Path, policy: str, first_row: int) -> pl.DataFrame:
    batch = as_expected(batch, {"timestamp": "time"}, log, first_row=first_row)
    numbers = pl.int_range(first_row, first_row + batch.height, eager=True).cast(pl.String)
    return batch.select(
        (pl.lit(f"{log.stem}-") + numbers.str.zfill(8)).alias("decision_id"),
        pl.col("timestamp").alias("ts"),
        "item_id",
        "position",
        "click",
        pl.col("propensity_score").alias("propensity"),
        pl.lit(policy).alias("policy"),
        *_USER,
        _own_affinity(batch, affinities, log, first_row).alias("affinity"),
    )


def _own_affinity(batch: pl.DataFrame, affinities: list[str], log: Path, first_row: int) -> pl.Series:
    """Of each row's block of affinities (N, items), the one of the item that the row shows."""
    column_of = {name.removeprefix(_AFFINITY): position for position, name in enumerate(affinities)}
    shown = batch.get_column("item_id").cast(pl.String)
    places = shown.replace_strict(column_of, default=None, return_dtype=pl.Int64)
    if places.null_count():
        row = places.is_null().arg_max() or 0
        raise TableRejected(
            f"item {shown[row]} in row {first_row + row + 1} has no affinity column",
            where=str(log),
            hint="log and folder belong to different campaigns; download them again",
        )
    block = batch.select(affinities).to_numpy()
    return pl.Series(block[np.arange(batch.height), places.to_numpy()].astype(np.float64))
