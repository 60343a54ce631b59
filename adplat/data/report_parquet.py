"""A report as the bytes of a Parquet file, with its facts in the file's metadata."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence

import polars as pl


def parquet_bytes(columns: Mapping[str, Sequence[str | int | float | None]], facts: Mapping[str, str]) -> bytes:
    """One column a name; ``facts`` stand as JSON under the key ``adplat_report``.

    A column of counts is of whole numbers, one of texts of texts, whatever is missing in it.
    """
    frame = pl.DataFrame(
        [pl.Series(name, list(cells), dtype=_kind(cells), strict=False) for name, cells in columns.items()]
    )
    file = io.BytesIO()
    frame.write_parquet(file, metadata={"adplat_report": json.dumps(dict(facts), ensure_ascii=False)})
    return file.getvalue()


def _kind(cells: Sequence[str | int | float | None]) -> pl.DataType:
    if any(isinstance(cell, float) for cell in cells):
        return pl.Float64()
    return pl.String() if any(isinstance(cell, str) for cell in cells) else pl.Int64()
