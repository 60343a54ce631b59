"""``/v1/overview``: what a period brought, beside the days before it; ``/v1/reports/delivery`` tells the pacing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from adplat.domain import REPORT_METRICS, MetricSums, Right
from adplat.flows.sum_up_period import PeriodName, counted_before, period_named, sum_up_period
from services.admin.asking import Asking
from services.admin.problems import responses
from services.admin.reports_api import in_turn

router = APIRouter(prefix="/v1", tags=["reports"])


class PeriodOut(BaseModel):
    """Metrics by name, money in micros of ``currency``; null where nothing is divided by nothing. Days are over."""

    currency: str
    now: dict[str, float | int | None]
    before: dict[str, float | int | None]
    today: dict[str, float | int | None]
    days: list[dict[str, Any]]


class OverviewOut(BaseModel):
    """From ``since`` to before ``until``, in days of UTC; ``before`` are as many days before them.

    ``last_counted_day``: where nothing was counted in them, the last day before them in which something was.
    """

    period: PeriodName
    since: date
    until: date
    last_counted_day: date | None
    items: list[PeriodOut]


@router.get("/overview", responses=responses(404), response_model=OverviewOut)
def read_overview(
    request: Request,
    asker: Asking,
    period: PeriodName = PeriodName.WEEK,
    advertiser_id: Annotated[str, Query(max_length=256, description="empty: of all")] = "",
) -> dict[str, Any]:
    """By currency: the period, the days before it, today so far, and each day."""
    parts = asker.may(Right.SEE_REPORTS)
    if advertiser_id:
        parts.edits.advertiser(advertiser_id)
    now = parts.clock.now()
    stretch = period_named(period, now)
    found = in_turn(request, lambda: sum_up_period(parts.report, stretch, now, advertiser_id))
    items = [
        {
            "currency": one.currency,
            "now": _metrics(one.now),
            "before": _metrics(one.before),
            "today": _metrics(one.today),
            "days": [{"day": day.isoformat(), **_metrics(sums)} for day, sums in one.days],
        }
        for one in found
    ]
    return {
        "period": period,
        "since": stretch.since,
        "until": stretch.until,
        "last_counted_day": counted_before(parts.last_counted, stretch, found, advertiser_id),
        "items": items,
    }


def _metrics(sums: MetricSums) -> dict[str, float | int | None]:
    """All that hourly metrics tell; auctions stand in the lake."""
    return {name: metric.of(sums) for name, metric in REPORT_METRICS.items() if name != "win_rate"}
