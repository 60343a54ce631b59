"""Who does jobs in a workspace."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import clock
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_database

if TYPE_CHECKING:
    from adplat.domain import WorkerList
    from adplat.flows.list_worker import Present


@contextmanager
def opened_workers(settings: Settings) -> Iterator[WorkerList]:
    """Those that live. Raises StoreUnreachable."""
    from adplat.storage import SqlWorkers

    with closing(open_database(settings)) as database:
        yield SqlWorkers(database)


@contextmanager
def listed_worker(settings: Settings, kinds: Iterable[str]) -> Iterator[tuple[str, Present]]:
    """This process is a worker that takes these kinds, while the block runs: its name, and who is told of its jobs."""
    from adplat import __version__
    from adplat.flows import list_worker

    name, lease_s = _worker_name(), settings.job_lease_s
    with (
        opened_workers(settings) as workers,
        list_worker.listed_worker(workers, name, kinds, __version__, clock(), lease_s) as present,
    ):
        yield name, present


@lru_cache(maxsize=1)
def _worker_name() -> str:
    """One a process: whoever comes back after its database was away is no other worker."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
