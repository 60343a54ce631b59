"""The form that makes and changes a campaign, or plans one that is only forecast, with the forecast beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from fastapi import Request, Response

from adplat.domain import (
    Advertiser,
    BidStrategyKind,
    Campaign,
    ChangedMeanwhile,
    Comparison,
    Condition,
    InputError,
    ListRequest,
    Right,
)
from adplat.flows.describe_catalogue import campaign_document
from services.admin.asking import Asker
from services.admin.campaign_form import LISTED, TERMS, cap_rows
from services.admin.etags import etag_of
from services.admin.filters import is_text
from services.admin.forecasting import NOTHING_ASKED, Preview, spoken
from services.admin.hours_of_week import DAYS
from services.admin.rendering import language_asked, page, words_for


class FormKind(StrEnum):
    """``campaign``: it makes or changes one; ``plan``: it is only forecast."""

    CAMPAIGN = "campaign"
    PLAN = "plan"


def form_page(
    request: Request,
    asker: Asker,
    one: Campaign | None,
    told: dict[str, str],
    error: InputError | None = None,
    etag: str = "",
    *,
    kind: FormKind = FormKind.CAMPAIGN,
    forecast: Preview = NOTHING_ASKED,
) -> Response:
    """With what was written, whatever became of it."""
    action = "/forecasts/new" if kind is FormKind.PLAN else "/campaigns/new"
    names = [*TERMS, *LISTED, *(f"hours_{day}" for day in DAYS), "click_within", "view_within", "keep"]
    owners = _owners(asker, told.get("advertiser_id", ""))
    currencies = {owner.currency for owner in owners if one is None or owner.advertiser_id == one.advertiser_id}
    facts: dict[str, Any] = {
        "one": one,
        "kind": kind.value,
        "action": action if one is None else f"/campaigns/{one.campaign_id}/edit",
        "told": dict.fromkeys(names, "") | told,
        "caps": cap_rows(told),
        "days": DAYS,
        "owners": owners,
        "currency": currencies.pop() if len(currencies) == 1 else words_for(request)("advertisers_currency"),
        "kinds": list(BidStrategyKind),
        "listed": LISTED,
        "etag": etag or ("" if one is None else etag_of(campaign_document(one))),
        "once": told.get("once", "") or asker.seen.draw(16).hex(),
        "changed": isinstance(error, ChangedMeanwhile),
        "forecast": spoken(forecast, language_asked(request)) if asker.viewer.may(Right.MAKE_FORECASTS) else None,
    }
    return page(request, "campaign_form.html", asker, error=error, **facts)


def _owners(asker: Asker, chosen: str) -> list[Advertiser]:
    """Who may be chosen from: as many as a list holds, and the one that is chosen."""
    listed = list(asker.seen.edits.advertiser_page(ListRequest(limit=500)).items)
    if is_text(chosen) and chosen not in {one.advertiser_id for one in listed}:
        named = Condition("advertiser_id", Comparison.IS, (chosen[:256],))
        listed = [*asker.seen.edits.advertiser_page(ListRequest([named])).items, *listed]
    return listed
