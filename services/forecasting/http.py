"""The endpoints as an ASGI application; it opens its deployment when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adplat.domain import ConfigRejected
from services.forecasting.deployment import ForecastingDeployment
from services.forecasting.schemas import LARGEST_BODY_BYTES
from services.hosting.answers import Reply, refused
from services.hosting.http_parts import not_here, response_of, with_body
from services.hosting.key_gate import key_in

_YES, _NO = ("true", "1"), ("", "false", "0")

OpenDeployment = Callable[[], AbstractAsyncContextManager[ForecastingDeployment]]


def forecasting_app(open_deployment: OpenDeployment) -> Starlette:
    """Build the application; ``open_deployment`` runs on the server's own event loop."""
    opened: list[ForecastingDeployment] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_deployment() as deployment:
            opened.append(deployment)
            yield
            opened.clear()

    async def forecast(request: Request) -> Response:
        told = request.query_params.get("keep", "").lower()
        if told not in (*_YES, *_NO):
            return response_of(
                refused(ConfigRejected(f"{told!r} is neither true nor false", where="keep", hint="give keep=true"))
            )

        async def answer(body: bytes, key: str | None) -> Reply:
            return await opened[0].forecast(body, key, keep=told in _YES)

        return await with_body(request, answer, LARGEST_BODY_BYTES)

    async def forecasts(request: Request) -> Response:
        if request.method == "POST":
            return await forecast(request)
        advertiser_id = request.query_params.get("advertiser_id", "")
        return response_of(await opened[0].kept_forecasts(advertiser_id, key_in(request.headers)))

    async def kept(request: Request) -> Response:
        return response_of(await opened[0].kept(request.path_params["forecast_id"], key_in(request.headers)))

    async def what_if(request: Request) -> Response:
        return await with_body(request, opened[0].what_if, LARGEST_BODY_BYTES)

    async def job(request: Request) -> Response:
        return response_of(await opened[0].job(request.path_params["job_id"], key_in(request.headers)))

    async def cancel(request: Request) -> Response:
        return response_of(await opened[0].cancel(request.path_params["job_id"], key_in(request.headers)))

    async def split(request: Request) -> Response:
        return await with_body(request, opened[0].split, LARGEST_BODY_BYTES)

    async def predict(request: Request) -> Response:
        return await with_body(request, opened[0].predict, LARGEST_BODY_BYTES)

    async def health(_: Request) -> Response:
        return response_of(await opened[0].health())

    async def metrics(request: Request) -> Response:
        reply = await opened[0].metrics(key_in(request.headers))
        return response_of(reply) if reply.status != 200 else Response(reply.body, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def openapi(_: Request) -> Response:
        return response_of(await opened[0].openapi())

    return Starlette(
        routes=[
            Route("/v1/forecasts", forecasts, methods=["POST", "GET"]),
            Route("/v1/forecasts/what-if", what_if, methods=["POST"]),
            Route("/v1/forecasts/{forecast_id}", kept, methods=["GET"]),
            Route("/v1/jobs/{job_id}", job, methods=["GET"]),
            Route("/v1/jobs/{job_id}/cancel", cancel, methods=["POST"]),
            Route("/v1/budget-splits", split, methods=["POST"]),
            Route("/v1/creatives/predict", predict, methods=["POST"]),
            Route("/v1/health", health, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
            Route("/openapi.json", openapi, methods=["GET"]),
        ],
        exception_handlers={404: not_here, 405: not_here},
        lifespan=lifespan,
    )
