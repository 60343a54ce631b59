"""``/v1/forecasts``, ``/v1/jobs``: what runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from adplat.domain import JobState, KeptForecast, Right, UnknownReference
from adplat.flows.describe_forecasts import forecast_document, score_document
from adplat.flows.describe_jobs import job_document
from services.admin.asking import Asking
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.schemas import PageOut
from services.admin.work_schemas import ForecastOut, JobOut

router = APIRouter(prefix="/v1")


@router.get("/forecasts", responses=responses(), response_model=PageOut[ForecastOut], tags=["forecasts"])
def list_forecasts(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Kept ones, newest first."""
    return page_document(asker.may(Right.SEE_FORECASTS).forecasts.forecast_page(wanted), forecast_document)


@router.get("/forecasts/{forecast_id}", responses=responses(404), response_model=ForecastOut, tags=["forecasts"])
def read_forecast(forecast_id: str, asker: Asking) -> dict[str, Any]:
    """One of them, with its plan, its numbers and what became of them."""
    parts = asker.may(Right.SEE_FORECASTS)
    kept: KeptForecast = parts.forecasts.find(forecast_id)
    scores = [score_document(score) for score in parts.forecasts.scores(forecast_id)]
    return forecast_document(kept) | {"plan": dict(kept.plan), "document": dict(kept.document), "scores": scores}


@router.get("/jobs", responses=responses(), response_model=PageOut[JobOut], tags=["jobs"])
def list_jobs(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Newest first."""
    return page_document(asker.may(Right.SEE_JOBS).jobs.job_page(wanted), job_document)


@router.get("/jobs/{job_id}", responses=responses(404), response_model=JobOut, tags=["jobs"])
def read_job(job_id: str, asker: Asking) -> dict[str, Any]:
    """One of them."""
    return job_document(asker.may(Right.SEE_JOBS).jobs.find(job_number(job_id)))


@router.post("/jobs/{job_id}/cancel", responses=responses(404), response_model=JobOut, tags=["jobs"])
def cancel_job(job_id: str, asker: Asking) -> dict[str, Any]:
    """Nobody wants it any more; once cancelled it stays so."""
    parts = asker.may(Right.RUN_JOBS)
    found = parts.jobs.find(job_number(job_id))
    if found.state is JobState.CANCELLED:
        return job_document(found)
    return job_document(parts.jobs.cancel(found.job_id, parts.clock.now(), parts.by))


def job_number(told: str) -> int:
    """Raises UnknownReference for what no job is called."""
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        raise UnknownReference("no job has this id", where=f"job {told[:64]}", hint="see the list")
    return int(told)
