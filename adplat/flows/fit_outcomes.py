"""Fit what comes of past campaigns: a config and a table in, a bundle out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import read_config
from adplat.domain import ConfigRejected, Progress, TableRejected
from adplat.flows.outcome_bundle import remember_bundle, write_outcome_bundle
from adplat.flows.outcome_rows import read_outcomes, read_past_rows
from adplat.forecast import (
    IMPRESSIONS,
    OutcomeModel,
    OutcomesConfig,
    PastRows,
    check_outcomes_config,
    fit_outcome_model,
)
from adplat.statistics import Float64

FEWEST_ROWS = 30
FEWEST_CAMPAIGNS = 4
MOST_CAMPAIGNS = 1_000


def read_outcomes_config(path: Path) -> OutcomesConfig:
    """Raises MissingInput or ConfigRejected."""
    config = read_config(path, OutcomesConfig)
    check_outcomes_config(config, where=str(path))
    return config


def fit_outcomes(config_path: Path, data: Path, out: Path, *, workspace: Path, progress: Progress) -> dict[str, Any]:
    """Fit, write the bundle ``out`` and remember it in ``workspace`` under the config's name. Raises InputError."""
    if out.resolve() in (data.resolve(), config_path.resolve()):
        raise ConfigRejected("the bundle would replace its input", where=str(out), hint="give --out another name")
    if out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file():
        raise ConfigRejected(
            "a folder that holds something else", where=str(out), hint="give --out a new name, or an earlier bundle"
        )
    if out.is_file():
        raise ConfigRejected("a file; a bundle is a folder", where=str(out), hint="give --out another name")
    config = read_outcomes_config(config_path)
    rows = read_past_rows(config, data)
    model = fit_rows(config, rows, read_outcomes(config, data), str(data), progress)
    told = {"rows": len(rows), "campaigns": None if rows.campaigns is None else len(set(rows.campaigns))}
    bundle_id = write_outcome_bundle(model, told, out)
    remember_bundle(workspace, config.name, out, bundle_id)
    levels = {name: [list(slice_) for slice_ in table.levels] for name, table in model.levels.items()}
    return {"bundle": str(out), "bundle_id": bundle_id, "name": config.name, **told, "levels": levels}


def fit_rows(
    config: OutcomesConfig, rows: PastRows, outcomes: dict[str, Float64], where: str, progress: Progress
) -> OutcomeModel:
    """Refuse what would teach nothing, then fit. Raises TableRejected."""
    shown = np.flatnonzero(rows.impressions > 0.0)
    kept, told = rows.take(shown), {name: values[shown] for name, values in outcomes.items()}
    if len(kept) < FEWEST_ROWS:
        raise TableRejected(
            f"{len(kept)} rows with impressions, fewer than {FEWEST_ROWS}", where=where, hint="give more past rows"
        )
    if kept.campaigns is not None and len(set(kept.campaigns)) < FEWEST_CAMPAIGNS:
        raise TableRejected(
            f"fewer than {FEWEST_CAMPAIGNS} campaigns, too few to say what another will be like",
            where=f"{where}, column {config.campaign!r}",
            hint="give more past campaigns, or leave campaign out of the config",
        )
    if kept.campaigns is not None and len(set(kept.campaigns)) > MOST_CAMPAIGNS:
        raise TableRejected(
            f"more than {MOST_CAMPAIGNS:,} campaigns, each of which has a rate of its own",
            where=f"{where}, column {config.campaign!r}",
            hint="give the latest of them",
        )
    for name, outcome in config.outcomes.items():
        if not bool(np.any(told[name] > 0.0)):
            raise TableRejected(
                f"{outcome.column!r} is 0 in all rows", where=where, hint="nothing can be learned; leave it out"
            )
        if outcome.per:
            units = kept.impressions if outcome.per == IMPRESSIONS else told[outcome.per]
            unpaid = int(np.sum((told[name] > 0.0) & (units <= 0.0)))
            if unpaid:
                raise TableRejected(
                    f"{outcome.column!r} is above 0 in {unpaid} rows without {outcome.per}",
                    where=where,
                    hint=f"write 'per: {IMPRESSIONS}' for {name}",
                )
    steps = config.folds + 1
    progress(0, steps, "fits, each on other rows")
    return fit_outcome_model(
        config,
        kept,
        told,
        np.random.default_rng(config.seed),
        lambda done: progress(done, steps, "fits, each on other rows"),
    )
