"""A worker's way through the queue: take a due job, keep its lease while it runs, say how it ended.

The handler runs in the caller's thread; a second thread says every third of a lease that the job is still at work, and
a second after its progress has moved how far it is. ``present`` (``list_worker``) is told the job in hand each time one
is looked for, and every second while it runs. A handler hears of a cancelled job, or of one that somebody else has
taken over, when it next tells its progress.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from adplat.domain import (
    AdplatError,
    Clock,
    ConfigRejected,
    InternalFault,
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
_NO_TABLE = "a table could not be read or made"
_OF = {
    "sqlalchemy": "the database did not take what was asked of it",
    "polars": _NO_TABLE,
    "_duckdb": _NO_TABLE,
    "pyarrow": _NO_TABLE,
}


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
    except Exception as reason:  # noqa: BLE001 - whatever it is, it ends this attempt and not the worker
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
    queue.give_back(job, now, _told(job, reason), None if isinstance(reason, _BEYOND_HEALING) else now + wait)


def _told(job: Job, reason: Exception) -> str:
    """One line for whoever may see the job; the log has what that line leaves out, under the number it tells.

    Of an error that is not of our tree, or that is our fault, the words are left out: a library's may hold a query with
    its values, or places of files.
    """
    number = f"job-{job.job_id}-{job.attempts}"
    whole = " ".join(str(reason).split())
    if isinstance(reason, AdplatError) and not isinstance(reason, InternalFault):
        said = " ".join(str(reason.for_others()).split())
        if said != whole:
            log.warning("a job failed: %s", number, extra={"reason": whole})
        return said
    log.error("a job failed: %s", number, extra={"reason": whole}, exc_info=reason)
    return f"{_in_our_words(reason)}: the server's log has it whole as {number}"


def _in_our_words(reason: Exception) -> str:
    """What kind of error it is; libraries are known by name, so that none of them is loaded for this."""
    library = next((name for kind in type(reason).__mro__ if (name := kind.__module__.partition(".")[0]) in _OF), "")
    if library:
        return _OF[library]
    if isinstance(reason, MemoryError):
        return "there was not enough memory"
    if isinstance(reason, OSError):
        return "a file or connection failed" + (f" ({os.strerror(reason.errno)})" if reason.errno else "")
    return "this is a fault of adplat"
