"""The first page: what a period brought, how campaigns stand against what was booked, and what needs somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    REPORT_METRICS,
    Alert,
    AlertKind,
    Campaign,
    Comparison,
    Condition,
    ListRequest,
    MetricSums,
    Right,
    condition_from,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.report_delivery import CampaignDelivery, report_delivery
from adplat.flows.sum_up_period import (
    Period,
    PeriodName,
    PeriodSums,
    counted_before,
    period_named,
    sum_up_period,
    won_in_period,
)
from adplat.flows.watch_alerts import watch_alerts
from services.admin import charts
from services.admin.alerts_api import page_of_alert
from services.admin.asking import Asker
from services.admin.earlier_days import Earlier, earlier_days
from services.admin.figures import change, figure, sentence_of
from services.admin.filters import Asked, Filters, advertiser, one_of
from services.admin.pages import Browsing, owners_of
from services.admin.rendering import page, words_for
from services.admin.report_view import address
from services.admin.reports_api import in_turn
from services.admin.wording import Say

router = APIRouter(include_in_schema=False)
LIVE, MAY_RUN = "status=live", "status=live|paused|scheduled"
PAGE = 100
MOST_ALERTS, MOST_NAMED = 100, 3
TILES = ("spend", "impressions", "clicks", "ctr", "conversions", "cvr", "cpa", "roas", "ecpm")
_MICROS = 1_000_000
OVERVIEW = Filters(
    (
        one_of("period", "period", {one.value: f"period_{one.value}" for one in PeriodName}),
        advertiser(),
        one_of("shown", "which_campaigns", {"may": "all_that_may"}),
    )
)
WIN_RATE = replace(OVERVIEW, places=())
ALERTS = Filters(
    (one_of("kind", "alert_kind", {one.value: f"alert kind {one.value}" for one in AlertKind}),), places=()
)


@router.get("/")
def overview(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(OVERVIEW.asked)]) -> Response:
    """Of everything that the viewer sees, or of one advertiser."""
    parts = asker.may(Right.SEE_CATALOGUE)
    say = words_for(request)
    chosen, period = asked.chosen, _period(asked)
    among = condition_from(MAY_RUN if chosen["shown"] else LIVE)
    campaigns = asked.page(parts.catalogue.campaign_page, PAGE, [among])
    stretch = period_named(period, parts.clock.now())
    facts: dict[str, Any] = {
        "chosen": chosen | {"period": period.value},
        "periods": list(PeriodName),
        "stretch": stretch,
        "advertisers": parts.edits.advertiser_page(ListRequest(limit=500)).items,
        "shown": campaigns,
        "owners": owners_of(parts, campaigns.items),
        "delivered": delivered(request, asker, campaigns.items),
        "sums": [],
        "earlier": None,
        "pace_share": parts.limits.pace_share,
    }
    if asker.viewer.may(Right.SEE_REPORTS):
        found = in_turn(request, lambda: _summed(parts, stretch, chosen["advertiser"]))
        facts["sums"] = [_told(one, say) for one in found]
        facts["earlier"] = _earlier(parts, stretch, found, chosen["advertiser"], say)
    return page(request, "overview.html", asker, asked=asked, **facts)


@router.get("/overview/win-rate")
def win_rate(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(WIN_RATE.asked)]) -> Response:
    """From the lake, which takes longer than a page should: it comes when the page is there already."""
    parts = asker.may(Right.SEE_REPORTS)
    whose = asked.chosen["advertiser"]
    stretch = period_named(_period(asked), parts.clock.now())

    def made() -> tuple[MetricSums, MetricSums]:
        found = parts.reports()
        ids = [one.campaign_id for one in found.campaigns() if whose in {"", one.advertiser_id}]
        return won_in_period(found.auctions, ids, stretch)

    now, before = in_turn(request, made)
    metric = REPORT_METRICS["win_rate"]
    tile = {"name": "win_rate", "value": figure(metric, metric.of(now)), "change": change(metric, now, before)}
    return page(request, "win_rate.html", asker, asked=asked, tile=tile, stretch=stretch)


@router.get("/overview/alerts")
def alerts_in_brief(request: Request, asker: Browsing) -> Response:
    """What needs somebody, a line for all of a kind: so that figures below stay in sight."""
    found = in_turn(request, lambda: watch_alerts(asker.may(Right.SEE_CATALOGUE)))
    together = groupby(found.found, lambda one: (one.level, one.kind))  # they come in this order
    return _alerts_page(request, asker, [list(alike) for _, alike in together], found.all)


@router.get("/alerts")
def alerts(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(ALERTS.asked)]) -> Response:
    """Everything that needs somebody, or all of one kind, each with a link to its thing."""
    parts = asker.may(Right.SEE_CATALOGUE)
    found = in_turn(request, lambda: watch_alerts(parts))
    kind = asked.chosen["kind"]
    wanted = [one for one in found.found if kind in {"", one.kind.value}]
    return _alerts_page(request, asker, [[one] for one in wanted], found.all, asked)


def _alerts_page(
    request: Request, asker: Asker, lines: list[list[Alert]], is_all: bool, asked: Asked | None = None
) -> Response:
    say = words_for(request)
    told = [
        {
            "level": alike[0].level.value,
            "kind": alike[0].kind.value,
            "what": sentence_of(alike[0], say),
            "things": [(one.name or say("overview"), page_of_alert(one)) for one in alike[:MOST_NAMED]],
            "count": len(alike),
        }
        for alike in lines[:MOST_ALERTS]
    ]
    more, kinds = max(len(lines) - MOST_ALERTS, 0), list(AlertKind)
    return page(request, "alerts.html", asker, asked=asked, lines=told, more=more, kinds=kinds, complete=is_all)


def delivered(
    request: Request, asker: Asker, campaigns: tuple[Campaign, ...] | list[Campaign]
) -> dict[str, CampaignDelivery]:
    """How these campaigns stand; nothing for who may not see reports."""
    if not campaigns or not asker.viewer.may(Right.SEE_REPORTS):
        return {}
    parts = asker.seen

    def made() -> dict[str, CampaignDelivery]:
        told = report_delivery(parts.report, parts.campaign_totals, campaigns, parts.clock.now())
        return {one.campaign.campaign_id: one for one in told}

    return in_turn(request, made)


def _period(asked: Asked) -> PeriodName:
    return PeriodName(asked.chosen["period"] or PeriodName.WEEK.value)


def _summed(parts: SeenParts, stretch: Period, advertiser_id: str) -> list[PeriodSums]:
    return sum_up_period(parts.report, stretch, parts.clock.now(), advertiser_id)


def _earlier(
    parts: SeenParts, stretch: Period, found: list[PeriodSums], advertiser_id: str, say: Say
) -> Earlier | None:
    """What a page without figures says, and the report of as many days up to the last that has some."""
    last = counted_before(parts.last_counted, stretch, found, advertiser_id)
    whose = [Condition("advertiser", Comparison.IS, (advertiser_id,)).text] if advertiser_id else []

    def shown_at(since: date, until: date) -> str:
        return address("/reports", since, until, ["day"], "UTC", whose)

    return earlier_days(say, stretch.since, stretch.until, last, shown_at)


def _told(one: PeriodSums, say: Say) -> dict[str, Any]:
    """A currency's tiles, days and chart."""
    metrics = [REPORT_METRICS[name] for name in TILES]
    tiles = [
        {
            "metric": metric,
            "value": figure(metric, metric.of(one.now), one.currency),
            "change": change(metric, one.now, one.before),
        }
        for metric in metrics
    ]
    rows = [{"day": f"{day:%m-%d}", "spend": sums.spend_micros / _MICROS} for day, sums in one.days]
    title = f"{say('spend')} ({one.currency})"
    chart = charts.bars(
        rows, charts.Axis("day", "", "O"), charts.Axis("spend", title, form=",.2~f"), f"{say('spend_by_day')}: {title}"
    )
    return {
        "currency": one.currency,
        "tiles": tiles,
        "today": figure(REPORT_METRICS["spend"], one.today.spend_micros, one.currency),
        "days": [
            (day, [figure(metric, metric.of(sums), one.currency) for metric in metrics]) for day, sums in one.days
        ],
        "metrics": metrics,
        "chart": chart,
    }
