"""The walls of ``.importlinter`` really stop what they name, and every room has its furniture."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path for path in (ROOT / "adplat").iterdir() if (path / "__init__.py").exists())
CARD = ("This room:", "May import:", "Must not:", "Called by:", "Tests:")
TELLTALE_NAMES = {"utils", "helpers", "common", "misc", "manager"}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        check=False,
    )


@pytest.fixture
def copy_of_the_tree(tmp_path: Path) -> Path:
    for name in ("adplat", "services", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path / ".importlinter")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("domain/planted.py", "import adplat.data"),
        ("domain/planted.py", "import numpy"),
        ("features/planted.py", "import pyarrow"),
        ("bandit/planted.py", "import adplat.ctr"),
        ("experiments/planted.py", "import adplat.bandit"),
        ("forecast/planted.py", "import adplat.ctr"),
        ("forecast/planted.py", "import pyarrow"),
        ("ctr/planted.py", "import adplat.storage"),
        ("flows/planted.py", "import adplat.storage"),
        ("flows/planted.py", "import redis"),
        ("ctr/planted.py", "import ray"),
        ("bootstrap/planted.py", "import ray"),
        ("flows/planted.py", "import adplat.runners"),
        ("runners/planted.py", "import adplat.flows"),
        ("runners/planted.py", "import adplat.storage"),
        ("runners/planted.py", "import fastapi"),
        ("flows/planted.py", "import grpc"),
        ("domain/planted.py", "import google.protobuf"),
        ("bootstrap/planted.py", "import services.bidding"),
        ("newroom/__init__.py", ""),
    ],
)
def test_a_planted_violation_is_caught(copy_of_the_tree: Path, module: str, line: str) -> None:
    target = copy_of_the_tree / "adplat" / module
    target.parent.mkdir(exist_ok=True)
    with target.open("a") as file:
        file.write(f"\n{line}\n")
    seen = lint(copy_of_the_tree)
    assert seen.returncode == 1, seen.stdout


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_has_its_card(room: Path) -> None:
    text = (room / "__init__.py").read_text()
    assert all(field in text for field in CARD), f"{room.name} lacks a field of the card"


def test_no_file_is_named_after_nothing() -> None:
    names = {path.stem for folder in ("adplat", "services") for path in (ROOT / folder).rglob("*.py")}
    assert not names & TELLTALE_NAMES


def test_the_linter_names_every_contract() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    assert all(parser[section].get("name") for section in parser.sections() if ":contract:" in section)
