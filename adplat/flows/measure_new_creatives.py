"""How well models know creatives that were never shown: simulated visits, model beside model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from adplat.ctr import KeptBundle, score_frame
from adplat.data import load_side_tables
from adplat.domain import Progress, TableRejected
from adplat.simulator import World
from adplat.statistics import auc, logloss, pcoc, relative_ece

VISITS = 20


def new_creatives(world: World, rows: pl.DataFrame) -> frozenset[str]:
    """Creatives of the catalogue that no row of the log shows."""
    return frozenset(world.creative_ids) - frozenset(rows["creative_id"].unique().to_list())


def measure_new_creatives(
    world: World,
    folder: Path,
    bundles: Mapping[str, KeptBundle],
    new: frozenset[str],
    cache_dir: Path,
    seed: int,
    progress: Progress,
    requests: int = 4000,
) -> dict[str, dict[str, float]]:
    """AUC, logloss, ECE and PCOC of each bundle on new creatives.

    People ask ``requests`` times after the log's end; each new candidate they are offered is visited ``VISITS`` times
    under the known click probability, so that the figures carry little chance of their own. The truth decides
    clicks and nothing else. Raises TableRejected when no new creative is offered.
    """
    rows, chance = _visits(world, new, seed, requests)
    rng = np.random.default_rng([seed, 3])
    clicked = rng.random((VISITS, len(chance))) < chance
    if not clicked.any():
        raise TableRejected(
            "no visit to a new creative was clicked",
            where=f"world {world.config.name!r}",
            hint="give the world new creatives (new_creatives_per_campaign) or more requests",
        )
    labels = clicked.ravel().astype(np.float64)
    figures = {}
    for name, kept in bundles.items():
        tables = load_side_tables(kept.schema, folder)
        items = kept.items_for(rows, tables, folder, cache_dir, progress)
        p_ctr = np.tile(score_frame(kept, rows, tables, items)["p_ctr"].to_numpy(), VISITS)
        figures[name] = {
            "auc": auc(labels, p_ctr),
            "logloss": logloss(labels, p_ctr),
            "ece": relative_ece(labels, p_ctr),
            "pcoc": pcoc(labels, p_ctr),
            "rows": len(labels),
        }
    return figures


def _visits(world: World, new: frozenset[str], seed: int, requests: int) -> tuple[pl.DataFrame, np.ndarray]:
    public = world.public(seed)
    rows, chances = [], []
    for request in public.next_requests(requests):
        offered = [creative_id for creative_id in request.candidates if creative_id in new]
        if not offered:
            continue
        chances.append(public.true_click_probability(request, offered))
        rows += [
            {"creative_id": creative_id, "user_key": request.user_key, "ts": request.ts, **request.context}
            for creative_id in offered
        ]
    chance = np.concatenate(chances) if chances else np.zeros(0)
    return pl.DataFrame(rows, infer_schema_length=None), chance
