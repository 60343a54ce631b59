"""One made workspace, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.storage import upgrade_database
from tests.real_postgres import a_postgres
from tests.services.admin.admins import Admin, Stage, a_workspace


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "ws"
    a_workspace(folder)
    return folder


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture
def admin(made_workspace: Path, tmp_path: Path, stage: Stage) -> Iterator[Admin]:
    """The application, running, over a copy of the made workspace."""
    folder = tmp_path / "ws"
    shutil.copytree(made_workspace, folder)
    made = Admin(bootstrap.read_settings(workspace=folder, actor="setup"), stage=stage)
    with made.nobody():
        yield made


@pytest.fixture
def admin_over_postgres(tmp_path: Path) -> Iterator[Admin]:
    """The same over a real PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="adp-"))  # a short path: it must leave room for a socket's name
    with a_postgres(folder / "postgres") as server:
        server.psql("CREATE DATABASE admin")
        url = server.get_uri("admin")
        upgrade_database(url)
        made = Admin(a_workspace(tmp_path / "ws", database_url=url))
        with made.nobody():
            yield made
    shutil.rmtree(folder, ignore_errors=True)
