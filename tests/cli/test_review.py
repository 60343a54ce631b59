"""``adplat review``: the document, the exit codes, wrong input in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.answers import said, told


def test_a_verdict_is_an_answer_and_wrong_input_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    banner = tmp_path / "banner.png"
    Image.new("RGB", (300, 250), "#335577").save(banner)
    words = ("--headline", "Cold all day!!!", "--no-ocr")
    review = told(capsys, "review", str(banner), "--placement", "iab_300x250", *words)
    assert review["verdict"] == "fail"
    (finding,) = [one for one in review["findings"] if one["rule"] == "editorial.punctuation"]
    assert finding["severity"] == "fail"
    assert "!!!" in finding["evidence"]
    assert "picture.contrast" in review["not_looked"]
    shown, _ = said(capsys, "review", str(banner), "--placement", "iab_300x250", *words)
    assert "editorial.punctuation" in shown
    (tmp_path / "page.png").write_bytes(b"<!doctype html><html></html>")
    _, line = said(capsys, "review", str(tmp_path / "page.png"), "--placement", "iab_300x250", code=2)
    assert "an HTML page" in line
    assert told(capsys, "review", str(banner), "--placement", "nowhere", code=2)["error"]["kind"] == "UnknownReference"
