"""A small table folder, its schema and config, and a bundle trained on it through the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from adplat.cli import run
from adplat.data import configs_folder

SCHEMA = {
    "name": "shop",
    "features": [
        {"name": "device", "kind": "categorical"},
        {"name": "item_id", "kind": "categorical"},
        {"name": "price", "kind": "numeric"},
    ],
    "outcomes": [{"name": "click", "column": "click"}],
    "time": "ts",
    "user": "user_id",
    "item": "item_id",
}
CONFIG = {
    "schema": "schema.yaml",
    "data": {"train": "rows.parquet", "valid_fraction": 0.2},
    "encoders": {"image": "none", "text": "none"},
    "training": {"epochs": 1},
}


def rows_of(count: int, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    device = rng.choice(["ios", "android", "web"], count)
    price = rng.gamma(2.0, 10.0, count)
    chance = 0.15 + 0.3 * (device == "ios") - 0.1 * (price > 25)
    return pl.DataFrame(
        {
            "ts": np.arange(count, dtype=np.int64) + 1_700_000_000,
            "user_id": rng.integers(0, 50, count),
            "item_id": rng.integers(0, 20, count),
            "device": device,
            "price": price,
            "click": (rng.random(count) < chance).astype(np.int64),
        }
    )


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good table folder with ``schema.yaml`` and ``train.yaml``. Copy it before spoiling it."""
    folder = tmp_path_factory.mktemp("shop")
    rows_of(3000).write_parquet(folder / "rows.parquet")
    (folder / "schema.yaml").write_text(yaml.safe_dump(SCHEMA, sort_keys=False))
    (folder / "train.yaml").write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    return folder


@pytest.fixture(scope="session")
def shop_bundle(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on ``shop``."""
    out = tmp_path_factory.mktemp("bundles")
    # Its note of what was trained last stays out of the working folder.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADPLAT_WORKSPACE", str(out / "workspace"))
        assert run(["train", str(shop / "train.yaml"), "--data", str(shop), "--out", str(out)]) == 0
    (bundle,) = (path.parent for path in out.glob("*/manifest.json"))
    return bundle


TINY_WORLD = {
    "name": "tiny",
    "start": "2026-09-07",
    "days": 2,
    "advertisers": 2,
    "campaigns_per_advertiser": 1,
    "creatives_per_campaign": 6,
    "new_creatives_per_campaign": 1,
    "users": 60,
    "impressions": 4000,
}


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a deployed bundle of a tiny world: what ``adplat serve`` needs."""
    folder = tmp_path_factory.mktemp("deployed")
    (folder / "world.yaml").write_text(yaml.safe_dump(TINY_WORLD, sort_keys=False))
    config = {
        "schema": str(configs_folder() / "schemas" / "marketplace.yaml"),
        "data": {"kind": "world", "valid_fraction": 0.2},
        "encoders": {"image": "hashing", "text": "hashing", "image_dimension": 4, "text_dimension": 4},
        "training": {"epochs": 1},
    }
    (folder / "train.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    world, bundles, workspace = folder / "world", folder / "bundles", folder / "workspace"
    for words in (
        ["simulate", folder / "world.yaml", "--out", world],
        ["train", folder / "train.yaml", "--data", world, "--out", bundles, "--cache", folder / "cache"],
    ):
        assert run([str(word) for word in words]) == 0
    (bundle,) = (path.parent for path in bundles.glob("*/manifest.json"))
    assert run(["deploy", str(bundle), "--catalogue", str(world), "--workspace", str(workspace)]) == 0
    return workspace
