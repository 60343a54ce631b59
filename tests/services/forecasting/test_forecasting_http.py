"""The endpoints over ASGI: paths, methods, sizes and packings, and answers that are as the OpenAPI document says."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import jsonschema
import msgspec
import pytest

from adplat.bootstrap import Settings
from adplat.flows.forecast_desk import ForecastDesk
from services.forecasting.deployment import ForecastingDeployment
from services.forecasting.http import forecasting_app
from tests.flows.campaign_market import PLAN
from tests.services.forecasting.forecasters import a_body, a_deployment

Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def over_http(settings: Settings, desk: ForecastDesk, *asks: Ask) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[ForecastingDeployment]:
            async with a_deployment(settings, desk) as deployment:
                yield deployment

        app = forecasting_app(opened)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://forecasting") as client:
                return [await ask(client) for ask in asks]

    return asyncio.run(run())


def test_every_answer_is_as_the_document_says(settings: Settings, desk: ForecastDesk) -> None:
    kept = "/v1/forecasts?keep=true"
    [told, first] = over_http(
        settings, desk, lambda c: c.get("/openapi.json"), lambda c: c.post(kept, content=a_body())
    )
    document = told.json()
    name = first.json()["forecast_id"]
    split = {"budget_micros": 9_000_000, "forecast_ids": [name]}
    answers = over_http(
        settings,
        desk,
        lambda c: c.post("/v1/forecasts", content=gzip.compress(a_body()), headers={"content-encoding": "gzip"}),
        lambda c: c.get("/v1/forecasts?advertiser_id=a000"),
        lambda c: c.get(f"/v1/forecasts/{name}"),
        lambda c: c.post("/v1/forecasts/what-if", json={"plan": PLAN}),
        lambda c: c.get("/v1/jobs/1"),
        lambda c: c.post("/v1/jobs/1/cancel"),
        lambda c: c.post("/v1/budget-splits", json=split),
        lambda c: c.get("/v1/health"),
        lambda c: c.post("/v1/creatives/predict", json={"headline": "x", "image": "!"}),
    )
    operations = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    wanted = ["forecast", "forecasts", "kept_forecast", "what_if", "job", "cancel", "split", "health"]
    wanted += ["predict_creative"]
    assert set(wanted) == set(operations)
    summaries = [one["summary"] for one in operations.values()]
    assert all(summaries) and len(set(summaries)) == len(summaries)
    for name, answer in zip(wanted, answers, strict=True):
        described = operations[name]["responses"][str(answer.status_code)]
        schema = described["content"]["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.validate(answer.json(), schema)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 202, 200, 200, 200, 200, 422]


@pytest.mark.parametrize(
    ("ask", "status", "what"),
    [
        (lambda c: c.get("/v1/nothing"), 404, "no such address"),
        (lambda c: c.delete("/v1/forecasts"), 405, "DELETE is not taken here"),
        (lambda c: c.get("/v1/forecasts/what-if"), 404, "no forecast has this id"),
        (lambda c: c.post("/v1/forecasts", content=b" " * (8 * 2**20 + 1)), 413, "too large"),
        (lambda c: c.post("/v1/forecasts", content=b"", headers={"content-encoding": "br"}), 415, "packed otherwise"),
        (lambda c: c.post("/v1/forecasts?keep=perhaps", content=a_body()), 422, "neither true nor false"),
    ],
    ids=["address", "method", "no what-if to read", "size", "packing", "keep"],
)
def test_what_the_door_does_not_take_is_one_line(
    settings: Settings, desk: ForecastDesk, ask: Ask, status: int, what: str
) -> None:
    [answer] = over_http(settings, desk, ask)
    error = msgspec.json.decode(answer.content)
    assert (answer.status_code, set(error), what in error["what"]) == (status, {"what", "where", "hint"}, True), error
