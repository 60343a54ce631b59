"""Small folders that read as sentences."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.data import Lake, write_feature_schema, write_table
from adplat.domain import Feature, FeatureKind, FeatureSchema, InputError, Outcome, SideTable

REPOSITORY = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 1, tzinfo=UTC)


def real_data(name: str) -> Path:
    """A folder of the public data sets, or a skip that says why."""
    root = Path(os.environ.get("ADPLAT_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (root / name).exists():
        pytest.skip(f"the public data set {name!r} is not at {root} (set ADPLAT_DATA)")
    return root / name


def silent(done: int, total: int, what: str) -> None:
    """A Progress that tells nobody."""


def refusal(kind: type[InputError], action: Callable[[], Any]) -> str:
    """The one line with which ``action`` is refused; fails when it is not refused, or not in one line."""
    with pytest.raises(kind) as caught:
        action()
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.hint
    assert caught.value.exit_code == 2
    return line


def shop_schema() -> FeatureSchema:
    """Rows with a device, a price and a buyer; shown is a product with words."""
    return FeatureSchema(
        name="shop",
        time="ts",
        user="user_id",
        item="item_id",
        outcomes=(Outcome("click", "click"),),
        ignored=("decision_id",),
        tables=(SideTable("items", "items.parquet", "item_id", role="item"),),
        features=(
            Feature("device", FeatureKind.CATEGORICAL),
            Feature("price", FeatureKind.NUMERIC),
            Feature("colour", FeatureKind.CATEGORICAL, table="items"),
            Feature("title", FeatureKind.TEXT, table="items"),
            Feature("clicked", FeatureKind.SEQUENCE, length=5, outcome="click"),
        ),
    )


def shop_rows(count: int = 2_000, seed: int = 0) -> pl.DataFrame:
    """Honest rows over ten days: one a few minutes, a click in ten, nothing that tells it."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, 10 * 86_400, count))
    return pl.DataFrame(
        {
            "decision_id": [f"d{seed}-{number}" for number in range(count)],
            "ts": [START + timedelta(seconds=float(second)) for second in seconds],
            "user_id": rng.integers(0, 50, count),
            "item_id": rng.integers(0, 20, count),
            "device": rng.choice(["phone", "desk"], count),
            "price": rng.normal(10.0, 2.0, count),
            "click": (rng.random(count) < 0.1).astype(np.int64),
        },
        schema_overrides={"ts": pl.Datetime("us", "UTC")},
    )


def shop_items() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": range(20),
            "colour": ["red", "blue"] * 10,
            "title": [f"thing {number}" for number in range(20)],
        }
    )


def shop_folder(
    folder: Path,
    rows: pl.DataFrame | None = None,
    valid: pl.DataFrame | None = None,
    items: pl.DataFrame | None = None,
) -> Path:
    """A table folder as an import would write it."""
    write_table(shop_rows() if rows is None else rows, folder / "rows.parquet")
    write_table(shop_items() if items is None else items, folder / "items.parquet")
    if valid is not None:
        write_table(valid, folder / "valid.parquet")
    write_feature_schema(shop_schema(), folder / "schema.yaml")
    return folder


def impressions(count: int, seed: int = 0, hours: float = 48.0) -> pl.DataFrame:
    """Impressions spread over ``hours``, with the columns that the marketplace schema reads."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, hours * 3600, count))
    moments = [START + timedelta(seconds=float(second)) for second in seconds]
    return pl.DataFrame(
        {
            "decision_id": [f"d{seed}-{number}" for number in range(count)],
            "request_id": [f"r{number}" for number in range(count)],
            "ts": pl.Series(moments, dtype=pl.Datetime("us", "UTC")),
            "user_key": [f"u{number}" for number in rng.integers(0, 40, count)],
            "creative_id": [f"c{number}" for number in rng.integers(0, 10, count)],
            "placement": rng.choice(["top", "side"], count),
            "position": 0,
            "propensity": 0.5,
            "p_ctr": 0.1,
            "device": rng.choice(["phone", "desk"], count),
            "region": "north",
            "hour": [moment.hour for moment in moments],
            "weekday": [moment.weekday() for moment in moments],
            "language": "en",
            "consent": True,
        }
    )


def world_folder(folder: Path, count: int = 3_000) -> Path:
    """A world: a tenth of the impressions clicked, a third of the clicks converted three hours later."""
    lake = Lake(folder / "lake")
    shown = impressions(count)
    clicks = shown[::10].select("decision_id", pl.col("ts") + pl.duration(seconds=30))
    conversions = clicks[::3].select("decision_id", pl.col("ts") + pl.duration(hours=3))
    lake.write("impressions", shown, "a")
    lake.write("clicks", clicks, "a")
    lake.write("conversions", conversions.with_columns(value_micros=5_000_000, kind=pl.lit("buy")), "a")
    (folder / "images").mkdir()
    _png(folder / "images" / "c.png")
    creatives = pl.DataFrame({"creative_id": [f"c{number}" for number in range(10)]}).with_columns(
        campaign_id=pl.lit("k"),
        advertiser_id=pl.lit("a"),
        category=pl.lit("shoes"),
        language=pl.lit("en"),
        headline=pl.lit("Run"),
        body=pl.lit("far"),
        cta=pl.lit("Go"),
        image_path=pl.lit("images/c.png"),
    )
    users = pl.DataFrame({"user_key": [f"u{number}" for number in range(40)]}).with_columns(
        gender=pl.lit("f"), age_band=pl.lit("25-34"), city_tier=pl.lit("1"), segments=pl.lit("a|b")
    )
    write_table(creatives, folder / "catalogue" / "creatives.parquet")
    write_table(users, folder / "catalogue" / "users.parquet")
    schema = (REPOSITORY / "configs" / "schemas" / "marketplace.yaml").read_text(encoding="utf-8")
    (folder / "schema.yaml").write_text(schema, encoding="utf-8")
    return folder


def _png(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 4), "red").save(path)
