"""DeliveryReader in SQL: sums of hourly metrics, added by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from adplat.domain import Delivery
from adplat.storage.tables import HourlyMetricRow
from adplat.storage.transactions import Database

_COUNTS = ("impressions", "clicks", "conversions", "spend_micros", "value_micros")
_SUMS = [func.sum(HourlyMetricRow.__table__.columns[name]) for name in _COUNTS]


class SqlDelivery:
    """Implements ``domain.DeliveryReader``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_campaign(self, campaign_ids: Collection[str], since: datetime, until: datetime) -> Mapping[str, Delivery]:
        """Of these campaigns, over ``since <= hour < until``."""
        cell = HourlyMetricRow
        wanted = (
            select(cell.campaign_id, *_SUMS)
            .where(cell.hour >= since, cell.hour < until, cell.campaign_id.in_(sorted(campaign_ids)))
            .group_by(cell.campaign_id)
        )
        with self._database.read() as session:
            return {name: _delivery(sums) for name, *sums in session.execute(wanted)}

    def by_day(self, campaign_id: str, since: datetime, until: datetime) -> Mapping[date, Delivery]:
        """Of one campaign, by day of UTC, the earliest first."""
        cell = HourlyMetricRow
        wanted = (
            select(cell.hour, *_SUMS)
            .where(cell.hour >= since, cell.hour < until, cell.campaign_id == campaign_id)
            .group_by(cell.hour)
            .order_by(cell.hour)
        )
        days: dict[date, list[int]] = defaultdict(lambda: [0] * len(_COUNTS))
        with self._database.read() as session:
            # Days are told by Python: the two databases cut moments into days in two ways.
            for hour, *sums in session.execute(wanted):
                day = days[hour.date()]
                for position, value in enumerate(sums):
                    day[position] += int(value)
        return {day: _delivery(sums) for day, sums in days.items()}


def _delivery(sums: list[Any]) -> Delivery:
    # PostgreSQL sums integers as decimals.
    return Delivery(*(int(value) for value in sums))
