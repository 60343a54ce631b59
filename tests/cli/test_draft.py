"""``adplat draft``, ``adplat drafts`` and ``adplat improve`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from tests.cli.answers import said, told
from tests.flows.draft_rig import BRIEF, PICTURES


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    return a_brief(tmp_path)


def a_brief(folder: Path, **changes: Any) -> Path:
    content = msgspec.to_builtins(BRIEF) | {"placements": ["iab_300x250"]} | changes
    path = folder / "brief.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(content)), allow_unicode=True))
    (folder / "cup.png").write_bytes(PICTURES.product)
    return path


def test_drafts_are_written_kept_listed_and_rejected(
    brief: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = ["--workspace", str(tmp_path / "ws")]
    out = tmp_path / "out"
    document = told(capsys, "draft", str(brief), "--out", str(out), "--variants", "2", "--keep", *workspace)
    assert [one["file"] for one in document["drafts"]] == ["iab_300x250-en-1.jpg", "iab_300x250-en-2.jpg"]
    assert all((out / one["file"]).is_file() for one in document["drafts"])
    assert document["available"]["side"]["within_tries"] == 1.0
    listed = told(capsys, "drafts", "list", "--status", "held", *workspace)["drafts"]
    assert {one["draft_id"] for one in listed} == {one["draft_id"] for one in document["drafts"]}
    name = listed[0]["draft_id"]
    assert told(capsys, "drafts", "reject", name, "--reason", "off brand", *workspace)["status"] == "rejected"
    story = told(capsys, "drafts", "show", name, *workspace)
    assert story["reason"] == "off brand" and [one["action"] for one in story["changes"]] == [
        "draft keep",
        "draft reject",
    ]
    shown, _ = said(capsys, "drafts", "show", name, *workspace)
    assert "off brand" in shown
    _, error = said(capsys, "drafts", "approve", name, "--reason", "fine", *workspace, code=2)
    assert "cannot become approved" in error or "not in the catalogue" in error
    assert "is there already" in said(capsys, "draft", str(brief), "--out", str(out), *workspace, code=2)[1]


def test_a_draft_for_people_is_a_table(brief: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, error = said(
        capsys, "draft", str(brief), "--out", str(tmp_path / "out"), "--variants", "1", "--workspace", str(tmp_path)
    )
    assert "iab_300x250-en-1.jpg" in out and "held until a person approves them" in out
    assert "drafts.html" in error


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--painter", "oil"], "no painter 'oil'"),
        (["--copywriter", "poet"], "no copywriter 'poet'"),
        (["--variants", "99"], "99 variants"),
        (["--bundle", "x"], "belong together"),
        (["--directions", "none.yaml"], "none.yaml"),
    ],
)
def test_a_wrong_word_is_one_line_and_writes_nothing(
    brief: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    out = tmp_path / "out"
    workspace = ["--workspace", str(tmp_path / "ws")]
    _, error = said(capsys, "draft", str(brief), "--out", str(out), *words, *workspace, code=2)
    assert line in error and not out.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"placements": ["iab_1x1"]},
        {"facts": []},
        {"product": {"names": {"en": "Cup"}, "image_path": "none.png"}},
        {"facts": [{"fact_id": "long", "texts": {"en": "x" * 10_000}}]},
        {"facts": [{"fact_id": "emoji", "texts": {"en": "Hot \U0001f525 cup"}}]},
        {"facts": [{"fact_id": "rtl", "texts": {"en": "כוס חמה"}}]},
    ],
    ids=["placement", "facts", "picture", "length", "emoji", "right to left"],
)
def test_a_brief_that_cannot_be_drafted_is_one_line_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    path, out = a_brief(tmp_path, **changes), tmp_path / "out"
    _, error = said(capsys, "draft", str(path), "--out", str(out), "--workspace", str(tmp_path / "ws"), code=2)
    assert error.strip().count("\n") == 0 and not out.exists()


def test_improve_without_anything_live_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, error = said(capsys, "improve", "k1", "--workspace", str(tmp_path / "ws"), code=2)
    assert error.strip().count("\n") == 0
