from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.ctr import TrainingOutcome
from adplat.domain import ManualClock, TableRejected
from adplat.flows.evaluate_bundle import evaluate_bundle
from adplat.flows.train_model import train_model
from tests.ctr.builders import shop_folder, shop_rows, shop_tables, with_pictures
from tests.flows.test_train_model import shop_config


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> TrainingOutcome:
    root = tmp_path_factory.mktemp("judged")
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return train_model(
        shop_config(root),
        shop_folder(root / "data"),
        root / "out",
        cache_dir=root / "cache",
        clock=clock,
        progress=quiet,
    )


def test_a_file_of_later_rows_is_judged_whole(outcome: TrainingOutcome, tmp_path: Path) -> None:
    shop_rows(500, seed=4, items=25, day=3).write_parquet(tmp_path / "later.parquet")
    with_pictures(tmp_path, 25)
    for name, table in shop_tables(25).items():
        table.write_parquet(tmp_path / f"{name}.parquet")
    told = evaluate_bundle(
        Path(outcome.bundle.path), tmp_path / "later.parquet", cache_dir=tmp_path / "cache", progress=quiet
    )
    assert told["judged"] == "later"
    assert told["overall"]["rows"] == 500
    assert told["overall"]["auc"] > 0.6
    assert told["slices"]["new items"]["rows"] + told["slices"]["warm items"]["rows"] == 500
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_rows_without_outcomes_are_refused_by_name(outcome: TrainingOutcome, tmp_path: Path) -> None:
    shop_rows(50).drop("click").write_parquet(tmp_path / "later.parquet")
    with pytest.raises(TableRejected, match="click"):
        evaluate_bundle(Path(outcome.bundle.path), tmp_path / "later.parquet", cache_dir=tmp_path, progress=quiet)
