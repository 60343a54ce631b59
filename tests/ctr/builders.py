"""A small shop whose clicks follow taste, and quick ways to train on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image

from adplat.ctr import CalibrationConfig, FitConfig, ModelConfig, TrainConfig, TrainingOutcome, train_bundle
from adplat.data import DataConfig, Tables
from adplat.domain import Feature, FeatureKind, FeatureSchema, Outcome, SideTable
from adplat.features import EncoderConfig, ItemBlock, RowArrays

START_S = 1_700_000_000
ITEMS, USERS = 20, 30
GENRES = ("calm", "loud")
LIGHT = EncoderConfig(image="hashing", text="hashing", image_dimension=4, text_dimension=4)


def shop_schema(*, conversions: bool = True) -> FeatureSchema:
    outcomes = (Outcome("click", "click"), Outcome("conversion", "paid"))
    return FeatureSchema(
        name="shop",
        features=(
            Feature("hour", FeatureKind.CATEGORICAL),
            Feature("user", FeatureKind.CATEGORICAL),
            Feature("item", FeatureKind.CATEGORICAL),
            Feature("taste", FeatureKind.CATEGORICAL, table="people"),
            Feature("genre", FeatureKind.CATEGORICAL, table="goods", separator="|"),
            Feature("price", FeatureKind.NUMERIC, table="goods"),
            Feature("title", FeatureKind.TEXT, table="goods"),
            Feature("picture", FeatureKind.IMAGE, table="goods"),
            Feature("clicked", FeatureKind.SEQUENCE, length=5, outcome="click"),
        ),
        outcomes=outcomes if conversions else outcomes[:1],
        tables=(
            SideTable("goods", "goods.parquet", "item", "item"),
            SideTable("people", "people.parquet", "user", "user"),
        ),
        time="ts",
        user="user",
        item="item",
        ignored=("rating",),
    )


def shop_tables(items: int = ITEMS) -> dict[str, pl.DataFrame]:
    return {
        "goods": pl.DataFrame(
            {
                "item": list(range(items)),
                "genre": [GENRES[i % 2] for i in range(items)],
                "price": [float(i % 7) for i in range(items)],
                "title": [f"{GENRES[i % 2]} thing {i}" for i in range(items)],
                "picture": [f"images/{i}.png" for i in range(items)],
            }
        ),
        "people": pl.DataFrame({"user": list(range(USERS)), "taste": [GENRES[u % 2] for u in range(USERS)]}),
    }


def shop_rows(count: int = 1500, seed: int = 0, items: int = ITEMS, users: int = USERS, day: int = 0) -> pl.DataFrame:
    """Users click on what they like far more than on the rest, and on loud things more; a third of clicks pay."""
    rng = np.random.default_rng(seed)
    user, item = rng.integers(0, users, count), rng.integers(0, items, count)
    click = rng.random(count) < np.where(user % 2 == item % 2, 0.5, 0.08) * np.where(item % 2, 1.0, 0.6)
    return pl.DataFrame(
        {
            "user": user,
            "item": item,
            "hour": rng.integers(0, 24, count),
            "ts": START_S + day * 86_400 + np.sort(rng.integers(0, 80_000, count)),
            "click": click.astype(np.int64),
            "paid": (click & (rng.random(count) < 0.33)).astype(np.int64),
            "rating": 1 + 4 * click.astype(np.int64),
        }
    )


def with_pictures(root: Path, items: int = ITEMS) -> Path:
    (root / "images").mkdir(parents=True, exist_ok=True)
    for number in range(items):
        pixels = np.random.default_rng(number).integers(0, 256, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / "images" / f"{number}.png")
    return root


def shop_tables_of(root: Path, count: int = 1500) -> Tables:
    """The shop's rows with their last fifth held out."""
    rows = shop_rows(count)
    cut = count * 4 // 5
    return Tables(rows[:cut], rows[cut:], shop_tables(), root)


def shop_folder(root: Path, count: int = 1500) -> Path:
    """The shop as a table folder on disk."""
    with_pictures(root)
    for name, table in shop_tables().items():
        table.write_parquet(root / f"{name}.parquet")
    shop_rows(count).write_parquet(root / "rows.parquet")
    return root


def quick_model(**changes: Any) -> ModelConfig:
    plain = ModelConfig(embedding=4, tower=3, interest=4, cross_layers=1, hidden=(8,), dropout=0.0)
    return replace(plain, **changes)


def quick_fit(**changes: Any) -> FitConfig:
    return replace(FitConfig(epochs=4, batch=128, rate=0.02, patience=2), **changes)


def quick_config(**changes: Any) -> TrainConfig:
    plain = TrainConfig(
        schema="shop.yaml",
        data=DataConfig(valid_fraction=0.2),
        encoders=LIGHT,
        model=quick_model(record="ordered"),
        training=quick_fit(),
        calibration=CalibrationConfig(pieces=2, positives_per_piece=30),
        seed=1,
    )
    return replace(plain, **changes)


def train_shop(root: Path, out: Path, schema: FeatureSchema | None = None, **changes: Any) -> TrainingOutcome:
    return train_bundle(quick_config(**changes), schema or shop_schema(), shop_tables_of(root), out, root / "cache")


def plain_block(items: int, **parts: Any) -> ItemBlock:
    """A block of ``items`` items with nothing but ids and the given parts."""
    rows = items + 1
    arrays: dict[str, Any] = {
        "ids": tuple(str(number) for number in range(items)),
        "hashes": np.arange(rows, dtype=np.int64),
        "categorical": np.arange(rows, dtype=np.int32)[:, None],
        "bags": np.zeros((rows, 0, 1), np.int32),
        "numeric": np.zeros((rows, 0), np.float32),
        "image": np.zeros((rows, 0), np.float32),
        "image_present": np.zeros(rows, np.float32),
        "text": np.zeros((rows, 0), np.float32),
        "text_present": np.zeros(rows, np.float32),
    }
    return ItemBlock(**(arrays | parts))


def plain_rows(item: Any, **parts: Any) -> RowArrays:
    """Rows that show these items and carry nothing but the given parts."""
    count = len(item)
    arrays: dict[str, Any] = {
        "item": np.asarray(item, dtype=np.int32),
        "categorical": np.zeros((count, 0), np.int32),
        "bags": np.zeros((count, 0, 1), np.int32),
        "numeric": np.zeros((count, 0), np.float32),
        "history": np.zeros((count, 0, 0), np.int32),
        "user": np.zeros(count, np.int64),
    }
    return RowArrays(**(arrays | parts))
