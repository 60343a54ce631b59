"""Who does jobs: Worker, what it takes and what it does now; WorkerList, where workers say so.

A worker says now and then that it is there, and each time until when that holds without a further word: its *lease*,
as long as that of the jobs it takes. One that was killed says nothing more, and is gone when its lease is over, which
is when its job is free again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobInHand:
    """A job that a worker does, ``since`` it took it."""

    job_id: int
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that takes jobs, as it last told.

    Args:
        worker_id: its host, its process id and a few random digits: a process that is started again is another.
        kinds: the kinds of jobs that it takes.
        version: of adplat.
        seen: when it last said that it is there.
        lease_until: until when that holds.
        doing: ``None``: it waits for a job.
    """

    worker_id: str
    kinds: Sequence[str]
    version: str
    started: datetime
    seen: datetime
    lease_until: datetime
    doing: JobInHand | None = None


class WorkerList(Protocol):
    """Workers in SQL, a row each; one call is one transaction. They belong to no advertiser: staff sees them."""

    def tell(self, worker: Worker) -> None:
        """It is there, and this is what it does; what it told before is replaced."""
        ...

    def leave(self, worker_id: str) -> None:
        """It ended in order; nothing where it is not in the list."""
        ...

    def forget(self, now: datetime) -> int:
        """Whose lease is over leaves the list; says how many."""
        ...

    def living(self, now: datetime) -> list[Worker]:
        """Those whose lease is not over, the one that started first before the others."""
        ...

    def kinds_taken(self, now: datetime) -> frozenset[str]:
        """The kinds of jobs that some living worker takes."""
        ...
