"""Folders into tables: what is held out, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from adplat.data import (
    DataConfig,
    load_side_tables,
    load_training_tables,
    read_feature_schema,
    require_columns,
    write_table,
)
from adplat.domain import ConfigRejected, Feature, FeatureKind, MissingInput, TableRejected
from tests.data.builders import (
    REPOSITORY,
    real_data,
    refusal,
    shop_folder,
    shop_items,
    shop_rows,
    shop_schema,
    world_folder,
)


def test_the_latest_tenth_is_held_out(tmp_path: Path) -> None:
    tables = load_training_tables(shop_schema(), DataConfig(), shop_folder(tmp_path))
    assert tables.valid is not None
    assert (tables.rows.height, tables.valid.height) == (1_800, 200)
    assert tables.rows["ts"].max() < tables.valid["ts"].min()  # type: ignore[operator]
    assert tables.tables["items"].equals(shop_items())
    assert tables.root == tmp_path


def test_a_named_valid_file_is_used_and_a_sample_is_taken_from_training_only(tmp_path: Path) -> None:
    later = shop_rows(300, seed=9).with_columns(pl.col("ts") + pl.duration(days=10))
    folder = shop_folder(tmp_path, valid=later)
    config = DataConfig(valid="valid.parquet", sample=500)
    tables = load_training_tables(shop_schema(), config, folder)
    assert tables.valid is not None
    assert (tables.rows.height, tables.valid.height) == (500, 300)
    assert load_training_tables(shop_schema(), config, folder).rows.equals(tables.rows)


def test_held_out_rows_before_the_last_training_row_are_a_leak(tmp_path: Path) -> None:
    folder = shop_folder(tmp_path, valid=shop_rows(300, seed=9))
    said = refusal(
        TableRejected, lambda: load_training_tables(shop_schema(), DataConfig(valid="valid.parquet"), folder)
    )
    assert "leaks" in said
    assert "valid.parquet" in said


def test_held_out_rows_with_another_kind_of_time_are_refused(tmp_path: Path) -> None:
    later = shop_rows(300, seed=9).with_columns(pl.col("ts").dt.epoch("s") + 864_000)
    folder = shop_folder(tmp_path, valid=later)
    said = refusal(
        TableRejected, lambda: load_training_tables(shop_schema(), DataConfig(valid="valid.parquet"), folder)
    )
    assert "'ts'" in said


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_side_table_is_looked_at_like_the_rows(tmp_path: Path, value: float | None) -> None:
    weights = [value] * 20 if value is None else [1.0, value, *[2.0] * 18]
    items = shop_items().with_columns(weight=pl.Series(weights, dtype=pl.Float64))
    schema = shop_schema()
    schema = replace(schema, features=(*schema.features, Feature("weight", FeatureKind.NUMERIC, table="items")))
    said = refusal(
        TableRejected, lambda: load_training_tables(schema, DataConfig(), shop_folder(tmp_path, items=items))
    )
    assert "'weight'" in said
    assert "items.parquet" in said


def test_a_world_is_joined_and_split_in_time(tmp_path: Path) -> None:
    folder = world_folder(tmp_path)
    schema = read_feature_schema(folder / "schema.yaml")
    tables = load_training_tables(schema, DataConfig(kind="world", valid_fraction=0.2), folder)
    assert tables.valid is not None
    assert (tables.rows.height, tables.valid.height) == (2_400, 600)
    assert set(tables.tables) == {"creatives", "users"}


def test_the_public_sets_fit_their_schemas() -> None:
    schemas = REPOSITORY / "configs" / "schemas"
    for name, data, train in [
        ("movielens_posters", "movielens_posters", "interactions_ml100k.parquet"),
        ("movielens_small", "movielens_posters", "interactions_mlsmall.parquet"),
        ("frappe", "frappe_x1", "train.parquet"),
    ]:
        schema = read_feature_schema(schemas / f"{name}.yaml")
        tables = load_training_tables(schema, DataConfig(train=train), real_data(data))
        assert tables.valid is not None
        assert 0.05 < tables.valid.height / (tables.rows.height + tables.valid.height) < 0.15


def test_an_absent_folder_and_an_absent_file(tmp_path: Path) -> None:
    schema = shop_schema()
    line = refusal(MissingInput, lambda: load_training_tables(schema, DataConfig(), tmp_path / "nowhere"))
    assert "no such folder" in line
    shop_folder(tmp_path)
    config = DataConfig(train="train.parquet")
    assert "rows.parquet" in refusal(MissingInput, lambda: load_training_tables(schema, config, tmp_path))


def test_an_absent_side_table_is_refused_unless_it_may_be_absent(tmp_path: Path) -> None:
    (shop_folder(tmp_path) / "items.parquet").unlink()
    refusal(MissingInput, lambda: load_side_tables(shop_schema(), tmp_path))
    assert load_side_tables(shop_schema(), tmp_path, allow_absent=True) == {}


def test_a_side_table_with_a_key_twice_or_missing_is_refused(tmp_path: Path) -> None:
    shop_folder(tmp_path, items=pl.concat([shop_items(), shop_items().head(1)]))
    assert "more than one row" in refusal(TableRejected, lambda: load_side_tables(shop_schema(), tmp_path))
    write_table(shop_items().with_columns(item_id=pl.lit(None, pl.Int64)), tmp_path / "items.parquet")
    assert "have no 'item_id'" in refusal(TableRejected, lambda: load_side_tables(shop_schema(), tmp_path))


def spoilt(folder: Path, rows: pl.DataFrame) -> str:
    shop_folder(folder, rows)
    return refusal(TableRejected, lambda: load_training_tables(shop_schema(), DataConfig(), folder))


def test_rows_that_cannot_be_learned_from_are_refused(tmp_path: Path) -> None:
    rows = shop_rows(100)
    assert "same 'click'" in spoilt(tmp_path / "a", rows.with_columns(click=pl.lit(0)))
    assert "no column 'device'" in spoilt(tmp_path / "b", rows.drop("device"))
    assert "no rows" in spoilt(tmp_path / "c", rows.clear())
    assert "holds type String" in spoilt(tmp_path / "d", rows.with_columns(price=pl.lit("dear")))
    unlabelled = rows.with_columns(click=pl.when(pl.col("click") == 0).then(0))
    assert "have no 'click'" in spoilt(tmp_path / "e", unlabelled)


def test_scoring_does_without_outcomes(tmp_path: Path) -> None:
    unlabelled = shop_rows(5).drop("click")
    require_columns(shop_schema(), unlabelled, tmp_path)
    line = refusal(TableRejected, lambda: require_columns(shop_schema(), unlabelled, tmp_path, outcomes=True))
    assert "'click'" in line


def test_a_config_out_of_range_is_refused() -> None:
    refusal(ConfigRejected, lambda: DataConfig(valid_fraction=1.0))
    refusal(ConfigRejected, lambda: DataConfig(sample=-1))
    refusal(ConfigRejected, lambda: DataConfig(train=""))
