"""Large delimited logs as text batches: plain or gzipped, tab or comma, with or without a header line.

Every cell arrives as text, an empty one as null, so that the importer itself says which column of which row
is wrong. A block of a few megabytes is held at a time.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from adplat.domain import MissingInput, TableRejected

_BLOCK_BYTES = 8 << 20
_FIRST_LINE_BYTES = 1 << 16
_GZIP = b"\x1f\x8b"
_UNREADABLE = (OSError, EOFError, zlib.error, UnicodeDecodeError, pa.ArrowException)
_SPLITS = {
    "rows": ("train", "rows"),
    "valid": ("valid", "val", "dev"),
    "test": ("test",),
}
_SUFFIXES = ("", ".txt", ".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is cut: ``columns`` in file order, the separator, and whether the first line is a header."""

    columns: tuple[str, ...]
    separator: str
    header: bool


def split_files(source: Path) -> dict[str, Path]:
    """``rows`` and, where a folder has them, ``valid`` and ``test``. Raises MissingInput."""
    if source.is_file():
        return {"rows": source}
    if not source.is_dir():
        raise MissingInput("no such file or folder", where=str(source), hint="check the path")
    found: dict[str, Path] = {}
    for split, stems in _SPLITS.items():
        names = [f"{stem}{suffix}{packed}" for stem in stems for suffix in _SUFFIXES for packed in ("", ".gz")]
        present = [source / name for name in names if (source / name).is_file()]
        if len(present) > 1:
            raise MissingInput(
                f"{present[0].name} and {present[1].name} are both there",
                where=str(source),
                hint="name the file itself",
            )
        if present:
            found[split] = present[0]
    if "rows" not in found:
        raise MissingInput(
            "the folder has no train file", where=str(source), hint="name the file, or call it train.csv or train.gz"
        )
    return found


def layout_of(path: Path, layouts: Sequence[Sequence[str]], format_name: str) -> Layout:
    """Which of the known column lists this file has, told by its first line.

    Raises TableRejected where the number of columns fits none, or a header names others.
    """
    line = _first_line(path)
    separator = "\t" if "\t" in line else ","
    cells = [cell.strip().strip('"') for cell in line.split(separator)]
    known = {name for columns in layouts for name in columns}
    if known.intersection(cells):
        missing = [name for name in layouts[-1] if name not in cells]
        if missing:
            raise TableRejected(
                f"no column {missing[0]!r} in the header", where=str(path), hint=f"give a {format_name} file"
            )
        return Layout(tuple(cells), separator, header=True)
    fitting = next((columns for columns in layouts if len(columns) == len(cells)), None)
    if fitting is None:
        counts = " or ".join(str(len(columns)) for columns in layouts)
        raise TableRejected(
            f"the first line has {len(cells)} columns instead of {counts}",
            where=str(path),
            hint=f"give a {format_name} file",
        )
    return Layout(tuple(fitting), separator, header=False)


def text_batches(path: Path, layout: Layout) -> Iterator[tuple[pl.DataFrame, float]]:
    """Batches of text columns in file order, each with the share (0 to 1) of the file read so far.

    Raises TableRejected naming the line that has another number of columns, or a damaged file.
    """
    read = pa_csv.ReadOptions(block_size=_BLOCK_BYTES, column_names=list(layout.columns), use_threads=False)
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(layout.columns, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    total = max(path.stat().st_size, 1)
    try:
        with path.open("rb") as raw, _unpacked(raw) as plain:
            if layout.header:
                plain.readline()
            if not plain.peek(1):
                return
            parse = pa_csv.ParseOptions(delimiter=layout.separator)
            reader = pa_csv.open_csv(plain, read_options=read, convert_options=convert, parse_options=parse)
            for batch in reader:
                yield pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch]))), min(raw.tell() / total, 1.0)
    except _UNREADABLE as reason:
        raise _damaged(path, reason) from None


def _unpacked(raw: io.BufferedReader) -> io.BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == _GZIP else raw


def _first_line(path: Path) -> str:
    if not path.exists():
        raise MissingInput("no such file", where=str(path), hint="check the path")
    try:
        with path.open("rb") as raw, _unpacked(raw) as plain:
            line = plain.readline(_FIRST_LINE_BYTES).decode("utf-8-sig").rstrip("\r\n")
    except _UNREADABLE as reason:
        raise _damaged(path, reason) from None
    if not line:
        raise TableRejected("the file has no rows", where=str(path), hint="give a file with rows")
    return line


def _damaged(path: Path, reason: BaseException) -> TableRejected:
    said = " ".join(str(reason).split())[:160] or type(reason).__name__
    return TableRejected(f"not a whole log: {said}", where=str(path), hint="mend the line, or download it again")
