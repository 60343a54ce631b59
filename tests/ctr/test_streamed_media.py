"""A streamed table with a catalogue, pictures, words, histories and records makes the model of the table in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.ctr import TrainConfig, TrainingOutcome, train_bundle
from adplat.ctr.config import ModelConfig
from adplat.ctr.familiarity import Familiarity
from adplat.ctr.item_record import ItemRecord
from adplat.ctr.streamed import refuse_past
from adplat.data import (
    DataConfig,
    configs_folder,
    load_training_tables,
    read_config,
    read_feature_schema,
    write_table,
)
from adplat.domain import Feature, FeatureKind, FeatureSchema, TableRejected
from adplat.features import Histories
from tests.ctr.builders import (
    START_S,
    USERS,
    quick_config,
    quick_model,
    shop_rows,
    shop_schema,
    shop_tables,
    with_pictures,
)

SAME = ("weights.safetensors", "vocab.parquet", "items.safetensors", "calibration.json", "content_prior.safetensors")
EVERYTHING = quick_model(record="ordered", familiarity="ordered", content_prior=True, dropout=0.1)


def shop(root: Path, train: pl.DataFrame) -> Path:
    """The shop on disk, with 40 goods so that content can be learned across them; time stands still now and then."""
    with_pictures(root, 40)
    for name, table in shop_tables(40).items():
        write_table(table, root / f"{name}.parquet")
    write_table(train, root / "train.parquet")
    write_table(shop_rows(400, seed=1, items=40, day=1), root / "valid.parquet")
    return root


def train_rows(count: int = 1500) -> pl.DataFrame:
    """Some seconds hold many rows, across the ends of batches; some rows name no user."""
    rows = shop_rows(count, items=40)
    crowded = START_S + (pl.col("ts") - START_S) // 2_000 * 2_000
    missing = pl.Series(np.random.default_rng(3).random(count) < 0.05)
    return rows.with_columns(ts=crowded, user=pl.when(~missing).then(pl.col("user")))


def without_sequences(schema: FeatureSchema) -> FeatureSchema:
    kept = tuple(feature for feature in schema.features if feature.kind is not FeatureKind.SEQUENCE)
    return replace(schema, features=kept)


def config_of(model: ModelConfig) -> TrainConfig:
    data = DataConfig(train="train.parquet", valid="valid.parquet", stream=True)
    return quick_config(model=model, data=data, baselines=("id_only",))


def trained(root: Path, schema: FeatureSchema, model: ModelConfig, batch_rows: int, stream: bool) -> TrainingOutcome:
    config = config_of(model)
    tables = load_training_tables(schema, config.data, root, may_stream=stream)
    tables = replace(tables, stream=tables.stream and replace(tables.stream, batch_rows=batch_rows))
    return train_bundle(config, schema, tables, root / f"out-{stream}-{batch_rows}", root / "cache")


@pytest.mark.parametrize(
    ("schema", "model", "batch_rows"),
    [
        (without_sequences(shop_schema()), quick_model(), 250),
        (shop_schema(), quick_model(), 250),
        (shop_schema(), EVERYTHING, 97),
        (shop_schema(), EVERYTHING, 5_000),
    ],
    ids=["side tables", "sequences", "everything", "everything in one batch"],
)
def test_the_streamed_model_is_the_one_in_memory(
    tmp_path: Path, schema: FeatureSchema, model: ModelConfig, batch_rows: int
) -> None:
    root = shop(tmp_path / "shop", train_rows())
    whole = trained(root, schema, model, batch_rows, stream=False)
    streamed = trained(root, schema, model, batch_rows, stream=True)
    assert whole.metrics == streamed.metrics
    assert whole.baselines == streamed.baselines
    one, other = Path(whole.bundle.path), Path(streamed.bundle.path)
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    records = [ItemRecord.load(folder / "record.safetensors") for folder in (one, other)]
    pairs = [Familiarity.load(folder / "familiarity.safetensors") for folder in (one, other)]
    for name in ("hashes", "impressions", "positives"):
        assert np.array_equal(*(getattr(record, name) for record in records)), name
        assert np.array_equal(*(getattr(pair, name) for pair in pairs)), name
    assert records[0].rate == records[1].rate
    assert np.array_equal(pairs[0].users, pairs[1].users)


def test_words_that_stand_in_the_rows_are_streamed_too(tmp_path: Path) -> None:
    schema = replace(
        without_sequences(shop_schema()),
        tables=(),
        features=(Feature("hour", FeatureKind.CATEGORICAL), Feature("title", FeatureKind.TEXT)),
        item="",
    )
    titles = shop_tables(40)["goods"].select("item", "title")
    root = shop(tmp_path / "shop", train_rows(600).join(titles, on="item", maintain_order="left"))
    write_table(shop_rows(200, seed=1, items=40, day=1).join(titles, on="item"), root / "valid.parquet")
    whole, streamed = (trained(root, schema, quick_model(), 130, stream) for stream in (False, True))
    assert whole.metrics == streamed.metrics
    for name in SAME:
        assert (Path(whole.bundle.path) / name).read_bytes() == (Path(streamed.bundle.path) / name).read_bytes(), name


def test_the_bundle_keeps_what_later_rows_can_see_of_each_user(tmp_path: Path) -> None:
    root, schema = shop(tmp_path / "shop", train_rows()), shop_schema()
    kept = [
        Histories.load(Path(trained(root, schema, quick_model(), 250, stream).bundle.path) / "history.parquet", schema)
        for stream in (False, True)
    ]
    users, later = [str(user) for user in range(USERS)], np.full(USERS, START_S + 10 * 86_400)
    whole, streamed = (histories.before(users, later, 0) for histories in kept)
    assert np.array_equal(whole, streamed)
    assert whole.any()
    assert len(kept[1].sequences[0].time_s) < len(kept[0].sequences[0].time_s)


def test_histories_forget_only_what_no_row_sees_again() -> None:
    schema, rows = shop_schema(), train_rows()
    whole = Histories.from_rows(schema, rows)
    moment = int(rows["ts"][700])
    kept = whole.latest(moment)
    users = pl.Series([str(user) for user in range(USERS)])
    for ahead in (0, 2_000, 4_000, 200_000):
        times = np.full(USERS, moment + ahead)
        assert np.array_equal(whole.before(users, times, 0), kept.before(users, times, 0)), ahead
    assert len(kept.sequences[0].time_s) < len(whole.sequences[0].time_s)


def test_rows_out_of_order_are_refused_with_the_way_to_sort_them(tmp_path: Path) -> None:
    rows = train_rows()
    root = shop(tmp_path / "shop", pl.concat([rows[:600], rows[1200:], rows[600:1200]]))
    with pytest.raises(TableRejected, match=r"row 901 is earlier \(column 'ts'\)") as refused:
        trained(root, shop_schema(), quick_model(), 250, stream=True)
    assert "sort('ts').sink_parquet" in str(refused.value.hint)
    assert not list((root / "cache").glob("rows-*"))
    assert not list(root.glob("out-*"))


def test_a_stream_that_looks_at_no_past_may_be_in_any_order(tmp_path: Path) -> None:
    rows = train_rows(400)
    root = shop(tmp_path / "shop", pl.concat([rows[200:], rows[:200]]))
    assert trained(root, without_sequences(shop_schema()), quick_model(), 150, stream=True).metrics["rows"] == 400


def test_held_out_rows_earlier_than_streamed_ones_are_refused(tmp_path: Path) -> None:
    root = shop(tmp_path / "shop", shop_rows(300, items=40, day=2))
    with pytest.raises(TableRejected, match="the split leaks"):
        load_training_tables(shop_schema(), config_of(quick_model()).data, root, may_stream=True)


def test_the_committed_config_streams_the_marketplace() -> None:
    config = read_config(configs_folder() / "ctr" / "marketplace_stream.yaml", TrainConfig)
    assert config.data.stream
    refuse_past(read_feature_schema(configs_folder() / "schemas" / "marketplace_clicks.yaml"), config)
