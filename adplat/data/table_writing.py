"""Writing tables: whole or batch by batch, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from adplat.data.atomic import replacing
from adplat.data.tables import known_suffix
from adplat.domain import TableRejected


class TableWriter:
    """Appends batches of equal columns to one file. Made by ``table_writer``."""

    def __init__(self, path: Path, *, as_csv: bool) -> None:
        self._path = path
        self._as_csv = as_csv
        self._writer: Any = None
        self.rows = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch. Raises TableRejected when its columns differ from the first batch's."""
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            if self._as_csv:
                self._writer = pa_csv.CSVWriter(self._path, table.schema)
            else:
                self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        try:
            self._writer.write_table(table)
        except (pa.ArrowException, ValueError):
            raise TableRejected(
                "a batch has other columns than the first", where=str(self._path), hint="write equal batches"
            ) from None
        self.rows += frame.height

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()


@contextmanager
def table_writer(path: Path) -> Iterator[TableWriter]:
    """Write a table batch by batch; ``path`` appears only when the block ends well.

    At least one batch (it may be empty) must be written. Raises TableRejected on an unknown suffix,
    MissingInput when the folder cannot be written.
    """
    as_csv = known_suffix(path) == ".csv"
    with replacing(path) as temporary:
        writer = TableWriter(temporary, as_csv=as_csv)
        try:
            yield writer
        finally:
            writer.close()
        if not temporary.exists():
            raise TableRejected("no batch was written", where=str(path), hint="write at least an empty one")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a whole table atomically as ``.parquet`` (zstd) or ``.csv``. Raises like ``table_writer``."""
    as_csv = known_suffix(path) == ".csv"
    with replacing(path) as temporary:
        if as_csv:
            frame.write_csv(temporary)
        else:
            frame.write_parquet(temporary, compression="zstd")
