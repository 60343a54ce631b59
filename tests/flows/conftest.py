"""A published shop, a real Valkey and a real SQLite for the flows of serving."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adplat.storage import EmbeddedValkey, RedisStreamState, open_stream_state, upgrade_database
from tests.flows.fold_rig import Rig
from tests.flows.model_market import ModelMarket, a_model_market
from tests.flows.small_shop import Shop, a_shop

_numbers = itertools.count()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = a_shop(tmp_path_factory.mktemp("shop"))
    made.publish()
    return made


@pytest.fixture(scope="session")
def valkey() -> Iterator[EmbeddedValkey]:
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    with EmbeddedValkey(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def namespace() -> str:
    return f"f{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def stream(valkey: EmbeddedValkey, namespace: str) -> Iterator[RedisStreamState]:
    state = open_stream_state(valkey.url, namespace=namespace)
    yield state
    state.close()


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "adplat.db"
    upgrade_database(f"sqlite:///{file}")
    return file


@pytest.fixture
def rig(shop: Shop, valkey: EmbeddedValkey, namespace: str, tmp_path: Path, empty_database: Path) -> Iterator[Rig]:
    shutil.copy(empty_database, tmp_path / "adplat.db")
    made = Rig(shop, valkey, namespace, tmp_path)
    yield made
    made.close()
