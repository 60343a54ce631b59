"""Small data sets that read as sentences."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from adplat.domain import Feature, FeatureKind, FeatureSchema, Outcome, SideTable, Vocabulary
from adplat.features import EncoderConfig, FeatureEncoding, Histories, ItemBlock

LIGHT = EncoderConfig(image="hashing", text="hashing", image_dimension=4, text_dimension=4)
TABULAR = EncoderConfig(image="none", text="none")
LENGTH = 5

CATEGORICAL, NUMERIC = FeatureKind.CATEGORICAL, FeatureKind.NUMERIC


def every_kind() -> FeatureSchema:
    """One feature of every kind on every side that may carry it."""
    return FeatureSchema(
        name="every-kind",
        features=(
            Feature("age", NUMERIC, table="people"),
            Feature("item", CATEGORICAL),
            Feature("hour", CATEGORICAL),
            Feature("who", CATEGORICAL, columns=("user",), vocabulary=Vocabulary.HASHED, buckets=50),
            Feature("segments", CATEGORICAL, table="people", separator="|"),
            Feature("topics", CATEGORICAL, separator=","),
            Feature("site_kind", CATEGORICAL, table="sites", columns=("kind",)),
            Feature("gender", CATEGORICAL, table="people"),
            Feature("speed", NUMERIC),
            Feature("genre", CATEGORICAL, table="goods", separator="|"),
            Feature("price", NUMERIC, table="goods"),
            Feature("title", FeatureKind.TEXT, table="goods", columns=("title", "tags")),
            Feature("picture", FeatureKind.IMAGE, table="goods"),
            Feature("clicked", FeatureKind.SEQUENCE, length=LENGTH, outcome="click"),
            Feature("bought", FeatureKind.SEQUENCE, length=3, outcome="conversion"),
        ),
        outcomes=(Outcome("click", "click"), Outcome("conversion", "paid")),
        tables=(
            SideTable("goods", "goods.parquet", "item", "item"),
            SideTable("people", "people.parquet", "user", "user"),
            SideTable("sites", "sites.parquet", "site"),
        ),
        time="ts",
        user="user",
        item="item",
    )


def tables_of(goods: int = 12) -> dict[str, pl.DataFrame]:
    return {
        "goods": pl.DataFrame(
            {
                "item": list(range(goods)),
                "genre": [["fun|new", "new", None, "old|fun|fun"][i % 4] for i in range(goods)],
                "price": [None if i % 5 == 0 else 1.5 * i for i in range(goods)],
                "title": [f"Thing number {i}" for i in range(goods)],
                "tags": [None if i % 2 else "cheap" for i in range(goods)],
                "picture": [f"images/{i}.png" for i in range(goods)],
            }
        ),
        "people": pl.DataFrame(
            {
                "user": list(range(8)),
                "age": [None, 20, 30, 31, 44, 50, 61, 70],
                "gender": ["f", "m", None, "f", "m", "", "f", "m"],
                "segments": ["a|b", "", None, "c", "a|a|d", "b|c|a", " d ", "e"],
            }
        ),
        "sites": pl.DataFrame({"site": ["x", "y", "z"], "kind": ["news", "shop", "news"]}),
    }


def rows_of(seed: int = 0, count: int = 300, goods: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "user": rng.integers(0, 9, count),  # user 8 is in no table
            "item": rng.integers(0, goods, count),
            "site": rng.choice(["x", "y", "z", "nowhere"], count),
            "hour": rng.integers(0, 24, count),
            "topics": rng.choice(["cars,news", "food", "", "news, food"], count),
            "speed": rng.normal(10.0, 3.0, count),
            "ts": np.sort(rng.integers(1_700_000_000, 1_700_050_000, count)),
            "click": rng.integers(0, 2, count),
            "paid": rng.integers(0, 2, count),
        }
    )


def painted(number: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    """A picture that differs from every other number's."""
    pixels = np.random.default_rng(number).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    pixels[:, :, number % 3] = (number * 37) % 256
    return Image.fromarray(pixels)


def bytes_of(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def folder_with_pictures(root: Path, count: int = 12) -> Path:
    (root / "images").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        painted(number).save(root / "images" / f"{number}.png")
    return root


def fitted(root: Path, encoders: EncoderConfig = LIGHT) -> tuple[FeatureEncoding, ItemBlock, Histories]:
    """Fitted on ``rows_of()``, with the block of all goods."""
    rows, tables = rows_of(), tables_of()
    encoding = FeatureEncoding.fit(every_kind(), rows, tables, root, encoders)
    return encoding, encoding.item_block(tables["goods"], root), Histories.from_rows(every_kind(), rows)
