"""A report by an attribute of users: what is asked, what is told, and what is remembered of what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from adplat.domain.errors import ConfigRejected
from adplat.domain.listing import Condition
from adplat.domain.report_metrics import MetricSums
from adplat.domain.reports import Dimension, ReportQuestion

BREAKDOWN_METRICS = ("impressions", "clicks", "conversions", "value", "ctr", "cvr", "pcoc")
"""What is told by attribute. Spend is not: what a showing that was bid for cost is told after the lake has its row."""
ACTED_METRICS = ("clicks", "conversions", "value", "cvr")
MOST_BREAKDOWN_DAYS = 92


class CountedUsers(StrEnum):
    """Who must be many: those to whom it was shown, or, where only clicks and conversions are told, those who acted."""

    SHOWN = "shown"
    ACTED = "acted"


@dataclass(frozen=True, slots=True)
class BreakdownQuestion:
    """From the day ``since`` to before the day ``until``, in UTC. Raises ConfigRejected.

    Args:
        attribute: a column of the lake's impressions that says something of a user.
        dimensions: ``day`` and ``campaign``, one of them, or none.
        conditions: as those of a report, on campaigns and advertisers.
    """

    attribute: str
    since: date
    until: date
    dimensions: tuple[Dimension, ...] = ()
    conditions: tuple[Condition, ...] = ()
    counted: CountedUsers = CountedUsers.SHOWN

    def __post_init__(self) -> None:
        if not set(self.dimensions) <= {Dimension.DAY, Dimension.CAMPAIGN}:
            raise ConfigRejected(
                "a report by attribute is told apart by day and campaign alone",
                where="by",
                hint="leave the other dimensions out, or the attribute",
            )
        if not {one.field for one in self.conditions} <= {"campaign", "advertiser"}:
            raise ConfigRejected(
                "a report by attribute is cut by campaign and advertiser alone",
                where="filter",
                hint="leave the other filters out, or the attribute",
            )
        if self.blocks().days > MOST_BREAKDOWN_DAYS:
            raise ConfigRejected(
                f"a report by attribute over {self.blocks().days} days",
                where=f"{self.since} to {self.until}",
                hint=f"ask for at most {MOST_BREAKDOWN_DAYS} days",
            )

    @property
    def last_day(self) -> date:
        """The last of the days: what people are told of an end."""
        return self.blocks().last_day

    def blocks(self) -> ReportQuestion:
        """The same by day and campaign, of everybody: the totals that rows are taken from."""
        by = (Dimension.DAY, Dimension.CAMPAIGN)
        return ReportQuestion(self.since, self.until, by, "UTC", self.conditions)


@dataclass(frozen=True, slots=True)
class ReleasedCut:
    """How one campaign's UTC day was cut by one attribute, the ``number``-th time, and what was told; for ever.

    ``fingerprint`` is of all that the lake had of the block. ``shown`` has the sums of the values told by themselves.
    """

    campaign_id: str
    advertiser_id: str
    day: date
    number: int
    attribute: str
    counted: CountedUsers
    released: datetime
    fingerprint: str
    shown: Mapping[str, MetricSums]


class ReleasedCuts(Protocol):
    """What was told of users by attribute, to anybody."""

    def cuts(self, campaign_ids: Sequence[str], since: date, until: date) -> list[ReleasedCut]:
        """Those of these campaigns and days, in the order in which they were told."""
        ...

    def keep(self, cuts: Sequence[ReleasedCut]) -> None:
        """Keep those whose number nobody else took meanwhile; who asks reads again what holds."""
        ...


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """``value`` is ``None`` for the line of all that is not told by itself."""

    keys: tuple[str, ...]
    currency: str
    value: str | None
    sums: MetricSums


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows, and the line of the rest among them, add up to the totals, which are the campaigns' own.

    Args:
        least_users: so many different people stand behind each row, and behind each difference of rows.
        days_to_come: days of the question that are not told yet, since events may still come; all in the rest.
    """

    question: BreakdownQuestion
    rows: tuple[BreakdownRow, ...]
    totals: Mapping[str, MetricSums]
    least_users: int
    days_to_come: int
    covered_to: datetime | None
    labels: Mapping[str, Mapping[str, str]]
