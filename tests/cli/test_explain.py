"""``adplat explain`` for a row of a file and for a decision in a lake."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from scipy.special import logit

from adplat.cli import run


def told(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert run(["explain", *(str(word) for word in words), "--json"]) == code
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_a_row_is_explained_as_it_is_scored(
    shop: Path, shop_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.parquet"
    assert run([str(word) for word in ("score", shop_bundle, "--data", shop / "rows.parquet", "--out", out)]) == 0
    picture = tmp_path / "why.png"
    why = told(capsys, shop_bundle, "--row", 7, "--data", shop / "rows.parquet", "--picture", picture)
    scored = pl.read_parquet(out)["p_ctr"][6]
    assert why["logit"] == pytest.approx(logit(scored), abs=1e-4)
    added = sum(one["value"] for one in why["contributions"])  # type: ignore[attr-defined]
    assert why["start"] + added == pytest.approx(logit(scored), abs=1e-4)  # type: ignore[operator]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_logged_decision_is_found_in_its_lake(deployed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = deployed.parent / "world"
    (bundle,) = (found.parent for found in (deployed.parent / "bundles").glob("*/manifest.json"))
    decision = pl.read_parquet(next((world / "lake" / "impressions").rglob("*.parquet")))["decision_id"][0]
    why = told(capsys, bundle, "--decision", decision, "--data", world)
    parts = {one["part"] for one in why["contributions"]}  # type: ignore[attr-defined]
    assert {"item", "user", "image", "text", "history"} <= parts
    assert abs(why["remainder"]) <= 1e-4  # type: ignore[arg-type]
    assert told(capsys, bundle, "--decision", "nobody", "--data", world, code=2)["error"]
    assert told(capsys, bundle, "--data", world, code=2)["error"]


def test_a_row_beyond_the_file_is_refused(shop: Path, shop_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = told(capsys, shop_bundle, "--row", 3001, "--data", shop / "rows.parquet", code=2)["error"]
    assert "from 1 to 3000" in error["hint"]  # type: ignore[index]
