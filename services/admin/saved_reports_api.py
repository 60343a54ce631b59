"""``/v1/saved-reports`` and ``/v1/report-schedules``: questions that people keep, and have sent by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import BreakdownQuestion, ConfigRejected, ReportFile, ReportSchedule, Right, SavedReport, report_zone
from adplat.flows.admin_parts import SeenParts
from adplat.flows.ask_report import asked_saved, table_of
from adplat.flows.describe_jobs import job_document
from adplat.flows.describe_saved_reports import (
    addresses_of,
    saved_document,
    schedule_document,
    send_document,
    settings_document,
)
from adplat.flows.save_reports import (
    add_schedule,
    change_report,
    change_schedule,
    remove_report,
    remove_schedule,
    save_report,
    send_now,
)
from adplat.flows.sending_rules import webhook_secret
from adplat.reporting import ReportTable
from services.admin.asking import Asking
from services.admin.etags import IdempotencyKey, IfMatch, etag_of, require_match
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.reports_api import FILES, require_asked_here, taken
from services.admin.saved_report_bodies import (
    SavedReportChanges,
    SavedReportIn,
    SavedReportOut,
    ScheduleChanges,
    ScheduleIn,
    ScheduleOut,
    ScheduleSecretOut,
    ScheduleStoryOut,
    changed_report,
    changed_schedule,
    saved_of,
    target_of,
    times_of,
)
from services.admin.schemas import PageOut
from services.admin.work_schemas import JobOut

router = APIRouter(prefix="/v1", tags=["saved reports"])


@router.get("/saved-reports", responses=responses(), response_model=PageOut[SavedReportOut])
def list_saved(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """One's own and those that are shared, newest first."""
    parts = asker.may(Right.SEE_REPORTS)
    return page_document(parts.saved.report_page(wanted), lambda one: _with_addresses(parts, one))


@router.post("/saved-reports", status_code=201, responses=responses(404), response_model=SavedReportOut)
def add_saved(body: SavedReportIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """Keep a question under a name."""
    parts = asker.may(Right.SAVE_REPORTS)
    return _tagged(parts, response, save_report(parts, saved_of(body), key))


@router.get("/saved-reports/{report_id}", responses=responses(404), response_model=SavedReportOut)
def read_saved(report_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them."""
    parts = asker.may(Right.SEE_REPORTS)
    return _tagged(parts, response, parts.saved.find(report_id))


@router.patch("/saved-reports/{report_id}", responses=responses(404, 412, 428), response_model=SavedReportOut)
def edit_saved(
    report_id: str, body: SavedReportChanges, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Only what is named, by who made it, and only as it was seen; its schedules send what it asks from then on."""
    parts = asker.may(Right.SAVE_REPORTS)

    def step(before: SavedReport) -> SavedReport:
        require_match(match, saved_document(before))
        return changed_report(before, body)

    return _tagged(parts, response, change_report(parts, report_id, step))


@router.delete("/saved-reports/{report_id}", status_code=204, responses=responses(404, 412, 428))
def delete_saved(report_id: str, asker: Asking, match: IfMatch = "") -> Response:
    """With its schedules."""
    parts = asker.may(Right.SAVE_REPORTS)
    remove_report(parts, report_id, lambda one: require_match(match, saved_document(one)))
    return Response(status_code=204)


@router.get("/saved-reports/{report_id}/files/{kind}", responses=responses(404) | FILES, response_class=Response)
def take_saved(report_id: str, kind: ReportFile, request: Request, asker: Asking) -> Response:
    """As a file, of the days of its period as they are now."""
    parts = asker.may(Right.EXPORT_REPORTS)
    return taken_saved(request, parts, parts.saved.find(report_id), kind, lambda: require_asked_here(request, asker))


@router.get("/report-schedules", responses=responses(), response_model=PageOut[ScheduleOut])
def list_schedules(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """One's own, newest first."""
    return page_document(asker.may(Right.SAVE_REPORTS).schedules.schedule_page(wanted), schedule_document)


@router.post("/report-schedules", status_code=201, responses=responses(404), response_model=ScheduleSecretOut)
def make_schedule(body: ScheduleIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """Send a saved report by itself, in one's own name; the webhook's secret is told this once."""
    parts = asker.may(Right.SAVE_REPORTS)
    made = add_schedule(parts, body.report_id, times_of(body.times), target_of(body), key)
    return _scheduled(response, made) | {"secret": secret_of(parts, made)}


@router.get("/report-schedules/{schedule_id}", responses=responses(404), response_model=ScheduleStoryOut)
def read_schedule(schedule_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them, with what was taken lately."""
    parts = asker.may(Right.SAVE_REPORTS)
    told = _scheduled(response, parts.schedules.find(schedule_id))
    return told | {"sends": [send_document(one) for one in parts.schedules.sends([schedule_id])]}


@router.patch("/report-schedules/{schedule_id}", responses=responses(404, 412, 428), response_model=ScheduleOut)
def edit_schedule(
    schedule_id: str, body: ScheduleChanges, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Times, targets, on or off; only as it was seen."""
    parts = asker.may(Right.SAVE_REPORTS)

    def step(before: ReportSchedule) -> ReportSchedule:
        require_match(match, settings_document(before))
        return changed_schedule(before, body)

    return _scheduled(response, change_schedule(parts, schedule_id, step))


@router.delete("/report-schedules/{schedule_id}", status_code=204, responses=responses(404, 412, 428))
def delete_schedule(schedule_id: str, asker: Asking, match: IfMatch = "") -> Response:
    """It is sent no more."""
    parts = asker.may(Right.SAVE_REPORTS)
    remove_schedule(parts, schedule_id, lambda one: require_match(match, settings_document(one)))
    return Response(status_code=204)


@router.post("/report-schedules/{schedule_id}/secret", responses=responses(404), response_model=ScheduleSecretOut)
def another_secret(schedule_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """The webhook is signed with another secret from now on, which is told this once."""
    made = with_another_secret(asker.may(Right.SAVE_REPORTS), schedule_id)
    return _scheduled(response, made) | {"secret": secret_of(asker.seen, made)}


@router.post("/report-schedules/{schedule_id}/send", status_code=202, responses=responses(404), response_model=JobOut)
def send_schedule(schedule_id: str, asker: Asking, key: IdempotencyKey = "") -> dict[str, Any]:
    """Once now, besides what is due; the worker does it."""
    return job_document(send_now(asker.may(Right.SAVE_REPORTS), schedule_id, key))


def with_another_secret(parts: SeenParts, schedule_id: str) -> ReportSchedule:
    """The schedule with the next secret. Raises UnknownReference; ConfigRejected where it is somebody else's."""

    def step(before: ReportSchedule) -> ReportSchedule:
        if before.owner != parts.by or not before.to.webhook:
            raise ConfigRejected("no webhook of yours", where=schedule_id, hint="make a schedule with one")
        return replace(before, secret_number=before.secret_number + 1)

    return change_schedule(parts, schedule_id, step)


def secret_of(parts: SeenParts, one: ReportSchedule) -> str:
    """What its webhook is signed with; empty: it has none."""
    return webhook_secret(parts.secret, one) if one.to.webhook else ""


def taken_saved(
    request: Request, parts: SeenParts, one: SavedReport, kind: ReportFile, guard: Callable[[], None]
) -> Response:
    """The file of a saved report, as the viewer sees it now; ``guard`` looks at who asks of users."""
    question = one.question.at(parts.clock.now())
    if isinstance(question, BreakdownQuestion):
        guard()

    def made() -> ReportTable:
        seen = parts.reports()
        return replace(table_of(seen, asked_saved(seen, question, one.question.metrics)), title=one.name)

    return taken(request, parts, made, kind, question, one.report_id, one.advertiser_id)


def days_of(parts: SeenParts, one: SavedReport) -> tuple[Any, Any]:
    """The days of its period, as they are now in its zone."""
    return one.question.days(parts.clock.now().astimezone(report_zone(one.question.time_zone)).date())


def _with_addresses(parts: SeenParts, one: SavedReport) -> dict[str, Any]:
    days = days_of(parts, one)
    return saved_document(one) | {"days": list(days), "addresses": addresses_of(one, *days)}


def _tagged(parts: SeenParts, response: Response, one: SavedReport) -> dict[str, Any]:
    response.headers["etag"] = etag_of(saved_document(one))
    return _with_addresses(parts, one)


def _scheduled(response: Response, one: ReportSchedule) -> dict[str, Any]:
    response.headers["etag"] = etag_of(settings_document(one))
    return schedule_document(one)
