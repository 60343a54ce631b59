"""One small trained bundle that several modules look at; nobody changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.ctr import TrainingOutcome
from tests.ctr.builders import train_shop, with_pictures


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shop's pictures."""
    return with_pictures(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def trained(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingOutcome:
    """A bundle with both heads, trained on the shop's first rows."""
    return train_shop(shop, tmp_path_factory.mktemp("bundles"), baselines=("id_only", "lightgbm"))
