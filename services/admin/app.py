"""The application: API, pages, files, and what stands around them. It opens its parts when the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from adplat import __version__
from adplat.flows.admin_parts import AdminParts
from services.admin import pages
from services.admin.asking import Door, count_unknown
from services.admin.guards import BodyLimit, SafeHeaders
from services.admin.limits import Budgets, RateLimits, SharedBuckets
from services.admin.oidc import RelyingParty
from services.admin.parameters import require_known_parameters
from services.admin.problems import PROBLEM_SCHEMA, described, tell_as_problems
from services.admin.routers import APIS, PAGES
from services.admin.schemas import HealthOut

OpenParts = Callable[[], AbstractContextManager[AdminParts]]
UNLIMITED = RateLimits()


def admin_app(
    open_parts: OpenParts,
    *,
    secure: bool = False,
    limits: RateLimits = UNLIMITED,
    shared: SharedBuckets | None = None,
    elsewhere: RelyingParty | None = None,
) -> FastAPI:
    """Build it.

    Args:
        secure: browsers reach it by https, so cookies travel no other way.
        limits: how much each may ask.
        shared: where that is counted together with other processes; ``None``: this one counts alone.
        elsewhere: an identity provider by which people may sign in; ``None``: by password alone.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_parts() as parts:
            app.state.door = Door(parts, secure, Budgets(limits, shared), elsewhere)
            yield

    # The pages of FastAPI that show the document load scripts from elsewhere.
    app = FastAPI(
        title="adplat admin",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # What clients call an operation: the name of its function, whatever its address becomes.
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(count_unknown), Depends(require_known_parameters)],
    )
    for router in (*APIS, *PAGES):
        app.include_router(router)
    app.state.page_routes = _operations(*PAGES)

    @app.get("/v1/health", tags=["health"])
    def health() -> HealthOut:
        """Whether somebody answers."""
        return HealthOut(status="ok", version=__version__)

    tell_as_problems(app, pages.error_page, _operations(*APIS, app))
    app.add_middleware(BodyLimit, to_people=pages.too_large_page)
    app.add_middleware(SafeHeaders, secure=secure)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's own way of another document
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for one in (operation for path in document["paths"].values() for operation in path.values()):
            if "requestBody" in one:
                one["responses"] |= {str(status): told for status, told in described(413).items()}
        # Pages are no operations; what measures or looks at all of them reads here which there are.
        document["x-pages"] = sorted(_pages())
        app.openapi_schema = document
    return app.openapi_schema


def _pages() -> set[str]:
    return {one.path for one in _operations(*PAGES) if "GET" in (one.methods or ())}


def _operations(*routers: APIRouter | FastAPI) -> tuple[APIRoute, ...]:
    """Those of each by itself: what an application includes stands in its routers alone."""
    return tuple(one for router in routers for one in router.routes if isinstance(one, APIRoute))
