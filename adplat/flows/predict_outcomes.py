"""Tell what will come of rows: quantiles a row, in row order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from adplat.data import write_table
from adplat.domain import ConfigRejected
from adplat.flows.fit_outcomes import read_outcomes_config
from adplat.flows.outcome_bundle import open_outcome_bundle, remembered_bundle
from adplat.flows.outcome_rows import read_past_rows
from adplat.forecast import LEVELS, OutcomeModel, PastRows

SUFFIXES = tuple(f"p{round(100 * level)}" for level in LEVELS)


def predict_outcomes(
    what: Path, data: Path, out: Path, *, workspace: Path, model: Path | None = None
) -> dict[str, Any]:
    """Write ``NAME_p10 NAME_p50 NAME_p90`` of every outcome for every row of ``data``.

    Args:
        what: a bundle, or the config that was fitted: then ``model``, or else its last fit in the workspace, is meant.
        data: rows; columns of outcomes may be absent and are not read.
        out: ``.csv`` or ``.parquet``.
        workspace: where fits are remembered.
        model: a bundle.

    Raises:
        InputError: also where the config says other things than the one that was fitted.
    """
    if out.resolve() == data.resolve():
        raise ConfigRejected("the quantiles would replace the rows", where=str(out), hint="give --out another name")
    config = None if what.is_dir() else read_outcomes_config(what)
    folder = model or (what if config is None else remembered_bundle(workspace, config.name))
    fitted, bundle_id = open_outcome_bundle(folder)
    if config is not None and config != fitted.config:
        raise ConfigRejected(
            f"the config was changed after it was fitted into {folder}", where=str(what), hint="fit it again"
        )
    frame = outcome_frame(fitted, read_past_rows(fitted.config, data))
    write_table(frame, out)
    return {"rows": frame.height, "out": str(out), "bundle": str(folder), "bundle_id": bundle_id}


def outcome_frame(model: OutcomeModel, rows: PastRows) -> pl.DataFrame:
    """Counts as whole numbers, amounts in the table's own currency."""
    columns = {}
    for name, told in model.quantiles(rows).items():
        kind = pl.Float64 if model.config.outcomes[name].per else pl.Int64
        for at, suffix in enumerate(SUFFIXES):
            columns[f"{name}_{suffix}"] = pl.Series(told[:, at]).cast(kind)
    return pl.DataFrame(columns)
