"""Work that is done later, by the worker: JobOrder, Job and its life.

::

    queued ──▶ running ──▶ done
      ▲  │      │   │
      │  │      │   └────▶ failed      it went wrong too often, or trying again cannot heal it
      └──┼──────┘                      it went wrong, or its worker was lost: once more, later
         └──────┴────────▶ cancelled   a person no longer wants it

Who takes a job holds it for a while only (a *lease*), and says now and then that it is still at work (a *heartbeat*).
A worker that was killed says nothing more, and its job is free again when the lease is over. A job may therefore begin
more than once: what it does must be the same when done twice. Every beginning has a number, ``attempts``, and nobody
can report on a beginning that is not the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

_FIRST_WAIT_S, _LONGEST_WAIT_S = 10.0, 600.0


class JobState(StrEnum):
    """Where in its life a job is; the module draws it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def outcome(self) -> JobOutcome:
        """As far as the state alone tells; the result of one that is done may say another one."""
        return JobOutcome.WAITING if self is JobState.QUEUED else JobOutcome(self.value)


class JobOutcome(StrEnum):
    """How far a job came, as people are told it: its state, or what it says itself of a run that came to its end.

    *Refused*: it was not done, and nothing was changed. *Partly*: some of it was done. One that came to its end may
    have *failed* all the same, where trying again would not heal it.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What is to be done.

    Args:
        kind: which handler does it.
        subject: what it is about, such as the id of an experiment; empty where it is about nothing named.
        payload: what the handler is told, as plain data.
        run_after: not earlier than this.
        by: who wants it.
        idempotency_key: an order of the same kind and key is the same order, however often it is given;
            ``None``: it is like no other.
        most_attempts: how often it may begin.
        advertiser_id: whose people may see it; ``None``: staff alone.
    """

    kind: str
    subject: str
    run_after: datetime
    by: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    most_attempts: int = 5
    advertiser_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An order and what has become of it.

    Args:
        attempts: how often it has begun.
        progress: the share that is done, from 0 to 1, of the attempt that runs.
        result: what came out of it; ``None`` before it is done.
        error: why the latest attempt ended badly; empty where none did.
        lease_until: until when ``worker_id`` holds it without a further word; ``None`` while nobody does.
    """

    job_id: int
    order: JobOrder
    created_at: datetime
    state: JobState = JobState.QUEUED
    attempts: int = 0
    progress: float = 0.0
    result: Mapping[str, Any] | None = None
    error: str = ""
    worker_id: str = ""
    lease_until: datetime | None = None
    heartbeat_at: datetime | None = None
    ended_at: datetime | None = None


JobHandler = Callable[[Job, Callable[[float], None]], Mapping[str, Any]]
"""Does one job and gives its result; told a function that it calls with the share done, which may end it."""


def wait_before_retry_s(attempts: int) -> float:
    """How long after the ``attempts``-th bad end it is tried again: 10 s, doubled each time, at most ten minutes."""
    return min(_FIRST_WAIT_S * 2.0 ** min(attempts - 1, 16), _LONGEST_WAIT_S)
