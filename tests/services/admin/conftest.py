"""One made workspace, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adplat import bootstrap
from tests.services.admin.admins import Admin, a_workspace


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "ws"
    a_workspace(folder)
    return folder


@pytest.fixture
def admin(made_workspace: Path, tmp_path: Path) -> Iterator[Admin]:
    """The application, running, over a copy of the made workspace."""
    folder = tmp_path / "ws"
    shutil.copytree(made_workspace, folder)
    made = Admin(bootstrap.read_settings(workspace=folder, actor="setup"))
    with made.nobody():
        yield made
