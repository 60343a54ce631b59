"""``/v1/experiments``: planned, created, started, read, decided. What may follow on what, flows decide."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import KeptExperiment, Right
from adplat.flows.admin_parts import SeenParts
from adplat.flows.create_experiments import create_experiment_once
from adplat.flows.describe_experiments import experiment_document, experiment_told, result_document
from adplat.flows.describe_jobs import job_document
from adplat.flows.describe_report import Asked
from adplat.flows.experiment_metrics import experiment_metric
from adplat.flows.export_experiment import ResultsFile, results_file
from adplat.flows.manage_experiments import (
    AsSeen,
    decide_experiment,
    pause_arm,
    raise_traffic,
    start_experiment,
    stop_experiment,
)
from adplat.flows.plan_experiment import plan_with_power
from adplat.flows.watch_experiments import order_analysis
from services.admin.asking import Asking
from services.admin.etags import IdempotencyKey, IfMatch, etag_of, require_match
from services.admin.experiment_bodies import (
    DecideIn,
    ExperimentIn,
    ExperimentOut,
    ExperimentPlanIn,
    ExperimentStoryOut,
    PastIn,
    PastOut,
    PauseIn,
    PlanOut,
    RaiseIn,
    ResultOut,
    StartIn,
    StopIn,
)
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.reports_api import in_turn
from services.admin.schemas import PageOut
from services.admin.work_schemas import JobOut

router = APIRouter(prefix="/v1/experiments", tags=["experiments"])
MEDIA_TYPES = {ResultsFile.CSV: "text/csv; charset=utf-8", ResultsFile.JSON: "application/json"}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {name.partition(";")[0]: {"schema": {}} for name in MEDIA_TYPES.values()},
    }
}


@router.get("", responses=responses(), response_model=PageOut[ExperimentOut])
def list_experiments(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Newest first."""
    return page_document(asker.may(Right.SEE_EXPERIMENTS).experiments.experiment_page(wanted), experiment_document)


@router.post("", status_code=201, responses=responses(), response_model=ExperimentStoryOut)
def create_experiment(
    body: ExperimentIn, asker: Asking, response: Response, key: IdempotencyKey = ""
) -> dict[str, Any]:
    """Checked, planned, and kept as a draft: nobody is assigned yet."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    return _told(parts, create_experiment_once(parts, setup_document(body), key), response)


@router.post("/plans", responses=responses(), response_model=PlanOut)
def plan_an_experiment(body: ExperimentPlanIn, asker: Asking) -> dict[str, Any]:
    """How many units and days a test takes, and with what power; nothing is kept."""
    asker.may(Right.RUN_EXPERIMENTS)
    return plan_with_power(body.model_dump(mode="json"), where="plan")


@router.post("/past", responses=responses(404), response_model=PastOut)
def read_past_metric(body: PastIn, request: Request, asker: Asking) -> dict[str, Any]:
    """What the lake's rows say of a metric: its mean, the deviation of one unit, units a day."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    return in_turn(request, lambda: past_document(parts, body))


@router.get("/{experiment_id}", responses=responses(404), response_model=ExperimentStoryOut)
def read_experiment(experiment_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them, with its set-up and its latest result. The ETag is that of its life: results do not change it."""
    parts = asker.may(Right.SEE_EXPERIMENTS)
    return _told(parts, parts.experiments.find(experiment_id), response)


@router.get("/{experiment_id}/results", responses=responses(404), response_model=PageOut[ResultOut])
def list_results(experiment_id: str, asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Every analysis, newest first."""
    parts = asker.may(Right.SEE_EXPERIMENTS)
    parts.experiments.find(experiment_id)
    return page_document(parts.experiments.result_page(experiment_id, wanted), result_document)


@router.get("/{experiment_id}/files/{kind}", responses=responses(404) | _FILES, response_class=Response)
def take_results(experiment_id: str, kind: ResultsFile, asker: Asking) -> Response:
    """All results as a file: a row for each comparison (csv), or the whole documents (json)."""
    asker.may(Right.SEE_EXPERIMENTS)
    parts = asker.may(Right.EXPORT_REPORTS)
    kept = parts.experiments.find(experiment_id)
    content = results_file(kept, parts.experiments, kind, Asked(parts.by, parts.clock.now()))
    # Letters, digits, . _ - alone: so a name of an experiment is.
    told = {"content-disposition": f'attachment; filename="experiment_{kept.experiment_id}.{kind.value}"'}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=told)


@router.post("/{experiment_id}/analyses", status_code=202, responses=responses(404), response_model=JobOut)
def analyze_now(experiment_id: str, asker: Asking) -> dict[str, Any]:
    """Order an analysis at once; the worker makes it. While one is due, it is that one."""
    return job_document(order_analysis(asker.may(Right.RUN_EXPERIMENTS).experiment_parts(), experiment_id))


@router.post("/{experiment_id}/start", responses=responses(404, 412, 428), response_model=ExperimentStoryOut)
def start(experiment_id: str, body: StartIn, asker: Asking, response: Response, match: IfMatch = "") -> dict[str, Any]:
    """From now on it assigns."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    parts.experiments.find(experiment_id)
    changed = start_experiment(parts.experiment_parts(), experiment_id, body.reason, as_seen(match))
    return _told(parts, changed, response)


@router.post("/{experiment_id}/raise", responses=responses(404, 412, 428), response_model=ExperimentStoryOut)
def raise_share(
    experiment_id: str, body: RaiseIn, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """More of its units take part from now on; who is in stays in its arm, and nobody can be taken out again."""
    parts, seen = asker.may(Right.RUN_EXPERIMENTS), as_seen(match)
    changed = raise_traffic(
        parts.experiment_parts(), experiment_id, body.traffic, body.reason, seen, despite_alarms=body.despite_alarms
    )
    return _told(parts, changed, response)


@router.post("/{experiment_id}/pause", responses=responses(404, 412, 428), response_model=ExperimentStoryOut)
def pause(experiment_id: str, body: PauseIn, asker: Asking, response: Response, match: IfMatch = "") -> dict[str, Any]:
    """An arm takes nobody any more; its units go to the others."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    changed = pause_arm(parts.experiment_parts(), experiment_id, body.arm, body.reason, as_seen(match))
    return _told(parts, changed, response)


@router.post("/{experiment_id}/stop", responses=responses(404, 412, 428), response_model=ExperimentStoryOut)
def stop(experiment_id: str, body: StopIn, asker: Asking, response: Response, match: IfMatch = "") -> dict[str, Any]:
    """It assigns nobody any more and cannot go on; late outcomes still count."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    changed = stop_experiment(parts.experiment_parts(), experiment_id, body.reason, as_seen(match))
    return _told(parts, changed, response)


@router.post("/{experiment_id}/decide", responses=responses(404, 412, 428), response_model=ExperimentStoryOut)
def decide(
    experiment_id: str, body: DecideIn, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Write down what a stopped one showed; nothing changes in the catalogue."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    changed = decide_experiment(parts.experiment_parts(), experiment_id, body.winner, body.reason, as_seen(match))
    return _told(parts, changed, response)


def setup_document(body: ExperimentIn) -> dict[str, Any]:
    """The set-up as flows read it."""
    return body.model_dump(mode="json")


def past_document(parts: SeenParts, body: PastIn) -> dict[str, Any]:
    """Raises UnknownReference for a campaign that the viewer does not see, and as ``past_metric`` does."""
    from adplat.flows.past_metric import past_of  # late: DuckDB

    found = past_of(parts, experiment_metric(body.metric), body.unit, body.campaign_ids, body.days)
    return {
        "mean": found.mean,
        "std": found.std,
        "units": found.units,
        "daily_units": found.daily_units,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
    }


def as_seen(match: str) -> AsSeen:
    """That it is still what somebody saw. Raises ChangedMeanwhile, Refused."""
    return lambda before: require_match(match, experiment_document(before))


def _told(parts: SeenParts, kept: KeptExperiment, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(experiment_document(kept))
    return experiment_told(kept, parts.experiments, parts.jobs)
