"""Contrasts: what makes one creative of a test do better, learned from counts, kept, scored by the same commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat import statistics
from adplat.ctr import ContrastModel, KeptBundle, TrainingOutcome, counts_of
from adplat.ctr.config import ModelConfig
from adplat.ctr.contrast_config import ContrastConfig
from adplat.data import write_table
from adplat.domain import BundleRejected, ConfigRejected, Outcome, SchemaMismatch, TableRejected
from adplat.features import WideConfig
from adplat.flows.score_file import score_file
from tests.ctr.headlines import SCHEMA, headline_rows, train_headlines


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> TrainingOutcome:
    return train_headlines(tmp_path_factory.mktemp("rows"), tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def model(told: TrainingOutcome) -> ContrastModel:
    return ContrastModel.open(Path(told.bundle.path))


def right_of(rows: pl.DataFrame, scores: np.ndarray) -> float:
    found = statistics.pair_order(*counts_of(SCHEMA, rows), scores, np.random.default_rng(0), 20).right
    assert found is not None
    return found.value


def test_headlines_of_unseen_tests_are_put_in_order(model: ContrastModel) -> None:
    later = headline_rows(100, seed=5)
    assert right_of(later, model.score(later, None, quiet)) > 0.85


def test_figures_are_of_whole_tests_held_out_and_say_how_sure_they_are(told: TrainingOutcome) -> None:
    metrics = told.metrics
    assert metrics["rows"] == 4 * 24
    assert metrics["pairs_right_low"] < metrics["pairs_right"] < metrics["pairs_right_high"]
    assert metrics["clear_pairs_right"] > 0.85
    assert metrics["pcoc"] == pytest.approx(1.0, abs=0.4)


def test_outcomes_and_the_test_neither_have_to_be_there_nor_change_a_score(
    told: TrainingOutcome, tmp_path: Path
) -> None:
    rows = headline_rows(10, seed=6)
    spoiled = rows.with_columns(clicks=pl.col("shown") - 1, winner=~pl.col("winner"), test=pl.lit("other"))
    scored = []
    for name, frame in (("whole", rows), ("bare", rows.select("headline", "picture", "filed")), ("spoiled", spoiled)):
        write_table(frame, tmp_path / f"{name}.parquet")
        out = tmp_path / f"{name}-scores.parquet"
        score_file(Path(told.bundle.path), tmp_path / f"{name}.parquet", out, cache_dir=tmp_path, progress=quiet)
        scored.append(pl.read_parquet(out))
    assert scored[0].columns == ["p_ctr", "p_cvr"]
    assert scored[0]["p_cvr"].null_count() == 40
    assert scored[0].equals(scored[1])
    assert scored[0].equals(scored[2])


def test_a_row_scores_the_same_whatever_it_is_scored_beside(model: ContrastModel) -> None:
    rows = headline_rows(30, seed=7)
    together = model.score(rows, None, quiet)
    for place in (0, 57, 119):
        assert model.score(rows[place], None, quiet)[0] == together[place]


def test_the_level_of_all_rows_is_that_of_the_clicks(model: ContrastModel) -> None:
    rows = headline_rows(120)
    _, reached, trials = counts_of(SCHEMA, rows)
    assert (trials * model.score(rows, None, quiet)).sum() == pytest.approx(reached.sum(), rel=1e-6)


def test_the_same_rows_give_the_same_bundle(told: TrainingOutcome, tmp_path: Path) -> None:
    again = train_headlines(tmp_path, tmp_path / "bundles")
    assert again.bundle.bundle_id == told.bundle.bundle_id


def test_one_row_a_showing_will_do_where_nothing_is_counted(tmp_path: Path) -> None:
    watched = pl.col("headline").str.contains("Watch").cast(pl.Int64)
    rows = headline_rows(60).select("test", "headline", "picture", "filed", clicks=watched)
    schema = replace(SCHEMA, outcomes=(Outcome("click", "clicks"),))
    made = train_headlines(tmp_path, tmp_path / "bundles", rows, schema)
    chances = ContrastModel.open(Path(made.bundle.path)).score(rows, None, quiet)
    assert chances[rows["clicks"].to_numpy() == 1].mean() > chances[rows["clicks"].to_numpy() == 0].mean()


def test_counts_are_refused_by_models_of_single_showings(tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="counts trials"):
        train_headlines(tmp_path, tmp_path / "bundles", model=ModelConfig())


def test_a_model_of_contrasts_needs_groups_with_two_rows(tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="needs groups"):
        train_headlines(tmp_path, tmp_path / "bundles", schema=replace(SCHEMA, group=""))
    alone = headline_rows(40).unique("test", maintain_order=True)
    with pytest.raises(TableRejected, match="two rows"):
        train_headlines(tmp_path, tmp_path / "bundles", alone)


def test_impossible_counts_are_refused_by_row(tmp_path: Path) -> None:
    rows = headline_rows(20)
    for broken in (rows.with_columns(clicks=pl.col("shown") + 1), rows.with_columns(shown=pl.lit(0))):
        with pytest.raises(TableRejected, match="row 1 counts"):
            train_headlines(tmp_path, tmp_path / "bundles", broken)


def test_other_commands_say_what_such_a_bundle_is_for(told: TrainingOutcome) -> None:
    with pytest.raises(BundleRejected, match="scores tables alone"):
        KeptBundle.open(Path(told.bundle.path))


def test_a_changed_byte_is_refused(told: TrainingOutcome, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in Path(told.bundle.path).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    facts = json.loads((folder / "contrast.json").read_text())
    (folder / "contrast.json").write_text(json.dumps(facts | {"level": 0.0}))
    with pytest.raises(BundleRejected, match="altered"):
        ContrastModel.open(folder)


def test_a_model_that_reads_states_is_kept_whole(tmp_path: Path) -> None:
    config = ContrastConfig(wide=WideConfig(buckets=4096, states=2.0, states_of=("headline",)))
    trained = train_headlines(tmp_path, tmp_path / "bundle", contrast=config).bundle
    facts = json.loads((Path(trained.path) / "contrast.json").read_text())
    assert facts["states"].startswith("minilm-states-1-")
    model, rows = ContrastModel.open(Path(trained.path)), headline_rows(30, seed=5)
    scores = model.score(rows, tmp_path / "cache", quiet)
    assert right_of(rows, scores) > 0.7
    reread = replace(model, encoding=replace(model.encoding, states="minilm-states-1-other"))
    with pytest.raises(SchemaMismatch, match="minilm-states"):
        reread.score(rows, tmp_path / "cache", quiet)
