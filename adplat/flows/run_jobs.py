"""A worker's way through the queue: take a due job, keep its lease while it runs, say how it ended.

The handler runs in the caller's thread; a second thread says every third of a lease that the job is still at work, and
a second after its progress has moved how far it is. ``present`` (``list_worker``) is told the job in hand each time one
is looked for, and every second while it runs. A handler hears of a cancelled job, or of one that somebody else has
taken over, when it next tells its progress.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from adplat.domain import (
    AdplatError,
    Clock,
    ConfigRejected,
    Job,
    JobHandler,
    JobQueue,
    StoreUnreachable,
    UnknownReference,
    wait_before_retry_s,
)
from adplat.flows.list_worker import Present

log = logging.getLogger(__name__)
_BEATS_A_LEASE = 3
# How soon whoever waits for a job sees that it moves; most jobs are over before a third of their lease.
_TELL_S = 1.0
# The same words would say the same again.
_BEYOND_HEALING = (ConfigRejected, UnknownReference)


class JobTaken(Exception):
    """The job was cancelled, or its lease ran out and another worker has it."""


def run_next_job(
    queue: JobQueue,
    handlers: Mapping[str, JobHandler],
    worker_id: str,
    clock: Clock,
    *,
    lease_s: float,
    present: Present = lambda _: None,
) -> Job | None:
    """Do the job that has been due longest, and give it as it was taken; ``None`` where none is due.

    What a handler raises ends the attempt and not the worker. Raises StoreUnreachable; the job is then left to its
    lease.
    """
    job = queue.take(sorted(handlers), worker_id, clock.now(), lease_s)
    present(job)
    if job is None:
        return None
    try:
        with _kept(queue, job, clock, lease_s, present) as tell:
            result = handlers[job.order.kind](job, tell)
    except JobTaken:
        log.info("job %d is no longer wanted here", job.job_id)
    except StoreUnreachable:
        raise
    except AdplatError as reason:
        _give_back(queue, job, clock, reason)
    except Exception as reason:
        log.exception("job %d", job.job_id)
        _give_back(queue, job, clock, reason)
    else:
        queue.finish(job, clock.now(), result)
    return job


class _Lease:
    """One job's lease, kept by ``beat``; ``tell`` is for the handler."""

    def __init__(self, queue: JobQueue, job: Job, clock: Clock, lease_s: float) -> None:
        self._queue, self._job, self._clock, self._lease_s = queue, job, clock, lease_s
        self._progress = self._told = 0.0
        self._lost = False

    def tell(self, progress: float) -> None:
        self._progress = progress
        if self._lost:
            raise JobTaken

    @property
    def has_moved(self) -> bool:
        return self._progress != self._told

    def beat(self) -> None:
        progress = self._progress
        try:
            held = self._queue.beat(self._job, self._clock.now(), self._lease_s, progress)
        except StoreUnreachable:
            log.warning("job %d: its lease could not be extended", self._job.job_id)
        else:
            self._lost, self._told = not held, progress


@contextmanager
def _kept(
    queue: JobQueue, job: Job, clock: Clock, lease_s: float, present: Present
) -> Iterator[Callable[[float], None]]:
    lease, over = _Lease(queue, job, clock, lease_s), threading.Event()

    def beat() -> None:
        pause_s = lease_s / _BEATS_A_LEASE
        due_s = time.monotonic() + pause_s
        while not over.wait(min(_TELL_S, pause_s)):
            if lease.has_moved or time.monotonic() >= due_s:
                lease.beat()
                due_s = time.monotonic() + pause_s
            present(job)

    thread = threading.Thread(target=beat, daemon=True, name=f"job-{job.job_id}")
    thread.start()
    try:
        yield lease.tell
    finally:
        over.set()
        thread.join()


def _give_back(queue: JobQueue, job: Job, clock: Clock, reason: Exception) -> None:
    now = clock.now()
    wait = timedelta(seconds=wait_before_retry_s(job.attempts))
    queue.give_back(job, now, _told(reason), None if isinstance(reason, _BEYOND_HEALING) else now + wait)


def _told(reason: Exception) -> str:
    """One line for whoever may see the job: where the server keeps its files is no business of theirs."""
    if isinstance(reason, AdplatError) and Path(reason.where).is_absolute():
        said = f"{reason.what}: {reason.hint}"
    elif isinstance(reason, OSError) and reason.strerror:
        said = reason.strerror
    else:
        said = str(reason)
    return " ".join(said.split()) or type(reason).__name__
