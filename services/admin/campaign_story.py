"""The page of one campaign: its terms, how its money goes, what brought what, forecasts and what came, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from adplat.domain import (
    REPORT_METRICS,
    Advertiser,
    Campaign,
    CampaignStatus,
    Comparison,
    Condition,
    Dimension,
    ListRequest,
    MetricSums,
    ReportQuestion,
    Right,
)
from adplat.flows.campaign_delivery import first_day, pace_of_campaign
from adplat.flows.describe_catalogue import campaign_document
from adplat.flows.forecasts_of_campaign import forecasts_of_campaign, told_and_came
from adplat.flows.report_delivery import Reports, Totals, report_delivery, sums_by_day
from services.admin import charts
from services.admin.asking import Asker
from services.admin.campaign_form import LISTED, span_text
from services.admin.earlier_days import Earlier, earlier_days
from services.admin.etags import etag_of
from services.admin.figures import figure
from services.admin.filters import Asked as Filtered
from services.admin.filters import Filters, one_of
from services.admin.forecasting import lines_of
from services.admin.hours_of_week import told_days
from services.admin.pages import Browsing, trail_of
from services.admin.rendering import page, words_for
from services.admin.report_view import address
from services.admin.reports_api import in_turn
from services.admin.wording import Say

router = APIRouter(include_in_schema=False)
CHART_DAYS = 30
BREAKDOWN_DAYS = 28
MOST_LINES, _MOST_FORECASTS = 50, 3
CUTS = (Dimension.DAY, Dimension.CREATIVE, Dimension.PLACEMENT)
_METRICS = tuple(
    REPORT_METRICS[name] for name in ("spend", "impressions", "clicks", "ctr", "conversions", "cvr", "cpa")
)
_MICROS = 1_000_000
_CUTS = {one.value: one.value for one in CUTS}
CUT = Filters((one_of("by", "report_by", _CUTS), one_of("then", "report_then", _CUTS)), places=())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page is told of."""

    one: Campaign
    owner: Advertiser
    report: Reports
    totals: Totals
    now: datetime
    say: Say


@router.get("/campaigns/{campaign_id}")
def campaign(
    campaign_id: str, request: Request, asker: Browsing, asked: Annotated[Filtered, Depends(CUT.asked)]
) -> Response:
    """One of them; ``by`` and ``then`` cut what it brought."""
    parts = asker.may(Right.SEE_CATALOGUE)
    one = parts.edits.campaign(campaign_id)
    owner = parts.edits.advertiser(one.advertiser_id)
    ads = parts.edits.ad_page(ListRequest([Condition("campaign_id", Comparison.IS, (campaign_id,))], limit=100))
    facts: dict[str, Any] = {
        "one": one,
        "owner": owner,
        "ads": ads.items,
        "entries": trail_of(asker, campaign_id),
        "next_steps": [status for status in CampaignStatus if one.status.may_become(status)],
        "etag": etag_of(campaign_document(one)),
        "once": parts.draw(16).hex(),
        "listed": LISTED,
        "hours": told_days(one.targeting.hours_of_week),
        "caps": [(cap.limit, span_text(cap.window_s), cap.per_creative) for cap in one.frequency_caps],
        "windows": (span_text(one.attribution.click_s), span_text(one.attribution.view_s)),
        "brought": None,
        "forecasts": [],
    }
    if asker.viewer.may(Right.SEE_REPORTS):
        say = words_for(request)

        def made() -> dict[str, Any]:
            of = _Asked(one, owner, parts.report, parts.campaign_totals, parts.clock.now(), say)
            return {"brought": _brought(of, _dimensions(asked.chosen)), "forecasts": _forecasts(asker, of)}

        facts |= in_turn(request, made)
    return page(request, "campaign.html", asker, asked=asked, **facts)


def _brought(asked: _Asked, cut: tuple[Dimension, ...]) -> dict[str, Any]:
    """Delivery, its two charts, and the breakdown."""
    one, now = asked.one, asked.now
    today = now.astimezone(UTC).date()
    since = min(first_day(one, now), today - timedelta(days=CHART_DAYS - 1))
    days = sums_by_day(asked.report, one.campaign_id, since, today + timedelta(days=1))
    [standing] = report_delivery(asked.report, asked.totals, [one], now)
    currency = asked.owner.currency
    lately = [today - timedelta(days=ago) for ago in range(CHART_DAYS - 1, -1, -1)]
    told = [(day, days.get(day, MetricSums())) for day in lately]
    return {
        "delivery": standing.delivery,
        "metrics": _METRICS,
        "days": [
            (day, [figure(each, each.of(sums), currency) for each in _METRICS]) for day, sums in told if day in days
        ],
        "days_chart": _days_chart(told, currency, asked.say) if days.keys() & set(lately) else Markup(""),
        "earlier": _earlier(asked, lately[0], ("day",), days),
        "pace_chart": _pace_chart(asked, days, standing.delivery),
        "breakdown": _breakdown(asked, cut, days),
        "cut": [one.value for one in cut],
        "cuts": [one.value for one in CUTS],
    }


def _days_chart(told: list[tuple[Any, MetricSums]], currency: str, say: Say) -> Markup:
    rows = [{"day": f"{day:%m-%d}", "spend": sums.spend_micros / _MICROS} for day, sums in told]
    y = charts.Axis("spend", f"{say('spend')} ({currency})", form=",.2~f")
    return charts.bars(rows, charts.Axis("day", "", "O"), y, f"{say('spend')}, {say('last_month')}")


def _pace_chart(asked: _Asked, days: dict[Any, MetricSums], delivery: Any) -> Markup:
    say = asked.say
    rows = []
    for point in pace_of_campaign(asked.one, days, delivery, asked.now):
        for word, micros in (
            ("delivered", point.spent_micros),
            ("planned", point.planned_micros),
            ("projected", point.projected_micros),
        ):
            if micros is not None:
                rows.append({"day": point.day.isoformat(), "spend": micros / _MICROS, "kind": say(word)})
    if len(rows) < 3:
        return Markup("")
    y = charts.Axis("spend", f"{say('spend')} ({asked.owner.currency})", form=",.3~s")
    return charts.lines(rows, charts.Axis("day", "", "T", form="%m-%d"), y, say("pacing_chart"), by="kind")


def _earlier(asked: _Asked, since: date, by: Sequence[str], days: Mapping[date, MetricSums]) -> Earlier | None:
    """Of days from this one to today without figures: the report of as many up to the last of ``days`` before."""

    def shown_at(first: date, end: date) -> str:
        return address("/reports", first, end, by, "UTC", [_of(asked.one).text])

    until = asked.now.astimezone(UTC).date() + timedelta(days=1)
    return earlier_days(asked.say, since, until, max((day for day in days if day < since), default=None), shown_at)


def _of(one: Campaign) -> Condition:
    return Condition("campaign", Comparison.IS, (one.campaign_id,))


def _breakdown(asked: _Asked, cut: tuple[Dimension, ...], days: Mapping[date, MetricSums]) -> dict[str, Any]:
    """The rows with most spend, and the same as a report; ``days``: of the campaign, to tell where some are."""
    until = asked.now.astimezone(UTC).date() + timedelta(days=1)
    since = until - timedelta(days=BREAKDOWN_DAYS)
    found = asked.report(ReportQuestion(since, until, cut, "UTC", (_of(asked.one),)))
    rows = sorted(found.rows, key=lambda row: row.sums.spend_micros, reverse=True)
    if cut[0] is Dimension.DAY and len(cut) == 1:
        rows = sorted(found.rows, key=lambda row: row.keys, reverse=True)
    names = [found.labels.get(one.value, {}) for one in cut]
    by = [one.value for one in cut]
    return {
        "rows": [
            (
                [(names[place].get(key, ""), key) for place, key in enumerate(row.keys)],
                [figure(metric, metric.of(row.sums), asked.owner.currency) for metric in _METRICS],
            )
            for row in rows[:MOST_LINES]
        ],
        "more": max(len(rows) - MOST_LINES, 0),
        "earlier": _earlier(asked, since, by, days),
        "report": address("/reports", since, until, by, "UTC", [_of(asked.one).text]),
    }


def _forecasts(asker: Asker, asked: _Asked) -> list[dict[str, Any]]:
    if not asker.viewer.may(Right.SEE_FORECASTS):
        return []
    kept = forecasts_of_campaign(asker.seen, asked.one.campaign_id, _MOST_FORECASTS)
    came = told_and_came(asker.seen, kept, asked.report)
    return [
        {
            "kept": one,
            "lines": lines_of(came[one.forecast_id], str(one.plan.get("currency") or asked.owner.currency), asked.say),
        }
        for one in kept
        if came[one.forecast_id]
    ]


def _dimensions(chosen: Mapping[str, str]) -> tuple[Dimension, ...]:
    """Two that are told, each once; by creative where nothing is."""
    found = dict.fromkeys(Dimension(name) for name in (chosen["by"], chosen["then"]) if name)
    return tuple(found) or (Dimension.CREATIVE,)
