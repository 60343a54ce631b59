"""Real servers for these tests: one PostgreSQL and one Valkey for the whole session, fresh names for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import CHAIN_START
from adplat.storage import (
    Database,
    EmbeddedValkey,
    RedisStreamState,
    open_database,
    open_stream_state,
    upgrade_database,
)
from adplat.storage.tables import Base
from tests.real_postgres import a_postgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(short_folder: Path) -> Iterator[Any]:
    """A real PostgreSQL from a wheel, with one database ``migrated`` to copy from."""
    with a_postgres(short_folder / "postgres") as server:
        server.psql("CREATE DATABASE migrated")
        upgrade_database(server.get_uri("migrated"))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "adplat.db"
    upgrade_database(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which nothing was ever made."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name}")
    yield str(server.get_uri(name))
    server.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def own_url(empty_url: str) -> str:
    """The URL of a database at head that the test may bend."""
    upgrade_database(empty_url)
    return empty_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database at head and without rows; the test leaves its tables as they are."""
    if request.param == "sqlite":
        file = tmp_path / "adplat.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    server = request.getfixturevalue("postgres")
    # Emptying one database takes a hundredth of the time of making another.
    truncate = f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY;"
    restart = "INSERT INTO stream_coverage VALUES ('hourly_metrics', 0, 0); INSERT INTO report_zones VALUES ('UTC');"
    head = f"INSERT INTO audit_head VALUES ('audit', 0, '{CHAIN_START}', 0);"  # noqa: S608
    # A replica's session fires no triggers: those of the audit trail refuse to empty it.
    server.psql("\n".join(["\\connect migrated", "SET session_replication_role = replica;", truncate, restart, head]))
    return str(server.get_uri("migrated"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def valkey(short_folder: Path) -> Iterator[EmbeddedValkey]:
    """A real Valkey, shared: tests that need it alone start their own."""
    with EmbeddedValkey(short_folder / "valkey") as server:
        yield server


@pytest.fixture
def namespace() -> str:
    """A prefix that no other test uses."""
    return f"t{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def stream(valkey: EmbeddedValkey, namespace: str) -> Iterator[RedisStreamState]:
    state = open_stream_state(valkey.url, namespace=namespace)
    yield state
    state.close()
