"""``/campaigns/ID/bandit`` and ``/v1/campaigns/ID/bandit``: how the bandit shares a campaign's showings, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from markupsafe import Markup
from pydantic import BaseModel

from adplat.domain import Right
from adplat.flows.watch_bandit import (
    LEAST_EFFECTIVE,
    MOST_DAYS,
    MOST_OF_ONE,
    BanditWatch,
    watch_bandit,
    watch_document,
    weights_over_time,
)
from services.admin import charts
from services.admin.asking import Asking
from services.admin.charts import Axis
from services.admin.filters import Asked, Filters, one_of
from services.admin.pages import Browsing
from services.admin.problems import responses
from services.admin.rendering import page, words_for
from services.admin.reports_api import in_turn
from services.admin.wording import Say

api = APIRouter(tags=["experiments"])
router = APIRouter(include_in_schema=False)
DAYS_OFFERED = (1, 7, 14)
_MOST_DRAWN = 7
WATCH = Filters((one_of("days", "bandit_days", {str(days): "" for days in DAYS_OFFERED}),), places=())


class SharedOut(BaseModel):
    """``weight``: the creative's part of all probability of coming first that its campaign had in this stretch."""

    at: str
    creative_id: str
    offered: int
    chosen: int
    weight: float
    smallest_propensity: float


class CreativeWeightOut(BaseModel):
    """``effective_showings``: what its showings are worth at an even share; ``refused``: too little to judge by."""

    creative_id: str
    offered: int
    chosen: int
    weight: float
    smallest_propensity: float
    effective_showings: float
    largest_weight_share: float
    refused: bool


class BanditOut(BaseModel):
    """``belief``: as ``adplat bandit show --json`` tells it, null where nobody serves."""

    campaign_id: str
    since: str
    until: str
    step_s: float
    over_time: list[SharedOut]
    creatives: list[CreativeWeightOut]
    belief: dict[str, Any] | None


@api.get("/v1/campaigns/{campaign_id}/bandit", responses=responses(404), response_model=BanditOut)
def read_bandit(
    campaign_id: str, request: Request, asker: Asking, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 1
) -> dict[str, Any]:
    """Weights over time by the hour or, of more than two days, by the day; and what is believed now."""
    parts = asker.may(Right.SEE_EXPERIMENTS)
    parts.edits.campaign(campaign_id)
    return in_turn(request, lambda: watch_document(watch_bandit(parts, campaign_id, days)))


@router.get("/campaigns/{campaign_id}/bandit")
def bandit(
    campaign_id: str, request: Request, asker: Browsing, asked: Annotated[Asked, Depends(WATCH.asked)]
) -> Response:
    """Weights over time, what is believed, and whether the showings can be judged by.

    All of it is read from the lake, which may take seconds: without ``days`` the page comes at once and then asks.
    """
    parts = asker.may(Right.SEE_EXPERIMENTS)
    one = parts.edits.campaign(campaign_id)
    days = asked.chosen["days"]
    chosen = int(days or DAYS_OFFERED[0])
    facts: dict[str, Any] = {"one": one, "days": chosen, "offered": DAYS_OFFERED, "watch": None}
    if days:
        say = words_for(request)
        watch = in_turn(request, lambda: watch_bandit(parts, campaign_id, chosen))
        facts |= {
            "watch": watch,
            "chart": _weights_chart(watch, say),
            "rows": weights_over_time(watch.shares),
            "belief": watch.belief,
            "belief_chart": _belief_chart(watch, say),
            "least": LEAST_EFFECTIVE,
            "most_of_one": MOST_OF_ONE,
        }
    return page(request, "bandit.html", asker, asked=asked, **facts)


def _weights_chart(watch: BanditWatch, say: Say) -> Markup | None:
    """Stacked shares of probability; what is beyond the largest few is told together."""
    if not watch.shares:
        return None
    told = [one.creative_id for one in watch.creatives[:_MOST_DRAWN]]
    sums: dict[tuple[str, str], float] = {}
    for one, weight in weights_over_time(watch.shares):
        key = (one.at.isoformat(), one.creative_id if one.creative_id in told else say("bandit_others"))
        sums[key] = sums.get(key, 0.0) + weight
    order = {name: place for place, name in enumerate([*told, say("bandit_others")])}
    rows = [
        {"at": at, "creative": name, "weight": weight}
        for (at, name), weight in sorted(sums.items(), key=lambda item: (order[item[0][1]], item[0][0]))
    ]
    share = Axis("weight", say("bandit_weight"), form=".0%")
    at = Axis("at", say("bandit_when"), "T")
    if len({row["at"] for row in rows}) < 2:
        return charts.bars(rows, Axis("at", say("bandit_when"), "O"), share, say("bandit_label"), by="creative")
    return charts.lines(rows, at, share, say("bandit_label"), by="creative", points=True)


def _belief_chart(watch: BanditWatch, say: Say) -> Markup | None:
    """The factor of each creative with its interval; one is what the model says."""
    lines = [] if watch.belief is None else watch.belief["creatives"]
    if not lines:
        return None
    rows = [
        {"creative": one["creative_id"], "at": one["factor"], "low": one["factor_low"], "high": one["factor_high"]}
        for one in lines[:20]
    ]
    value = Axis("at", say("bandit_factor"), form=".3~g", from_zero=False)
    return charts.intervals(rows, Axis("creative", "", "N"), value, "low", "high", say("belief_label"), rule_at=1.0)
