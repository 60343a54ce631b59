"""A command that begins no workspace makes none of a name that was mistyped: it says so, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from adplat.cli import app
from tests.cli.answers import said, told

DAYS = ("--since", "2026-09-01", "--until", "2026-09-02")
# What looks at, or changes, what a workspace has.
LOOKS = (
    "audit check",
    "audit list",
    "bandit elements",
    "bandit show",
    "drafts approve d1 --reason why",
    "drafts list",
    "drafts reject d1 --reason why",
    "drafts release d1",
    "drafts show d1",
    "experiment decide e1 none",
    "experiment list",
    "experiment pause-arm e1 b",
    "experiment raise-traffic e1 0.5",
    "experiment show e1",
    "experiment start e1",
    "experiment stop e1",
    "forecast attach f1 k1",
    "forecast calibration --out page.html",
    "forecast learn",
    "forecast list",
    "forecast score",
    "forecast show f1",
    "improve k1",
    "job cancel 1",
    "job list",
    "job show 1",
    "job workers",
    "key allow seller --may bid",
    "key create seller",
    "key list",
    "key publish",
    "key revoke adp_1",
    "key rotate adp_1",
    "model list",
    "model rollback",
    "model shadow",
    "model shadow bundle",
    "model show abc",
    "replay",
    f"report {' '.join(DAYS)}",
    f"report-creatives k1 {' '.join(DAYS)}",
    "report-delivery",
    "report-schedule list",
    "report-schedule run-due",
    "report-zones",
    "user allow mei --role admin",
    "user disable mei",
    "user enable mei",
    "user list",
    "user password mei",
)
BEGINS = {
    *("admin", "bench", "db upgrade", "demo", "deploy", "draft", "experiment create", "forecast outcomes fit"),
    *("forecast run", "market fit", "model promote", "model register", "serve", "user add", "worker"),
}
# These ask no database, or but to find a bundle that is named by the beginning of its id.
NO_DATABASE = {
    *("db check", "forecast outcomes predict", "market forget", "market show", "model compare", "model shadow-report"),
}


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ADPLAT_WORKSPACE", raising=False)
    return tmp_path / "nowhere"


@pytest.mark.parametrize("words", LOOKS)
def test_what_only_looks_or_changes_makes_no_workspace(
    capsys: pytest.CaptureFixture[str], nowhere: Path, words: str
) -> None:
    out, err = said(capsys, *words.split(), "--workspace", str(nowhere), code=2)
    assert (out, err) == (
        "",
        f"adplat: there is no database ({nowhere / 'adplat.db'}): "
        "name its folder with --workspace or ADPLAT_WORKSPACE\n",
    )
    assert [*nowhere.parent.iterdir()] == []


def test_every_command_that_takes_a_workspace_is_known_here() -> None:
    looks = {name for name in commands_with_a_workspace() if any(f"{one} ".startswith(f"{name} ") for one in LOOKS)}
    assert looks.isdisjoint(BEGINS | NO_DATABASE)
    assert looks | BEGINS | NO_DATABASE == set(commands_with_a_workspace())


@pytest.mark.parametrize("words", ["db check", "market forget", "market show"])
def test_what_asks_no_database_makes_none(capsys: pytest.CaptureFixture[str], nowhere: Path, words: str) -> None:
    said(capsys, *words.split(), "--workspace", str(nowhere), code=2 if words == "db check" else 0)
    assert not nowhere.exists()


def test_a_first_zone_begins_a_workspace(capsys: pytest.CaptureFixture[str], nowhere: Path) -> None:
    add = ("report-zones", "--add", "Asia/Shanghai", "--workspace", str(nowhere))
    line = f"a new database was made: {nowhere / 'adplat.db'}"
    assert line in said(capsys, *add)[1].splitlines() and line not in said(capsys, *add)[1]
    assert "Asia/Shanghai" in told(capsys, *add[:1], *add[3:])["zones"]


def test_where_no_workspace_is_named_one_that_lies_near_is_told(
    capsys: pytest.CaptureFixture[str], nowhere: Path
) -> None:
    """As of a demo, made in the folder where one stands."""
    made = Path("adplat-demo") / "service"
    told(capsys, "db", "upgrade", "--workspace", str(made))
    assert said(capsys, "user", "list", code=2)[1].endswith(f"; there is one in {made}\n")
    assert "there is one" not in said(capsys, "user", "list", "--workspace", str(nowhere), code=2)[1]


def commands_with_a_workspace() -> list[str]:
    def below(command: Any, words: tuple[str, ...]) -> Iterator[str]:
        for name, one in getattr(command, "commands", {}).items():
            yield from below(one, (*words, name))
        if any(option.name == "workspace" for option in command.params):
            yield " ".join(words)

    return [*below(typer.main.get_command(app), ())]
