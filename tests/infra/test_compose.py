"""One machine with compose: the file against its schema, and against the service that it starts."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from adplat.bootstrap import read_settings
from adplat.cli import run
from tests.infra.infra_files import (
    COMPOSE,
    FORECAST_PORTS,
    GRPC_PORT,
    HTTP_PORT,
    INFRA,
    KNOWN_VARIABLES,
    SECRETS,
    read,
    variables_named,
    walk,
)

CHECK = Path(sys.executable).parent / "check-jsonschema"
TOLD = read(COMPOSE)
SERVICES: dict[str, dict[str, Any]] = TOLD["services"]
OURS = ("migrate", "adplat", "worker", "cli")


def checked(file: Path) -> int:
    command = [CHECK, "--builtin-schema", "vendor.compose-spec", file]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_the_file_is_what_the_compose_specification_says(tmp_path: Path) -> None:
    assert checked(COMPOSE) == 0
    spoiled = tmp_path / "compose.yaml"
    spoiled.write_text(COMPOSE.read_text().replace("restart: unless-stopped", "restrat: unless-stopped", 1))
    assert checked(spoiled) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_version_comes_back_and_is_looked_at(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", service["image"])
    assert "healthcheck" in service
    assert service["restart"] == ("no" if name in ("migrate", "cli") else "unless-stopped")
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", OURS)
def test_our_commands_are_commands(name: str) -> None:
    program, *words = SERVICES[name]["command"]
    assert program == "adplat"
    assert run([*words, "--help"]) == 0


def test_every_setting_in_it_is_one_and_secrets_come_as_files() -> None:
    told = {key for name in OURS for key in SERVICES[name]["environment"]}
    assert told <= KNOWN_VARIABLES
    assert not told & SECRETS
    assert not variables_named(COMPOSE.read_text()) - KNOWN_VARIABLES - {"ADPLAT_"}
    for name in OURS:
        assert {one.upper() for one in SERVICES[name]["secrets"]} == SECRETS
        assert SERVICES[name]["environment"]["ADPLAT_SECRETS_FOLDER"] == "/run/secrets"


def test_ports_and_health_checks_are_the_services() -> None:
    assert [port.rsplit(":", 2)[1:] for port in SERVICES["adplat"]["ports"]] == [
        [str(port), str(port)] for port in (HTTP_PORT, GRPC_PORT)
    ]
    assert f"http://127.0.0.1:{HTTP_PORT}/v1/health" in SERVICES["adplat"]["healthcheck"]["test"]
    assert [port.rsplit(":", 2)[1:] for port in SERVICES["forecasting"]["ports"]] == [
        [str(port)] * 2 for port in FORECAST_PORTS
    ]
    assert f"http://127.0.0.1:{FORECAST_PORTS[0]}/v1/health" in SERVICES["forecasting"]["healthcheck"]["test"]
    assert all(
        port.startswith(("${BIND_ADDRESS:-127.0.0.1}:", "127.0.0.1:"))
        for s in SERVICES.values()
        for port in s.get("ports", [])
    )


def test_whatever_is_named_is_declared_and_every_file_is_there(tmp_path: Path) -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert set(service.get("secrets", [])) <= set(TOLD["secrets"])
        assert {one["source"] for one in service.get("configs", [])} <= set(TOLD["configs"])
        assert set(service["networks"]) <= set(TOLD["networks"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in TOLD["volumes"] or source.startswith("${IMPORT_FOLDER"), volume
    for config in TOLD["configs"].values():
        assert (COMPOSE.parent / config["file"]).is_file(), config
    make_secrets(tmp_path)
    assert {Path(one["file"]).name for one in TOLD["secrets"].values()} == {one.name for one in tmp_path.iterdir()}
    assert all(Path(one["file"]).parent == Path("secrets") for one in TOLD["secrets"].values())
    assert "infra/compose/secrets/" in (INFRA.parent / ".gitignore").read_text().splitlines()


def test_nothing_starts_before_the_database_is_migrated_and_redis_answers() -> None:
    for name in ("adplat", "worker", "cli"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "valkey": {"condition": "service_healthy"},
        }
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_valkey_keeps_what_it_is_told_as_our_own_does() -> None:
    command = " ".join(SERVICES["valkey"]["command"])
    for told in ("--appendonly yes", "--appendfsync everysec", "--maxmemory-policy noeviction", "--requirepass"):
        assert told in command


def test_no_password_stands_in_it() -> None:
    for text in (one for one in walk(TOLD) if isinstance(one, str)):
        assert not re.search(r"://[^/$]*:[^/$@]+@", text), text
    words = [key for one in walk(TOLD) if isinstance(one, dict) for key in one if "PASSWORD" in str(key)]
    assert words
    assert all(word.endswith("_FILE") for word in words)


def make_secrets(folder: Path) -> None:
    subprocess.run(["/bin/sh", INFRA / "compose" / "make_secrets.sh", folder], check=True, capture_output=True)


def test_secrets_are_random_fit_each_other_and_are_read_as_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_secrets(tmp_path / "a")
    make_secrets(tmp_path / "b")
    kept = {file.name: file.read_text() for file in (tmp_path / "a").iterdir()}
    other = {file.name: file.read_text() for file in (tmp_path / "b").iterdir()}
    assert all(kept[name] != other[name] for name in kept if name != "adplat_watch_key")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    make_secrets(tmp_path / "a")
    assert {file.name: file.read_text() for file in (tmp_path / "a").iterdir()} == kept

    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ADPLAT_SECRETS_FOLDER", str(tmp_path / "a"))
    settings = read_settings()
    database = make_url(settings.database_url)
    assert (database.password, database.host) == (kept["postgres_password"], "postgres")
    assert settings.redis_url == f"redis://:{kept['valkey_password']}@valkey:6379/0"
    assert len(settings.notice_secrets) >= 16
    assert set(SERVICES) >= {"postgres", "valkey"}
