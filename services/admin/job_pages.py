"""Pages of jobs: what waits, runs and ended; the list looks again by itself while one of its jobs is not over."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from adplat.domain import Comparison, Condition, ConfigRejected, JobState, ListRequest, Right
from adplat.flows.describe_jobs import job_document
from services.admin.pages import Browsing, Cursor, Sending, choice_of, is_text, trail_of
from services.admin.rendering import page, to
from services.admin.words.deeds import JOB_KINDS
from services.admin.works_api import job_number

router = APIRouter(include_in_schema=False)
_LONGEST_SHOWN = 20_000


@router.get("/jobs")
def jobs(request: Request, asker: Browsing, state: str = "", kind: str = "", cursor: Cursor = "") -> Response:
    """Newest first."""
    conditions = choice_of("state", state, JobState)
    if is_text(kind.strip()):
        # One that is chosen is that one alone; one that is written into the address may be a part of several.
        compared = Comparison.IS if kind.strip() in JOB_KINDS else Comparison.CONTAINS
        conditions.append(Condition("kind", compared, (kind.strip()[:256],)))
    shown = asker.may(Right.SEE_JOBS).jobs.job_page(ListRequest(conditions, limit=50, cursor=cursor))
    again = urlencode({"state": state, "kind": kind.strip(), "cursor": cursor})
    facts: dict[str, Any] = {
        "shown": shown,
        "states": list(JobState),
        "kinds": JOB_KINDS,
        "chosen": {"state": state, "kind": kind.strip()},
        "again": "" if all(one.state.is_over for one in shown.items) else f"/jobs?{again}",
    }
    return page(request, "jobs.html", asker, **facts)


@router.get("/jobs/{job_id}")
def job(job_id: str, request: Request, asker: Browsing) -> Response:
    """One of them: what it was told, how far it is, what came out of it."""
    one = asker.may(Right.SEE_JOBS).jobs.find(job_number(job_id))
    told = job_document(one)
    facts: dict[str, Any] = {
        "one": one,
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
