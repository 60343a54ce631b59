"""Saved reports and their schedules as documents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from adplat.domain import ReportSchedule, ReportSend, SavedReport, times_told


def saved_document(one: SavedReport) -> dict[str, Any]:
    """One saved report, by what it is; nothing of it follows from today."""
    return {
        "report_id": one.report_id,
        "owner": one.owner,
        "advertiser_id": one.advertiser_id,
        "name": one.name,
        "is_shared": one.is_shared,
        **one.question.told(),
        "files": [kind.value for kind in one.files],
        "created": one.created.isoformat(),
        "changed": one.changed.isoformat(),
    }


def asked_by(one: SavedReport, since: Any, until: Any) -> list[tuple[str, str]]:
    """The question of some days, as ``/v1/reports`` and the pages take it."""
    question = one.question
    told = [("since", str(since)), ("until", str(until))]
    told += [("by", dimension.value) for dimension in question.dimensions]
    told += [("filter", condition.text) for condition in question.conditions]
    told += [("metric", name) for name in question.metrics]
    if question.attribute:
        return [*told, ("attribute", question.attribute), ("counted", question.counted.value)]
    return [*told, ("time_zone", question.time_zone)]


def addresses_of(one: SavedReport, since: Any, until: Any) -> dict[str, str]:
    """Where its rows and its files are told, by ``rows`` and the kinds of file."""
    told = urlencode(asked_by(one, since, until))
    rows = "/v1/reports/breakdown" if one.question.attribute else "/v1/reports"
    files = {kind.value: f"/v1/saved-reports/{one.report_id}/files/{kind.value}" for kind in one.files}
    return {"rows": f"{rows}?{told}", **files}


def schedule_document(one: ReportSchedule) -> dict[str, Any]:
    """One schedule; its webhook's secret is not among it."""
    return settings_document(one) | {
        "next_at": one.next_at.isoformat() if one.is_on else None,
        "state": one.state.value,
        "told": one.told,
        "last_at": None if one.last_at is None else one.last_at.isoformat(),
    }


def settings_document(one: ReportSchedule) -> dict[str, Any]:
    """What of it people change; nothing that a sending changes, so that its ETag is good for a while."""
    return {
        "schedule_id": one.schedule_id,
        "report_id": one.report_id,
        "owner": one.owner,
        "advertiser_id": one.advertiser_id,
        "times": times_told(one.times),
        "file": one.to.file.value,
        "recipients": list(one.to.recipients),
        "language": one.to.language,
        "webhook": one.to.webhook,
        "body": one.to.body.value,
        "secret_number": one.secret_number,
        "is_on": one.is_on,
        "created": one.created.isoformat(),
    }


def send_document(one: ReportSend) -> dict[str, Any]:
    """One target that took it."""
    return {
        "due": one.due.isoformat(),
        "target": one.target,
        "at": one.at.isoformat(),
        "sha256": one.sha256,
        "rows": one.row_count,
    }
