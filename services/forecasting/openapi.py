"""The OpenAPI 3.1 document of the forecasting service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

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
from services.hosting.answers import ErrorAnswer

_TROUBLES = {
    "401": "no API key that holds",
    "403": "the caller may not do this",
    "404": "an id that names nothing",
    "413": "the body is too large",
    "415": "packed by something else than gzip",
    "422": "the request is wrong",
    "503": "busy, or a store is away: send it again",
    "504": "not within the deadline: ask for a job",
}
_OF_A_BODY = ("413", "415", "504")


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    name: str
    summary: str
    answer: type
    body: type | None = None
    status: str = "200"
    query: tuple[tuple[str, str], ...] = ()


_OPERATIONS = (
    _Operation(
        "post",
        "/v1/forecasts",
        "forecast",
        "What a planned campaign will bring, a day and in all, as quantiles; or why nobody knows",
        ForecastAnswer,
        CampaignPlan,
        query=(("keep", "boolean"),),
    ),
    _Operation(
        "get",
        "/v1/forecasts",
        "forecasts",
        "Kept forecasts with their scores, newest first",
        KeptForecastsAnswer,
        query=(("advertiser_id", "string"),),
    ),
    _Operation(
        "get",
        "/v1/forecasts/{forecast_id}",
        "kept_forecast",
        "One kept forecast with its plan, document and scores",
        KeptForecastAnswer,
    ),
    _Operation(
        "post",
        "/v1/forecasts/what-if",
        "what_if",
        "Have a plan forecast as it is and with each change of it, as a job",
        JobAnswer,
        WhatIfBody,
        "202",
    ),
    _Operation("get", "/v1/jobs/{job_id}", "job", "How far a what-if is, and its result once it is done", JobAnswer),
    _Operation(
        "delete",
        "/v1/jobs/{job_id}",
        "cancel_job",
        "Cancel a what-if that waits or runs; 422 once it is over",
        JobAnswer,
    ),
    _Operation(
        "post",
        "/v1/budget-splits",
        "split",
        "Split a budget over campaigns from their forecasts",
        SplitAnswer,
        SplitBody,
    ),
    _Operation(
        "post",
        "/v1/creatives/predict",
        "predict_creative",
        "What a creative that never ran will bring, from its picture and words",
        CreativeAnswer,
        CreativeBody,
    ),
    _Operation(
        "get", "/v1/health", "health", "Of the replica that answers: whether it is loaded, and to when", HealthAnswer
    ),
)


def openapi(version: str) -> bytes:
    """As JSON."""
    kinds = [kind for one in _OPERATIONS for kind in (one.body, one.answer) if kind is not None]
    _, components = msgspec.json.schema_components([*kinds, ErrorAnswer], ref_template="#/components/schemas/{name}")
    components["CampaignPlan"]["additionalProperties"] = False
    paths: dict[str, dict[str, Any]] = {}
    for one in _OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _described(one)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "adplat forecasting", "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }
    return msgspec.json.encode(document)


def _described(one: _Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "responses": {one.status: {"description": "done", "content": _content(one.answer)}},
    }
    in_path = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    parameters += [{"name": name, "in": "query", "schema": {"type": kind}} for name, kind in one.query]
    if parameters:
        described["parameters"] = parameters
    if one.name == "health":
        return described
    # Either, or none where the service demands none.
    described["security"] = [{"bearer": []}, {"header": []}, {}]
    if one.body is not None:
        described["requestBody"] = {"required": True, "content": _content(one.body)}
    described["responses"] |= {
        status: {"description": meaning, "content": _content(ErrorAnswer)}
        for status, meaning in _TROUBLES.items()
        if one.body is not None or status not in _OF_A_BODY
    }
    return described


def _content(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
