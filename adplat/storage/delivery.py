"""DeliveryReader in SQL: sums of hourly metrics, added by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from adplat.domain import MetricSums, summed
from adplat.storage.tables import HourlyMetricRow
from adplat.storage.transactions import Database

_NAMES = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")
_SUMS = [func.sum(HourlyMetricRow.__table__.columns[name]) for name in _NAMES]


class SqlDelivery:
    """Implements ``domain.DeliveryReader``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_campaign(self, campaign_ids: Collection[str], since: datetime, until: datetime) -> Mapping[str, MetricSums]:
        """Of these campaigns, over ``since <= hour < until``."""
        cell = HourlyMetricRow
        wanted = (
            select(cell.campaign_id, *_SUMS)
            .where(cell.hour >= since, cell.hour < until, cell.campaign_id.in_(sorted(campaign_ids)))
            .group_by(cell.campaign_id)
        )
        with self._database.read() as session:
            return {name: _sums_of(sums) for name, *sums in session.execute(wanted)}

    def by_day(self, campaign_id: str, since: datetime, until: datetime) -> Mapping[date, MetricSums]:
        """Of one campaign, by day of UTC, the earliest first."""
        cell = HourlyMetricRow
        wanted = (
            select(cell.hour, *_SUMS)
            .where(cell.hour >= since, cell.hour < until, cell.campaign_id == campaign_id)
            .group_by(cell.hour)
            .order_by(cell.hour)
        )
        days: dict[date, list[MetricSums]] = defaultdict(list)
        with self._database.read() as session:
            # Days are told by Python: the two databases cut moments into days in two ways.
            for hour, *sums in session.execute(wanted):
                days[hour.date()].append(_sums_of(sums))
        return {day: summed(hours) for day, hours in days.items()}


def _sums_of(sums: list[Any]) -> MetricSums:
    # PostgreSQL sums integers as decimals.
    shown, clicks, conversions, expected_clicks, spend_micros, value_micros = sums
    return MetricSums(
        int(shown), int(clicks), int(conversions), float(expected_clicks), int(spend_micros), int(value_micros)
    )
