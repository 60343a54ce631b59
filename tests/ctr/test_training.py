from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from adplat.ctr import CalibrationConfig, KeptBundle, TrainingOutcome, evaluate, train_bundle
from adplat.ctr.prepare import prepare
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from tests.ctr.builders import (
    quick_config,
    quick_fit,
    quick_model,
    shop_rows,
    shop_schema,
    shop_tables,
    shop_tables_of,
    train_shop,
)


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def test_the_model_learns_the_taste_and_says_so_beside_its_baselines(trained: TrainingOutcome) -> None:
    assert trained.metrics["auc"] > 0.65
    assert set(trained.baselines) == {"id_only", "lightgbm"}
    for figures in trained.baselines.values():
        assert figures["rows"] == trained.metrics["rows"] == 300
        assert figures["auc"] > 0.55
    told = json.loads((Path(trained.bundle.path) / "metrics.json").read_text())
    assert told["auc"] == trained.metrics["auc"]
    assert set(told["baselines"]) == set(trained.baselines)
    card = (Path(trained.bundle.path) / "model_card.md").read_text()
    assert "| lightgbm | new items |" in card


def test_the_document_of_the_command_line_is_json(trained: TrainingOutcome) -> None:
    told = json.loads(json.dumps(trained.as_json(), allow_nan=False))
    assert told["bundle"] == trained.bundle.path
    assert told["metrics"]["auc"] == trained.metrics["auc"]


def test_judging_the_training_folder_again_gives_the_figures_of_training(trained: TrainingOutcome, shop: Path) -> None:
    kept = KeptBundle.open(Path(trained.bundle.path))
    told = evaluate(kept, shop_tables_of(shop), shop / "cache", quiet)
    assert told["judged"] == "held out"
    assert told["overall"]["auc"] == pytest.approx(trained.metrics["auc"], abs=1e-3)
    assert told["overall"]["rows"] == 300


def test_rows_after_the_training_period_are_judged_with_the_whole_past(trained: TrainingOutcome, shop: Path) -> None:
    kept = KeptBundle.open(Path(trained.bundle.path))
    later = shop_rows(400, seed=9, items=25, day=2)
    tables = replace(shop_tables_of(shop), rows=pl.concat([shop_rows(1500), later]), valid=None)
    told = evaluate(kept, replace(tables, tables=shop_tables(25)), shop / "cache", quiet)
    assert told["judged"] == "later"
    assert told["overall"]["rows"] == 400
    assert told["slices"]["new items"]["rows"] == later.filter(pl.col("item") >= 20).height > 0
    assert told["slices"]["warm items"]["auc"] > 0.6


def test_later_rows_are_prepared_with_the_past_of_the_earlier_ones_alone(shop: Path) -> None:
    tables = shop_tables_of(shop)
    assert tables.valid is not None
    config = quick_config()
    plain = prepare(shop_schema(), config, tables.rows, tables.valid, tables.tables, shop, shop / "cache", quiet)
    flipped = tables.valid.with_columns(click=1 - pl.col("click"), paid=1 - pl.col("paid"))
    other = prepare(shop_schema(), config, tables.rows, flipped, tables.tables, shop, shop / "cache", quiet)
    assert plain.later is not None
    assert other.later is not None
    assert (plain.later.record == other.later.record).all()
    assert (plain.later.rows.history == other.later.rows.history).all()
    assert not (plain.later.labels == other.later.labels).all()


def test_a_refit_sees_all_rows_and_keeps_the_figures_of_the_earlier_ones(shop: Path, tmp_path: Path) -> None:
    plain = train_shop(shop, tmp_path / "plain")
    refitted = train_shop(shop, tmp_path / "refitted", training=quick_fit(refit=True))
    assert refitted.metrics["auc"] == plain.metrics["auc"]
    weights = [(Path(o.bundle.path) / "weights.safetensors").read_bytes() for o in (plain, refitted)]
    assert weights[0] != weights[1]
    told = evaluate(KeptBundle.open(Path(refitted.bundle.path)), shop_tables_of(shop), shop / "cache", quiet)
    assert told["judged"] == "fitted"


def test_without_held_out_rows_there_is_a_bundle_and_no_figures(shop: Path, tmp_path: Path) -> None:
    tables = replace(shop_tables_of(shop), valid=None)
    config = quick_config(training=quick_fit(epochs=1))
    outcome = train_bundle(config, shop_schema(), tables, tmp_path, shop / "cache")
    assert outcome.metrics == {"epochs": [1]}
    assert "Nothing was held out" in (Path(outcome.bundle.path) / "model_card.md").read_text()


def test_several_members_are_one_graph(shop: Path, tmp_path: Path) -> None:
    outcome = train_shop(shop, tmp_path, model=quick_model(members=2), training=quick_fit(epochs=1))
    kept = KeptBundle.open(Path(outcome.bundle.path))
    assert len(outcome.metrics["epochs"]) == 2
    assert kept.score(shop_rows(10), shop_tables(), kept.items).p_ctr.shape == (10,)


def test_rows_of_one_class_are_refused_and_nothing_is_written(shop: Path, tmp_path: Path) -> None:
    tables = shop_tables_of(shop)
    one = replace(tables, rows=tables.rows.with_columns(click=pl.lit(0), paid=pl.lit(0)))
    with pytest.raises(TableRejected):
        train_bundle(quick_config(), shop_schema(), one, tmp_path / "out", shop / "cache")
    assert not (tmp_path / "out").exists()


def test_rows_without_outcomes_cannot_be_judged(trained: TrainingOutcome, shop: Path) -> None:
    kept = KeptBundle.open(Path(trained.bundle.path))
    tables = shop_tables_of(shop)
    bare = replace(tables, rows=tables.rows.drop("click"), valid=None)
    with pytest.raises(MissingInput, match="click"):
        evaluate(kept, bare, shop / "cache", quiet)


def test_a_refit_keeps_the_offsets_with_their_values(shop: Path, tmp_path: Path) -> None:
    calibration = CalibrationConfig(pieces=1, fields=("taste", "item"))
    outcome = train_shop(shop, tmp_path, calibration=calibration, training=quick_fit(refit=True))
    told = json.loads((Path(outcome.bundle.path) / "calibration.json").read_text())
    assert [field["name"] for field in told["click"]["fields"]] == ["taste", "item"]
    assert all(field["offsets"][0] == 0.0 for head in told.values() for field in head["fields"])
    change = outcome.metrics["calibration"]
    assert change["after"]["auc"] > change["before"]["auc"] - 1e-2
    assert change["before"].keys() == change["after"].keys()


def test_a_field_to_calibrate_that_is_none_is_refused_before_anything_is_fitted(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match=r"'price' is no categorical feature .*calibration.fields.*taste"):
        train_shop(shop, tmp_path, calibration=CalibrationConfig(fields=("price",)))
    assert not list(tmp_path.iterdir())
