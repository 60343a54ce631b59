"""Bodies of saved reports and their schedules, and what they mean in words of the domain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from adplat.domain import (
    ConfigRejected,
    CountedUsers,
    Dimension,
    Every,
    HookBody,
    ReportFile,
    ReportPeriod,
    ReportSchedule,
    SavedQuestion,
    SavedReport,
    SendState,
    SendTimes,
    SendTo,
    report_conditions,
    times_from,
)
from services.admin.schemas import Body, Name

_SOME = datetime(1970, 1, 1, tzinfo=UTC)
_Many = Field(max_length=50)
_Metrics = Annotated[tuple[Annotated[str, Field(max_length=64)], ...], _Many]
_Filters = Annotated[tuple[Annotated[str, Field(max_length=20_000)], ...], Field(max_length=12)]
_Dimensions = Annotated[tuple[Dimension, ...], Field(max_length=6)]
_Files = Annotated[tuple[ReportFile, ...], Field(min_length=1, max_length=4)]
_Zone = Annotated[str, Field(min_length=1, max_length=64)]
_Attribute = Annotated[str, Field(max_length=128)]
_Recipients = Annotated[tuple[Annotated[str, Field(max_length=254)], ...], Field(max_length=20)]
_Webhook = Annotated[str, Field(max_length=2048)]


class SavedReportIn(Body):
    """``since`` and ``until`` with the period ``fixed`` alone; ``advertiser_id`` null: one's own, or the staff's."""

    name: Name
    period: ReportPeriod
    since: date | None = None
    until: date | None = None
    time_zone: _Zone = "UTC"
    by: _Dimensions = ()
    filters: _Filters = ()
    metrics: _Metrics = ()
    attribute: _Attribute = ""
    counted: CountedUsers = CountedUsers.SHOWN
    files: _Files = (ReportFile.CSV,)
    is_shared: bool = False
    advertiser_id: Name | None = None


class SavedReportChanges(Body):
    """What is left out stays."""

    name: Name | None = None
    period: ReportPeriod | None = None
    since: date | None = None
    until: date | None = None
    time_zone: _Zone | None = None
    by: _Dimensions | None = None
    filters: _Filters | None = None
    metrics: _Metrics | None = None
    attribute: _Attribute | None = None
    counted: CountedUsers | None = None
    files: _Files | None = None
    is_shared: bool | None = None


class SavedReportOut(BaseModel):
    """``days`` are those of its period today; ``addresses`` tell its rows of those days, and its files."""

    report_id: str
    owner: str
    advertiser_id: str | None
    name: str
    is_shared: bool
    period: ReportPeriod
    since: date | None
    until: date | None
    time_zone: str
    by: list[Dimension]
    filters: list[str]
    metrics: list[str]
    attribute: str
    counted: CountedUsers
    files: list[ReportFile]
    created: datetime
    changed: datetime
    days: list[date]
    addresses: dict[str, str]


class TimesBody(Body):
    """At an hour of a day, a weekday (0: Monday), or a day of the month (of shorter ones the last)."""

    every: Every
    hour: Annotated[int, Field(ge=0, le=23)]
    time_zone: _Zone = "UTC"
    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    day: Annotated[int, Field(ge=1, le=31)] = 1


class ScheduleIn(Body):
    """``recipients`` of e-mail, a ``webhook``, or both."""

    report_id: Name
    times: TimesBody
    file: ReportFile = ReportFile.CSV
    recipients: _Recipients = ()
    language: Annotated[str, Field(pattern="^(en|zh)$")] = "en"
    webhook: _Webhook = ""
    body: HookBody = HookBody.JSON


class ScheduleChanges(Body):
    """What is left out stays."""

    times: TimesBody | None = None
    file: ReportFile | None = None
    recipients: _Recipients | None = None
    language: Annotated[str, Field(pattern="^(en|zh)$")] | None = None
    webhook: _Webhook | None = None
    body: HookBody | None = None
    is_on: bool | None = None


class SendOut(BaseModel):
    """One target that took what was due."""

    due: datetime
    target: str
    at: datetime
    sha256: str
    rows: int


class ScheduleOut(BaseModel):
    """``next_at`` null: switched off. ``state``, ``told`` and ``last_at`` are of the latest sending."""

    schedule_id: str
    report_id: str
    owner: str
    advertiser_id: str | None
    times: TimesBody
    file: ReportFile
    recipients: list[str]
    language: str
    webhook: str
    body: HookBody
    secret_number: int
    is_on: bool
    created: datetime
    next_at: datetime | None
    state: SendState
    told: str
    last_at: datetime | None


class ScheduleStoryOut(ScheduleOut):
    """With what was taken, newest first."""

    sends: list[SendOut]


class ScheduleSecretOut(ScheduleOut):
    """``secret`` signs what goes to the webhook, and is told this once; empty where there is no webhook."""

    secret: str


def saved_of(body: SavedReportIn) -> SavedReport:
    """Without an id, an owner and moments. Raises ConfigRejected."""
    question = SavedQuestion(
        body.period,
        body.by,
        report_conditions(body.filters),
        body.metrics,
        body.time_zone,
        body.attribute,
        body.counted,
        body.since,
        body.until,
    )
    return SavedReport("", "", body.advertiser_id, body.name, question, _SOME, _SOME, body.is_shared, body.files)


def changed_report(before: SavedReport, body: SavedReportChanges) -> SavedReport:
    """What is told replaced. Raises ConfigRejected."""
    told = body.model_fields_set
    may_be_null = {"since", "until"}
    for name in sorted(told - may_be_null):
        if getattr(body, name) is None:
            raise ConfigRejected("it cannot be null", where=name, hint="leave it out to keep what is there")
    asked: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("period", "since", "until", "time_zone", "metrics", "attribute", "counted")
        if name in told
    }
    if body.by is not None:
        asked["dimensions"] = body.by
    if body.filters is not None:
        asked["conditions"] = report_conditions(body.filters)
    if body.period is not None and body.period is not ReportPeriod.FIXED:
        asked |= dict.fromkeys(may_be_null - told)
    new = {name: getattr(body, name) for name in ("name", "is_shared", "files") if name in told}
    return replace(before, question=replace(before.question, **asked), **new)


def times_of(body: TimesBody) -> SendTimes:
    """Raises ConfigRejected."""
    return times_from(body.model_dump())


def target_of(body: ScheduleIn) -> SendTo:
    """Raises ConfigRejected."""
    return SendTo(body.file, body.recipients, body.language, body.webhook, body.body)


def changed_schedule(before: ReportSchedule, body: ScheduleChanges) -> ReportSchedule:
    """What is told replaced. Raises ConfigRejected."""
    told = body.model_fields_set
    for name in sorted(told):
        if getattr(body, name) is None:
            raise ConfigRejected("it cannot be null", where=name, hint="leave it out to keep what is there")
    to = {name: getattr(body, name) for name in ("file", "recipients", "language", "webhook", "body") if name in told}
    times = before.times if body.times is None else times_of(body.times)
    is_on = before.is_on if body.is_on is None else body.is_on
    return replace(before, times=times, to=replace(before.to, **to), is_on=is_on)
