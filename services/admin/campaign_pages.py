"""Pages of campaigns: list, one of them with its delivery, and the form that makes and changes it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import (
    Ad,
    Attribution,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    ChangedMeanwhile,
    Comparison,
    Condition,
    ConfigRejected,
    Flight,
    InputError,
    ListRequest,
    MetricSums,
    Money,
    Right,
    Targeting,
)
from adplat.flows.describe_catalogue import campaign_document
from adplat.flows.edit_campaigns import change_campaign, create_ad, create_campaign
from adplat.flows.report_delivery import sums_by_day
from services.admin.asking import Asker
from services.admin.etags import etag_of, require_match
from services.admin.forms import Form
from services.admin.pages import (
    Browsing,
    Cursor,
    Sending,
    choice_of,
    delivery_of,
    is_text,
    owners_of,
    trail_of,
)
from services.admin.problems import of_error
from services.admin.rendering import page, plain_money, to

router = APIRouter(include_in_schema=False)
CHART_DAYS = 30
_CHART_HEIGHT = 100
LISTED = tuple(one.name for one in fields(Targeting) if one.name != "hours_of_week")
_TERMS = ("advertiser_id", "name", "daily", "total", "flight_start", "flight_end", "time_zone", "kind", "target")


@router.get("/campaigns")
def campaigns(request: Request, asker: Browsing, status: str = "", name: str = "", cursor: Cursor = "") -> Response:
    """All that the viewer sees."""
    parts = asker.may(Right.SEE_CATALOGUE)
    conditions = choice_of("status", status, CampaignStatus)
    if is_text(name.strip()):
        conditions.append(Condition("name", Comparison.CONTAINS, (name.strip()[:256],)))
    shown = parts.catalogue.campaign_page(ListRequest(conditions, limit=50, cursor=cursor))
    facts: dict[str, Any] = {
        "owners": owners_of(parts, shown.items),
        "delivered": delivery_of(parts, asker, shown.items),
    }
    chosen = {"status": status, "name": name.strip()}
    return page(
        request,
        "campaigns.html",
        asker,
        shown=shown,
        statuses=list(CampaignStatus),
        chosen=chosen,
        nothing=MetricSums(),
        **facts,
    )


@router.get("/campaigns/new")
def new_campaign(request: Request, asker: Browsing) -> Response:
    """An empty form."""
    asker.viewer.require(Right.EDIT_CAMPAIGNS)
    return _form_page(request, asker, None, _nothing(asker))


@router.post("/campaigns/new")
def create(request: Request, sent: Sending) -> Response:
    """A draft; what is wrong is said above the form, which keeps what was written."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    try:
        owner = parts.edits.advertiser(form.text("advertiser_id"))
        made = create_campaign(parts, _told(form, None, owner.advertiser_id, owner.currency), form.text("once"))
    except InputError as error:
        return _form_page(request, asker, None, form.fields, error)
    return to(f"/campaigns/{made.campaign_id}", "created")


@router.get("/campaigns/{campaign_id}")
def campaign(campaign_id: str, request: Request, asker: Browsing) -> Response:
    """One of them: what it may, what it brought, what was done with it."""
    parts = asker.may(Right.SEE_CATALOGUE)
    one = parts.edits.campaign(campaign_id)
    owner = parts.edits.advertiser(one.advertiser_id)
    tomorrow = parts.clock.now().astimezone(UTC).date() + timedelta(days=1)
    days: dict[date, MetricSums] = {}
    if asker.viewer.may(Right.SEE_REPORTS):
        days = sums_by_day(parts.report, campaign_id, tomorrow - timedelta(days=CHART_DAYS), tomorrow)
    ads = parts.edits.ad_page(ListRequest([Condition("campaign_id", Comparison.IS, (campaign_id,))], limit=100))
    facts: dict[str, Any] = {
        "one": one,
        "owner": owner,
        "days": days,
        "bars": _bars([days.get(tomorrow - timedelta(days=ago), MetricSums()) for ago in _ago()]),
        "most_micros": max((day.spend_micros for day in days.values()), default=0),
        "ads": ads.items,
        "entries": trail_of(asker, campaign_id),
        "next_steps": [status for status in CampaignStatus if one.status.may_become(status)],
        "etag": etag_of(campaign_document(one)),
        "listed": LISTED,
    }
    return page(request, "campaign.html", asker, **facts)


@router.get("/campaigns/{campaign_id}/edit")
def edit_form(campaign_id: str, request: Request, asker: Browsing) -> Response:
    """The form with what is there."""
    one = asker.may(Right.EDIT_CAMPAIGNS).edits.campaign(campaign_id)
    return _form_page(request, asker, one, _as_fields(one))


@router.post("/campaigns/{campaign_id}/edit")
def edit(campaign_id: str, request: Request, sent: Sending) -> Response:
    """Changes what was seen; what somebody else changed meanwhile is shown before it can be changed again."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    before = parts.edits.campaign(campaign_id)
    currency = parts.edits.advertiser(before.advertiser_id).currency

    def step(there: Campaign) -> Campaign:
        require_match(form.text("etag"), campaign_document(there))
        return _told(form, there, there.advertiser_id, currency)

    try:
        change_campaign(parts, campaign_id, step)
    except ChangedMeanwhile as error:
        there = parts.edits.campaign(campaign_id)
        return _form_page(request, asker, there, _as_fields(there), error)
    except InputError as error:
        return _form_page(request, asker, before, form.fields, error, etag=form.text("etag"))
    return to(f"/campaigns/{campaign_id}", "saved")


@router.post("/campaigns/{campaign_id}/status")
def change_status(campaign_id: str, sent: Sending) -> Response:
    """One step of its life."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)

    def step(there: Campaign) -> Campaign:
        require_match(form.text("etag"), campaign_document(there))
        return replace(there, status=_one_of(CampaignStatus, form.text("status"), "status"))

    change_campaign(parts, campaign_id, step)
    return to(f"/campaigns/{campaign_id}", "saved")


@router.post("/campaigns/{campaign_id}/ads")
def add_ad(campaign_id: str, sent: Sending) -> Response:
    """One ad more."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    create_ad(parts, Ad("", campaign_id, form.text("name"), form.text("landing_url")), form.text("once"))
    return to(f"/campaigns/{campaign_id}", "saved")


def _form_page(
    request: Request,
    asker: Asker,
    one: Campaign | None,
    told: dict[str, str],
    error: InputError | None = None,
    etag: str = "",
) -> Response:
    status, what, where, hint = (200, "", "", "") if error is None else of_error(error)
    owners = asker.seen.edits.advertiser_page(ListRequest(limit=500)).items
    facts: dict[str, Any] = {
        "one": one,
        "told": dict.fromkeys([*_TERMS, *LISTED], "") | told,
        "owners": owners,
        "kinds": list(BidStrategyKind),
        "listed": LISTED,
        "etag": etag or ("" if one is None else etag_of(campaign_document(one))),
        "once": told.get("once", "") or asker.seen.draw(16).hex(),
        "what": what,
        "where": where,
        "hint": hint,
        "changed": isinstance(error, ChangedMeanwhile),
    }
    return page(request, "campaign_form.html", asker, status=status, **facts)


def _nothing(asker: Asker) -> dict[str, str]:
    start = (asker.seen.clock.now() + timedelta(days=1)).replace(hour=0, minute=0)
    return {"flight_start": start.strftime("%Y-%m-%dT%H:%M"), "time_zone": "UTC", "kind": "max_cpc"}


def _as_fields(one: Campaign) -> dict[str, str]:
    bid, end = one.bid_strategy, one.flight.end
    is_ratio = bid.kind is BidStrategyKind.TARGET_ROAS
    daily, total = one.budget.daily, one.budget.total
    return {
        "advertiser_id": one.advertiser_id,
        "name": one.name,
        "daily": plain_money(None if daily is None else daily.amount_micros),
        "total": plain_money(None if total is None else total.amount_micros),
        "flight_start": one.flight.start.strftime("%Y-%m-%dT%H:%M"),
        "flight_end": "" if end is None else end.strftime("%Y-%m-%dT%H:%M"),
        "time_zone": one.time_zone,
        "kind": bid.kind.value,
        "target": f"{bid.target_ratio:g}" if is_ratio else plain_money(bid.target_micros),
    } | {name: ", ".join(getattr(one.targeting, name)) for name in LISTED}


def _told(form: Form, there: Campaign | None, advertiser_id: str, currency: str) -> Campaign:
    """What the form says; what it has no field for stays. Raises ConfigRejected."""
    start = form.moment("flight_start")
    if start is None:
        raise ConfigRejected("it has no beginning", where="flight_start", hint="say when it starts")
    end = form.moment("flight_end")
    if there is not None:
        # A form knows minutes: what it did not change keeps its seconds.
        start = there.flight.start if start == there.flight.start.replace(second=0, microsecond=0) else start
        if end and there.flight.end and end == there.flight.end.replace(second=0, microsecond=0):
            end = there.flight.end
    kind = _one_of(BidStrategyKind, form.text("kind"), "bid_strategy")
    told = {name: form.listed(name) for name in LISTED}
    daily, total = form.micros("daily"), form.micros("total")
    return Campaign(
        campaign_id="" if there is None else there.campaign_id,
        advertiser_id=advertiser_id,
        name=form.text("name"),
        status=CampaignStatus.DRAFT if there is None else there.status,
        budget=Budget(
            None if daily is None else Money(daily, currency), None if total is None else Money(total, currency)
        ),
        flight=Flight(start, end),
        bid_strategy=_bid(kind, form),
        targeting=Targeting(**told) if there is None else replace(there.targeting, **told),  # type: ignore[arg-type]  # no hours are among the names
        time_zone=form.text("time_zone"),
        frequency_caps=() if there is None else there.frequency_caps,
        attribution=Attribution() if there is None else there.attribution,
    )


def _bid(kind: BidStrategyKind, form: Form) -> BidStrategy:
    if kind is not BidStrategyKind.TARGET_ROAS:
        return BidStrategy(kind, form.micros("target") or 0)
    try:
        return BidStrategy(kind, target_ratio=float(form.text("target") or "0"))
    except ValueError:
        raise ConfigRejected("no ratio", where="bid_strategy", hint="write it as 4 or 2.5") from None


def _one_of(kind: type[Any], told: str, where: str) -> Any:
    try:
        return kind(told)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise ConfigRejected(f"{told[:40]!r} is none", where=where, hint=f"one of {known}") from None


def _ago() -> range:
    return range(CHART_DAYS, 0, -1)


def _bars(days: list[MetricSums]) -> list[tuple[int, int, int]]:
    """Place, top and height of a bar for each day's spend, in a picture ``_CHART_HEIGHT`` high."""
    most = max((one.spend_micros for one in days), default=0) or 1
    heights = [round(_CHART_HEIGHT * one.spend_micros / most) for one in days]
    return [(10 * place, _CHART_HEIGHT - height, height) for place, height in enumerate(heights)]
