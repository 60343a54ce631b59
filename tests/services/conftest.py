"""A published shop and a real Valkey for the services; the shop is the one of the flows' tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adplat.storage import EmbeddedValkey
from tests.flows.small_shop import Shop, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = a_shop(tmp_path / "shop")
    made.publish()
    return made


@pytest.fixture(scope="session")
def valkey() -> Iterator[EmbeddedValkey]:
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    with EmbeddedValkey(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)
