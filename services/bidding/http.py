"""The endpoints as an ASGI application; it opens its deployment when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.bidding.deployment import BiddingDeployment
from services.bidding.openrtb_door import A_PIXEL, TOO_LARGE_A_REQUEST, UNKNOWN_PACKING_OF_A_REQUEST, HttpReply
from services.hosting.http_parts import body_of, not_here, response_of, with_body
from services.hosting.key_gate import key_in
from services.hosting.packed_bodies import is_packed, takes_gzip

_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}

Answers = Callable[[Request], Awaitable[Response]]
OpenDeployment = Callable[[], AbstractAsyncContextManager[BiddingDeployment]]


def bidding_app(open_deployment: OpenDeployment) -> Starlette:
    """Build the application; ``open_deployment`` runs on the server's own event loop."""
    opened: list[BiddingDeployment] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_deployment() as deployment:
            opened.append(deployment)
            yield
            opened.clear()

    def traced(method: str, answer: Answers) -> Answers:
        async def answered(request: Request) -> Response:
            tracer = opened[0].tracer
            if tracer is None:
                return await answer(request)
            note = tracer.begin(method, request.headers.get("traceparent", ""))
            response = await answer(request)
            tracer.end(note, str(response.status_code))
            return response

        return answered

    async def rank(request: Request) -> Response:
        return await with_body(request, opened[0].rank)

    async def score(request: Request) -> Response:
        return await with_body(request, opened[0].score)

    async def events(request: Request) -> Response:
        return await with_body(request, opened[0].events)

    async def health(_: Request) -> Response:
        return response_of(await opened[0].health())

    async def openapi(_: Request) -> Response:
        return response_of(await opened[0].openapi())

    async def metrics(request: Request) -> Response:
        reply = await opened[0].metrics(key_in(request.headers))
        return response_of(reply) if reply.status != 200 else Response(reply.body, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def openrtb(request: Request) -> Response:
        told = request.headers
        is_gzip = is_packed(told.get("content-encoding", ""))
        if is_gzip is None:
            return _plain(UNKNOWN_PACKING_OF_A_REQUEST)
        body = await body_of(request)
        if body is None:
            return _plain(TOO_LARGE_A_REQUEST)
        packs = takes_gzip(told.get("accept-encoding", ""))
        answer = opened[0].openrtb.bid(body, key_in(told), is_gzip=is_gzip, takes_gzip=packs)
        return _plain(await answer)

    async def notice(request: Request) -> Response:
        return _plain(await opened[0].openrtb.notice(f"{request.url.path}?{request.url.query}"))

    async def conversion(request: Request) -> Response:
        told, query = opened[0], request.url.query
        if "s" in request.query_params:
            return _plain(await told.openrtb.notice(f"{request.url.path}?{query}"))
        reply = await told.conversion(query, key_in(request.headers))
        return response_of(reply) if reply.status != 200 else _plain(A_PIXEL)

    async def media(request: Request) -> Response:
        reply = await opened[0].media(request.path_params["sha256"])
        if reply.status != 200:
            return response_of(reply)
        headers = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
        return Response(reply.body, headers=headers, media_type=picture_type(reply.body))

    return Starlette(
        routes=[
            Route("/v1/rank", traced("POST /v1/rank", rank), methods=["POST"]),
            Route("/v1/score", traced("POST /v1/score", score), methods=["POST"]),
            Route("/v1/events", traced("POST /v1/events", events), methods=["POST"]),
            Route("/v1/health", health, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
            Route("/openapi.json", openapi, methods=["GET"]),
            Route("/openrtb2/bid", traced("POST /openrtb2/bid", openrtb), methods=["POST"]),
            *(Route(f"/notice/{kind}", notice, methods=["GET", "POST"]) for kind in ("win", "billing", "loss")),
            *(Route(f"/event/{kind}", notice, methods=["GET"]) for kind in ("impression", "click")),
            Route("/event/conversion", conversion, methods=["GET", "POST"]),
            Route("/media/{sha256}", media, methods=["GET"]),
        ],
        exception_handlers={404: not_here, 405: not_here},
        lifespan=lifespan,
    )


def _plain(reply: HttpReply) -> Response:
    return Response(reply.body, status_code=reply.status, headers=dict(reply.headers))


def picture_type(content: bytes) -> str:
    """By the first bytes: nothing but a picture is ever called one."""
    for magic, media_type in _PICTURES.items():
        if content.startswith(magic):
            return media_type
    return "application/octet-stream"
