"""A recalibrated bundle: the same files but for the calibration, the fresh rows' level, and honest about its past."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.ctr import CalibrationConfig, KeptBundle, evaluate, recalibrate
from adplat.data import Tables
from adplat.domain import TableRejected
from tests.ctr.builders import shop_rows, shop_tables, train_shop


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def bundle_dir(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    fields = CalibrationConfig(pieces=2, positives_per_piece=30, fields=("hour", "item"))
    return Path(train_shop(shop, tmp_path_factory.mktemp("bundles"), calibration=fields).bundle.path)


def fresh(shop: Path, share_kept: float = 0.4, days: range = range(1, 4)) -> Tables:
    """Later days on which only some of the clicks still come."""
    rows = pl.concat([shop_rows(4000, seed=day, day=day) for day in days])
    kept = np.random.default_rng(0).random(rows.height) < share_kept
    rows = rows.with_columns((pl.col("click") * pl.Series(kept)).alias("click"))
    return Tables(rows, None, shop_tables(), shop)


def test_only_the_calibration_changes_and_clicks_come_as_promised(shop: Path, bundle_dir: Path, tmp_path: Path) -> None:
    kept = KeptBundle.open(bundle_dir)
    before = evaluate(kept, fresh(shop), shop / "cache", quiet)["overall"]
    made = recalibrate(kept, bundle_dir, fresh(shop), tmp_path, shop / "cache", quiet)
    again = KeptBundle.open(Path(made.bundle.path))
    after = evaluate(again, fresh(shop, days=range(4, 8)), shop / "cache", quiet)["overall"]
    assert before["pcoc"] > 1.8
    assert 0.9 < after["pcoc"] < 1.1
    assert after["normalised_entropy"] < before["normalised_entropy"] - 0.02
    changed = {n for n in kept.manifest.files if kept.manifest.files[n] != again.manifest.files[n]}
    assert {"calibration.json", "cross.onnx"} <= changed <= {"calibration.json", "cross.onnx", "item.onnx", "user.onnx"}
    assert made.level_shift < -0.5
    assert set(made.field_moves) == {"hour", "item"}
    assert again.calibration["conversion"] == kept.calibration["conversion"]


def test_its_manifest_tells_where_it_comes_from_and_what_it_knows(shop: Path, bundle_dir: Path, tmp_path: Path) -> None:
    kept, tables = KeptBundle.open(bundle_dir), fresh(shop)
    made = recalibrate(kept, bundle_dir, tables, tmp_path, shop / "cache", quiet)
    data = KeptBundle.open(Path(made.bundle.path)).manifest.data
    assert data["recalibrated_from"] == kept.manifest.bundle_id
    assert data["past_until_s"] == kept.manifest.data["until_s"]
    assert data["until_s"] == tables.rows["ts"].max()
    # A second time everything since the network's own past is read again, and little is left to move.
    more = replace(tables, rows=pl.concat([tables.rows, fresh(shop, days=range(4, 5)).rows]))
    first = Path(made.bundle.path)
    twice = recalibrate(KeptBundle.open(first), first, more, tmp_path, shop / "cache", quiet)
    assert twice.rows == 16_000
    assert abs(twice.level_shift) < 0.15


def test_rows_that_the_bundle_knows_or_without_clicks_are_refused(shop: Path, bundle_dir: Path, tmp_path: Path) -> None:
    kept = KeptBundle.open(bundle_dir)
    none = replace(fresh(shop), rows=fresh(shop).rows.with_columns(pl.lit(0).alias("click")))
    for tables in (Tables(shop_rows(300, day=-1), None, shop_tables(), shop), none):
        with pytest.raises(TableRejected, match=r"0 clicks in .* later than the bundle's own past"):
            recalibrate(kept, bundle_dir, tables, tmp_path, shop / "cache", quiet)
    assert not list(tmp_path.iterdir())
