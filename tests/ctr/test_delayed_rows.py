"""Late conversions through a whole training run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

from adplat.ctr import train_bundle
from adplat.ctr.delay_config import DelayConfig
from adplat.ctr.delay_trial import delay_trials
from adplat.data import Tables
from adplat.domain import ConfigRejected, FeatureSchema, Outcome
from tests.ctr.builders import START_S, quick_config, quick_fit, shop_rows, shop_schema, shop_tables

AS_OF_S = START_S + 80_000


def late_shop() -> FeatureSchema:
    plain = shop_schema()
    kept = tuple(feature for feature in plain.features if feature.name not in ("title", "picture"))
    outcomes = (Outcome("click", "click"), Outcome("conversion", "paid", delay="paid_s"))
    return replace(plain, features=kept, outcomes=outcomes)


def late_tables(root: Path, count: int = 3000) -> Tables:
    """Those who like loud things pay hours later; a part of that is after the log was read."""
    rows = shop_rows(count)
    rng = np.random.default_rng(5)
    waited = rng.exponential(np.where(rows["item"].to_numpy() % 2, 20_000.0, 500.0))
    rows = rows.with_columns(paid_s=pl.Series(np.where(rows["paid"].to_numpy() == 1, waited, np.nan)).fill_nan(None))
    return Tables(rows[: count * 4 // 5], rows[count * 4 // 5 :], shop_tables(), root)


def delayed(method: str = "survival", **told: object) -> DelayConfig:
    as_of = str(np.datetime64(AS_OF_S, "s"))
    return DelayConfig(method=method, as_of=as_of, window_days=0.5, by=("genre_of",), **told)  # type: ignore[arg-type]


def test_what_arrives_later_changes_no_weight_and_no_history(tmp_path: Path) -> None:
    tables = late_tables(tmp_path)
    arrived = (pl.col("ts") + pl.col("paid_s") <= AS_OF_S) | pl.col("paid_s").is_null()
    forget = [
        pl.when(arrived).then(pl.col("paid")).otherwise(0).alias("paid"),
        pl.when(arrived).then(pl.col("paid_s")).alias("paid_s"),
    ]
    assert tables.valid is not None
    ignorant = replace(tables, rows=tables.rows.with_columns(forget), valid=tables.valid.with_columns(forget))
    assert ignorant.valid is not None
    assert int(ignorant.valid["paid"].sum()) < int(tables.valid["paid"].sum())
    config = quick_config(delayed=replace(delayed(), by=("item",)), training=quick_fit(epochs=1, batch=512))
    weights = []
    for name, given in (("all", tables), ("ignorant", ignorant)):
        outcome = train_bundle(config, late_shop(), given, tmp_path / name, tmp_path / "cache")
        folder = Path(outcome.bundle.path)
        weights.append(load_file(folder / "weights.safetensors"))
    assert all(np.array_equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_ours_is_nearer_to_the_oracle_than_labels_as_seen(tmp_path: Path) -> None:
    tables = late_tables(tmp_path, 8000)
    judged = tables.rows[-600:]
    quick = quick_fit(epochs=2, batch=512)
    config = quick_config(delayed=replace(delayed(), by=("item",)), training=quick)
    trials = delay_trials(
        config, late_shop(), tables, judged, ("vanilla", "survival", "oracle"), tmp_path, lambda *_: None
    )
    vanilla, ours, oracle = (trial.p_raw.mean() for trial in trials)
    assert abs(ours - oracle) < 0.5 * abs(vanilla - oracle)


def test_an_unknown_group_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    config = quick_config(delayed=delayed())
    with pytest.raises(ConfigRejected, match="'genre_of' is no categorical feature"):
        train_bundle(config, late_shop(), late_tables(tmp_path), tmp_path / "out", tmp_path / "cache")
    assert not list(tmp_path.glob("out/*"))
