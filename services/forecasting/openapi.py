"""The OpenAPI 3.1 document of the forecasting service."""

from __future__ import annotations

from adplat.forecast import CampaignPlan
from services.forecasting.schemas import (
    CreativeAnswer,
    CreativeBody,
    ForecastAnswer,
    HealthAnswer,
    JobAnswer,
    KeptForecastAnswer,
    KeptForecastsAnswer,
    SplitAnswer,
    SplitBody,
    WhatIfBody,
)
from services.hosting.described_api import TROUBLES, Operation, openapi_document

_TROUBLES = {**TROUBLES, "504": "not within the deadline: ask for a job"}
_OPERATIONS = (
    Operation("post", "/v1/forecasts", "forecast", ForecastAnswer, CampaignPlan, query=(("keep", "boolean"),)),
    Operation("get", "/v1/forecasts", "forecasts", KeptForecastsAnswer, query=(("advertiser_id", "string"),)),
    Operation("get", "/v1/forecasts/{forecast_id}", "kept_forecast", KeptForecastAnswer),
    Operation("post", "/v1/forecasts/what-if", "what_if", JobAnswer, WhatIfBody, "202"),
    Operation("get", "/v1/jobs/{job_id}", "job", JobAnswer),
    Operation("post", "/v1/budget-splits", "split", SplitAnswer, SplitBody),
    Operation("post", "/v1/creatives/predict", "predict_creative", CreativeAnswer, CreativeBody),
    Operation("get", "/v1/health", "health", HealthAnswer, needs_key=False),
)


def openapi(version: str) -> bytes:
    """As JSON."""
    return openapi_document("adplat forecasting", version, _OPERATIONS, _TROUBLES, closed=("CampaignPlan",))
