"""Training speed of the benchmark: rows a second of real epochs, figures from rounds, a wide table with a truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.ctr import TrainingSpeed, read_train_config
from adplat.data import configs_folder, load_training_tables, read_feature_schema, read_table
from adplat.flows.bench_ctr_frappe import LABEL
from adplat.flows.bench_ctr_speed import Speeds, speed_figures, wide_rival
from adplat.flows.bench_ctr_wide import FIELDS, VALUES, write_wide
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_run import silent
from adplat.flows.rival_quality import Quality


def test_the_wide_table_is_wide_and_its_epochs_can_be_timed(tmp_path: Path) -> None:
    files = write_wide(tmp_path, 2000)
    train = read_table(files.folder / "train.parquet")
    assert train.height == 2000
    assert train.width == FIELDS + 1
    assert 0.2 < train[LABEL].cast(pl.Float64).mean() < 0.8
    assert 100 < train["f0"].n_unique() < VALUES
    schema = read_feature_schema(files.folder / "schema.yaml")
    config, _ = read_train_config(configs_folder() / "bench" / "wide_speed.yaml")
    tables = load_training_tables(schema, config.data, files.folder)
    speed = TrainingSpeed.of(config, schema, tables, tmp_path / "cache", silent)
    assert 0 < speed.rows_per_s() < np.inf


def test_both_sides_of_the_wide_table_have_the_same_sizes() -> None:
    ours, _ = read_train_config(configs_folder() / "bench" / "wide_speed.yaml")
    theirs = wide_rival(1).settings
    assert ours.model.embedding == theirs["embedding_dim"]
    assert list(ours.model.hidden) == theirs["parallel_dnn_hidden_units"]
    assert ours.model.cross_layers == theirs["num_cross_layers"]
    assert (ours.training.batch, ours.training.epochs) == (theirs["batch_size"], theirs["epochs"])
    assert (ours.model.dropout, ours.model.batch_norm) == (theirs["net_dropout"], theirs["batch_norm"])


def test_faster_but_worse_does_not_hold() -> None:
    speeds = Speeds((40.0, 30.0, 44.0), (10.0, 10.0, 11.0), (20.0, 20.0, 11.0))
    ours, theirs = Quality("adplat", 1, 0.98, 0.1, rows=10), Quality("DCNv2", 1, 0.99, 0.1, rows=10)
    figures = {figure.figure_id: figure for figure in speed_figures("frappe", "training", speeds, 3.0, ours, theirs)}
    assert figures["ctr.6.frappe"].value == pytest.approx(4.0)
    assert figures["ctr.6.frappe"].interval == (3.0, 4.0)
    assert figures["ctr.6.frappe"].holds
    assert not figures["ctr.6.frappe_auc"].holds
    assert figures["ctr.6.frappe_bf16"].value == pytest.approx(2.0)


def test_parts_run_apart_and_come_back_in_order() -> None:
    words: list[str] = []
    found = run_parts(
        [Part("slow", sum, ([3, 4],)), Part("quick", max, ([1, 9],))], lambda done, total, what: words.append(what)
    )
    assert found == {"slow": 7, "quick": 9}
    assert list(found) == ["slow", "quick"]
    assert len(words) == 3
    with pytest.raises(ZeroDivisionError):
        run_parts([Part("broken", divmod, (1, 0))], silent)
