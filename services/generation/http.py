"""The endpoints as an ASGI application; it opens its deployment when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.generation.deployment import GenerationDeployment
from services.generation.schemas import LARGEST_BODY_BYTES
from services.hosting.answers import Reply
from services.hosting.http_parts import not_here, response_of, with_body
from services.hosting.key_gate import key_in

LARGEST_DECISION_BYTES = 64 * 1024

OpenDeployment = Callable[[], AbstractAsyncContextManager[GenerationDeployment]]


def generation_app(open_deployment: OpenDeployment) -> Starlette:
    """Build the application; ``open_deployment`` runs on the server's own event loop."""
    opened: list[GenerationDeployment] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_deployment() as deployment:
            opened.append(deployment)
            yield
            opened.clear()

    async def drafts(request: Request) -> Response:
        if request.method == "POST":
            return await with_body(request, opened[0].draft, LARGEST_BODY_BYTES)
        return response_of(await opened[0].drafts(request.query_params, key_in(request.headers)))

    async def one_draft(request: Request) -> Response:
        return response_of(await opened[0].one_draft(request.path_params["draft_id"], key_in(request.headers)))

    async def picture(request: Request) -> Response:
        return response_of(await opened[0].picture(request.path_params["draft_id"], key_in(request.headers)))

    async def approve(request: Request) -> Response:
        async def answer(body: bytes, key: str | None) -> Reply:
            return await opened[0].approve(request.path_params["draft_id"], body, key)

        return await with_body(request, answer, LARGEST_DECISION_BYTES)

    async def reject(request: Request) -> Response:
        async def answer(body: bytes, key: str | None) -> Reply:
            return await opened[0].reject(request.path_params["draft_id"], body, key)

        return await with_body(request, answer, LARGEST_DECISION_BYTES)

    async def review(request: Request) -> Response:
        return await with_body(request, opened[0].review, LARGEST_BODY_BYTES)

    async def job(request: Request) -> Response:
        return response_of(await opened[0].job(request.path_params["job_id"], key_in(request.headers)))

    async def cancel(request: Request) -> Response:
        return response_of(await opened[0].cancel(request.path_params["job_id"], key_in(request.headers)))

    async def health(_: Request) -> Response:
        return response_of(await opened[0].health())

    async def openapi(_: Request) -> Response:
        return response_of(await opened[0].openapi())

    return Starlette(
        routes=[
            Route("/v1/drafts", drafts, methods=["POST", "GET"]),
            Route("/v1/drafts/{draft_id}", one_draft, methods=["GET"]),
            Route("/v1/drafts/{draft_id}/picture", picture, methods=["GET"]),
            Route("/v1/drafts/{draft_id}/approve", approve, methods=["POST"]),
            Route("/v1/drafts/{draft_id}/reject", reject, methods=["POST"]),
            Route("/v1/reviews", review, methods=["POST"]),
            Route("/v1/jobs/{job_id}", job, methods=["GET"]),
            Route("/v1/jobs/{job_id}/cancel", cancel, methods=["POST"]),
            Route("/v1/health", health, methods=["GET"]),
            Route("/openapi.json", openapi, methods=["GET"]),
        ],
        exception_handlers={404: not_here, 405: not_here},
        lifespan=lifespan,
    )
