"""Trees as a model of their own: trained, kept, scored and judged by the steps of the network."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from adplat.ctr import KeptBundle, TrainingOutcome, evaluate, score_frame
from adplat.ctr.config import CalibrationConfig, TreesConfig
from adplat.ctr.trees import TREE_FILES, Trees
from adplat.domain import BundleRejected
from tests.ctr.builders import quick_fit, quick_model, shop_rows, shop_tables, shop_tables_of, train_shop


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


ITS_KIND = quick_model(kind="lightgbm", record="ordered")
BY_FIELD = CalibrationConfig(pieces=2, positives_per_piece=30, fields=("taste", "item"))
TREES = TreesConfig(rounds=60, patience=10, leaf_rows=20)


@pytest.fixture(scope="module")
def grown(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingOutcome:
    """A bundle of trees with both heads."""
    return train_shop(
        shop,
        tmp_path_factory.mktemp("trees"),
        model=ITS_KIND,
        trees=TREES,
        calibration=BY_FIELD,
        baselines=("id_only",),
    )


@pytest.fixture(scope="module")
def kept(grown: TrainingOutcome) -> KeptBundle:
    return KeptBundle.open(Path(grown.bundle.path))


def test_trees_learn_and_make_a_whole_bundle(grown: TrainingOutcome) -> None:
    assert grown.metrics["auc"] > 0.6
    assert len(grown.metrics["epochs"]) == 2
    folder = Path(grown.bundle.path)
    assert all((folder / name).is_file() for name in TREE_FILES)
    assert not list(folder.glob("*.onnx"))
    assert "boosted trees" in (folder / "model_card.md").read_text()


def test_a_bundle_of_trees_scores_tables_with_both_heads(kept: KeptBundle, shop: Path) -> None:
    rows = shop_rows(400, seed=4, items=25)
    items = kept.items_for(rows, shop_tables(25), shop, shop / "cache", quiet)
    scores = score_frame(kept, rows, shop_tables(25), items)
    assert scores["p_ctr"].is_between(0, 1).all()
    assert scores["p_cvr"].null_count() == 0
    assert scores["p_ctr"].n_unique() > 20
    assert scores.equals(score_frame(kept, rows.drop("click", "paid"), shop_tables(25), items))


def test_candidates_of_one_request_score_as_their_rows(kept: KeptBundle, shop: Path) -> None:
    rows = pl.concat([shop_rows(1, seed=5, day=2)] * 8).with_columns(item=pl.Series(range(8)))
    items = kept.items_for(rows, shop_tables(25), shop, shop / "cache", quiet)
    arrays = kept.scorer.encoding.row_arrays(rows, shop_tables(25), items, kept.histories)
    together = kept.scorer.score(arrays, items).p_ctr
    tiled = kept.scorer.score_tiled(arrays, items).p_ctr
    assert together == pytest.approx(tiled, abs=1e-7)


def test_judging_again_gives_the_figures_of_training(shop: Path, tmp_path: Path) -> None:
    grown = train_shop(shop, tmp_path, model=ITS_KIND, trees=TREES)
    told = evaluate(KeptBundle.open(Path(grown.bundle.path)), shop_tables_of(shop), shop / "cache", quiet)
    assert told["overall"]["auc"] == pytest.approx(grown.metrics["auc"], abs=1e-3)


def test_contributions_add_up_to_the_logit(grown: TrainingOutcome, kept: KeptBundle) -> None:
    trees = Trees.load(Path(grown.bundle.path), kept.manifest.shape)
    width = trees.boosters[0].num_feature()
    columns = np.random.default_rng(0).integers(0, 3, (50, width)).astype(np.float32)
    for head in (0, 1):
        added = trees.contributions(columns, head).sum(1)
        assert added == pytest.approx(trees.logits(columns)[:, head], abs=1e-6)
        assert expit(added).min() > 0


def test_refitted_trees_are_as_many_as_the_best(shop: Path, tmp_path: Path) -> None:
    first = train_shop(shop, tmp_path, model=ITS_KIND, trees=TREES)
    again = train_shop(shop, tmp_path, model=ITS_KIND, trees=TREES, training=quick_fit(refit=True))
    assert again.metrics["epochs"] == first.metrics["epochs"]
    assert again.bundle.bundle_id != first.bundle.bundle_id


def test_the_same_seed_gives_the_same_bundle(shop: Path, tmp_path: Path) -> None:
    one, other = (train_shop(shop, tmp_path / name, model=ITS_KIND, trees=TREES).bundle for name in "ab")
    assert one.bundle_id == other.bundle_id


def test_trees_that_were_cut_are_refused(grown: TrainingOutcome, kept: KeptBundle, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(grown.bundle.path, tmp_path / "cut"))
    path = folder / TREE_FILES[0]
    path.write_text(path.read_text()[:200])
    with pytest.raises(BundleRejected, match=TREE_FILES[0]):
        KeptBundle.open(folder)
    with pytest.raises(BundleRejected, match=TREE_FILES[0]):
        Trees.load(folder, kept.manifest.shape)
    path.unlink()
    with pytest.raises(BundleRejected, match="missing"):
        KeptBundle.open(folder)


def test_a_click_only_shape_asks_for_one_file(grown: TrainingOutcome, kept: KeptBundle) -> None:
    alone = Trees.load(Path(grown.bundle.path), replace(kept.manifest.shape, heads=1))
    assert len(alone.boosters) == 1
