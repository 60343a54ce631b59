"""Every page there is, read off the routers: one that is added is looked at without being named here.

A page with an id of a new kind, or one that needs to be asked with something, says so below; what it shows is in the
workspace that ``admins`` makes, or put there by ``furnish``.
"""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

from services.admin.routers import PAGES
from tests.services.admin.admins import OF_A1, Somebody
from tests.services.admin.test_creatives_gallery import hand_in
from tests.services.admin.test_drafts_in_the_admin import ordered

# Files, parts of pages, and addresses that only lead elsewhere.
NO_PAGES = re.compile(r"^/static/|^/language/|^/overview/win-rate$|^/sign-in/|/(picture|thumbnail|files?|events)$")
# Ids besides those of the made workspace, and what a page must be asked with to have something to show.
IDS: dict[str, str] = OF_A1 | {"user_id": "mei", "bundle_id": "b1", "caller_id": "exchange", "rollout_id": "3"}
ORDER = "4"  # the job that draws drafts: the made workspace's own jobs are none
# A headline that several rules have something to say about, and none refuses.
SHOUTED = "The best casino bonus, 50% off, only $9"
ASKED_WITH: dict[str, str] = {
    "/campaigns/{campaign_id}/bandit": "?days=1",
    "/experiments/new": "?campaign=k1",
    "/rollouts/new": "?deed=promote&bundle_id=b1",
}


def furnish(somebody: Somebody) -> None:
    """What the made workspace lacks and some page shows."""
    told = {"deed": "promote", "bundle_id": IDS["bundle_id"], "reason": "better on later rows"}
    made = somebody.post("/v1/rollouts", json=told, headers={"if-match": "*"})
    assert str(made.json()["rollout_id"]) == IDS["rollout_id"], made.text
    assert str(ordered(somebody).json()["job_id"]) == ORDER
    hand_in(somebody, SHOUTED)


def page_paths() -> list[str]:
    """Of all pages, with ids filled in. Raises KeyError for an id that nobody has told: tell it in ``IDS``."""
    found = []
    for route in (one for router in PAGES for one in router.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not NO_PAGES.search(route.path):
            path = route.path.replace("/orders/{job_id}", f"/orders/{ORDER}")
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: IDS[name[1]], path)
            found.append(path + ASKED_WITH.get(route.path, ""))
    return sorted(found)
