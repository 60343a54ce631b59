"""A job as its owner sees it over HTTP: found by its id, and told how far it is."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from adplat.domain import Caller, Job, JobQueue, UnknownReference


class JobAnswer(Struct):
    """``state``: queued, running, done, failed or cancelled; ``progress`` from 0 to 1; ``result`` when done."""

    job_id: int
    state: str
    progress: float
    result: dict[str, Any] | None = None
    error: str | None = None


def job_answer(job: Job) -> JobAnswer:
    """What is told of it."""
    result = None if job.result is None else dict(job.result)
    return JobAnswer(job.job_id, job.state.value, job.progress, result, job.error or None)


def own_job(caller: Caller, jobs: JobQueue, job_id: str, kind: str) -> Job:
    """Raises UnknownReference, in the same words for none, for another's, and for one of another kind."""
    unknown = UnknownReference("no job has this id", where=f"job {job_id[:64]}", hint="give the id that was answered")
    if not (job_id.isascii() and job_id.isdigit() and len(job_id) < 19):
        raise unknown
    try:
        job = jobs.find(int(job_id))
    except UnknownReference:
        raise unknown from None
    if job.order.kind != kind or not caller.may_see(job.order.subject):
        raise unknown
    return job
