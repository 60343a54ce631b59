"""The application: API, pages, files, and what stands around them. It opens its parts when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from adplat import __version__
from adplat.flows.admin_parts import AdminParts
from services.admin import (
    breakdown_pages,
    campaign_pages,
    catalogue_api,
    creative_pages,
    creatives_api,
    delivery_pages,
    pages,
    report_pages,
    reports_api,
    saved_report_pages,
    saved_reports_api,
    session_api,
    works_api,
)
from services.admin.asking import Door
from services.admin.guards import BodyLimit, SafeHeaders
from services.admin.problems import PROBLEM_SCHEMA, tell_as_problems
from services.admin.schemas import HealthOut

OpenParts = Callable[[], AbstractContextManager[AdminParts]]


def admin_app(open_parts: OpenParts, *, secure: bool = False) -> FastAPI:
    """Build it; ``secure``: browsers reach it by https, so cookies travel no other way."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_parts() as parts:
            app.state.door = Door(parts, secure)
            yield

    # The pages of FastAPI that show the document load scripts from elsewhere.
    app = FastAPI(title="adplat admin", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    apis = (session_api, catalogue_api, creatives_api, works_api, reports_api, saved_reports_api)
    of_reports = (report_pages, delivery_pages, breakdown_pages, saved_report_pages)
    for module in (*apis, pages, campaign_pages, creative_pages, *of_reports):
        app.include_router(module.router)

    @app.get("/v1/health", tags=["health"])
    def health() -> HealthOut:
        """Whether somebody answers."""
        return HealthOut(status="ok", version=__version__)

    tell_as_problems(app, pages.error_page)
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeHeaders, secure=secure)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's own way of another document
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        app.openapi_schema = document
    return app.openapi_schema
