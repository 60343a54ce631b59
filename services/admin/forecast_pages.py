"""Pages of forecasts: what a plan will bring, forecasts that were kept, and how often they came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from adplat.domain import (
    Campaign,
    InputError,
    ListRequest,
    Right,
    ScoredForecast,
    UnknownReference,
)
from adplat.flows.forecasts_of_campaign import ToldAndCame, told_and_came
from adplat.flows.lately_covered import MOST_FORECASTS, lately_covered
from adplat.forecast import HELD_SHARES
from services.admin import charts
from services.admin.asking import Asker
from services.admin.campaign_form import campaign_from, empty_fields
from services.admin.filters import Asked, Filters, advertiser, text
from services.admin.forecasting import Preview, PreviewState, came_chart, figures_of, keep, lines_of, preview
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.plan_form import FormKind, form_page
from services.admin.refusals import refusal
from services.admin.rendering import page, to, words_for
from services.admin.reports_api import in_turn
from services.admin.wording import Say

router = APIRouter(include_in_schema=False)
PAGE = 50
_DRAWN_SHARE = 0.8
LISTED = Filters((text("name", "name", "name"), advertiser()))


@router.post("/forecasts/preview")
def preview_form(request: Request, sent: Sending) -> Response:
    """The form as it was sent, with its forecast beside it; nothing is kept or changed."""
    asker, form = sent
    parts = asker.may(Right.MAKE_FORECASTS)
    kind = FormKind.PLAN if form.text("form") == FormKind.PLAN else FormKind.CAMPAIGN
    if kind is FormKind.CAMPAIGN:
        asker.viewer.require(Right.EDIT_CAMPAIGNS)
    there = parts.edits.campaign(form.text("campaign_id")) if form.text("campaign_id") else None
    told = previewed(request, asker, form, there)
    return form_page(request, asker, there, form.fields, etag=form.text("etag"), kind=kind, forecast=told)


@router.get("/forecasts")
def forecasts(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """Kept ones, the newest first, with what became of them."""
    parts = asker.may(Right.SEE_FORECASTS)
    shown = asked.page(parts.forecasts.forecast_page, PAGE)
    totals = parts.forecasts.totals([one.forecast_id for one in shown.items]) if shown.items else {}
    held = {}
    for one in shown.items:
        latest = ScoredForecast(one, tuple(totals.get(one.forecast_id, ()))).latest
        held[one.forecast_id] = (sum(1 for score in latest if score.inside(0.95)), len(latest))
    facts: dict[str, Any] = {
        "shown": shown,
        "held": held,
        "advertisers": parts.edits.advertiser_page(ListRequest(limit=500)).items,
    }
    return page(request, "forecasts.html", asker, asked=asked, **facts)


@router.get("/forecasts/coverage")
def coverage(request: Request, asker: Browsing) -> Response:
    """How often the intervals of the forecasts that ended last held."""
    parts, say = asker.may(Right.SEE_FORECASTS), words_for(request)
    found = in_turn(request, lambda: lately_covered(list(parts.forecasts.completed(MOST_FORECASTS))))
    rows = [{"name": say(f"metric_{one.metric.value}"), "numbers": one.numbers, "held": one.held} for one in found]
    return page(request, "coverage.html", asker, rows=rows, chart=_coverage_chart(rows, say), shares=HELD_SHARES)


@router.get("/forecasts/new")
def new_forecast(request: Request, asker: Browsing) -> Response:
    """A plan that nobody has to book."""
    asker.viewer.require(Right.MAKE_FORECASTS)
    return form_page(request, asker, None, empty_fields(asker), kind=FormKind.PLAN)


@router.post("/forecasts/new")
def keep_plan(request: Request, sent: Sending) -> Response:
    """Made and kept, to be held against what happens; where nothing is told, the form says why."""
    asker, form = sent
    parts = asker.may(Right.MAKE_FORECASTS)
    told = previewed(request, asker, form, None)
    try:
        kept = keep(parts, told)
    except UnknownReference:
        raise
    except InputError as error:
        told, kept = Preview(PreviewState.WRONG, wrong=error), None
    if kept is None:
        return form_page(request, asker, None, form.fields, kind=FormKind.PLAN, forecast=told)
    return to(f"/forecasts/{kept.forecast_id}", "kept")


def previewed(request: Request, asker: Asker, form: Form, there: Campaign | None) -> Preview:
    """The forecast of what a form says. Raises UnknownReference for an advertiser that is not the viewer's."""
    parts = asker.seen
    owner = parts.edits.advertiser(form.text("advertiser_id") if there is None else there.advertiser_id)
    try:
        campaign = campaign_from(form, there, owner.advertiser_id, owner.currency)
    except InputError as error:
        return Preview(PreviewState.WRONG, wrong=error)
    if campaign.budget.daily is None and campaign.budget.total is None:
        return Preview(PreviewState.WRONG, wrong=refusal("form_no_budget", ""))
    return preview(request, parts, campaign, owner.currency)


def kept_with(request: Request, asker: Asker, form: Form, campaign: Campaign) -> str:
    """Keep a campaign's forecast where its form asks for it; what was done to it, for the page after."""
    done = "created" if not form.text("etag") else "saved"
    if not form.text("keep") or not asker.viewer.may(Right.MAKE_FORECASTS):
        return done
    parts: Any = asker.seen
    currency = parts.edits.advertiser(campaign.advertiser_id).currency
    try:
        kept = keep(parts, preview(request, parts, campaign, currency))
    except InputError:
        kept = None
    return done if kept is not None else f"{done}_without_forecast"


@router.get("/forecasts/{forecast_id}")
def forecast(forecast_id: str, request: Request, asker: Browsing) -> Response:
    """One of them: what it told, and what came."""
    parts, say = asker.may(Right.SEE_FORECASTS), words_for(request)
    kept = parts.forecasts.find(forecast_id)

    def made() -> list[ToldAndCame]:
        report = parts.report if asker.viewer.may(Right.SEE_REPORTS) else None
        return told_and_came(parts, [kept], report)[forecast_id]

    came = in_turn(request, made)
    facts: dict[str, Any] = {
        "kept": kept,
        "told": figures_of(kept.document, say) if kept.document.get("total") else None,
        "lines": lines_of(came, str(kept.plan.get("currency") or ""), say),
        "chart": came_chart(came, say),
        "entries": trail_of(asker, forecast_id),
    }
    return page(request, "forecast.html", asker, **facts)


def _coverage_chart(rows: Sequence[Mapping[str, Any]], say: Say) -> Markup:
    """80 % intervals: the share that held."""
    if not rows:
        return Markup("")
    held = [(one["name"], one["held"][_DRAWN_SHARE]) for one in rows]
    drawn = [{"name": name, "share": one.value, "low": one.low, "high": one.high} for name, one in held]
    value = charts.Axis("share", say("in_80"), form=".0%", from_zero=False)
    return charts.intervals(
        drawn, charts.Axis("name", "", "N"), value, "low", "high", say("calibration"), rule_at=_DRAWN_SHARE
    )
