"""The four endpoints as an ASGI application; it opens its deployment when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.bidding.deployment import BiddingDeployment, Reply

LARGEST_BODY_BYTES = 2 * 1024 * 1024
TOO_LARGE = Reply(413, b'{"what":"the body is too large","where":"body","hint":"send at most 2 MiB"}')

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

    async def rank(request: Request) -> Response:
        return await _with_body(request, opened[0].rank)

    async def events(request: Request) -> Response:
        return await _with_body(request, opened[0].events)

    async def health(_: Request) -> Response:
        return _response(await opened[0].health())

    async def openapi(_: Request) -> Response:
        return _response(await opened[0].openapi())

    return Starlette(
        routes=[
            Route("/v1/rank", rank, methods=["POST"]),
            Route("/v1/events", events, methods=["POST"]),
            Route("/v1/health", health, methods=["GET"]),
            Route("/openapi.json", openapi, methods=["GET"]),
        ],
        lifespan=lifespan,
    )


async def _with_body(request: Request, answer: Callable[[bytes], Awaitable[Reply]]) -> Response:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY_BYTES:
            return _response(TOO_LARGE)
    return _response(await answer(bytes(body)))


def _response(reply: Reply) -> Response:
    headers = {"retry-after": "1"} if reply.status == 503 else None
    return Response(reply.body, status_code=reply.status, headers=headers, media_type="application/json")
