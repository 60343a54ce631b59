from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from adplat.ctr import TrainingOutcome
from adplat.domain import BundleRejected, ManualClock, MissingInput, TableRejected
from adplat.flows.score_file import score_file
from adplat.flows.train_model import train_model
from tests.ctr.builders import shop_folder, shop_rows, shop_schema, shop_tables, train_shop, with_pictures
from tests.flows.test_train_model import shop_config


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> TrainingOutcome:
    root = tmp_path_factory.mktemp("scored")
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return train_model(
        shop_config(root),
        shop_folder(root / "data"),
        root / "out",
        cache_dir=root / "cache",
        clock=clock,
        progress=quiet,
    )


def scored(outcome: TrainingOutcome, rows: pl.DataFrame, folder: Path, tables: Path | None = None) -> pl.DataFrame:
    folder.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(folder / "later.parquet")
    out = folder / "scores.parquet"
    told = score_file(
        Path(outcome.bundle.path),
        folder / "later.parquet",
        out,
        cache_dir=folder / "cache",
        progress=quiet,
        tables_dir=tables,
    )
    assert told["rows"] == rows.height
    return pl.read_parquet(out)


@pytest.fixture
def later() -> pl.DataFrame:
    """Rows after training, with users and items never seen."""
    return shop_rows(400, seed=8, items=25, users=40, day=1)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Side tables and pictures with five items more than training knew."""
    folder = with_pictures(tmp_path / "shelf", 25)
    for name, table in shop_tables(25).items():
        table.write_parquet(folder / f"{name}.parquet")
    return folder


def test_one_probability_a_row_in_row_order(
    outcome: TrainingOutcome, later: pl.DataFrame, shelf: Path, tmp_path: Path
) -> None:
    scores = scored(outcome, later, tmp_path / "a", shelf)
    assert scores.columns == ["p_ctr", "p_cvr"]
    assert scores.height == later.height
    assert scores.null_count().row(0) == (0, 0)
    assert scores["p_ctr"].is_between(0, 1, closed="none").all()
    backwards = scored(outcome, later.reverse(), tmp_path / "b", shelf)
    assert np.abs(scores["p_ctr"].to_numpy() - backwards["p_ctr"].reverse().to_numpy()).max() < 1e-6


def test_outcome_columns_never_change_a_score(
    outcome: TrainingOutcome, later: pl.DataFrame, shelf: Path, tmp_path: Path
) -> None:
    plain = scored(outcome, later, tmp_path / "plain", shelf)
    told = ["click", "paid", "rating"]
    for name, rows in {
        "dropped": later.drop(told),
        "flipped": later.with_columns(click=1 - pl.col("click"), paid=pl.lit(1), rating=pl.lit(5)),
        "shuffled": later.with_columns(pl.col(told).shuffle(seed=1)),
        "nonsense": later.with_columns(click=pl.lit("?"), paid=pl.lit(None)),
    }.items():
        assert_frame_equal(scored(outcome, rows, tmp_path / name, shelf), plain, check_exact=True)


def test_without_side_tables_the_kept_items_answer(
    outcome: TrainingOutcome, later: pl.DataFrame, shelf: Path, tmp_path: Path
) -> None:
    known = later.filter(pl.col("item") < 20)
    with_tables = scored(outcome, known.drop("user").with_columns(user=pl.lit(99)), tmp_path / "a", shelf)
    without = scored(outcome, known.drop("user").with_columns(user=pl.lit(99)), tmp_path / "b")
    assert np.abs(with_tables["p_ctr"].to_numpy() - without["p_ctr"].to_numpy()).max() < 1e-6


def test_the_past_of_the_training_rows_reaches_later_rows(
    outcome: TrainingOutcome, shelf: Path, tmp_path: Path
) -> None:
    rows = shop_rows(200, seed=8, day=1).with_columns(user=pl.lit(4))
    later, before = (
        scored(outcome, rows, tmp_path / "a", shelf),
        scored(outcome, rows.with_columns(ts=pl.lit(5)), tmp_path / "b", shelf),
    )
    assert not np.allclose(later["p_ctr"].to_numpy(), before["p_ctr"].to_numpy())


def test_without_a_conversion_head_p_cvr_is_null(tmp_path: Path) -> None:
    root = with_pictures(tmp_path / "shop")
    plain = train_shop(root, tmp_path / "out", shop_schema(conversions=False))
    scores = scored(plain, shop_rows(20, day=1), tmp_path / "a")
    assert scores["p_cvr"].dtype == pl.Float64
    assert scores["p_cvr"].null_count() == 20


def test_a_missing_column_is_named_and_nothing_is_written(
    outcome: TrainingOutcome, later: pl.DataFrame, shelf: Path, tmp_path: Path
) -> None:
    with pytest.raises(TableRejected, match="hour"):
        scored(outcome, later.drop("hour"), tmp_path / "a", shelf)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["later.parquet"]


def test_a_missing_file_and_an_altered_bundle_are_refused(outcome: TrainingOutcome, tmp_path: Path) -> None:
    def score(bundle: Path) -> None:
        score_file(bundle, tmp_path / "no.parquet", tmp_path / "out.parquet", cache_dir=tmp_path, progress=quiet)

    with pytest.raises(MissingInput):
        score(Path(outcome.bundle.path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BundleRejected):
        score(tmp_path / "empty")
