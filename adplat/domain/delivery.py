"""The port that reads what was delivered, in sums of hourly metrics; what they come to, ``report_metrics`` says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from adplat.domain.report_metrics import MetricSums


class DeliveryReader(Protocol):
    """Sums over hours ``since <= hour < until``; what was not delivered is absent."""

    def by_campaign(self, campaign_ids: Collection[str], since: datetime, until: datetime) -> Mapping[str, MetricSums]:
        """Of these campaigns."""
        ...

    def by_day(self, campaign_id: str, since: datetime, until: datetime) -> Mapping[date, MetricSums]:
        """Of one campaign, by day of UTC."""
        ...
