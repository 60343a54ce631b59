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
from services.generation.deployment import GenerationDeployment
from services.generation.http import generation_app
from tests.services.generation.drafters import a_body, a_deployment, do_next_job

Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def over_http(settings: Settings, *asks: Ask) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[GenerationDeployment]:
            async with a_deployment(settings) as deployment:
                yield deployment

        app = generation_app(opened)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://generation") as client:
                return [await ask(client) for ask in asks]

    return asyncio.run(run())


def test_every_answer_is_as_the_document_says(settings: Settings) -> None:
    packed = {"content-encoding": "gzip"}
    [told, ordered] = over_http(
        settings,
        lambda c: c.get("/openapi.json"),
        lambda c: c.post("/v1/drafts", content=gzip.compress(a_body()), headers=packed),
    )
    document = told.json()
    do_next_job(settings)
    [listed] = over_http(settings, lambda c: c.get("/v1/drafts?limit=2"))
    first, second = (one["draft_id"] for one in listed.json()["drafts"])
    answers = over_http(
        settings,
        lambda c: c.get(f"/v1/drafts/{first}"),
        lambda c: c.post(f"/v1/drafts/{first}/approve", json={"reason": "fine"}),
        lambda c: c.post(f"/v1/drafts/{second}/reject", json={"reason": "no"}),
        lambda c: c.post("/v1/reviews", json={"placement": "iab_300x250", "copy": [{"part": "cta", "text": "Go"}]}),
        lambda c: c.get(f"/v1/jobs/{ordered.json()['job_id']}"),
        lambda c: c.post(f"/v1/jobs/{ordered.json()['job_id']}/cancel"),
        lambda c: c.get("/v1/health"),
        lambda c: c.get(f"/v1/drafts/{first}/picture"),
    )
    operations = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    *jsons, picture = answers
    wanted = ["one_draft", "approve", "reject", "review", "job", "cancel", "health"]
    assert {*wanted, "draft", "drafts", "picture"} == set(operations)
    for name, answer in zip(["draft", "drafts", *wanted], [ordered, listed, *jsons], strict=True):
        described = operations[name]["responses"][str(answer.status_code)]
        schema = described["content"]["application/json"]["schema"] | {"components": document["components"]}
        jsonschema.validate(answer.json(), schema)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 422, 200, 200]
    assert picture.headers["content-type"] == "image/jpeg" and picture.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("ask", "status", "what"),
    [
        (lambda c: c.get("/v1/nothing"), 404, "no such address"),
        (lambda c: c.delete("/v1/drafts"), 405, "DELETE is not taken here"),
        (lambda c: c.post("/v1/drafts", content=b" " * (32 * 2**20 + 1)), 413, "too large"),
        (lambda c: c.post("/v1/drafts/x/reject", content=b" " * (2**16 + 1)), 413, "too large"),
        (lambda c: c.post("/v1/drafts", content=b"", headers={"content-encoding": "br"}), 415, "packed otherwise"),
        (lambda c: c.get("/v1/drafts?status=nice"), 422, "is no status"),
        (lambda c: c.get("/v1/drafts?limit=1000"), 422, "at once"),
        (lambda c: c.get("/v1/drafts?after=x"), 404, "no draft has this id"),
    ],
    ids=["address", "method", "size", "size of a decision", "packing", "status", "limit", "cursor"],
)
def test_what_the_door_does_not_take_is_one_line(settings: Settings, ask: Ask, status: int, what: str) -> None:
    [answer] = over_http(settings, ask)
    error = msgspec.json.decode(answer.content)
    assert (answer.status_code, set(error), what in error["what"]) == (status, {"what", "where", "hint"}, True), error
