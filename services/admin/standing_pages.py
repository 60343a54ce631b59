"""A campaign's creatives side by side: who leads, how surely, who tires, and what their elements are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import Comparison, Condition, Creative, InputError, ListRequest, Right
from adplat.flows.admin_parts import SeenParts
from adplat.flows.creative_story import MOST_OF_ELEMENTS, campaign_elements
from adplat.flows.report_delivery import CreativeStanding, creative_leaderboard, too_little
from adplat.flows.sum_up_period import last_counted_under
from services.admin import charts
from services.admin.asking import Asking
from services.admin.creative_bodies import ElementsOut
from services.admin.earlier_days import Earlier, earlier_days
from services.admin.filters import Asked, Filters, day
from services.admin.pages import Browsing
from services.admin.problems import responses
from services.admin.rendering import page, words_for
from services.admin.report_view import address
from services.admin.reports_api import Since, Until, in_turn
from services.admin.wording import Say

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/v1", tags=["reports"])
USUAL_DAYS = 28
MOST_SHOWN = 200
_CHARTED = 25
STANDINGS = Filters(
    (day("since", "report_since"), day("until", "report_until")), places=(), besides=frozenset({"elements"})
)


@router.get("/campaigns/{campaign_id}/creatives")
def standings(
    campaign_id: str,
    request: Request,
    asker: Browsing,
    asked: Annotated[Asked, Depends(STANDINGS.asked)],
    elements: str = "",
) -> Response:
    """Of the last days, where no others are asked for; elements are added where they are asked for."""
    seen = asker.may(Right.SEE_REPORTS)
    campaign = seen.edits.campaign(campaign_id)
    tomorrow = seen.clock.now().date() + timedelta(days=1)
    first = date.fromisoformat(asked.chosen["since"] or str(tomorrow - timedelta(days=USUAL_DAYS)))
    end = date.fromisoformat(asked.chosen["until"] or str(tomorrow))
    told = {"since": str(first), "until": str(end)}
    facts: dict[str, Any] = {"campaign": campaign, "told": told, "asked_elements": bool(elements), "elements": None}
    try:
        found = in_turn(request, lambda: creative_leaderboard(seen.reports().breakdown.report, campaign_id, first, end))
        if elements:
            facts["elements"] = in_turn(request, lambda: _elements(seen, campaign_id, first, end))
    except InputError as error:
        return page(request, "standings.html", asker, error=error, asked=asked, rows=[], **facts)
    shown = found[:MOST_SHOWN]
    facts |= {
        "rows": shown,
        "earlier": None if found else _earlier(request, seen, campaign_id, first, end),
        "more": len(found) - len(shown),
        "creatives": _creatives(seen, [one.creative_id for one in shown]),
        "missing": too_little(found),
        "chart": lambda say: _chart(shown[:_CHARTED], facts["creatives"], say),
        "element_charts": lambda say: _element_charts(facts["elements"], say),
    }
    return page(request, "standings.html", asker, asked=asked, **facts)


def _earlier(request: Request, seen: SeenParts, campaign_id: str, since: date, until: date) -> Earlier | None:
    """Of days without a showing, where the last ones are."""
    of = [Condition("campaign", Comparison.IS, (campaign_id,))]
    last = in_turn(request, lambda: last_counted_under(seen.report, seen.last_counted, since, of))
    path = f"/campaigns/{quote(campaign_id, safe='')}/creatives"

    def shown_at(first: date, end: date) -> str:
        return address(path, first, end, [], "", [])

    return earlier_days(words_for(request), since, until, last, shown_at, "standings_of_days")


@api.get("/reports/elements/{campaign_id}", responses=responses(404), response_model=ElementsOut)
def read_elements(campaign_id: str, request: Request, asker: Asking, since: Since, until: Until) -> Response:
    """What headlines, backgrounds, colours and calls of a campaign's creatives are worth, with 90 % intervals."""
    seen = asker.may(Right.SEE_REPORTS)
    seen.edits.campaign(campaign_id)
    told = in_turn(request, lambda: _elements(seen, campaign_id, since, until))
    return Response(msgspec.json.encode(told), media_type="application/json")


def _elements(seen: SeenParts, campaign_id: str, since: date, until: date) -> dict[str, Any]:
    wanted = [Condition("campaign_id", Comparison.IS, (campaign_id,))]
    creatives = seen.catalogue.creative_page(ListRequest(wanted, limit=MOST_OF_ELEMENTS + 1)).items
    told = campaign_elements(seen.reports().breakdown.report, campaign_id, creatives, since, until)
    return {"campaign": campaign_id} | told


def _creatives(seen: SeenParts, ids: Sequence[str]) -> dict[str, Creative]:
    if not ids:
        return {}
    wanted = [Condition("creative_id", Comparison.IS, tuple(ids))]
    return {one.creative_id: one for one in seen.catalogue.creative_page(ListRequest(wanted, limit=len(ids))).items}


def name_of(creative_id: str, creatives: Mapping[str, Creative]) -> str:
    """Its headline where it has one, short enough for a chart; ids tell apart those that say the same."""
    one = creatives.get(creative_id)
    words = one.copy.headline.strip() if one is not None else ""
    if not words:
        return creative_id
    short = words if len(words) <= 24 else f"{words[:23]}…"
    return f"{short} · {creative_id[-6:]}"


def _chart(shown: Sequence[CreativeStanding], creatives: Mapping[str, Creative], say: Say) -> Any:
    rows = [
        {
            "name": name_of(one.creative_id, creatives),
            "ctr": one.ctr.value,
            "low": one.ctr.low,
            "high": one.ctr.high,
        }
        for one in shown
        if one.ctr is not None
    ]
    if len(rows) < 2:
        return None
    shown_all = [one for one in shown if one.ctr is not None]
    mean = sum(one.sums.clicks for one in shown_all) / sum(one.sums.impressions for one in shown_all)
    value = charts.Axis("ctr", say("ctr"), form=".2%", from_zero=False)
    name = charts.Axis("name", "", "N")
    return charts.intervals(rows, name, value, "low", "high", say("standings_chart"), rule_at=mean)


def _element_charts(told: dict[str, Any] | None, say: Say) -> list[tuple[str, list[dict[str, Any]], Any]]:
    """By kind of element: its lines, and a chart of them."""
    found = []
    for kind in sorted({one["kind"] for one in (told or {}).get("elements", [])}):
        lines = [one for one in told["elements"] if one["kind"] == kind] if told else []
        rows = [
            {
                "name": f"{one['value'][:28]}…" if len(one["value"]) > 29 else one["value"],
                "factor": one["factor"],
                "low": one["factor_low"],
                "high": one["factor_high"],
            }
            for one in lines[:_CHARTED]
        ]
        value = charts.Axis("factor", say("element_factor"), form=".2f", from_zero=False)
        name, label = charts.Axis("name", "", "N"), f"{say('element_factor')}: {kind}"
        found.append((kind, lines, charts.intervals(rows, name, value, "low", "high", label, rule_at=1.0)))
    return found
