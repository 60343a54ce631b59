"""Headline tests made up: questions lose, some words win, and every test has a level of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from adplat.ctr import TrainConfig, TrainingOutcome, train_bundle
from adplat.ctr.config import FitConfig, ModelConfig
from adplat.ctr.contrast_config import ContrastConfig
from adplat.data import DataConfig, load_training_tables, write_table
from adplat.domain import Feature, FeatureKind, FeatureSchema, Outcome
from adplat.features import EncoderConfig, WideConfig

SCHEMA = FeatureSchema(
    name="headlines",
    group="test",
    outcomes=(Outcome("click", "clicks", trials="shown"),),
    features=(
        Feature("headline", FeatureKind.TEXT),
        Feature("picture", FeatureKind.CATEGORICAL),
        Feature("hour", FeatureKind.NUMERIC, columns=("filed",), pattern="^([0-9a-f]{8})", base=16),
    ),
    ignored=("winner",),
)
_TOPICS = ("bridges", "rivers", "teachers", "bakers", "maps", "gardens", "trains", "letters")
_EFFECTS = {"watch": 0.5, "hidden": 0.35, "today": 0.0, "report": -0.4, "minutes": -0.2, "quiet": 0.0}


def headline_rows(tests: int, seed: int = 0) -> pl.DataFrame:
    """Four headlines a test on one topic; a question costs 0.4 of log-odds, words what ``_EFFECTS`` says."""
    rng = np.random.default_rng(seed)
    rows = []
    for test in range(tests):
        topic, level = rng.choice(_TOPICS), rng.normal(-4.0, 0.8)
        for _ in range(4):
            words = rng.choice(list(_EFFECTS), 2, replace=False)
            asks = bool(rng.random() < 0.5)
            effect = sum(_EFFECTS[word] for word in words) - 0.4 * asks
            shown = int(rng.integers(2_000, 6_000))
            clicks = rng.binomial(shown, 1.0 / (1.0 + np.exp(-(level + effect))))
            headline = f"{words[0].title()} {topic} {words[1]}{'?' if asks else '.'}"
            filed = f"{int(rng.integers(1_400_000_000, 1_400_500_000)):08x}00"
            rows.append((f"t{seed}-{test}", headline, f"p{rng.integers(50)}", filed, shown, int(clicks), asks))
    names = ("test", "headline", "picture", "filed", "shown", "clicks", "winner")
    return pl.DataFrame(rows, schema=names, orient="row")


def train_headlines(
    folder: Path, out: Path, rows: pl.DataFrame | None = None, schema: FeatureSchema = SCHEMA, **changed: object
) -> TrainingOutcome:
    """A bundle of contrasts from ``rows`` (120 tests), a fifth of the tests held out."""
    write_table(headline_rows(120) if rows is None else rows, folder / "rows.parquet")
    settings: dict[str, object] = {
        "schema": "unused",
        "data": DataConfig(valid_fraction=0.2),
        "encoders": EncoderConfig(text="hashing"),
        "model": ModelConfig(kind="contrast"),
        "contrast": ContrastConfig(wide=WideConfig(buckets=4096)),
        "training": FitConfig(refit=True),
    }
    config = TrainConfig(**(settings | changed))  # type: ignore[arg-type]
    return train_bundle(config, schema, load_training_tables(schema, config.data, folder), out, folder / "cache")
