"""Reading tables: Parquet and CSV, whole or in batches, with one clear line for every bad file.

Column kinds that a caller may expect: ``integer``, ``number``, ``text``, ``boolean``, ``time`` (a
date-time, an ISO text, or unix seconds left as numbers) and ``any``. ISO date-times in a CSV are read as times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from adplat.data.column_kinds import as_expected
from adplat.domain import InputError, MissingInput, TableRejected

BATCH_ROWS = 65_536
_ISO_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$"
_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, OSError)


def read_table(
    path: Path, columns: Sequence[str] | None = None, expect: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Read a whole ``.parquet`` or ``.csv`` file.

    Args:
        path: the file.
        columns: only these, in this order; ``None`` reads all.
        expect: kind by column; these columns must be there and are cast to the kind.

    Raises:
        MissingInput: the file is not there.
        TableRejected: truncated, not a table, a column missing or of another type.
    """
    suffix = _suffix(path)
    wanted = None if columns is None else list(dict.fromkeys([*columns, *(expect or {})]))
    header = table_columns(path)
    refuse_missing(wanted or list(expect or {}), header, path)
    try:
        if suffix == ".parquet":
            frame = pl.read_parquet(path, columns=wanted, hive_partitioning=False, glob=False)
        else:
            types, times = _csv_types(path)
            frame = pl.read_csv(path, columns=wanted, schema_overrides=types)
            frame = as_expected(frame, {name: "time" for name in times if name in frame.columns}, path)
    except _UNREADABLE as reason:
        raise _unreadable(path, reason) from None
    frame = as_expected(frame, expect or {}, path)
    return frame if wanted is None else frame.select(wanted)


def table_columns(path: Path) -> list[str]:
    """The column names, read from the header only. Raises like ``read_table``."""
    suffix = _suffix(path)
    try:
        if suffix == ".parquet":
            return list(pq.read_schema(path).names)
        return pl.scan_csv(path, n_rows=0, infer_schema=False).collect_schema().names()
    except _UNREADABLE as reason:
        raise _unreadable(path, reason) from None


def scan_rows(path: Path, columns: Sequence[str] | None = None, batch_rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Yield the rows in file order in batches of at most ``batch_rows``; never holds the whole table.

    An empty table yields one empty batch, so that a reader always learns the columns. CSV types are
    inferred over the whole file first, so that every batch has the same types. Raises like ``read_table``.
    """
    suffix = _suffix(path)
    refuse_missing(columns or (), table_columns(path), path)
    batches = _parquet_batches if suffix == ".parquet" else _csv_batches
    yielded = False
    try:
        for batch in batches(path, columns, batch_rows):
            yielded = True
            yield batch
    except _UNREADABLE as reason:
        raise _unreadable(path, reason) from None
    if not yielded:
        yield read_table(path, columns)


def refuse_missing(wanted: Sequence[str], header: Sequence[str], path: Path) -> None:
    """Raise TableRejected naming the first absent column and what the header has instead."""
    absent = [name for name in wanted if name not in header]
    if not absent:
        return
    near = get_close_matches(absent[0], header, n=1)
    shown = ", ".join(header[:12]) + (" …" if len(header) > 12 else "")
    hint = f"did you mean {near[0]!r}?" if near else f"the header has: {shown}"
    raise TableRejected(f"no column {absent[0]!r}", where=str(path), hint=" ".join(hint.split()))


def _parquet_batches(path: Path, columns: Sequence[str] | None, batch_rows: int) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_rows, columns=None if columns is None else list(columns)):
            frame = pl.from_arrow(pa.Table.from_batches([batch]))
            yield frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _csv_batches(path: Path, columns: Sequence[str] | None, batch_rows: int) -> Iterator[pl.DataFrame]:
    types, times = _csv_types(path)
    arrow = {
        name: pa.int64() if kind.is_integer() else pa.float64() if kind.is_float() else pa.string()
        for name, kind in types.items()
        if kind != pl.Boolean
    }
    options = pa_csv.ConvertOptions(
        column_types=arrow,
        include_columns=None if columns is None else list(columns),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    with pa_csv.open_csv(path, convert_options=options) as reader:
        for batch in reader:
            frame = pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))
            frame = as_expected(frame, {name: "time" for name in times if name in frame.columns}, path)
            yield from frame.iter_slices(batch_rows)


def _csv_types(path: Path) -> tuple[dict[str, pl.DataType], list[str]]:
    """Column types inferred over the whole file, and the text columns that hold ISO date-times throughout."""
    types = dict(pl.scan_csv(path, infer_schema_length=None).collect_schema())
    texts = [name for name, kind in types.items() if kind == pl.String]
    if not texts:
        return types, []
    looks = (
        pl.scan_csv(path, schema_overrides=types)
        .select((pl.col(name).str.contains(_ISO_TIME).all() & pl.col(name).count().gt(0)) for name in texts)
        .collect(engine="streaming")
    )
    return types, [name for name in texts if looks.item(0, name)]


def known_suffix(path: Path) -> str:
    """``.parquet`` or ``.csv``. Raises TableRejected on another."""
    suffix = path.suffix.lower()
    if suffix not in (".parquet", ".csv"):
        raise TableRejected(
            f"table format {suffix or 'without suffix'!r} is unknown",
            where=str(path),
            hint="use a .parquet or .csv file",
        )
    return suffix


def _suffix(path: Path) -> str:
    if not path.exists():
        beside = sorted(entry.name for entry in path.parent.glob(f"*{path.suffix}"))[:6]
        hint = f"the folder has: {', '.join(beside)}" if beside else "check the path"
        raise MissingInput("no such file", where=str(path), hint=hint)
    if path.is_dir():
        raise TableRejected("a folder, not a table", where=str(path), hint="give a .parquet or .csv file")
    if path.stat().st_size == 0:
        raise TableRejected("the file is empty", where=str(path), hint="write or download it again")
    return known_suffix(path)


def _unreadable(path: Path, reason: BaseException) -> InputError:
    said = " ".join(str(reason).split())[:160] or type(reason).__name__
    if isinstance(reason, PermissionError):
        return MissingInput("not readable", where=str(path), hint="check the permissions")
    if path.suffix.lower() == ".parquet":
        what = "not a whole Parquet file (truncated or damaged?)"
    else:
        what = f"not a readable CSV file: {said}"
    return TableRejected(what, where=str(path), hint="write or download it again")
