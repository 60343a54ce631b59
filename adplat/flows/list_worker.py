"""A worker stands in the list of workers while it runs, with the job it has in hand.

It tells with what it does anyway: when it looks for a job, and with the heartbeat of the job it does. Idle it tells
every third of a lease (10 s of the usual 30), busy at most once a second and only where the job in hand changed or the
third is over. What that costs a worker: one row replaced by its key in a transaction of its own, 0.1 of them a second
while it is idle or does a long job, and never more than one a second; nothing else is written, and nothing is locked
that a job or a page waits for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from adplat.domain import Clock, Job, JobInHand, StoreUnreachable, Worker, WorkerList

log = logging.getLogger(__name__)
_WORDS_A_LEASE = 3
_SOON = timedelta(seconds=1)

Present = Callable[[Job | None], None]
"""Told the job in hand, ``None`` where there is none, as often as one likes; says when the list is to hear of it."""


@contextmanager
def listed_worker(
    workers: WorkerList, worker_id: str, kinds: Iterable[str], version: str, clock: Clock, lease_s: float
) -> Iterator[Present]:
    """In the list while the block runs; those whose lease is over leave it. Raises StoreUnreachable at the start.

    Later a database that is away is waited for: the list is no reason to end a job.
    """
    now = clock.now()
    workers.forget(now)
    presence = _Presence(
        workers, Worker(worker_id, tuple(sorted(kinds)), version, now, now, now), clock, timedelta(seconds=lease_s)
    )
    presence.say()
    try:
        yield presence.tell
    finally:
        presence.leave()


class _Presence:
    """What one worker says of itself; ``tell`` is called by one thread at a time."""

    def __init__(self, workers: WorkerList, worker: Worker, clock: Clock, lease: timedelta) -> None:
        self._workers, self._worker, self._clock, self._lease = workers, worker, clock, lease

    def tell(self, job: Job | None) -> None:
        doing = None if job is None else JobInHand(job.job_id, job.order.kind, job.heartbeat_at or job.created_at)
        silent = abs(self._clock.now() - self._worker.seen)
        if silent < self._lease / _WORDS_A_LEASE and (doing == self._worker.doing or silent < _SOON):
            return
        try:
            self.say(doing)
        except StoreUnreachable:
            log.warning("worker %s: the list of workers could not be told", self._worker.worker_id)

    def say(self, doing: JobInHand | None = None) -> None:
        now = self._clock.now()
        worker = replace(self._worker, seen=now, lease_until=now + self._lease, doing=doing)
        self._workers.tell(worker)
        self._worker = worker

    def leave(self) -> None:
        try:
            self._workers.leave(self._worker.worker_id)
        except StoreUnreachable:
            log.warning("worker %s stays in the list until its lease is over", self._worker.worker_id)
