"""``adplat user …`` and ``adplat audit …`` for people and for machines."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adplat.bootstrap import opened_audit, read_settings
from adplat.cli import run
from adplat.domain import ListRequest
from adplat.reporting import audit_csv_bytes


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("ADPLAT_ACTOR", "root")
    return tmp_path / "ws"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text("four words not together\n")
    return str(file)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*words, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run([*words]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out + shown.err


def test_without_a_terminal_the_password_comes_from_a_file(
    capsys: pytest.CaptureFixture[str], secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(capsys, "user", "add", "mei", "--role", "admin", "--password-file", secret)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    for words in (["add", "wang", "--role", "operator"], ["password", "mei"]):
        line = said(capsys, "user", *words, code=2)
        assert line.splitlines() == [
            "adplat: no terminal to ask for the password (--password-file): give a file, or - for stdin"
        ]
    assert "no person has this name" in said(capsys, "user", "password", "nobody", code=2)


def test_the_life_of_a_person(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    made = told(capsys, "user", "add", "mei", "--role", "admin", "--name", "梅", "--password-file", secret)
    assert (made["user_id"], made["role"], made["advertisers"], made["disabled"]) == ("mei", "admin", None, None)
    told(capsys, "user", "add", "wang", "--role", "operator", "--password-file", secret)
    assert told(capsys, "user", "allow", "wang", "--role", "admin")["role"] == "admin"
    told(capsys, "user", "password", "mei", "--password-file", secret)
    assert told(capsys, "user", "disable", "mei")["disabled"]
    assert told(capsys, "user", "enable", "mei")["disabled"] is None
    listed = told(capsys, "user", "list")["users"]
    assert [(one["user_id"], one["role"], one["created_by"]) for one in listed] == [
        ("mei", "admin", "root"),
        ("wang", "admin", "root"),
    ]
    assert "four words" not in json.dumps(listed) and "argon2" not in json.dumps(listed)
    assert "wang" in said(capsys, "user", "list")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("add", "Mei", "--role", "admin"), "cannot be called so"),
        (("add", "li", "--role", "advertiser"), "belongs to one or more advertisers"),
        (("add", "li", "--role", "advertiser", "--advertiser", "a9"), "no advertiser has this id (a9)"),
        (("add", "li", "--role", "admin", "--advertiser", "a9"), "sees all advertisers"),
        (("add", "mei", "--role", "admin"), "there is a person of this name"),
        (("add", "li", "--role", "king"), "king"),
        (("password", "nobody"), "no person has this name"),
    ],
)
def test_what_is_wrong_is_one_line(
    capsys: pytest.CaptureFixture[str], secret: str, words: tuple[str, ...], line: str
) -> None:
    said(capsys, "user", "add", "mei", "--role", "admin", "--password-file", secret)
    assert line in said(capsys, "user", *words, "--password-file", secret, code=2)


def test_a_password_comes_from_a_file_or_stdin_and_a_weak_one_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert "12 to 256" in said(capsys, "user", "add", "mei", "--role", "admin", "--password-file", "-", code=2)
    assert "cannot be read" in said(
        capsys, "user", "add", "mei", "--role", "admin", "--password-file", str(tmp_path / "no"), code=2
    )
    assert told(capsys, "user", "list") == {"users": []}


def test_the_audit_trail_is_listed_and_checked(
    capsys: pytest.CaptureFixture[str], secret: str, tmp_path: Path, workspace: Path
) -> None:
    for name in ("mei", "wang", "li"):
        said(capsys, "user", "add", name, "--role", "admin", "--password-file", secret)
    said(capsys, "user", "disable", "li")
    page = told(capsys, "audit", "list", "--where", "action=user add", "--limit", "2")
    assert [(one["number"], one["subject"]) for one in page["records"]] == [(3, "user li"), (2, "user wang")]
    rest = told(capsys, "audit", "list", "--where", "action=user add", "--limit", "2", "--cursor", page["next"])
    assert [one["number"] for one in rest["records"]] == [1] and rest["next"] == ""
    assert told(capsys, "audit", "list", "--oldest-first")["records"][0]["number"] == 1
    assert "user disable" not in said(capsys, "audit", "list") and "user li" in said(capsys, "audit", "list")

    anchors = str(tmp_path / "anchors")
    first = told(capsys, "audit", "check", "--anchors", anchors)
    assert (first["holds"], first["records"], first["anchors"]) == (True, 4, 0)
    assert Path(anchors).read_text() == f"4 {first['head']['sha256']}\n"
    said(capsys, "user", "enable", "li")
    assert told(capsys, "audit", "check", "--anchors", anchors)["anchors"] == 1
    assert "5 records hold" in said(capsys, "audit", "check", "--anchors", anchors)

    with sqlite3.connect(workspace / "adplat.db") as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET actor = 'li' WHERE audit_id = 2")
    connection.close()
    broken = told(capsys, "audit", "check", "--anchors", anchors, code=2)
    assert broken["faults"] == ["record 2 was changed"] and not broken["holds"]
    assert "record 2 was changed" in said(capsys, "audit", "check", code=2)
    assert Path(anchors).read_text().count("\n") == 2


def test_an_export_is_checked_offline(
    capsys: pytest.CaptureFixture[str], secret: str, tmp_path: Path, workspace: Path
) -> None:
    for name in ("mei", "wang", "li"):
        said(capsys, "user", "add", name, "--role", "admin", "--password-file", secret)
    file, anchors = tmp_path / "audit.csv", str(tmp_path / "anchors")
    head = told(capsys, "audit", "check", "--anchors", anchors)["head"]["sha256"]
    with opened_audit(read_settings(workspace=workspace)) as trail:
        file.write_bytes(audit_csv_bytes(trail.records(ListRequest()).items))
    shutil.rmtree(workspace)

    assert said(capsys, "audit", "check", "--file", str(file)).splitlines() == [
        f"3 records from 1 on hold; the last one is 3 {head}",
        "not shown by a file: what was written after record 3, and whether that was cut off",
        "not shown by a file: whether 3 records were written anew, hashes and all: no anchor speaks for them",
    ]
    assert told(capsys, "audit", "check", "--file", str(file), "--anchors", anchors)["unanchored"] == 0
    assert not workspace.exists()

    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines[:2], *lines[3:]]), newline="")
    assert said(capsys, "audit", "check", "--file", str(file), code=2).splitlines()[:2] == [
        "adplat: record 3 does not follow the one before it (1)",
        "adplat: the export does not hold, first at record 3 (2 records were checked, 1 faults): ask for another "
        "export; records 2 to 2 are not in it: say --filtered if a filter left them out",
    ]
    assert "1 gaps" in said(capsys, "audit", "check", "--file", str(file), "--filtered")
    file.write_text("".join(lines).replace(",root,", ",mei,", 1), newline="")
    broken = told(capsys, "audit", "check", "--file", str(file), code=2)
    assert (broken["broken"], broken["records"], broken["faults"]) == (3, 3, ["record 3 was changed"])


def test_triggers_of_the_audit_that_are_gone_are_told_and_made_anew_by_an_upgrade(
    capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    told(capsys, "db", "upgrade")

    def take(*statements: str) -> None:
        with closing(sqlite3.connect(workspace / "adplat.db")) as connection:
            for statement in statements:
                connection.execute(statement)

    def shown(*words: str) -> tuple[int, str]:
        code = run(["db", *words])
        return code, capsys.readouterr().err

    gone = [f"DROP TRIGGER audit_refuses_{deed}" for deed in ("delete", "update")]
    take(*gone)
    code, line = shown("check")
    assert code == 2 and "missing_trigger audit_refuses_delete audit" in line and "run 'adplat db upgrade'" in line
    code, line = shown("upgrade")
    assert code == 0 and "made anew" in line and "audit_refuses_delete, audit_refuses_update" in line
    assert told(capsys, "db", "check")["drift"] == [] and "made anew" not in shown("upgrade")[1]
    take(*gone)
    assert told(capsys, "db", "upgrade")["mended"] == ["audit_refuses_delete", "audit_refuses_update"]
    take("DROP TABLE report_zones")
    code, line = shown("upgrade")
    assert code == 2 and "report_zones" in line and "db upgrade" not in line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("list", "--where", "colour=red"), "no field 'colour'"),
        (("list", "--where", "actor"), "such as actor=mei"),
        (("list", "--where", "at>=banana"), "write it as 2026-03-01 or 2026-03-01T14:00:00Z"),
        (("list", "--where", "number>one"), "give a whole number, such as 12"),
        (("list", "--where", "kind=cat"), "give one of: person, "),
        (("list", "--limit", "0"), "limit"),
        (("list", "--cursor", "x"), "does not belong"),
        (("check", "--anchors", "/"), "anchors"),
        (("check", "--filtered"), "--file"),
        (("check", "--file", "/"), "cannot be read"),
        (("check", "--file", "/no/audit.csv"), "cannot be read"),
        (("check", "--file", __file__), "no export of the audit trail"),
    ],
)
def test_a_wrong_question_is_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], line: str) -> None:
    told(capsys, "db", "upgrade")
    assert line in said(capsys, "audit", *words, code=2)


def test_a_first_person_makes_the_database_and_it_is_told_once_where(
    capsys: pytest.CaptureFixture[str], secret: str, workspace: Path
) -> None:
    add = ("user", "add", "mei", "--role", "admin", "--password-file", secret)
    said_first = said(capsys, *add).splitlines()
    assert said_first[0] == f"a new database was made: {workspace / 'adplat.db'}" and len(said_first) == 2
    assert "new database" not in said(capsys, *add, code=2)
    above = said(capsys, *add, "--workspace", str(workspace.parent))  # as of a demo, whose own is one folder below
    assert f"{workspace.parent / 'adplat.db'}; there is one in {workspace}\n" in above


@pytest.mark.parametrize("words", [("user", "list"), ("key", "create", "seller")])
def test_what_only_looks_or_changes_makes_no_database(
    capsys: pytest.CaptureFixture[str], workspace: Path, words: tuple[str, ...]
) -> None:
    [line] = said(capsys, *words, code=2).splitlines()
    assert line == (
        f"adplat: there is no database ({workspace / 'adplat.db'}): "
        "name its folder with --workspace or ADPLAT_WORKSPACE"
    )
    assert not workspace.exists()
    told(capsys, "db", "upgrade", "--workspace", str(workspace / "service"))
    assert f"; there is one in {workspace / 'service'}" in said(capsys, *words, code=2)
    assert not (workspace / "adplat.db").exists()


def test_a_database_that_is_named_is_not_asked_of_the_workspace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, secret: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("ADPLAT_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert "run `adplat db upgrade`" in said(capsys, "user", "list", code=2)
    told(capsys, "db", "upgrade")
    add = ("user", "add", "mei", "--role", "admin", "--password-file", secret)
    assert "new database" not in said(capsys, *add) and "mei" in said(capsys, "user", "list")
