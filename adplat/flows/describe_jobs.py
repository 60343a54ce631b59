"""Jobs and workers as plain data, for ``--json`` and for tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adplat.domain import Job, Worker
from adplat.flows.job_outcomes import job_outcome


def job_document(job: Job) -> dict[str, Any]:
    """One job; times are ISO 8601 in UTC, ``None`` where something has not happened.

    ``state`` is where in its life it is; ``outcome`` and ``why`` tell what came of it, which of one that is *done* may
    be that nothing was.
    """
    outcome, why = job_outcome(job)
    return {
        "job_id": job.job_id,
        "kind": job.order.kind,
        "subject": job.order.subject,
        "state": job.state.value,
        "outcome": outcome.value,
        "why": why or None,
        "progress": job.progress,
        "attempts": job.attempts,
        "most_attempts": job.order.most_attempts,
        "error": job.error or None,
        "run_after": _told(job.order.run_after),
        "created_at": _told(job.created_at),
        "created_by": job.order.by,
        "worker_id": job.worker_id or None,
        "heartbeat_at": _told(job.heartbeat_at),
        "lease_until": _told(job.lease_until),
        "ended_at": _told(job.ended_at),
        "payload": dict(job.order.payload),
        "result": None if job.result is None else dict(job.result),
    }


def worker_document(worker: Worker) -> dict[str, Any]:
    """One worker; ``doing`` is the job it has in hand, ``None`` where it waits for one."""
    doing = worker.doing
    return {
        "worker_id": worker.worker_id,
        "kinds": list(worker.kinds),
        "version": worker.version,
        "started": _told(worker.started),
        "seen": _told(worker.seen),
        "lease_until": _told(worker.lease_until),
        "doing": None if doing is None else {"job_id": doing.job_id, "kind": doing.kind, "since": _told(doing.since)},
    }


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
