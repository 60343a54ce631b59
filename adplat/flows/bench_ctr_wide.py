"""A table as wide as the large click logs: 39 fields of 20,000 values each, drawn from a known truth.

Values follow a power law, as identifiers do; a row's log-odds are the sum of a hidden weight for each of its values and
of a few products of two, so there is something for a crossing to find.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import write_bytes, write_table
from adplat.flows.bench_ctr_frappe import LABEL, FrappeFiles, write_frappe

FIELDS, VALUES = 39, 20_000
_POWER = 1.2
_PAIRS = 10


def write_wide(folder: Path, rows: int, seed: int = 0) -> FrappeFiles:
    """Train, stop and report parts with a schema beside them (``schema.yaml``), laid out as Frappe's."""
    source, later = folder / "source", max(rows // 5, 1000)
    frame = _rows(rows + later, np.random.default_rng(seed))
    write_table(frame.head(rows), source / "train.parquet")
    write_table(frame.tail(later), source / "valid.parquet")
    files = write_frappe(source, folder / "halves")
    features = "".join(f"  - {{name: f{number}, kind: categorical}}\n" for number in range(FIELDS))
    schema = f"version: 1\nname: wide\noutcomes:\n  - {{name: click, column: {LABEL}}}\nfeatures:\n{features}"
    write_bytes(files.folder / "schema.yaml", schema.encode())
    return files


def _rows(count: int, rng: np.random.Generator) -> pl.DataFrame:
    # Inverse of a truncated power law's distribution function: small numbers are common, large ones rare.
    drawn = rng.random((count, FIELDS), dtype=np.float32)
    values = np.minimum((VALUES ** (drawn**_POWER)).astype(np.int64), VALUES) - 1
    weights = rng.normal(0.0, 1.5 / np.sqrt(FIELDS), (FIELDS, VALUES))
    logits = weights[np.arange(FIELDS), values].sum(1) - 1.0
    for first, second in rng.integers(0, FIELDS, (_PAIRS, 2)):
        logits += 4.0 * weights[first, values[:, first]] * weights[second, values[:, second]]
    clicks = rng.random(count) < 1.0 / (1.0 + np.exp(-logits))
    return pl.DataFrame(
        {LABEL: clicks.astype(np.int64), **{f"f{number}": values[:, number] for number in range(FIELDS)}}
    )
