"""A workspace of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from tests.services.generation.drafters import with_campaign


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_campaign(bootstrap.read_settings(workspace=tmp_path / "ws", actor="mei"))
