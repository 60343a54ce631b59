"""Score a file: one probability a row, in row order, batch by batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adplat.ctr import ContrastModel, KeptBundle, is_contrast, read_manifest, score_frame
from adplat.data import load_side_tables, refuse_unfinite, require_columns, scan_rows, table_writer
from adplat.domain import ConfigRejected, Progress


def score_file(
    bundle_dir: Path,
    data_path: Path,
    out_path: Path,
    *,
    cache_dir: Path,
    progress: Progress,
    tables_dir: Path | None = None,
) -> dict[str, Any]:
    """Write ``p_ctr`` and ``p_cvr`` (null without that head) for every row of ``data_path``.

    Side tables and images lie in ``tables_dir``, by default beside the rows; where the item table is absent
    the bundle's kept items are used. Users, items and images may be new. Outcome columns are not read.
    ``out_path`` appears only when all rows are scored. Raises InputError.
    """
    if out_path.resolve() == data_path.resolve():
        raise ConfigRejected(
            "the scores would replace the rows", where=str(out_path), hint="give --out another name than --data"
        )
    if is_contrast(bundle_dir):
        return _scored_contrasts(bundle_dir, data_path, out_path, cache_dir, progress)
    kept = KeptBundle.open(bundle_dir)
    root = tables_dir or data_path.parent
    tables = load_side_tables(kept.schema, root, allow_absent=True)
    items, rows = None, 0
    with table_writer(out_path) as writer:
        for batch in scan_rows(data_path):
            require_columns(kept.schema, batch, data_path)
            refuse_unfinite(kept.schema, batch, data_path, first_row=rows)
            # An item table is encoded once; without one the items stand in the rows of each batch.
            if items is None or kept.schema.table("item") is None:
                items = kept.items_for(batch, tables, root, cache_dir, progress)
            writer.write(score_frame(kept, batch, tables, items))
            rows += batch.height
            progress(rows, 0, "rows scored")
    return {"rows": rows, "out": str(out_path), "bundle_id": kept.manifest.bundle_id}


def _scored_contrasts(
    bundle_dir: Path, data_path: Path, out_path: Path, cache_dir: Path, progress: Progress
) -> dict[str, Any]:
    """The same by a model of contrasts, which reads the rows alone."""
    model, rows = ContrastModel.open(bundle_dir), 0
    with table_writer(out_path) as writer:
        for batch in scan_rows(data_path):
            require_columns(model.schema, batch, data_path)
            refuse_unfinite(model.schema, batch, data_path, first_row=rows)
            writer.write(model.score_frame(batch, cache_dir, progress))
            rows += batch.height
            progress(rows, 0, "rows scored")
    return {"rows": rows, "out": str(out_path), "bundle_id": read_manifest(bundle_dir).bundle_id}
