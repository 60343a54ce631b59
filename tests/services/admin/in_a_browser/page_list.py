"""Every page there is, read off the routers: one that is added is looked at without being named here.

A page with an id of a new kind, or one that needs to be asked with something, says so below; what it then shows is put
into the workspace by ``furnish``.
"""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Caller
from adplat.flows.manage_keys import create_caller
from services.admin.routers import PAGES
from tests.services.admin.admins import OF_A1

# Files, parts of pages, and addresses that only lead elsewhere.
NO_PAGES = re.compile(r"^/static/|^/language/|^/overview/win-rate$|^/sign-in/|/(picture|thumbnail|files?|events)$")
# Ids besides those of the made workspace, and what a page must be asked with to have something to show.
IDS: dict[str, str] = OF_A1 | {"user_id": "mei", "bundle_id": "b1", "caller_id": "seller"}
ASKED_WITH: dict[str, str] = {}


def furnish(settings: Settings) -> None:
    """What the made workspace lacks and some page shows."""
    with bootstrap.opened_keys(settings) as parts:
        create_caller(parts, Caller(IDS["caller_id"]))


def page_paths() -> list[str]:
    """Of all pages, with ids filled in. Raises KeyError for an id that nobody has told: tell it in ``IDS``."""
    found = []
    for route in (one for router in PAGES for one in router.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not NO_PAGES.search(route.path):
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: IDS[name[1]], route.path)
            found.append(path + ASKED_WITH.get(route.path, ""))
    return sorted(found)
