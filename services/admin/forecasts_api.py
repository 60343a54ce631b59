"""``POST /v1/forecasts`` and ``…/preview``: what a campaign will bring; kept ones are read in ``works_api``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import ConfigRejected, MissingInput, Right
from adplat.flows.lately_covered import MOST_FORECASTS, covered_document, lately_covered
from services.admin.asking import Asker, Asking
from services.admin.campaign_bodies import campaign_of
from services.admin.forecast_bodies import CoverageOut, ForecastDocument, ForecastPlanIn, MadeForecastOut
from services.admin.forecasting import Preview, PreviewState, keep, preview
from services.admin.problems import Refused, responses
from services.admin.reports_api import in_turn

router = APIRouter(prefix="/v1/forecasts", tags=["forecasts"])
coverage_router = APIRouter(prefix="/v1", tags=["forecasts"])


@coverage_router.get("/forecast-coverage", responses=responses(), response_model=CoverageOut)
def read_coverage(request: Request, asker: Asking) -> dict[str, Any]:
    """Of the forecasts that ended last, by metric: how often their intervals held."""
    parts = asker.may(Right.SEE_FORECASTS)
    found = in_turn(request, lambda: lately_covered(list(parts.forecasts.completed(MOST_FORECASTS))))
    return {"items": [covered_document(one) for one in found]}


@router.post("/preview", responses=responses(404), response_model=ForecastDocument)
def preview_forecast(body: ForecastPlanIn, request: Request, asker: Asking) -> dict[str, Any]:
    """Quantiles of what it brings, by day and in all, and what other budgets would; nothing is kept."""
    told = _asked(body, request, asker)
    return dict(told.document or {})


_REFUSED: dict[int | str, dict[str, Any]] = {200: {"model": MadeForecastOut, "description": "it was refused"}}


@router.post("", status_code=201, responses=responses(404) | _REFUSED, response_model=MadeForecastOut)
def make_forecast(body: ForecastPlanIn, request: Request, asker: Asking, response: Response) -> dict[str, Any]:
    """Made and kept, to be held against what happens. The same plan on the same data and day is the same forecast.

    200 and no id where it is refused.
    """
    told = _asked(body, request, asker)
    kept = keep(asker.seen, told)
    if kept is None:
        response.status_code = 200
    return dict(told.document or {}) | {"forecast_id": None if kept is None else kept.forecast_id}


def _asked(body: ForecastPlanIn, request: Request, asker: Asker) -> Preview:
    """Raises UnknownReference, ConfigRejected, MissingInput (nothing to forecast from), Refused (503: not yet)."""
    parts = asker.may(Right.MAKE_FORECASTS)
    campaign = campaign_of(body, parts.edits.advertiser(body.advertiser_id).currency)
    if body.campaign_id:
        there = parts.edits.campaign(body.campaign_id)
        if there.advertiser_id != body.advertiser_id:
            raise ConfigRejected("it is another advertiser's", where="campaign_id", hint="name its own advertiser")
        campaign = replace(campaign, campaign_id=there.campaign_id)
    told = preview(request, parts, campaign, parts.edits.advertiser(campaign.advertiser_id).currency)
    if told.state is PreviewState.PREPARING:
        raise Refused(503, "forecasts are being prepared", hint="send it again in some seconds")
    if told.state is PreviewState.MISSING:
        # Where it was looked for is nothing for people elsewhere.
        raise MissingInput(
            "there is nothing to forecast from", where="forecast", hint="serve campaigns for a while, or import a log"
        )
    if told.wrong is not None:
        raise told.wrong
    return told
