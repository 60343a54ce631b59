"""A question that a person keeps under a name: SavedReport; its days may be told by the calendar: ReportPeriod."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from adplat.domain.audit import AuditEntry
from adplat.domain.errors import ConfigRejected
from adplat.domain.listing import Condition, ListRequest, Page
from adplat.domain.report_breakdowns import BreakdownQuestion, CountedUsers
from adplat.domain.report_days import report_zone
from adplat.domain.report_metrics import metrics_named
from adplat.domain.reports import Dimension, ReportFile, ReportQuestion, dimensions_named, report_conditions

_A_DAY = timedelta(days=1)


class ReportPeriod(StrEnum):
    """Which days, seen from one of them. ``fixed``: the same ones always."""

    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    MONTH_TO_DATE = "month_to_date"
    LAST_MONTH = "last_month"
    FIXED = "fixed"

    def days(self, today: date) -> tuple[date, date]:
        """The first day, and the one before which it ends: whole days alone, so never ``today``.

        ``month_to_date`` is the month of yesterday up to yesterday: on the first of a month the whole one before.
        """
        yesterday = today - _A_DAY
        if self is ReportPeriod.LAST_MONTH:
            end = today.replace(day=1)
            return (end - _A_DAY).replace(day=1), end
        if self is ReportPeriod.MONTH_TO_DATE:
            return yesterday.replace(day=1), today
        back = {ReportPeriod.LAST_7_DAYS: 7, ReportPeriod.LAST_30_DAYS: 30}.get(self, 1)
        return today - back * _A_DAY, today


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """What is asked, whenever it is asked. Raises ConfigRejected for what no report answers.

    Args:
        metrics: names, in the order in which they are shown; none: all.
        attribute: of users; empty: a report by dimensions alone.
        since, until: the days of the period ``fixed``, ``None`` of every other.
    """

    period: ReportPeriod
    dimensions: tuple[Dimension, ...] = ()
    conditions: tuple[Condition, ...] = ()
    metrics: tuple[str, ...] = ()
    time_zone: str = "UTC"
    attribute: str = ""
    counted: CountedUsers = CountedUsers.SHOWN
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        is_fixed = self.period is ReportPeriod.FIXED
        if is_fixed is not (self.since is not None and self.until is not None) or (not is_fixed and self.since):
            raise ConfigRejected(
                "a period and its days do not belong together",
                where="period",
                hint="give since and until with the period fixed, and with no other",
            )
        metrics_named(self.metrics)
        if self.attribute and self.time_zone != "UTC":
            raise ConfigRejected("days by attribute are those of UTC", where="time_zone", hint="take UTC")
        if len(self.attribute) > 128 or not (self.attribute or "x").isprintable():
            raise ConfigRejected("no attribute of users has such a name", where="attribute", hint="such as device")
        report_zone(self.time_zone)
        self.on(date(2026, 3, 31))

    def days(self, today: date) -> tuple[date, date]:
        """The first day, and the one before which it ends."""
        if self.since is not None and self.until is not None:
            return self.since, self.until
        return self.period.days(today)

    @property
    def last_day(self) -> date | None:
        """Of the period ``fixed``, what people are told of its end."""
        return None if self.until is None else self.until - _A_DAY

    def on(self, today: date) -> ReportQuestion | BreakdownQuestion:
        """The question as it is asked on a day."""
        since, until = self.days(today)
        if self.attribute:
            return BreakdownQuestion(self.attribute, since, until, self.dimensions, self.conditions, self.counted)
        return ReportQuestion(since, until, self.dimensions, self.time_zone, self.conditions)

    def at(self, moment: datetime) -> ReportQuestion | BreakdownQuestion:
        """The same at a moment, which lies in one of the days of its zone."""
        return self.on(moment.astimezone(report_zone(self.time_zone)).date())

    def told(self) -> dict[str, Any]:
        """As plain data, which ``question_from`` reads."""
        return {
            "period": self.period.value,
            "since": None if self.since is None else self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "time_zone": self.time_zone,
            "by": [one.value for one in self.dimensions],
            "filters": [one.text for one in self.conditions],
            "metrics": list(self.metrics),
            "attribute": self.attribute,
            "counted": self.counted.value,
        }


def question_from(told: Mapping[str, Any]) -> SavedQuestion:
    """What ``SavedQuestion.told`` gave. Raises ConfigRejected, KeyError."""
    return SavedQuestion(
        ReportPeriod(told["period"]),
        dimensions_named(told["by"]),
        report_conditions(told["filters"]),
        tuple(told["metrics"]),
        told["time_zone"],
        told["attribute"],
        CountedUsers(told["counted"]),
        None if told["since"] is None else date.fromisoformat(told["since"]),
        None if told["until"] is None else date.fromisoformat(told["until"]),
    )


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A kept question.

    Args:
        owner: who made it, and alone changes it.
        advertiser_id: whose it is; ``None``: the staff's.
        is_shared: whether all who see that advertiser's things (or the staff) see it; else its owner and admins do.
        files: as what it is taken away.
    """

    report_id: str
    owner: str
    advertiser_id: str | None
    name: str
    question: SavedQuestion
    created: datetime
    changed: datetime
    is_shared: bool = False
    files: tuple[ReportFile, ...] = (ReportFile.CSV,)


class SavedReports(Protocol):
    """Those that exist for one viewer: its own, and shared ones. One call is one transaction with its audit entry."""

    def add(self, made: SavedReport, entry: AuditEntry) -> bool:
        """``False``: the id is taken."""
        ...

    def find(self, report_id: str) -> SavedReport:
        """Raises UnknownReference."""
        ...

    def count(self) -> int:
        """How many the viewer has made."""
        ...

    def report_page(self, request: ListRequest) -> Page[SavedReport]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def change(
        self,
        report_id: str,
        step: Callable[[SavedReport], SavedReport],
        entry: Callable[[SavedReport, SavedReport], AuditEntry],
    ) -> SavedReport:
        """What ``step`` makes of one's own. Raises UnknownReference, NotPermitted, and what ``step`` raises."""
        ...

    def remove(
        self, report_id: str, check: Callable[[SavedReport], None], entry: Callable[[SavedReport], AuditEntry]
    ) -> None:
        """With its schedules. Raises UnknownReference, NotPermitted, and what ``check`` raises."""
        ...
