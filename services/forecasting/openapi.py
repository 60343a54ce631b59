"""The OpenAPI 3.1 document of the forecasting service."""

from __future__ import annotations

from adplat.forecast import CampaignPlan
from services.forecasting.schemas import (
    CreativeAnswer,
    CreativeBody,
    ForecastAnswer,
    HealthAnswer,
    KeptForecastAnswer,
    KeptForecastsAnswer,
    SplitAnswer,
    SplitBody,
    WhatIfBody,
)
from services.hosting.asked_jobs import JobAnswer
from services.hosting.described_api import TROUBLES, Operation, openapi_document

_TROUBLES = {**TROUBLES, "504": "not within the deadline: ask for a job"}
_OPERATIONS = (
    Operation(
        "post",
        "/v1/forecasts",
        "forecast",
        "What a planned campaign will bring, a day and in all, as quantiles; or why nobody knows",
        ForecastAnswer,
        CampaignPlan,
        query=(("keep", "boolean"),),
    ),
    Operation(
        "get",
        "/v1/forecasts",
        "forecasts",
        "Kept forecasts with their scores, newest first",
        KeptForecastsAnswer,
        query=(("advertiser_id", "string"),),
    ),
    Operation(
        "get",
        "/v1/forecasts/{forecast_id}",
        "kept_forecast",
        "One kept forecast with its plan, document and scores",
        KeptForecastAnswer,
    ),
    Operation(
        "post",
        "/v1/forecasts/what-if",
        "what_if",
        "Have a plan forecast as it is and with each change of it, as a job",
        JobAnswer,
        WhatIfBody,
        "202",
    ),
    Operation("get", "/v1/jobs/{job_id}", "job", "How far a what-if is, and its result once it is done", JobAnswer),
    Operation(
        "post",
        "/v1/jobs/{job_id}/cancel",
        "cancel",
        "Cancel a what-if that waits or runs; 422 once it is over",
        JobAnswer,
    ),
    Operation(
        "post",
        "/v1/budget-splits",
        "split",
        "Split a budget over campaigns from their forecasts",
        SplitAnswer,
        SplitBody,
    ),
    Operation(
        "post",
        "/v1/creatives/predict",
        "predict_creative",
        "What a creative that never ran will bring, from its picture and words",
        CreativeAnswer,
        CreativeBody,
    ),
    Operation(
        "get",
        "/v1/health",
        "health",
        "Of the replica that answers: whether it is loaded, and to when",
        HealthAnswer,
        needs_key=False,
    ),
)


def openapi(version: str) -> bytes:
    """As JSON."""
    return openapi_document("adplat forecasting", version, _OPERATIONS, _TROUBLES, closed=("CampaignPlan",))
