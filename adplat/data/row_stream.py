"""Training rows that are read batch by batch, as often as somebody asks, and never lie in memory as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from adplat.data.schema_fit import columns_read, require_columns
from adplat.data.splits import refuse_a_leaking_split
from adplat.data.tables import BATCH_ROWS, scan_rows
from adplat.data.usable_values import refuse_unfinite
from adplat.domain import FeatureSchema, TableRejected


@dataclass(frozen=True)
class RowStream:
    """A file of rows that one pass has checked.

    ``fingerprint`` is a hash over the columns that the schema reads, in row order.
    """

    path: Path
    columns: tuple[str, ...]
    height: int
    fingerprint: str
    batch_rows: int = BATCH_ROWS

    def batches(self) -> Iterator[pl.DataFrame]:
        """All rows in file order. Raises like ``scan_rows``."""
        return scan_rows(self.path, self.columns, self.batch_rows)


def open_row_stream(
    schema: FeatureSchema, path: Path, held_out: pl.DataFrame | None = None, held_out_path: Path | None = None
) -> RowStream:
    """Check every row in one pass.

    Raises MissingInput, TableRejected: no rows, a column missing or of another type or without a value, NaN, a
    row without its outcome, outcomes of one class only, rows later than the first of ``held_out``.
    """
    outcome = schema.outcomes[0]
    wanted = list(dict.fromkeys([*columns_read(schema), *(one.column for one in schema.outcomes)]))
    digest = hashlib.sha256("\x1f".join(wanted).encode())
    height = positives = 0
    known = dict.fromkeys(wanted, 0)
    for batch in scan_rows(path, wanted):
        require_columns(schema, batch, path, outcomes=True)
        refuse_unfinite(schema, batch, path, outcomes=True, first_row=height)
        if held_out is not None and schema.time:
            refuse_a_leaking_split(batch, held_out, schema.time, held_out_path or path)
        unknown = batch.get_column(outcome.column).null_count()
        if unknown:
            raise TableRejected(
                f"{unknown} rows from row {height} on have no {outcome.column!r}",
                where=str(path),
                hint="drop or label these rows",
            )
        for name in wanted:
            known[name] += batch.height - batch.get_column(name).null_count()
        height += batch.height
        positives += int((batch.get_column(outcome.column).cast(pl.Float64) >= outcome.at_least).sum())
        digest.update(batch.select(pl.all().cast(pl.String)).hash_rows(seed=0).to_numpy().tobytes())
    if positives in (0, height):
        raise TableRejected(
            f"all {height} training rows have the same {outcome.name!r} (column {outcome.column!r})",
            where=str(path),
            hint="a model needs both classes; check the label or take more rows",
        )
    empty = [name for name in columns_read(schema) if not known[name]]
    if empty:
        raise TableRejected(
            f"column {empty[0]!r} has no value", where=str(path), hint="fill it, or take it out of the schema"
        )
    return RowStream(path, tuple(wanted), height, digest.hexdigest())
