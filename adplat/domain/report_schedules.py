"""A saved report that is sent by itself: when (SendTimes), whereto (SendTo), and what became of it (ReportSchedule).

A time of day is that of a time zone. Where the clocks skip it, it is an hour later that day; where they strike it
twice, the first one counts. So each day has one moment, whatever the clocks do.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from adplat.domain.audit import AuditEntry
from adplat.domain.errors import ConfigRejected
from adplat.domain.jobs import Job, JobOrder
from adplat.domain.listing import ListRequest, Page
from adplat.domain.report_days import report_zone
from adplat.domain.reports import ReportFile

SEND_REPORT = "send-report"
MOST_RECIPIENTS = 20
LONGEST_ADDRESS = 2048
_A_DAY = timedelta(days=1)
# RFC 5321 and 5322 without quotes and comments: nothing in it can end a line or a header.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"(?=.{{3,254}}\Z)(?=.{{1,64}}@){_LOCAL}@{_LABEL}(?:\.{_LABEL})+\Z")


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class SendTimes:
    """At ``hour`` of a day, of a weekday (0: Monday), or of a day of the month. Raises ConfigRejected.

    Args:
        day: 1 to 31; of a month that is shorter, its last one.
    """

    every: Every
    hour: int
    time_zone: str = "UTC"
    weekday: int = 0
    day: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.hour <= 23 and 0 <= self.weekday <= 6 and 1 <= self.day <= 31):
            raise ConfigRejected(
                "no such time", where="times", hint="give hour 0 to 23, weekday 0 (Monday) to 6, day 1 to 31"
            )
        report_zone(self.time_zone)

    def after(self, moment: datetime) -> datetime:
        """The next one later than ``moment``, in UTC."""
        zone = report_zone(self.time_zone)
        day = moment.astimezone(zone).date() - _A_DAY  # of a zone's clocks a day may come twice, or not at all
        while True:
            if self._is_on(day) and (due := _moment(day, self.hour, zone)) > moment:
                return due
            day += _A_DAY

    def _is_on(self, day: date) -> bool:
        if self.every is Every.WEEK:
            return day.weekday() == self.weekday
        if self.every is Every.MONTH:
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return True


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


class HookBody(StrEnum):
    """What a webhook is sent: the report's document as JSON, or the file."""

    JSON = "json"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class SendTo:
    """E-mail addresses, and one address of a webhook (empty: none). Raises ConfigRejected.

    Args:
        language: of the e-mail, ``en`` or ``zh``.
    """

    file: ReportFile = ReportFile.CSV
    recipients: tuple[str, ...] = ()
    language: str = "en"
    webhook: str = ""
    body: HookBody = HookBody.JSON

    def __post_init__(self) -> None:
        if not self.recipients and not self.webhook:
            raise ConfigRejected("it is sent to nobody", where="recipients", hint="name an address or a webhook")
        if len(self.recipients) > MOST_RECIPIENTS or len(set(self.recipients)) != len(self.recipients):
            raise ConfigRejected(
                "too many addresses, or one twice", where="recipients", hint=f"give at most {MOST_RECIPIENTS}"
            )
        for one in self.recipients:
            if _MAIL.match(one) is None:
                raise ConfigRejected(
                    f"{one[:80]!r} is no e-mail address", where="recipients", hint="write it as li@tea.example"
                )
        if self.language not in {"en", "zh"}:
            raise ConfigRejected("no such language", where="language", hint="take en or zh")
        if self.webhook:
            _require_address(self.webhook)

    def targets(self) -> tuple[str, ...]:
        """Each by itself: ``mail ADDRESS`` and ``webhook``."""
        return (*(f"mail {one}" for one in self.recipients), *(("webhook",) if self.webhook else ()))


def _require_address(told: str) -> None:
    """Only its form; whether it is far enough away, the client looks at when the name is resolved."""
    fault = ConfigRejected("no address of a webhook", where="webhook", hint="write it as https://HOST/PATH")
    if len(told) > LONGEST_ADDRESS or not told.isascii() or not told.isprintable() or " " in told or "\\" in told:
        raise fault
    try:
        parts = urlsplit(told)
        port = parts.port
    except ValueError:
        raise fault from None
    if (
        parts.scheme not in {"https", "http"}
        or not parts.hostname
        or parts.username
        or parts.password
        or parts.fragment
    ):
        raise fault
    if port is not None and port < 1:
        raise fault


class SendState(StrEnum):
    """How the latest sending stands: none yet, all was sent, some of it, nothing, or it is tried again."""

    NONE = "none"
    SENT = "sent"
    PARTLY = "partly"
    FAILED = "failed"
    RETRYING = "retrying"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """Sent in its owner's name, with the rights that the owner has at that moment.

    Args:
        advertiser_id: that of its report.
        scope: rows of no advertiser beyond these, as of the key that made it; ``None``: all that the owner sees.
        secret_number: which of the webhook's secrets holds.
        next_at: when it is due.
        state, told, last_at: of the latest sending.
    """

    schedule_id: str
    report_id: str
    owner: str
    advertiser_id: str | None
    times: SendTimes
    to: SendTo
    created: datetime
    next_at: datetime
    is_on: bool = True
    scope: tuple[str, ...] | None = None
    secret_number: int = 1
    state: SendState = SendState.NONE
    told: str = ""
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportSend:
    """One target that took what was due."""

    schedule_id: str
    due: datetime
    target: str
    at: datetime
    sha256: str
    row_count: int


class ReportSchedules(Protocol):
    """A viewer's own, and of an admin everybody's. One call is one transaction with its audit entry."""

    def add(self, made: ReportSchedule, entry: AuditEntry) -> bool:
        """``False``: the id is taken."""
        ...

    def find(self, schedule_id: str) -> ReportSchedule:
        """Raises UnknownReference."""
        ...

    def count(self) -> int:
        """How many the viewer has made."""
        ...

    def schedule_page(self, request: ListRequest) -> Page[ReportSchedule]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def change(
        self,
        schedule_id: str,
        step: Callable[[ReportSchedule], ReportSchedule],
        entry: Callable[[ReportSchedule, ReportSchedule], AuditEntry],
    ) -> ReportSchedule:
        """What ``step`` makes of it. Raises UnknownReference, and what ``step`` raises."""
        ...

    def remove(
        self, schedule_id: str, check: Callable[[ReportSchedule], None], entry: Callable[[ReportSchedule], AuditEntry]
    ) -> None:
        """Raises UnknownReference, and what ``check`` raises."""
        ...

    def sends(self, schedule_ids: Sequence[str], limit: int = 50) -> list[ReportSend]:
        """What was taken of these, newest first."""
        ...


class ReportSends(Protocol):
    """The worker's side: of everybody's schedules."""

    def order_due(self, now: datetime, order: Callable[[ReportSchedule, datetime], JobOrder]) -> list[Job]:
        """Queue a job for each schedule that is due, and move it on, in one transaction each."""
        ...

    def found(self, schedule_id: str) -> ReportSchedule | None:
        """``None``: there is none any more."""
        ...

    def taken(self, schedule_id: str, due: datetime) -> list[ReportSend]:
        """The targets that took what was due then."""
        ...

    def keep(self, send: ReportSend) -> None:
        """It was taken; told twice it is told once."""
        ...

    def tell(self, schedule_id: str, state: SendState, told: str, at: datetime, entry: AuditEntry) -> None:
        """How it ended, on the schedule and in the audit trail."""
        ...

    def schedules(self, limit: int = 500) -> Sequence[ReportSchedule]:
        """Of everybody, those that are due next first."""
        ...


def times_told(times: SendTimes) -> dict[str, Any]:
    """As plain data, which ``times_from`` reads."""
    return {
        "every": times.every.value,
        "hour": times.hour,
        "time_zone": times.time_zone,
        "weekday": times.weekday,
        "day": times.day,
    }


def times_from(told: dict[str, Any]) -> SendTimes:
    """What ``times_told`` gave."""
    return SendTimes(Every(told["every"]), told["hour"], told["time_zone"], told["weekday"], told["day"])
