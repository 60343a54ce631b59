"""What the cluster's way in refuses before a replica is made; tests/e2e/test_cluster.py goes through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.bootstrap import read_settings
from adplat.domain import ConfigRejected, MissingInput
from services.bidding.cluster import application, cluster_settings

SERVERS = {
    "database_url": "postgresql://adplat@postgres/adplat",
    "redis_url": "redis://valkey:6379",
    "public_url": "https://ads.example",
}


@pytest.mark.parametrize("name", SERVERS)
def test_what_belongs_to_one_machine_is_refused(name: str) -> None:
    with pytest.raises(ConfigRejected) as refused:
        cluster_settings(read_settings(**{**SERVERS, name: ""}))
    assert refused.value.where == f"ADPLAT_{name.upper()}"


def test_a_file_is_no_database_for_many_machines() -> None:
    with pytest.raises(ConfigRejected, match="SQLite"):
        cluster_settings(read_settings(**{**SERVERS, "database_url": "sqlite:////var/lib/adplat/adplat.db"}))


def test_a_cluster_is_never_taken_for_a_loopback() -> None:
    settings = cluster_settings(read_settings(**SERVERS, http_host="127.0.0.1"))
    assert settings.http_host == "0.0.0.0"  # noqa: S104
    assert settings.workspace.is_absolute()


def test_arguments_in_the_config_are_refused_rather_than_ignored() -> None:
    with pytest.raises(ConfigRejected, match="'replicas' is no argument"):
        application({"replicas": "3"})


def test_nothing_published_is_told_by_the_deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVERS.items():
        monkeypatch.setenv(f"ADPLAT_{name.upper()}", value)
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path))
    with pytest.raises(MissingInput, match="nothing is published"):
        application({})


def test_secrets_are_read_from_files_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "adplat_redis_url").write_text("redis://:secret@valkey:6379/0\n")
    (tmp_path / "adplat_notice_secrets").write_text("0123456789abcdef")
    monkeypatch.setenv("ADPLAT_SECRETS_FOLDER", str(tmp_path))
    monkeypatch.delenv("ADPLAT_REDIS_URL", raising=False)
    assert read_settings().redis_url == "redis://:secret@valkey:6379/0"
    assert read_settings().notice_secrets == "0123456789abcdef"
    monkeypatch.setenv("ADPLAT_REDIS_URL", "redis://elsewhere")
    assert read_settings().redis_url == "redis://elsewhere"
    assert read_settings(redis_url="redis://told").redis_url == "redis://told"


def test_a_folder_of_secrets_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPLAT_SECRETS_FOLDER", str(tmp_path / "gone"))
    with pytest.raises(ConfigRejected, match="not there"):
        read_settings()
