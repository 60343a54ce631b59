"""How one campaign's money has gone, day by day, beside an even spend over its flight and what the rest may bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from adplat.domain import Campaign, MetricSums
from adplat.domain.reports import MOST_DAYS
from adplat.market import Delivery, booked_micros

_A_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class PacePoint:
    """At the end of a day: spent up to then, ``None`` of days to come; an even spend; what is projected, from today on.

    Micros of the advertiser's currency; ``planned_micros`` ``None`` where nothing was booked.
    """

    day: date
    spent_micros: int | None
    planned_micros: int | None
    projected_micros: int | None


def first_day(campaign: Campaign, now: datetime) -> date:
    """Of its flight, as far back as reports reach."""
    today = now.astimezone(UTC).date()
    return max(campaign.flight.start.astimezone(UTC).date(), today - timedelta(days=MOST_DAYS - 1))


def pace_of_campaign(
    campaign: Campaign, days: dict[date, MetricSums], delivery: Delivery, now: datetime
) -> list[PacePoint]:
    """A point a day of the flight; without an end, up to today. Empty before it began."""
    today, since = now.astimezone(UTC).date(), first_day(campaign, now)
    flight_end = campaign.flight.end
    last = today if flight_end is None else (flight_end - timedelta(microseconds=1)).astimezone(UTC).date()
    if since > today or (last - since).days > MOST_DAYS:
        last = min(last, today)
    booked = booked_micros(campaign.budget, campaign.flight)
    points, spent = [], sum(one.spend_micros for day, one in days.items() if day < since)
    left_days = (last - today).days
    for number in range((last - since).days + 1):
        day = since + timedelta(days=number)
        spent += days[day].spend_micros if day in days else 0
        planned = None
        if booked is not None and flight_end is not None:
            ends = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
            whole_s = (flight_end - campaign.flight.start).total_seconds()
            planned = round(booked * min((ends - campaign.flight.start).total_seconds() / whole_s, 1.0))
        projected = None
        if day >= today and delivery.projected_micros is not None and left_days > 0:
            share = (day - today).days / left_days
            projected = round(delivery.spent_micros + share * (delivery.projected_micros - delivery.spent_micros))
        points.append(PacePoint(day, spent if day <= today else None, planned, projected))
    return points
