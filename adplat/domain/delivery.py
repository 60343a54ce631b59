"""What was delivered, in sums of hourly metrics: Delivery, and the port that reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """Counts, and money in micros of the advertiser's currency."""

    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    spend_micros: int = 0
    value_micros: int = 0

    @property
    def click_rate(self) -> float | None:
        """Clicks an impression; ``None`` where nothing was shown."""
        return self.clicks / self.impressions if self.impressions else None


class DeliveryReader(Protocol):
    """Sums over hours ``since <= hour < until``; what was not delivered is absent."""

    def by_campaign(self, campaign_ids: Collection[str], since: datetime, until: datetime) -> Mapping[str, Delivery]:
        """Of these campaigns."""
        ...

    def by_day(self, campaign_id: str, since: datetime, until: datetime) -> Mapping[date, Delivery]:
        """Of one campaign, by day of UTC."""
        ...
