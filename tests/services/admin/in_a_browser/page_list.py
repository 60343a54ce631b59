"""Every page there is, read off the application's routes: one that is added is looked at without being named here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any

from fastapi.routing import APIRoute

from services.admin.app import admin_app
from tests.services.admin.admins import OF_A1

# Files, and addresses that only lead elsewhere.
NO_PAGES = re.compile(r"^/static/|^/language/|/picture$|/files?/|/events$")
# Ids besides those of the made workspace, and what a page must be asked with to have something to show.
IDS: dict[str, str] = OF_A1 | {"user_id": "mei", "bundle_id": "b1"}
ASKED_WITH: dict[str, str] = {}


def page_paths() -> list[str]:
    """Of all pages, with ids filled in. Raises KeyError for an id that nobody has told: tell it in ``IDS``."""
    nobody: Any = nullcontext
    found = []
    for route in _routes(admin_app(nobody).routes):
        if not route.include_in_schema and "GET" in route.methods and not NO_PAGES.search(route.path):
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: IDS[name[1]], route.path)
            found.append(path + ASKED_WITH.get(route.path, ""))
    return sorted(found)


def _routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
