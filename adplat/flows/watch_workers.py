"""Which jobs nobody takes: due, of a kind that no living worker takes. A job that waits its turn is not one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from adplat.domain import Alert, AlertKind, AlertLevel, AlertSubject, Job, JobState
from adplat.flows.admin_parts import SeenParts

# A worker that ended is started again within seconds: no alert for that.
_PATIENCE = timedelta(minutes=1)


def untaken_jobs(parts: SeenParts, jobs: Iterable[Job]) -> frozenset[int]:
    """The ids of those that nobody takes. Said to everybody who sees the job; of workers it says no more."""
    now = parts.clock.now()
    taken = parts.kinds_taken(now)
    return frozenset(
        one.job_id
        for one in jobs
        if one.state is JobState.QUEUED and one.order.run_after <= now and one.order.kind not in taken
    )


def jobs_nobody_takes(parts: SeenParts) -> list[Alert]:
    """By kind, how many jobs nobody takes for a minute already."""
    now = parts.clock.now()
    waiting = parts.jobs.untaken(parts.kinds_taken(now), now - _PATIENCE)
    return [
        Alert(AlertKind.JOBS_UNTAKEN, AlertLevel.BAD, AlertSubject.JOBS, kind, kind, facts={"waiting": count})
        for kind, count in waiting.items()
    ]
