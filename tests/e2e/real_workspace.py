"""A workspace as ``adplat simulate``, ``train`` and ``deploy`` leave it, small enough for a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.ctr import FitConfig, ModelConfig, TrainConfig, train_bundle
from adplat.data import DataConfig, load_training_tables, read_feature_schema
from adplat.domain import ModelBundle
from adplat.features import EncoderConfig
from adplat.flows.deploy_bundle import Stores, deploy_bundle
from adplat.simulator import World, WorldConfig, build_world, write_world

SCHEMA = Path(__file__).parents[2] / "configs" / "schemas" / "marketplace.yaml"
WORLD = WorldConfig(
    name="tiny", start=date(2026, 9, 7), days=3, advertisers=3, campaigns_per_advertiser=2, users=300,
    creatives_per_campaign=12, new_creatives_per_campaign=1, impressions=6000, click_rate=0.02,
)  # fmt: skip


@dataclass(frozen=True)
class RealWorkspace:
    """What was deployed; Valkey is stopped again and keeps the packed users."""

    settings: Settings
    world: World
    world_dir: Path
    bundle_dir: Path
    users: int


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def trained(folder: Path, seed: int) -> ModelBundle:
    """One epoch on ``folder/world`` with hashing encoders, into the workspace's bundles."""
    config = TrainConfig(
        schema=str(SCHEMA),
        data=DataConfig(kind="world", valid_fraction=0.2),
        encoders=EncoderConfig(image="hashing", text="hashing", image_dimension=8, text_dimension=8),
        model=ModelConfig(embedding=4, tower=4, interest=4, hidden=(16, 8), record="ordered"),
        training=FitConfig(epochs=1, batch=512),
        seed=seed,
    )
    schema = read_feature_schema(SCHEMA)
    tables = load_training_tables(schema, config.data, folder / "world")
    return train_bundle(config, schema, tables, folder / "ws" / "bundles", folder / "cache", quiet).bundle


def a_real_workspace(folder: Path, config: WorldConfig = WORLD, **settings: object) -> RealWorkspace:
    """Simulate, train one epoch with hashing encoders, deploy."""
    world = build_world(config)
    write_world(world, folder / "world", quiet)
    bundle = trained(folder, seed=7)
    workspace = folder / "ws"
    ours = bootstrap.read_settings(workspace=workspace, **settings)
    database = bootstrap.open_database(ours)
    with bootstrap.running_redis(ours) as url:
        stream = bootstrap.open_stream(ours, url)
        stores = Stores(
            catalogue=bootstrap.open_catalogue(database),
            bundles=bootstrap.open_bundles(database),
            audit=bootstrap.open_audit(database),
            objects=bootstrap.open_objects(ours),
            stream=stream,
        )
        deployed = deploy_bundle(
            stores, Path(bundle.path), folder / "world", workspace, folder / "cache", bootstrap.clock(), quiet
        )
        stream.close()
    database.close()
    return RealWorkspace(ours, world, folder / "world", Path(bundle.path), deployed.users)
