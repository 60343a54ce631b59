"""What goes over the wire of reports, of delivery, and of how creatives stand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from adplat.domain import CampaignStatus, CountedUsers, Dimension


class ReportOut(BaseModel):
    """As ``adplat report --json`` tells it, page by page: rows have ``currency``, each of ``by`` and of ``metrics``.

    ``totals`` are those of all pages; ``next`` is the cursor of the page after, null at the end. Where there are no
    rows, ``unknown_ids`` has by field the ids of ``filters`` that nothing has that the asker sees, and
    ``last_counted_day`` is the last day of UTC with anything counted, whatever the filters.
    """

    since: date
    until: date
    time_zone: str
    by: list[Dimension]
    filters: list[str]
    covered_to: datetime | None
    metrics: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    labels: dict[str, dict[str, str]]
    unknown_ids: dict[str, list[str]]
    last_counted_day: date | None
    next: str | None


class BreakdownOut(ReportOut):
    """The row whose value is null is all that is not told by itself."""

    attribute: str
    counted: CountedUsers
    least_users: int
    days_to_come: int


class DeliveryOut(BaseModel):
    """Micros of the advertiser's currency."""

    campaign: str
    status: CampaignStatus
    booked_micros: int | None
    spent_micros: int
    spent_share: float | None
    expected_micros: int | None
    ahead_micros: int | None
    projected_micros: int | None
    projected_end: datetime | None


class DeliveriesOut(BaseModel):
    """``next`` is the cursor of the page after, null at the end."""

    campaigns: list[DeliveryOut]
    next: str | None


class StandingOut(BaseModel):
    """``probability_of_best`` null: too many were compared; an interval null: too little is there.

    ``expected_loss``: by how much its click rate is likely below the best; ``expected_ctr``: what models promised.
    """

    creative: str
    impressions: int
    clicks: int
    ctr: float | None
    ctr_interval: list[float] | None
    probability_of_best: float | None
    fatigue: list[float] | None
    is_tired: bool
    expected_loss: float | None
    traffic_share: float | None
    expected_ctr: float | None


class StandingsOut(BaseModel):
    """``too_little`` says why nothing can be said of which is best; null where something can."""

    campaign: str
    too_little: str | None
    creatives: list[StandingOut]
