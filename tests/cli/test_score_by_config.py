"""``adplat train CONFIG`` and then ``score``, ``evaluate`` and ``explain`` by the same config."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from adplat.cli import run
from tests.cli.conftest import rows_of


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in which nothing was trained."""
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


def trained(shop: Path, folder: Path) -> Path:
    words = ["train", shop / "train.yaml", "--data", shop, "--out", folder / "bundles"]
    assert run([str(word) for word in words]) == 0
    (bundle,) = (path.parent for path in (folder / "bundles").glob("*/manifest.json"))
    return bundle


def document(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, object]:
    capsys.readouterr()
    assert run([*(str(word) for word in words), "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_the_config_scores_as_its_bundle_does(shop: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = trained(shop, elsewhere)
    rows_of(200, seed=3).drop("click").write_parquet(elsewhere / "new.parquet")
    data = ["--data", elsewhere / "new.parquet"]
    by_config = document(capsys, "score", shop / "train.yaml", *data, "--out", elsewhere / "config.parquet")
    by_bundle = document(capsys, "score", bundle, *data, "--out", elsewhere / "bundle.parquet")
    assert by_config["bundle_id"] == by_bundle["bundle_id"]
    assert_frame_equal(pl.read_parquet(elsewhere / "config.parquet"), pl.read_parquet(elsewhere / "bundle.parquet"))
    assert document(capsys, "evaluate", shop / "train.yaml", "--data", shop) == document(
        capsys, "evaluate", bundle, "--data", shop
    )
    row = [*data, "--row", 2]
    assert document(capsys, "explain", shop / "train.yaml", *row) == document(capsys, "explain", bundle, *row)


@pytest.mark.parametrize("command", ["score", "evaluate", "explain"])
def test_before_any_training_one_line_says_so(
    command: str, shop: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [command, shop / "train.yaml", "--data", shop / "rows.parquet"]
    words += {"score": ["--out", elsewhere / "out.parquet"], "explain": ["--row", "1"]}.get(command, [])
    capsys.readouterr()
    assert run([str(word) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "nothing was trained from train.yaml in this workspace" in line
    assert "adplat train" in line


def test_a_workspace_that_cannot_be_written_keeps_no_bundle_back(
    shop: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "file").write_text("")
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(elsewhere / "file"))
    words = ["train", shop / "train.yaml", "--data", shop, "--out", elsewhere / "out", "--cache", elsewhere / "cache"]
    assert run([str(word) for word in words]) == 0
    assert "not noted as the last one of train.yaml" in capsys.readouterr().err
