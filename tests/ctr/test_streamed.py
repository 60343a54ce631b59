from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.ctr import FitConfig, ModelConfig, train_bundle
from adplat.ctr.item_record import ItemRecord
from adplat.ctr.streamed import refuse_past
from adplat.data import DataConfig, load_training_tables, write_table
from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema, InputError, Outcome, TableRejected
from tests.ctr.builders import quick_config, quick_model, shop_schema

SCHEMA = FeatureSchema(
    name="plain",
    features=(
        Feature("item", FeatureKind.CATEGORICAL),
        Feature("place", FeatureKind.CATEGORICAL, min_count=3),
        Feature("tags", FeatureKind.CATEGORICAL, separator="|"),
        Feature("price", FeatureKind.NUMERIC),
    ),
    outcomes=(Outcome("click", "click"),),
    time="ts",
    item="item",
)
CONFIG = quick_config(
    model=quick_model(dropout=0.1), data=DataConfig(train="train.parquet", valid="valid.parquet", stream=True)
)


def rows(count: int, seed: int, start: int = 1_700_000_000) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    item = rng.integers(0, 12, count)
    return pl.DataFrame(
        {
            "item": item,
            "place": [f"p{int(number)}" for number in rng.zipf(1.7, count) % 50],
            "tags": [None if number == 0 else "|".join("abcd"[:number]) for number in rng.integers(0, 5, count)],
            "price": [
                None if gap else price
                for gap, price in zip(rng.random(count) < 0.1, rng.normal(3, 2, count), strict=True)
            ],
            "ts": start + np.arange(count),
            "click": (rng.random(count) < 0.1 + 0.06 * (item % 5)).astype(np.int64),
        },
        schema_overrides={"price": pl.Float64},
    )


def folder(root: Path, train: pl.DataFrame) -> Path:
    root.mkdir()
    write_table(train, root / "train.parquet")
    write_table(rows(400, 1, 1_700_100_000), root / "valid.parquet")
    return root


def test_a_streamed_table_makes_the_very_model_of_the_table_in_memory(tmp_path: Path) -> None:
    data = folder(tmp_path / "data", rows(2000, 0))
    outcomes = []
    for may_stream in (False, True):
        tables = load_training_tables(SCHEMA, CONFIG.data, data, may_stream=may_stream)
        assert (tables.stream is not None) == may_stream
        tables = replace(tables, stream=tables.stream and replace(tables.stream, batch_rows=300))
        out = tmp_path / f"out{may_stream}"
        outcomes.append(train_bundle(CONFIG, SCHEMA, tables, out, tmp_path / "cache"))
    whole, streamed = (outcome.bundle for outcome in outcomes)
    assert outcomes[0].metrics == outcomes[1].metrics
    for name in ("weights.safetensors", "vocab.parquet", "items.safetensors", "calibration.json"):
        assert (Path(whole.path) / name).read_bytes() == (Path(streamed.path) / name).read_bytes(), name
    records = [ItemRecord.load(Path(bundle.path) / "record.safetensors") for bundle in (whole, streamed)]
    for name in ("hashes", "impressions", "positives"):
        assert np.array_equal(*(getattr(record, name) for record in records)), name
    assert records[0].rate == pytest.approx(records[1].rate, rel=1e-6)
    assert not list((tmp_path / "cache").glob("rows-*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": ModelConfig(record="joint")}, "model.record: joint"),
        ({"model": ModelConfig(record="folds")}, "model.record: folds"),
        ({"model": ModelConfig(familiarity="others")}, "model.familiarity: others"),
        ({"training": FitConfig(refit=True)}, "training.refit"),
        ({"baselines": ("lightgbm",)}, "baselines: lightgbm"),
    ],
)
def test_what_needs_the_whole_table_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    data = folder(tmp_path / "data", rows(100, 0))
    tables = load_training_tables(SCHEMA, CONFIG.data, data, may_stream=True)
    with pytest.raises(ConfigRejected, match=said):
        train_bundle(replace(CONFIG, **change), SCHEMA, tables, tmp_path / "out", tmp_path / "cache")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def late_shop() -> FeatureSchema:
    schema = shop_schema()
    paid = replace(schema.outcomes[1], delay="waited")
    return replace(schema, outcomes=(schema.outcomes[0], paid))


def test_late_conversions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="a conversion that comes late"):
        refuse_past(late_shop(), quick_config())


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (rows(50, 0).with_columns(click=pl.lit(0)), "have the same 'click'"),
        (rows(50, 0).drop("place"), "no column 'place'"),
        (rows(50, 0).with_columns(price=pl.lit(float("nan"))), "holds NaN in row 1"),
        (rows(50, 0).with_columns(place=pl.lit(None, pl.String)), "column 'place' has no value"),
        (rows(50, 0).with_columns(click=pl.when(pl.col("ts") % 2 == 0).then(pl.col("click"))), "rows from row"),
    ],
)
def test_bad_rows_are_refused_while_they_stream(tmp_path: Path, broken: pl.DataFrame, said: str) -> None:
    data = folder(tmp_path / "data", broken)
    with pytest.raises(TableRejected, match=said):
        load_training_tables(SCHEMA, CONFIG.data, data, may_stream=True)


def test_a_stream_is_not_split(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not split"):
        DataConfig(stream=True)


def test_a_world_is_joined_before_it_is_streamed() -> None:
    with pytest.raises(InputError, match="a world is not streamed") as refused:
        DataConfig(kind="world", valid="later.parquet", stream=True)
    assert "adplat data join" in str(refused.value.hint)
