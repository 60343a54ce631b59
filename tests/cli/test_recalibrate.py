"""``adplat recalibrate``: one document or one line, and nothing written where there is nothing fresh."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from adplat.cli import run
from tests.cli.conftest import rows_of


def later(rows: pl.DataFrame, days: int) -> pl.DataFrame:
    return rows.with_columns(pl.col("ts") + days * 86_400)


def test_a_fresh_bundle_beside_the_old_one(
    shop: Path, shop_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later(rows_of(3000, seed=5), 30).write_parquet(tmp_path / "fresh.parquet")
    words = ["recalibrate", shop_bundle, "--data", tmp_path / "fresh.parquet", "--out", tmp_path / "out"]
    capsys.readouterr()
    assert run([*map(str, words), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 3000
    assert Path(told["bundle"]).is_dir()
    assert told["bundle_id"] != told["recalibrated_from"]
    assert run([*map(str, words)]) == 0
    assert "3,000 fresh rows" in capsys.readouterr().err


def test_rows_it_already_knows_teach_nothing(
    shop: Path, shop_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    words = ["recalibrate", shop_bundle, "--data", shop, "--out", tmp_path / "out"]
    assert run([str(word) for word in words]) == 2
    assert "0 clicks in 0 rows later than the bundle's own past" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
