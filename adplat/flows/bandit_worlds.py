"""Worlds to play bandits in: what our own model, trained on the world's log, says of creatives that it never saw.

A world is drawn, its log written, a bundle trained on the log; then people ask, and every creative of a few campaigns
that the log never showed is scored for every one of them. What is kept is the truth beside the model's word.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr import KeptBundle, Overrides, read_train_config, score_frame, train_bundle
from adplat.data import (
    configs_folder,
    load_side_tables,
    load_training_tables,
    read_config,
    read_feature_schema,
    write_bytes,
)
from adplat.domain import Clock, MissingInput
from adplat.features import ItemBlock
from adplat.flows.bench_run import silent
from adplat.flows.measure_new_creatives import new_creatives
from adplat.simulator import PlayRequest, World, WorldConfig, build_world, write_world
from adplat.statistics import Float64

OPPORTUNITIES, QUICK_OPPORTUNITIES = 2000, 600
CAMPAIGNS, CREATIVES = 3, 40
EPOCHS, QUICK_EPOCHS = 6, 2
QUICK_IMPRESSIONS, QUICK_SHOWN = 20_000, 12
NUMBERS = 12
_ROOMS = ("ctr", "data", "features", "simulator")


@dataclass(frozen=True, eq=False)
class BanditWorld:
    """``P`` opportunities, ``C`` creatives of a few campaigns, ``U`` facts of a user and a page, ``d`` numbers.

    Args:
        truth: ``(P, C)`` known click probabilities, nobody tired of anything yet.
        p_ctr: ``(P, C)`` what the bundle predicts.
        vectors: ``(C, d)`` leading components of picture and words, over the catalogue of mean 0 and deviation 1.
        users: ``(P, U)`` ones and zeros.
        names: ``(U,)`` what each column of ``users`` is.
        campaign: ``(C,)`` which campaign a creative belongs to, from 0.
    """

    truth: Float64
    p_ctr: Float64
    vectors: Float64
    users: npt.NDArray[np.bool_]
    names: npt.NDArray[np.str_]
    campaign: npt.NDArray[np.int64]


def bandit_world(seed: int, cache_dir: Path, clock: Clock, *, quick: bool = False) -> BanditWorld:
    """The world of this seed, or what the same code, configs and seed gave before. About 40 s on one core."""
    path = cache_dir / "bandit" / f"world-{seed}-{_digest(quick=quick)}.npz"
    if not path.is_file():
        with tempfile.TemporaryDirectory(prefix="adplat-bandit-") as folder:
            made = _made(seed, Path(folder), clock, quick=quick)
        content = io.BytesIO()
        np.savez_compressed(content, **{field.name: getattr(made, field.name) for field in fields(made)})
        write_bytes(path, content.getvalue())
    with np.load(path) as arrays:
        return BanditWorld(**{field.name: arrays[field.name] for field in fields(BanditWorld)})


def _configs() -> tuple[Path, Path]:
    return configs_folder() / "worlds" / "bandit.yaml", configs_folder() / "ctr" / "marketplace.yaml"


def _digest(*, quick: bool) -> str:
    """Of everything that a kept world follows from, beside its seed."""
    world_config, train_config = _configs()
    schema = read_train_config(train_config)[1]
    here = Path(__file__).resolve()
    sources = [path for room in _ROOMS for path in sorted((here.parents[1] / room).rglob("*.py"))]
    digest = hashlib.sha256(f"{quick}".encode())
    for path in (world_config, train_config, schema, here, *sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _made(seed: int, folder: Path, clock: Clock, *, quick: bool) -> BanditWorld:
    world_config, train_config = _configs()
    told = read_config(world_config, WorldConfig)
    small = replace(told, impressions=QUICK_IMPRESSIONS, creatives_per_campaign=QUICK_SHOWN)
    world = build_world(small if quick else told, seed)
    write_world(world, folder / "world", silent)
    config, schema_path = read_train_config(train_config)
    overrides = Overrides(seed=seed, epochs=QUICK_EPOCHS if quick else EPOCHS)
    config = overrides.applied_to(replace(config, baselines=()))
    schema = read_feature_schema(schema_path)
    tables = load_training_tables(schema, config.data, folder / "world")
    cache = folder / "cache"
    outcome = train_bundle(config, schema, tables, folder / "bundles", cache, silent, clock)
    kept = KeptBundle.open(Path(outcome.bundle.path))
    chosen = _chosen(world, new_creatives(world, tables.rows), tables.tables["creatives"])
    ids = [creative_id for campaign in chosen for creative_id in campaign]
    public = world.public(seed)
    asked = public.next_requests(QUICK_OPPORTUNITIES if quick else OPPORTUNITIES)
    rows = pl.DataFrame(
        [
            {"creative_id": creative_id, "user_key": one.user_key, "ts": one.ts, **one.context}
            for one in asked
            for creative_id in ids
        ],
        infer_schema_length=None,
    )
    side = load_side_tables(kept.schema, folder / "world")
    items = kept.items_for(rows, side, folder / "world", cache, silent)
    p_ctr = score_frame(kept, rows, side, items)["p_ctr"].to_numpy().reshape(len(asked), len(ids))
    users, names = _facts(asked)
    return BanditWorld(
        truth=np.array([public.true_click_probability(one, ids) for one in asked]),
        p_ctr=p_ctr.astype(np.float64),
        vectors=_vectors(items, ids),
        users=users,
        names=names,
        campaign=np.repeat(np.arange(len(chosen)), [len(campaign) for campaign in chosen]),
    )


def _chosen(world: World, new: frozenset[str], creatives: pl.DataFrame) -> list[list[str]]:
    """Campaigns with enough creatives that the log never showed, evenly from the list of them."""
    campaign_of = dict(creatives.select("creative_id", "campaign_id").iter_rows())
    by_campaign: dict[str, list[str]] = {}
    for creative_id in world.creative_ids:
        if creative_id in new:
            by_campaign.setdefault(campaign_of[creative_id], []).append(creative_id)
    enough = [creatives[:CREATIVES] for creatives in by_campaign.values() if len(creatives) >= CREATIVES]
    if len(enough) < CAMPAIGNS:
        raise MissingInput(
            f"{len(enough)} campaigns have {CREATIVES} new creatives, {CAMPAIGNS} are needed",
            where=f"world {world.config.name!r}",
            hint="give the world more advertisers or new_creatives_per_campaign",
        )
    picked = np.linspace(0, len(enough) - 1, CAMPAIGNS).astype(np.int64)
    return [enough[int(row)] for row in picked]


def _facts(asked: list[PlayRequest]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """What a platform knows of who asks from where, one column a value that occurs."""
    told: list[set[str]] = []
    for one in asked:
        attributes = dict(one.attributes)
        segments = [segment for segment in attributes.pop("segments", "").split("|") if segment]
        context = {**one.context, "hour": int(one.context["hour"]) // 4}
        told.append(
            {f"{key}={value}" for key, value in attributes.items()}
            | {f"page_{key}={value}" for key, value in context.items()}
            | {f"segment={segment}" for segment in segments}
        )
    names = sorted(set().union(*told))
    return np.array([[name in facts for name in names] for facts in told]), np.array(names)


def _vectors(items: ItemBlock, ids: list[str]) -> Float64:
    """``(C, d)``; the components are those of the whole catalogue."""
    whole = np.hstack([items.image[1:], items.text[1:]]).astype(np.float64)
    centred = whole - whole.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    leading = left[:, :NUMBERS] * sizes[:NUMBERS]
    row_of = {creative_id: row for row, creative_id in enumerate(items.ids)}
    found: Float64 = (leading / leading.std(axis=0))[[row_of[creative_id] for creative_id in ids]]
    return found
