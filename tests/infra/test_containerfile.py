"""The container file: what a linter says, and that it holds what the project needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from adplat.cli import run
from tests.infra.infra_files import GRPC_PORT, HTTP_PORT, INFRA, KNOWN_VARIABLES, ROOT, SECRETS, variables_named

CONTAINERFILE = INFRA / "Containerfile"
TEXT = CONTAINERFILE.read_text()
FINAL = TEXT[TEXT.rindex("\nFROM ") :]
HADOLINT = Path(sys.executable).parent / "hadolint"


def test_the_linter_has_nothing_to_say() -> None:
    seen = subprocess.run([HADOLINT, CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (seen.returncode, seen.stdout) == (0, "")


def test_the_linter_is_awake(tmp_path: Path) -> None:
    spoiled = tmp_path / "Containerfile"
    spoiled.write_text(TEXT.replace("python:${PYTHON}\n", "python\n"))
    assert subprocess.run([HADOLINT, spoiled], capture_output=True, check=False).returncode == 1


def test_it_is_built_elsewhere_and_runs_as_nobody_in_particular() -> None:
    assert len(re.findall(r"^FROM ", TEXT, re.M)) == 2
    assert re.search(r"^ARG PYTHON=3\.11\.\d+-slim-\w+$", TEXT, re.M)
    assert re.search(r"^USER 10001:10001$", FINAL, re.M)
    assert "useradd --uid 10001" in FINAL


def test_every_setting_in_it_is_one_and_none_is_secret() -> None:
    named = variables_named(TEXT)
    assert named
    assert not named - KNOWN_VARIABLES - {"ADPLAT_"}
    assert not named & SECRETS


def test_its_ports_its_health_check_and_its_command_are_the_services() -> None:
    assert f"EXPOSE {HTTP_PORT} {GRPC_PORT}\n" in FINAL
    assert f"ADPLAT_HTTP_PORT={HTTP_PORT} " in FINAL
    assert f"ADPLAT_GRPC_PORT={GRPC_PORT} " in FINAL
    assert f'"http://127.0.0.1:{HTTP_PORT}/v1/health"' in FINAL
    assert '\nCMD ["adplat", "serve"]\n' in FINAL
    assert run(["serve", "--help"]) == 0


def test_what_it_copies_is_there_and_gets_past_the_ignore_file() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [word for line in re.findall(r"^COPY (?!--)(.+) \S+$", TEXT, re.M) for word in line.split()]
    assert {"adplat", "services", "migrations", "configs", "pyproject.toml"} <= set(copied)
    assert "*" in ignored
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, name


def test_it_installs_what_the_project_names_in_versions_that_are_locked(tmp_path: Path) -> None:
    [listing] = re.findall(r'RUN (python -c ".+") > wanted\.txt', TEXT)
    told = subprocess.run(
        ["/bin/bash", "-c", listing.replace("python", sys.executable, 1)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert told.stdout.split("\n")[:-1] == project["dependencies"]
    locked = {_plain(line.split("==")[0]) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    for wanted in project["dependencies"]:
        assert _plain(re.split(r"[\[><=]", wanted)[0]) in locked, wanted


@pytest.mark.parametrize("tool", ["pytest", "hypothesis", "mypy", "ruff"])
def test_the_tools_of_the_tests_stay_outside(tool: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not [one for one in project["dependencies"] if one.startswith(tool)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
