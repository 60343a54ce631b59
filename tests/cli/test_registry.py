"""``adplat model …``: what is registered, compared, promoted and rolled back, by people and by machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adplat.cli import run
from tests.cli.conftest import rows_of


def told(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["model", *(str(word) for word in words), "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def said(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    capsys.readouterr()
    assert run(["model", *(str(word) for word in words)]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out + shown.err


def test_a_bundle_is_registered_listed_and_shown(
    shop_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    place = ("--workspace", tmp_path / "ws")
    one = told(capsys, "register", shop_bundle, *place)
    assert (one["state"], one["registered_by"], one["parent"]) == ("registered", "mei", None)
    assert one["data"]["rows"] + one["data"]["later_rows"] == 3000
    assert one["data"]["since"] == "2023-11-14T22:13:20+00:00"
    assert one["data"]["until"] == "2023-11-14T23:03:19+00:00"

    listed = told(capsys, "list", *place)
    assert (listed["live"], listed["served"], listed["history"]) == (None, None, [])
    assert [bundle["bundle_id"] for bundle in listed["bundles"]] == [one["bundle_id"]]

    whole = told(capsys, "show", one["bundle_id"][:8], *place)
    assert whole["config"]["training"]["epochs"] == 1
    assert told(capsys, "show", shop_bundle, *place) == whole
    assert one["bundle_id"][:12] in said(capsys, "list", *place)
    assert "2023-11-14 23:03" in said(capsys, "show", one["bundle_id"], *place)


def test_training_registers_where_it_is_told_to(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    words = ["train", shop / "train.yaml", "--data", shop, "--out", tmp_path / "bundles", "--register"]
    assert run([str(word) for word in words]) == 0
    assert len(told(capsys, "list")["bundles"]) == 1


def test_what_is_not_registered_cannot_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "upgrade", "--workspace", str(tmp_path / "ws")]) == 0
    line = said(capsys, "show", "abc", "--workspace", tmp_path / "ws", code=2)
    assert "adplat model list" in line
    line = said(capsys, "register", tmp_path, "--workspace", tmp_path / "ws", code=2)
    assert "manifest.json" in line


@pytest.fixture(scope="session")
def other_bundle(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another seed on the same rows."""
    out = tmp_path_factory.mktemp("others")
    words = ["train", shop / "train.yaml", "--data", shop, "--out", out, "--cache", out / "c", "--seed", 8]
    assert run([str(word) for word in words]) == 0
    (bundle,) = (path.parent for path in out.glob("*/manifest.json"))
    return bundle


@pytest.fixture
def later_rows(tmp_path: Path) -> Path:
    """Rows after everything, where nobody clicks as before: no model of the shop is calibrated on them."""
    rows = rows_of(2000, seed=9).with_columns(ts=pl.col("ts") + 10_000_000, click=(pl.col("price") > 20).cast(pl.Int64))
    rows.write_parquet(tmp_path / "later.parquet")
    return tmp_path / "later.parquet"


def test_two_bundles_are_compared(
    shop: Path, shop_bundle: Path, other_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", shop_bundle, other_bundle, "--data", shop, "--workspace", tmp_path / "ws")
    document = told(capsys, *words)
    assert document["judged"] == {"a": "held out", "b": "held out"}
    assert (document["rows"], document["drawn_by"]) == (600, "user")
    assert set(document["overall"]) >= {"auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc"}
    assert len(document["overall"]["auc"]["interval"]) == 2
    assert any(name.startswith("device=") for name in document["slices"])
    shown = said(capsys, *words)
    assert "warm items" in shown
    assert "95 % interval" in shown


def test_a_refused_promotion_names_the_gate_and_changes_nothing(
    shop_bundle: Path, later_rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("promote", shop_bundle, "--data", later_rows, "--workspace", tmp_path / "ws")
    shown = said(capsys, *words, code=2)
    (line,) = [line for line in shown.splitlines() if line.startswith("adplat: ")]
    assert "pcoc must be within [0.98, 1.02]: PCOC 0." in line
    assert "FAILS" in shown
    error = told(capsys, *words, code=2)["error"]
    assert (error["kind"], error["detail"]["passes"]) == ("GatesFailed", False)
    assert told(capsys, "list", "--workspace", tmp_path / "ws")["bundles"] == []


def test_a_forced_promotion_is_told_apart_and_can_be_rolled_back(
    shop_bundle: Path, other_bundle: Path, later_rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--workspace", tmp_path / "ws")
    forced = ("--data", later_rows, "--force", "--reason", "the market turned")
    assert "no reason" in said(capsys, "promote", shop_bundle, "--data", later_rows, "--force", *place, code=2)
    first = told(capsys, "promote", shop_bundle, *forced, *place)
    second = told(capsys, "promote", other_bundle, *forced, *place)
    assert second["previous"] == first["bundle_id"]
    assert second["gates"]["against"] == first["bundle_id"]
    assert "forced past pcoc" in said(capsys, "show", second["bundle_id"], *place)
    assert told(capsys, "rollback", *place)["bundle_id"] == first["bundle_id"]
    states = {one["bundle_id"]: one["state"] for one in told(capsys, "list", *place)["bundles"]}
    assert states == {first["bundle_id"]: "live", second["bundle_id"]: "retired"}
    assert "no earlier live bundle" in said(capsys, "rollback", *place, code=2)


def test_outcomes_that_are_not_there_are_named(
    shop_bundle: Path, later_rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pl.read_parquet(later_rows).drop("click").write_parquet(tmp_path / "blind.parquet")
    words = ("promote", shop_bundle, "--data", tmp_path / "blind.parquet", "--workspace", tmp_path / "ws")
    assert "click" in said(capsys, *words, code=2)
    one_class = tmp_path / "one.parquet"
    pl.read_parquet(later_rows).with_columns(click=pl.lit(0)).write_parquet(one_class)
    assert "adplat: " in said(capsys, "promote", shop_bundle, "--data", one_class, *words[-2:], code=2)


def test_a_shadow_is_chosen_told_and_ended(deployed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world, place = deployed.parent / "world", ("--workspace", deployed)
    words = ["train", deployed.parent / "train.yaml", "--data", world, "--out", tmp_path / "b", "--seed", 9]
    assert run([*(str(word) for word in words), "--cache", str(deployed.parent / "cache")]) == 0
    (bundle,) = (path.parent for path in (tmp_path / "b").glob("*/manifest.json"))

    assert "no bundle looks on" in said(capsys, "shadow", *place)
    assert "no shadow scored" in said(capsys, "shadow-report", *place, code=2)
    chosen = told(capsys, "shadow", bundle, "--share", 0.25, *place)["shadow"]
    assert chosen["share"] == 0.25
    assert "25%" in said(capsys, "shadow", *place)
    assert "share" in said(capsys, "shadow", bundle, "--share", 2, *place, code=2)
    assert "--off" in said(capsys, "shadow", bundle, "--off", *place, code=2)
    assert told(capsys, "shadow", "--off", *place) == {"shadow": None, "ended": chosen["bundle_id"]}
    assert told(capsys, "shadow", *place) == {"shadow": None, "ended": None}
