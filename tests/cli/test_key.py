"""``adplat key …`` for people and for machines."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap
from adplat.cli import run
from adplat.domain import Advertiser, key_hash
from adplat.snapshots import KeyFile


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    return tmp_path / "ws"


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["key", *words, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run(["key", *words]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out, shown.err


def test_a_key_is_the_whole_of_stdout_and_is_told_once(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    out, err = said(capsys, "create", "seller", "--may", "bid", "--may", "record", "--name", "A seller")
    key = out.strip()
    assert out == f"{key}\n" and key.startswith("adp_") and key not in err
    assert "may bid, record; all advertisers; all placements" in err
    assert f"a new database was made: {workspace / 'adplat.db'}\n" in err
    listed = said(capsys, "list")[0] + json.dumps(told(capsys, "list"))
    assert key[:16] in listed and key not in listed
    book = KeyFile(workspace).read()
    assert book is not None and book.keys[0].sha256 == key_hash(key)


def test_the_life_of_a_caller_as_documents(capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
    assert (
        "no advertiser has this id: a1"
        in said(capsys, "create", "shop", "--may", "rank", "--advertiser", "a1", code=2)[1]
    )
    with closing(bootstrap.open_database(bootstrap.read_settings(workspace=workspace))) as database:
        bootstrap.open_catalogue(database).save([Advertiser("a1", "A tea house", "CNY")], [], [], [])
    made = told(capsys, "create", "shop", "--may", "rank", "--advertiser", "a1", "--placement", "feed", "--days", "30")
    assert made["caller"] == {
        "caller_id": "shop",
        "name": "",
        "permissions": ["rank"],
        "advertisers": ["a1"],
        "placements": ["feed"],
    }
    assert made["expires"] and made["key"].startswith(made["key_id"])
    second = told(capsys, "create", "shop")
    assert second["caller"] == made["caller"] and second["key_id"] != made["key_id"]
    third = told(capsys, "rotate", second["key_id"], "--keep-hours", "0")
    assert third["expires"] is None
    assert told(capsys, "allow", "shop", "--may", "score")["advertisers"] is None
    assert [one["key_id"] for one in told(capsys, "revoke", third["key_id"])["revoked"]] == [third["key_id"]]
    listed = told(capsys, "list")
    assert [(key["key_id"], key["state"], key["created_by"]) for key in listed["keys"]] == [
        (made["key_id"], "holds", "mei"),
        (second["key_id"], "expired", "mei"),
        (third["key_id"], "revoked", "mei"),
    ]
    assert told(capsys, "publish") == {"keys": 3, "callers": 1}


def test_a_replaced_key_of_a_month_gives_one_of_a_month_and_says_when_it_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "its key never ends by itself" in said(capsys, "create", "free", "--may", "bid")[1]
    made = told(capsys, "create", "shop", "--may", "rank", "--days", "30")
    new = told(capsys, "rotate", made["key_id"])
    ends = datetime.fromisoformat(new["expires"])
    assert timedelta() <= ends - datetime.fromisoformat(made["expires"]) < timedelta(hours=1)
    shown = said(capsys, "rotate", new["key_id"])[1]
    assert f"its key holds until {ends:%Y-%m-%d}" in shown


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("create", "x"), "no caller has this id (x)"),
        (("create", "x", "--advertiser", "a1"), "say what it may do, such as --may bid"),
        (("create", "a b", "--may", "bid"), "cannot be called so"),
        (("create", "known", "--may", "bid"), "adplat key allow"),
        (("create", "known", "--days", "0"), "over at once"),
        (("create", "known", "--days", "nan"), "nan days"),
        (("allow", "known"), "without a right"),
        (("allow", "known", "--may", "bid", "--advertiser", "a99"), "no advertiser has this id: a99"),
        (("allow", "x", "--may", "bid"), "no caller has this id (x)"),
        (("rotate", "adp_9", "--keep-hours", "1e30"), "1e+30 hours (--keep-hours): give a number of hours"),
        (("rotate", "adp_9"), "no key and no caller has this id"),
        (("revoke", "adp_9"), "no key and no caller has this id"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], line: str
) -> None:
    told(capsys, "create", "known", "--may", "bid")
    before = told(capsys, "list")
    out, err = said(capsys, *words, code=2)
    assert out == "" and line in err and err.count("\n") == 1
    assert "what" in told(capsys, *words, code=2)["error"]
    assert told(capsys, "list") == before


def test_a_word_that_is_no_permission_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'spend' is not one of" in said(capsys, "create", "x", "--may", "spend", code=2)[1]
