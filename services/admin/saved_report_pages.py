"""Pages of saved reports: their list, one with its schedules, and the forms that keep, change, send and delete them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    ChangedMeanwhile,
    Comparison,
    Condition,
    ConfigRejected,
    CountedUsers,
    Every,
    HookBody,
    InputError,
    ListRequest,
    ReportFile,
    ReportPeriod,
    ReportSchedule,
    Right,
    SavedReport,
)
from adplat.flows.describe_saved_reports import asked_by, saved_document, settings_document
from adplat.flows.save_reports import (
    add_schedule,
    change_report,
    change_schedule,
    remove_report,
    remove_schedule,
    save_report,
    send_now,
)
from services.admin.asking import Asker
from services.admin.etags import etag_of, require_match
from services.admin.filters import Asked, Filters, text
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.rendering import language_asked, page, to
from services.admin.saved_report_forms import fields_of, report_told, target_told_in, times_told_in
from services.admin.saved_reports_api import days_of, secret_of, with_another_secret

router = APIRouter(include_in_schema=False)
LISTED = Filters((text("name", "name", "name"),))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BLANK = dict.fromkeys(("name", "since", "until", "by", "filters", "metrics", "attribute", "is_shared"), "")
_NEW_SCHEDULE = {
    "every": "day", "hour": "8", "weekday": "0", "day": "1", "send_zone": "UTC", "file": "csv", "recipients": "",
    "mail_language": "", "webhook": "", "hook_body": "json", "once": "",
}  # fmt: skip


@router.get("/reports/saved")
def saved(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """One's own and those that are shared."""
    shown = asked.page(asker.may(Right.SEE_REPORTS).saved.report_page, 50)
    links = {one.report_id: _open(asker, one) for one in shown.items}
    return page(request, "saved_reports.html", asker, asked=asked, shown=shown, links=links)


@router.get("/reports/saved/new")
def new_saved(request: Request, asker: Browsing) -> Response:
    """The form, filled by what a report was asked by."""
    asker.viewer.require(Right.SAVE_REPORTS)
    asked = request.query_params
    told = {name: asked.get(name, "")[:256] for name in ("since", "until", "attribute")}
    told |= {
        "time_zone": asked.get("time_zone", "")[:64] or "UTC",
        "period": (ReportPeriod.FIXED if told["since"] else ReportPeriod.LAST_7_DAYS).value,
        "by": ", ".join(one for one in asked.getlist("by") if one)[:256],
        "filters": "\n".join(one for one in asked.getlist("filter") if one)[:20_000],
        "metrics": ", ".join(one for one in asked.getlist("metric") if one)[:2_000],
        "counted": asked.get("counted", "shown")[:16],
    }
    return _form_page(request, asker, None, told | {"file_csv": "1"})


@router.post("/reports/saved/new")
def save(request: Request, sent: Sending) -> Response:
    """Keep it; what is wrong is said above the form, which keeps what was written."""
    asker, form = sent
    parts = asker.may(Right.SAVE_REPORTS)
    try:
        made = save_report(parts, report_told(form), form.text("once"))
    except InputError as error:
        return _form_page(request, asker, None, form.fields, error)
    return to(f"/reports/saved/{made.report_id}", "created")


@router.get("/reports/saved/{report_id}")
def one_saved(report_id: str, request: Request, asker: Browsing) -> Response:
    """One of them, with one's schedules of it and what became of them."""
    parts = asker.may(Right.SEE_REPORTS)
    return _story_page(request, asker, parts.saved.find(report_id))


@router.get("/reports/saved/{report_id}/edit")
def edit_form(report_id: str, request: Request, asker: Browsing) -> Response:
    """The form with what is there."""
    one = asker.may(Right.SAVE_REPORTS).saved.find(report_id)
    return _form_page(request, asker, one, fields_of(one))


@router.post("/reports/saved/{report_id}/edit")
def edit(report_id: str, request: Request, sent: Sending) -> Response:
    """Changes what was seen; what somebody else changed meanwhile is shown before it can be changed again."""
    asker, form = sent
    parts = asker.may(Right.SAVE_REPORTS)
    before = parts.saved.find(report_id)

    def step(there: SavedReport) -> SavedReport:
        require_match(form.text("etag"), saved_document(there))
        return report_told(form, there)

    try:
        change_report(parts, report_id, step)
    except ChangedMeanwhile as error:
        there = parts.saved.find(report_id)
        return _form_page(request, asker, there, fields_of(there), error)
    except InputError as error:
        return _form_page(request, asker, before, form.fields, error, etag=form.text("etag"))
    return to(f"/reports/saved/{report_id}", "saved")


@router.post("/reports/saved/{report_id}/delete")
def delete(report_id: str, sent: Sending) -> Response:
    """With its schedules."""
    asker, form = sent
    told = form.text("etag")
    remove_report(asker.may(Right.SAVE_REPORTS), report_id, lambda one: require_match(told, saved_document(one)))
    return to("/reports/saved", "report_removed")


@router.post("/reports/saved/{report_id}/schedules")
def schedule(report_id: str, request: Request, sent: Sending) -> Response:
    """Send it by itself; the secret of a webhook is shown on this answer alone."""
    asker, form = sent
    parts = asker.may(Right.SAVE_REPORTS)
    one = parts.saved.find(report_id)
    try:
        target = target_told_in(form, has_mail=parts.sending.has_mail)
        made = add_schedule(parts, report_id, times_told_in(form), target, form.text("once"))
    except InputError as error:
        return _story_page(request, asker, one, form.fields, error)
    if made.to.webhook:
        return _story_page(request, asker, one, secret=secret_of(parts, made))
    return to(f"/reports/saved/{report_id}", "created")


@router.post("/reports/schedules/{schedule_id}/switch")
def switch(schedule_id: str, sent: Sending) -> Response:
    """On or off."""
    asker, form = sent

    def step(there: ReportSchedule) -> ReportSchedule:
        require_match(form.text("etag"), settings_document(there))
        return replace(there, is_on=not there.is_on)

    made = change_schedule(asker.may(Right.SAVE_REPORTS), schedule_id, step)
    return to(f"/reports/saved/{made.report_id}", "saved")


@router.post("/reports/schedules/{schedule_id}/send")
def send(schedule_id: str, request: Request, sent: Sending) -> Response:
    """Once now; a refusal is said on the report's page."""
    asker, form = sent
    parts = asker.may(Right.SAVE_REPORTS)
    report_id = parts.schedules.find(schedule_id).report_id
    try:
        send_now(parts, schedule_id, form.text("once"))
    except ConfigRejected as error:
        return _story_page(request, asker, parts.saved.find(report_id), error=error)
    return to(f"/reports/saved/{report_id}", "report_ordered")


@router.post("/reports/schedules/{schedule_id}/secret")
def secret(schedule_id: str, request: Request, sent: Sending) -> Response:
    """Another one, shown on this answer alone."""
    asker, _ = sent
    parts = asker.may(Right.SAVE_REPORTS)
    made = with_another_secret(parts, schedule_id)
    return _story_page(request, asker, parts.saved.find(made.report_id), secret=secret_of(parts, made))


@router.post("/reports/schedules/{schedule_id}/delete")
def delete_schedule(schedule_id: str, sent: Sending) -> Response:
    """It is sent no more."""
    asker, form = sent
    parts, told = asker.may(Right.SAVE_REPORTS), form.text("etag")
    report_id = parts.schedules.find(schedule_id).report_id
    remove_schedule(parts, schedule_id, lambda one: require_match(told, settings_document(one)))
    return to(f"/reports/saved/{report_id}", "report_removed")


def _open(asker: Asker, one: SavedReport) -> str:
    """Where its rows are, of its days as they are now."""
    path = "/reports/breakdown" if one.question.attribute else "/reports"
    return f"{path}?{urlencode(asked_by(one, *days_of(asker.seen, one)))}"


def _story_page(
    request: Request,
    asker: Asker,
    one: SavedReport,
    told: Mapping[str, str] | None = None,
    error: InputError | None = None,
    secret: str = "",
) -> Response:
    parts, viewer = asker.seen, asker.viewer
    may_send = viewer.may(Right.SAVE_REPORTS) and viewer.may(Right.EXPORT_REPORTS)
    mine = ListRequest([Condition("report_id", Comparison.IS, (one.report_id,))], limit=50)
    schedules = parts.schedules.schedule_page(mine).items if may_send else ()
    sends = parts.schedules.sends([each.schedule_id for each in schedules], limit=200) if schedules else []
    new = _NEW_SCHEDULE | {"mail_language": language_asked(request), "send_zone": one.question.time_zone}
    facts: dict[str, Any] = {
        "one": one,
        "fields": fields_of(one),
        "rows_at": _open(asker, one),
        "files": [(kind.value, f"/v1/saved-reports/{one.report_id}/files/{kind.value}") for kind in one.files],
        "etag": etag_of(saved_document(one)),
        "is_mine": viewer.may(Right.SAVE_REPORTS) and (one.owner == parts.by or viewer.may(Right.MANAGE_PEOPLE)),
        "may_send": may_send,
        "schedules": [(each, etag_of(settings_document(each)), each.owner == parts.by) for each in schedules],
        "sends": {each.schedule_id: [a for a in sends if a.schedule_id == each.schedule_id] for each in schedules},
        "weekdays": WEEKDAYS,
        "every": list(Every),
        "kinds": list(ReportFile),
        "bodies": list(HookBody),
        "told": new | dict(told or {}),
        "once": (told or {}).get("once", "") or parts.draw(16).hex(),
        "is_of_form": told is not None,
        "path": f"/reports/saved/{one.report_id}",  # some of the forms are sent elsewhere
        "secret": secret,
        "has_mail": parts.sending.has_mail,
        "entries": trail_of(asker, one.report_id, of_parts=("schedule add", "report")),
    }
    return page(request, "saved_report.html", asker, error=error, **facts)


def _form_page(
    request: Request,
    asker: Asker,
    one: SavedReport | None,
    told: Mapping[str, str],
    error: InputError | None = None,
    etag: str = "",
) -> Response:
    several = asker.viewer.advertisers is None or len(asker.viewer.advertisers) > 1
    owners = asker.seen.edits.advertiser_page(ListRequest(limit=500)).items if several and one is None else ()
    blank = _BLANK | {"period": "last_7_days", "time_zone": "UTC", "counted": "shown", "advertiser_id": ""}
    facts: dict[str, Any] = {
        "one": one,
        "told": blank | {f"file_{kind.value}": "" for kind in ReportFile} | dict(told),
        "periods": list(ReportPeriod),
        "counts": list(CountedUsers),
        "kinds": list(ReportFile),
        "owners": owners,
        "is_staff": asker.viewer.advertisers is None,
        "etag": etag or ("" if one is None else etag_of(saved_document(one))),
        "once": told.get("once", "") or asker.seen.draw(16).hex(),
        "changed": isinstance(error, ChangedMeanwhile),
    }
    return page(request, "saved_report_form.html", asker, error=error, **facts)
