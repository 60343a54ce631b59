"""A small world with two real bundles trained on its first days, and its later rows to judge them on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.ctr import FitConfig, KeptBundle, ModelConfig, TrainConfig, train_bundle
from adplat.data import DataConfig, load_side_tables, load_training_tables, read_feature_schema, training_rows
from adplat.domain import ModelBundle
from adplat.features import EncoderConfig
from adplat.flows.registry_parts import RegistryParts
from adplat.simulator import WorldConfig, build_world, write_world

SCHEMA = Path(__file__).parents[2] / "configs" / "schemas" / "marketplace.yaml"
WORLD = WorldConfig(
    name="tiny", start=date(2026, 9, 7), days=3, advertisers=2, campaigns_per_advertiser=1, users=200,
    creatives_per_campaign=8, new_creatives_per_campaign=1, impressions=24000, click_rate=0.02,
)  # fmt: skip
EARLY_DAYS = ("2026-09-07", "2026-09-08")


@dataclass(frozen=True)
class ModelMarket:
    """``first`` and ``second`` were trained on ``early``, the first two days of ``world``."""

    folder: Path
    world: Path
    early: Path
    first: ModelBundle
    second: ModelBundle

    def settings(self, workspace: Path) -> Settings:
        """Of a workspace in which ``first`` is deployed."""
        settings = bootstrap.read_settings(workspace=workspace)
        bootstrap.deploy_bundle(settings, Path(self.first.path), self.world, quiet)
        return settings

    def later_rows_after(self, bundle: ModelBundle, path: Path) -> Path:
        """The third day four times, as this bundle foretells it: each bin of its scores has the clicks it promises."""
        day = training_rows(self.world).filter(pl.col("ts").dt.date() == date(2026, 9, 9))
        rows = pl.concat([day] * 4)
        kept = KeptBundle.open(Path(bundle.path))
        tables = load_side_tables(kept.schema, self.world)
        items = kept.items_for(rows, tables, self.world, self.folder / "cache", quiet)
        chances = kept.score(rows, tables, items).p_ctr
        order = np.argsort(chances, kind="stable")
        # Every time the sum of chances passes a whole number, somebody clicks.
        clicks = np.zeros(len(chances), np.int8)
        clicks[order] = np.diff(np.floor(np.cumsum(chances[order]) + 0.5), prepend=0.0) > 0
        rows.with_columns(click=pl.Series(clicks), conversion=pl.lit(0, pl.Int8)).write_parquet(path)
        return path


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def a_model_market(folder: Path) -> ModelMarket:
    """Simulate three days, train twice on two of them."""
    world, early = folder / "world", folder / "early"
    write_world(build_world(WORLD), world, quiet)
    early.mkdir()
    for name in ("catalogue", "images"):
        (early / name).symlink_to(world / name)
    for hour in (world / "lake").glob("*/hour=*"):
        if hour.name[5:15] in EARLY_DAYS:
            shutil.copytree(hour, early / "lake" / hour.parent.name / hour.name)
    schema = read_feature_schema(SCHEMA)
    made = []
    for seed, batch in ((1, 2048), (2, 64)):
        config = TrainConfig(
            schema=str(SCHEMA),
            data=DataConfig(kind="world", valid_fraction=0.3),
            encoders=EncoderConfig(image="hashing", text="hashing", image_dimension=4, text_dimension=4),
            model=ModelConfig(embedding=4, tower=0, interest=4, hidden=(8,), record="ordered"),
            training=FitConfig(epochs=1, batch=batch),
            slices=("placement", "device"),
            seed=seed,
        )
        tables = load_training_tables(schema, config.data, early)
        made.append(train_bundle(config, schema, tables, folder / "bundles", folder / "cache", quiet).bundle)
    return ModelMarket(folder, world, early, *made)


@contextmanager
def registry_of(settings: Settings) -> Iterator[RegistryParts]:
    """The real parts of a workspace's registry."""
    with bootstrap.opened_registry(settings) as parts:
        yield parts
