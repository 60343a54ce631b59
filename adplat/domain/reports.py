"""A report on delivery: what is asked (ReportQuestion), and what is told (Report).

Range limits are those of work, not of privacy: nobody waits for a page over ten years by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from adplat.domain.errors import ConfigRejected
from adplat.domain.listing import Comparison, Condition, condition_from
from adplat.domain.report_metrics import MetricSums

MOST_DAYS = 400
MOST_DAYS_OF_HOURS = 7
MOST_DAYS_OF_HOURS_OF_CAMPAIGNS = 31
MOST_ROWS = 50_000
MOST_VALUES = 200
# Days of other years are no moments of UTC in every zone.
FIRST_YEAR, LAST_YEAR = 1970, 9998


class Dimension(StrEnum):
    """What rows are told apart by."""

    DAY = "day"
    HOUR = "hour"
    ADVERTISER = "advertiser"
    CAMPAIGN = "campaign"
    CREATIVE = "creative"
    PLACEMENT = "placement"


class ReportFile(StrEnum):
    """What a report can be taken away as."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    PDF = "pdf"


FILTERS = (Dimension.ADVERTISER, Dimension.CAMPAIGN, Dimension.CREATIVE, Dimension.PLACEMENT)
"""What a report may be cut by, each with ``=`` and ``!=``."""


@dataclass(frozen=True, slots=True)
class ReportQuestion:
    """From the day ``since`` to before the day ``until``, both in ``time_zone`` (IANA). Raises ConfigRejected.

    Args:
        dimensions: in the order of the rows' keys; none: one row a currency.
        conditions: such as ``campaign=k1|k2``; all must hold.
        with_names: whether the names of what rows are of are told too.
    """

    since: date
    until: date
    dimensions: tuple[Dimension, ...] = ()
    time_zone: str = "UTC"
    conditions: tuple[Condition, ...] = ()
    with_names: bool = True

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise ConfigRejected(
                "a report that ends before it begins",
                where=f"{self.since} to {self.until}",
                hint="give a day, and a later one before which it ends",
            )
        if self.since.year < FIRST_YEAR or self.until.year > LAST_YEAR:
            raise ConfigRejected(
                "no events are of such days",
                where=f"{self.since} to {self.until}",
                hint=f"give days of the years {FIRST_YEAR} to {LAST_YEAR}",
            )
        if len(set(self.dimensions)) != len(self.dimensions):
            raise ConfigRejected("a dimension is asked for twice", where="by", hint="name each once")
        if {Dimension.DAY, Dimension.HOUR} <= set(self.dimensions):
            raise ConfigRejected("day and hour at once", where="by", hint="an hour tells its day: ask for hour alone")
        for condition in self.conditions:
            _look_at(condition)
        most = self.most_days_of_hours if Dimension.HOUR in self.dimensions else MOST_DAYS
        if self.days > most:
            raise ConfigRejected(
                f"a report over {self.days} days{' by the hour' if most < MOST_DAYS else ''}",
                where=f"{self.since} to {self.until}",
                hint=f"ask for at most {most} days"
                + (f", or {MOST_DAYS_OF_HOURS_OF_CAMPAIGNS} of named campaigns" if most == MOST_DAYS_OF_HOURS else ""),
            )

    @property
    def most_days_of_hours(self) -> int:
        """Over how many days hours may be added up: fewer where they are not those of named campaigns."""
        names_campaigns = any(
            one.field in {"campaign", "creative"} and one.comparison is Comparison.IS for one in self.conditions
        )
        return MOST_DAYS_OF_HOURS_OF_CAMPAIGNS if names_campaigns else MOST_DAYS_OF_HOURS

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days

    @property
    def last_day(self) -> date:
        """The last of them: what people are told of an end."""
        return self.until - timedelta(days=1)


def dimensions_named(names: Sequence[str]) -> tuple[Dimension, ...]:
    """Raises ConfigRejected for a name that is none."""
    known = {dimension.value: dimension for dimension in Dimension}
    for name in names:
        if name not in known:
            raise ConfigRejected(f"{name[:64]!r} is no dimension", where="by", hint=f"use some of: {', '.join(known)}")
    return tuple(known[name] for name in names)


def report_conditions(texts: Iterable[str]) -> tuple[Condition, ...]:
    """What somebody wrote of a report. Raises ConfigRejected."""
    return tuple(condition_from(text, "campaign=k1") for text in texts)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """``keys`` run parallel to the question's dimensions: ISO days, hours with their offset, ids.

    ``currency`` is the advertiser's; empty where the catalogue does not know the advertiser. Rows of different
    currencies are never one row.
    """

    keys: tuple[str, ...]
    currency: str
    sums: MetricSums


@dataclass(frozen=True, slots=True)
class Report:
    """Rows in order of their keys, and what they add up to, by currency.

    ``covered_to`` is up to when events were counted; ``None``: none ever was. ``labels`` are names by dimension and id.
    """

    question: ReportQuestion
    rows: tuple[ReportRow, ...]
    totals: Mapping[str, MetricSums]
    covered_to: datetime | None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _look_at(condition: Condition) -> None:
    where = f"filter {condition.field}"
    if condition.field not in {dimension.value for dimension in FILTERS}:
        raise ConfigRejected(
            "a report is not cut by this", where=where, hint=f"use one of: {', '.join(one.value for one in FILTERS)}"
        )
    if condition.comparison not in {Comparison.IS, Comparison.IS_NOT}:
        raise ConfigRejected("ids are the same or they are not", where=where, hint="write = or !=")
    if not condition.values or len(condition.values) > MOST_VALUES:
        raise ConfigRejected(
            f"{len(condition.values)} values", where=where, hint=f"give 1 to {MOST_VALUES}, parted by |"
        )
