"""Explain one score: a logged decision from the lake, or a row of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from adplat.ctr import Explanation, KeptBundle, explain_row
from adplat.data import load_side_tables, refuse_unfinite, require_columns, scan_rows, training_rows, write_bytes
from adplat.domain import ConfigRejected, Progress, UnknownReference


@dataclass(frozen=True)
class Explained:
    """The explanation, and for a decision what was logged: its score and the bundle that gave it."""

    explanation: Explanation
    logged_chance: float | None = None
    logged_bundle: str = ""

    def as_json(self) -> dict[str, Any]:
        """The one document of ``adplat explain --json``."""
        logged = {"logged_chance": self.logged_chance, "logged_bundle": self.logged_bundle}
        return self.explanation.as_json() | logged


def explain_score(
    bundle_dir: Path,
    data: Path,
    *,
    decision: str = "",
    row: int | None = None,
    head: str = "click",
    cache_dir: Path,
    progress: Progress,
    tables_dir: Path | None = None,
    picture: Path | None = None,
) -> Explained:
    """Attribute the score of a decision in the lake of folder ``data``, or of row number ``row`` (from 1) of file
    ``data``; with ``picture`` also draw it (PNG).

    A decision is explained with its logged context and the user's past as the bundle keeps it. Where clicks were
    folded in since training, the logged score (told beside it) may differ. Raises InputError.
    """
    if bool(decision) == (row is not None):
        raise ConfigRejected("give either a decision or a row", hint="--decision ID, or --row N with --data FILE")
    kept = KeptBundle.open(bundle_dir)
    found = _decided(data, decision) if decision else _row_of(data, row or 0)
    root = tables_dir or (data if decision else data.parent)
    require_columns(kept.schema, found, data)
    refuse_unfinite(kept.schema, found, data, first_row=(row or 1) - 1)
    tables = load_side_tables(kept.schema, root, allow_absent=True)
    items = kept.items_for(found, tables, root, cache_dir, progress)
    explanation = explain_row(kept, found, tables, items, head)
    if picture is not None:
        from adplat.reporting import draw_contributions

        bars = [(one.field, one.value) for one in explanation.contributions]
        write_bytes(picture, draw_contributions(bars, explanation.start, explanation.logit))
    if not decision:
        return Explained(explanation)
    logged = found["p_ctr" if head == "click" else "p_cvr"][0]
    return Explained(explanation, logged, str(found["bundle_id"][0] or ""))


def _decided(folder: Path, decision: str) -> pl.DataFrame:
    rows = training_rows(folder).filter(pl.col("decision_id") == decision)
    if rows.is_empty():
        raise UnknownReference(
            f"decision {decision!r} is not among the impressions",
            where=str(folder),
            hint="give --data the folder whose lake holds it; only what was shown is kept there",
        )
    return rows[:1]


def _row_of(path: Path, row: int) -> pl.DataFrame:
    seen = 0
    for batch in scan_rows(path):
        if seen < row <= seen + batch.height:
            return batch[row - seen - 1 : row - seen]
        seen += batch.height
    raise ConfigRejected(f"there is no row {row}", where=str(path), hint=f"give a number from 1 to {seen}")
