"""The page of delivery: what was booked, what is spent, and where it goes, campaign by campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import CampaignStatus, Comparison, Condition, Report, ReportQuestion, Right
from adplat.domain.reports import MOST_DAYS
from adplat.flows.ask_report import asked_now
from adplat.flows.describe_report import delivery_facts
from adplat.flows.report_delivery import CampaignDelivery, report_delivery
from services.admin.filters import Asked, Filters, one_of, text
from services.admin.pages import Browsing, owners_of
from services.admin.rendering import page
from services.admin.report_view import address
from services.admin.reports_api import in_turn

router = APIRouter(include_in_schema=False)
_A_PAGE = 50
LISTED = Filters(
    (
        one_of("status", "status", {one.value: one.value for one in CampaignStatus}, "status"),
        text("name", "name", "name"),
    )
)


@dataclass(slots=True)
class Sum:
    """Of the campaigns of a page, in one currency; of those that have booked something."""

    booked_micros: int = 0
    spent_micros: int = 0
    expected_micros: int = 0
    ahead_micros: int = 0
    projected_micros: int = 0


@router.get("/reports/delivery")
def delivery(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """Campaigns in the order of their list, a page at a time."""
    parts = asker.may(Right.SEE_REPORTS)

    def made() -> dict[str, Any]:
        seen = parts.reports()
        shown = asked.page(parts.catalogue.campaign_page, _A_PAGE)
        now, covered = seen.breakdown.clock.now(), list[datetime | None]()

        def report(question: ReportQuestion) -> Report:
            told = seen.breakdown.report(question)
            covered.append(told.covered_to)
            return told

        found = report_delivery(report, parts.campaign_totals, shown.items, now)
        owners = owners_of(parts, shown.items)
        currencies = {one.campaign.campaign_id: owners[one.campaign.advertiser_id].currency for one in found}
        return {
            "shown": shown,
            "found": found,
            "owners": owners,
            "sums": _sums(found, currencies),
            "links": {one.campaign.campaign_id: _days_of(one, now) for one in found},
            "facts": delivery_facts(covered[0] if covered else None, asked_now(seen)),
        }

    facts = in_turn(request, made)
    return page(request, "delivery.html", asker, asked=asked, statuses=list(CampaignStatus), **facts)


def _sums(found: list[CampaignDelivery], currencies: dict[str, str]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for one in found:
        of = sums.setdefault(currencies[one.campaign.campaign_id], Sum())
        told = one.delivery
        of.booked_micros += told.booked_micros or 0
        if told.booked_micros is None:
            continue
        of.spent_micros += told.spent_micros
        of.expected_micros += told.expected_micros or 0
        of.ahead_micros += told.ahead_micros or 0
        of.projected_micros += told.projected_micros or 0
    return sums


def _days_of(one: CampaignDelivery, now: datetime) -> str:
    """What it is made of: its days so far."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    since = max(one.campaign.flight.start.astimezone(UTC).date(), tomorrow - timedelta(days=MOST_DAYS))
    told = Condition("campaign", Comparison.IS, (one.campaign.campaign_id,)).text
    return address("/reports", min(since, tomorrow - timedelta(days=1)), tomorrow, ["day"], "UTC", [told])
