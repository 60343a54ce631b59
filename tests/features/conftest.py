"""Folders that several tests read and none changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adplat.features import FeatureEncoding, Histories, ItemBlock
from tests.features.builders import fitted, folder_with_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose ``images/`` holds twelve pictures."""
    return folder_with_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="session")
def ready(pictures: Path) -> tuple[FeatureEncoding, ItemBlock, Histories]:
    """An encoding fitted on the small world, its items and its histories."""
    return fitted(pictures)


@pytest.fixture(scope="session")
def posters() -> Path:
    """Real film posters with titles."""
    default = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    folder = Path(os.environ.get("ADPLAT_DATA", default)) / "movielens_posters"
    if not folder.is_dir():
        pytest.skip(f"no poster data in {folder}; set ADPLAT_DATA")
    return folder
