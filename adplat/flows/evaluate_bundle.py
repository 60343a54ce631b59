"""Judge a bundle on labelled rows: a folder like the one it was trained from, or one file of later rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from adplat.ctr import KeptBundle, evaluate
from adplat.data import (
    DataConfig,
    Tables,
    load_side_tables,
    load_training_tables,
    read_table,
    refuse_unfinite,
    require_columns,
)
from adplat.domain import Progress


def evaluate_bundle(
    bundle_dir: Path,
    data: Path,
    *,
    cache_dir: Path,
    progress: Progress,
    tables_dir: Path | None = None,
) -> dict[str, Any]:
    """``judged`` (which rows the figures are about), ``overall`` measures and ``slices`` by name.

    Raises InputError: outcomes missing, another schema, an altered bundle.
    """
    kept = KeptBundle.open(bundle_dir)
    if data.is_dir():
        told = msgspec.convert(kept.manifest.config["data"], DataConfig)
        tables = load_training_tables(kept.schema, told, data)
    else:
        rows = read_table(data)
        require_columns(kept.schema, rows, data, outcomes=True)
        refuse_unfinite(kept.schema, rows, data, outcomes=True)
        root = tables_dir or data.parent
        tables = Tables(rows, None, load_side_tables(kept.schema, root, allow_absent=True), root)
    return evaluate(kept, tables, cache_dir, progress)
