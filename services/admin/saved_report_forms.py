"""Forms of saved reports and of their schedules to the words of the domain, and back into fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from adplat.domain import (
    ConfigRejected,
    CountedUsers,
    Every,
    HookBody,
    ReportFile,
    ReportPeriod,
    SavedQuestion,
    SavedReport,
    SendTimes,
    SendTo,
    dimensions_named,
    report_conditions,
)
from services.admin.forms import Form
from services.admin.refusals import refusal

Choice = TypeVar("Choice", bound=StrEnum)
_SOME = datetime(1970, 1, 1, tzinfo=UTC)
FIELDS = ("name", "period", "since", "until", "time_zone", "by", "filters", "metrics", "attribute", "counted", "files")


def report_told(form: Form, before: SavedReport | None = None) -> SavedReport:
    """What the form says. Raises ConfigRejected."""
    period = _one_of(ReportPeriod, form.text("period"), "period")
    is_fixed = period is ReportPeriod.FIXED
    question = SavedQuestion(
        period,
        dimensions_named(form.listed("by")),
        report_conditions(line for line in form.text("filters").splitlines() if line.strip()),
        form.listed("metrics"),
        form.text("time_zone") or "UTC",
        form.text("attribute"),
        _one_of(CountedUsers, form.text("counted") or CountedUsers.SHOWN.value, "counted"),
        _day(form.text("since"), "since") if is_fixed else None,
        _day(form.text("until"), "until") if is_fixed else None,
    )
    files = tuple(kind for kind in ReportFile if form.text(f"file_{kind.value}"))
    told = {"name": form.text("name"), "question": question, "files": files, "is_shared": bool(form.text("is_shared"))}
    if before is not None:
        return replace(before, **told)  # type: ignore[arg-type]  # names and kinds of its own fields
    return SavedReport("", "", form.text("advertiser_id") or None, created=_SOME, changed=_SOME, **told)  # type: ignore[arg-type]  # the same


def fields_of(one: SavedReport) -> dict[str, str]:
    """What stands in the form."""
    question = one.question
    told = {
        "name": one.name,
        "period": question.period.value,
        "since": "" if question.since is None else question.since.isoformat(),
        "until": "" if question.until is None else question.until.isoformat(),
        "time_zone": question.time_zone,
        "by": ", ".join(dimension.value for dimension in question.dimensions),
        "filters": "\n".join(condition.text for condition in question.conditions),
        "metrics": ", ".join(question.metrics),
        "attribute": question.attribute,
        "counted": question.counted.value,
        "is_shared": "1" if one.is_shared else "",
        "advertiser_id": one.advertiser_id or "",
    }
    return told | {f"file_{kind.value}": "1" if kind in one.files else "" for kind in ReportFile}


def times_told_in(form: Form) -> SendTimes:
    """Raises ConfigRejected."""
    every = _one_of(Every, form.text("every"), "every")
    hour, weekday, day = (_number(form, name) for name in ("hour", "weekday", "day"))
    return SendTimes(every, hour, form.text("send_zone") or "UTC", weekday, day)


def target_told_in(form: Form, *, has_mail: bool) -> SendTo:
    """Raises ConfigRejected. Without mail the form has no field for addresses: only its webhook is asked for."""
    recipients, webhook = form.listed("recipients"), form.text("webhook")
    if not recipients and not webhook:
        raise refusal("report_no_target", "recipients") if has_mail else refusal("report_no_webhook", "webhook")
    return SendTo(
        _one_of(ReportFile, form.text("file"), "file"),
        recipients,
        form.text("mail_language") or "en",
        webhook,
        _one_of(HookBody, form.text("hook_body") or HookBody.JSON.value, "hook_body"),
    )


def _number(form: Form, name: str) -> int:
    told = form.text(name)
    if not told:
        return 1 if name == "day" else 0
    if not (told.isascii() and told.isdigit() and len(told) < 4):
        raise ConfigRejected(f"{told[:16]!r} is no number", where=name, hint="give a whole number")
    return int(told)


def _day(text: str, where: str) -> date:
    if not text:
        raise refusal("saved_day_lacking", where)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(f"{text[:32]!r} is no day", where=where, hint="write it as 2026-03-01") from None


def _one_of(kind: type[Choice], told: str, where: str) -> Choice:
    try:
        return kind(told)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise ConfigRejected(f"{told[:40]!r} is none", where=where, hint=f"one of {known}") from None
