"""A browser for each module: while it is open, this thread's own event loop is taken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api as playwright
import pytest

from adplat import bootstrap
from tests.services.admin.admins import Admin
from tests.services.admin.in_a_browser.chromium import chromium
from tests.services.admin.in_a_browser.page_list import furnish
from tests.services.asked_by_schema import serving


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the application over a copy of the made workspace, for tests that only look."""
    folder = tmp_path_factory.mktemp("looked-at") / "ws"
    shutil.copytree(made_workspace, folder)
    admin = Admin(bootstrap.read_settings(workspace=folder, actor="setup"))
    with admin.nobody():
        furnish(admin.as_("root"))
    with serving(admin.app) as served:
        yield served
