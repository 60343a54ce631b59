"""Pages of jobs, and the workers that live; a list looks again by itself while one of its jobs is not over."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import ConfigRejected, JobState, Right
from adplat.flows.describe_jobs import job_document
from adplat.flows.watch_workers import untaken_jobs
from services.admin.filters import Asked, Filters, one_of, text
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.rendering import page, to
from services.admin.words.deeds import JOB_KINDS
from services.admin.works_api import job_number

router = APIRouter(include_in_schema=False)
_LONGEST_SHOWN = 20_000
LISTED = Filters(
    (
        one_of("state", "state", {one.value: f"outcome {one.outcome.value}" for one in JobState}, "state"),
        text("kind", "job_kind", "kind", whole=JOB_KINDS),
    )
)


@router.get("/jobs")
def jobs(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """Newest first; before them, for who may know, who does them."""
    parts = asker.may(Right.SEE_JOBS)
    shown = asked.page(parts.jobs.job_page, 50)
    again = urlencode(asked.chosen | asked.places)
    facts: dict[str, Any] = {
        "shown": shown,
        "untaken": untaken_jobs(parts, shown.items),
        "workers": parts.workers.living(parts.clock.now()) if asker.viewer.may(Right.SEE_WORKERS) else [],
        "now": parts.clock.now(),
        "states": list(JobState),
        "kinds": JOB_KINDS,
        "again": "" if all(one.state.is_over for one in shown.items) else f"/jobs?{again}",
    }
    return page(request, "jobs.html", asker, asked=asked, **facts)


@router.get("/jobs/{job_id}")
def job(job_id: str, request: Request, asker: Browsing) -> Response:
    """One of them: what it was told, how far it is, what came out of it."""
    parts = asker.may(Right.SEE_JOBS)
    one = parts.jobs.find(job_number(job_id))
    told = job_document(one)
    facts: dict[str, Any] = {
        "one": one,
        "untaken": untaken_jobs(parts, [one]),
        "payload": _readable(told["payload"]),
        "result": None if told["result"] is None else _readable(told["result"]),
        "entries": trail_of(asker, f"job {one.job_id}"),
    }
    return page(request, "job.html", asker, **facts)


@router.post("/jobs/{job_id}/cancel")
def cancel(job_id: str, sent: Sending) -> Response:
    """Nobody wants it any more; one that is cancelled stays so."""
    asker, _ = sent
    parts = asker.may(Right.RUN_JOBS)
    found = parts.jobs.find(job_number(job_id))
    if not found.state.is_over:
        parts.jobs.cancel(found.job_id, parts.clock.now(), parts.by)
    elif found.state is not JobState.CANCELLED:
        raise ConfigRejected(
            f"the job is {found.state.value}", where=f"job {found.job_id}", hint="it ended before it was cancelled"
        )
    return to(f"/jobs/{found.job_id}", "job_cancelled")


def _readable(told: Any) -> str:
    """As JSON, cut where nobody would read on."""
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"
