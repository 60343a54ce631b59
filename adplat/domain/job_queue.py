"""The port of jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from adplat.domain.jobs import Job, JobOrder, JobState
from adplat.domain.listing import ListRequest, Page


class JobQueue(Protocol):
    """Jobs in SQL: the row is the queue entry. One call is one transaction, its line in the audit trail included.

    ``begun`` is a job as ``take`` gave it; what is said of an attempt that is not the latest, or of a job that was
    cancelled, changes nothing and is answered ``False``.
    """

    def add(self, order: JobOrder, now: datetime) -> Job:
        """Queue it; or the job that an order of the same kind and key already made."""
        ...

    def take(self, kinds: Sequence[str], worker_id: str, now: datetime, lease_s: float) -> Job | None:
        """The due job that has waited longest, or one whose worker was lost; nobody else gets it meanwhile."""
        ...

    def beat(self, begun: Job, now: datetime, lease_s: float, progress: float) -> bool:
        """Still at work: the lease is extended."""
        ...

    def finish(self, begun: Job, now: datetime, result: Mapping[str, Any]) -> bool:
        """It is done."""
        ...

    def give_back(self, begun: Job, now: datetime, error: str, retry_at: datetime | None) -> bool:
        """It ended badly: to be tried again from ``retry_at`` on, or failed (``None``, or it began often enough)."""
        ...

    def cancel(self, job_id: int, now: datetime, by: str) -> Job:
        """Nobody wants it any more. Raises UnknownReference, and ConfigRejected where it is over."""
        ...

    def find(self, job_id: int) -> Job:
        """Raises UnknownReference."""
        ...

    def latest(self, kind: str, subject: str) -> Job | None:
        """The one ordered last about this subject."""
        ...

    def job_page(self, request: ListRequest) -> Page[Job]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def untaken(self, kinds: Collection[str], due: datetime) -> Mapping[str, int]:
        """How many queued jobs that were due before this moment are of none of these kinds, by kind."""
        ...

    def jobs(self, states: Sequence[JobState] = (), *, kind: str = "", limit: int = 100) -> list[Job]:
        """Newest first; of all states and kinds where none are named."""
        ...
