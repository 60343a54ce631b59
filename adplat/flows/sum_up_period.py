"""What a stretch of whole days brought, beside the same number of days before it, day by day and by currency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from adplat.domain import Comparison, Condition, Dimension, MetricSums, ReportQuestion, summed
from adplat.domain.reports import MOST_DAYS
from adplat.flows.report_auctions import Auctions
from adplat.flows.report_delivery import Reports


class PeriodName(StrEnum):
    """Stretches that people choose from."""

    WEEK = "7d"
    FOUR_WEEKS = "28d"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of UTC from ``since`` to before ``until``, all over; those it is compared with begin on ``before``."""

    name: PeriodName
    since: date
    until: date
    before: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days)]


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """In one currency: the period, as many days before it, today so far, and each day of the period."""

    currency: str
    now: MetricSums
    before: MetricSums
    today: MetricSums
    days: tuple[tuple[date, MetricSums], ...]


def period_named(name: PeriodName, now: datetime) -> Period:
    """The last whole days before today; of a month those so far, on its first day that day alone.

    Today is not among them: a day that is not over would look like a fall.
    """
    today = now.astimezone(UTC).date()
    if name is PeriodName.MONTH:
        since = today.replace(day=1)
        until = max(today, since + timedelta(days=1))
    else:
        until = today
        since = until - timedelta(days=7 if name is PeriodName.WEEK else 28)
    return Period(name, since, until, since - (until - since))


def sum_up_period(report: Reports, period: Period, now: datetime, advertiser_id: str = "") -> list[PeriodSums]:
    """A line a currency, the largest spend first; ``advertiser_id`` empty: of all that the viewer sees."""
    today = now.astimezone(UTC).date()
    conditions = (Condition("advertiser", Comparison.IS, (advertiser_id,)),) if advertiser_id else ()
    question = ReportQuestion(period.before, today + timedelta(days=1), (Dimension.DAY,), "UTC", conditions)
    told: dict[str, dict[date, MetricSums]] = {}
    for row in report(question).rows:
        told.setdefault(row.currency, {})[date.fromisoformat(row.keys[0])] = row.sums
    found = [
        PeriodSums(
            currency,
            summed(sums for day, sums in days.items() if period.since <= day < period.until),
            summed(sums for day, sums in days.items() if day < period.since),
            days.get(today, MetricSums()),
            tuple((day, days.get(day, MetricSums())) for day in period.days),
        )
        for currency, days in told.items()
    ]
    return sorted(found, key=lambda one: (-one.now.spend_micros, one.currency))


def counted_before(
    last_counted: Callable[[date, str], date | None], period: Period, found: Sequence[PeriodSums], advertiser_id: str
) -> date | None:
    """Of a period in which nothing was counted (``found``), the last day before it in which something was; asked for
    then alone, and ``None`` where there is no such day."""
    if any(one.now != MetricSums() for one in found):
        return None
    return last_counted(period.since, advertiser_id)


def last_counted_under(
    report: Reports, last_counted: Callable[[date, str], date | None], before: date, conditions: Sequence[Condition]
) -> date | None:
    """The last day of UTC before this one in which anything was counted that meets the conditions.

    ``None``: there is none, or none in the MOST_DAYS days up to the last in which anything at all was counted.
    """
    last = last_counted(before, "")
    if last is None or not conditions:
        return last
    until = last + timedelta(days=1)
    question = ReportQuestion(until - timedelta(days=MOST_DAYS), until, (Dimension.DAY,), "UTC", tuple(conditions))
    return max((date.fromisoformat(row.keys[0]) for row in report(question).rows), default=None)


def won_in_period(auctions: Auctions, campaign_ids: Sequence[str], period: Period) -> tuple[MetricSums, MetricSums]:
    """Bids and wins in the period and before it, from the lake; both 0 where no auction was told."""
    told = auctions(campaign_ids, period.before, period.until)
    parts = ([one for one in told if one.day >= period.since], [one for one in told if one.day < period.since])
    now, before = (MetricSums(bids=sum(one.bids for one in part), wins=sum(one.wins for one in part)) for part in parts)
    return now, before
