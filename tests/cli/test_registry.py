"""``adplat model …``: what is registered, compared, promoted and rolled back, by people and by machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adplat.cli import run


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
    line = said(capsys, "show", "abc", "--workspace", tmp_path / "ws", code=2)
    assert "adplat model list" in line
    line = said(capsys, "register", tmp_path, "--workspace", tmp_path / "ws", code=2)
    assert "manifest.json" in line
