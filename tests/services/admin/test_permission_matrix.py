"""Every route × every role × its own things and another's: nobody reads or changes what is not its own.

The routes are those that the application has; a route that this table does not know fails the test.
"""

from __future__ import annotations

import base64
import re
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adplat import bootstrap
from adplat.domain import ROLE_RIGHTS, Right
from tests.services.admin.admins import OF_A1, OF_A2, PEOPLE, Admin, Somebody, a_picture

EVERYBODY = "everybody"
ANY = {"if-match": "*"}


@dataclass(frozen=True)
class Route:
    """What a route needs, and what it is sent; ``{NAME}`` in texts becomes an id of either advertiser."""

    right: Right | str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    of_advertiser: bool = True  # whether what it names belongs to one
    query: dict[str, Any] = field(default_factory=dict)


CAMPAIGN = {
    "advertiser_id": "{advertiser_id}",
    "name": "Summer",
    "flight_start": "2027-06-01T00:00:00Z",
    "bid_strategy": {"kind": "cpm", "target_micros": 4_000_000},
}
AD = {"campaign_id": "{campaign_id}", "name": "tea", "landing_url": "https://tea.example/"}
CREATIVE = {"ad_id": "{ad_id}", "placement": "google_rsa", "headline": "Tea"}
SAVED = {"name": "Mine", "period": "last_7_days", "by": ["campaign"], "advertiser_id": "{advertiser_id}"}
SCHEDULE = {
    "report_id": "{report_id}",
    "times": {"every": "day", "hour": 8},
    "webhook": "https://tea.example/hook",
}
WHY = {"reason": "because"}
# Whose things they are is told of each by itself, in the answer.
APPROVALS = WHY | {"items": [{"kind": "creative", "id": "nothing", "etag": "*"}]}
ORDER = {
    "brief": {
        "brief_id": "spring",
        "advertiser_id": "{advertiser_id}",
        "campaign_id": "{campaign_id}",
        "product": {"names": {"en": "Green Tea"}},
        "facts": [{"fact_id": "leaf", "texts": {"en": "Leaves picked by hand"}}],
        "brand": {"name": "Tea House", "palette": ["#1f6f5c", "#ffffff"]},
        "placements": ["iab_300x250"],
        "languages": ["en"],
    },
    "product_image": base64.b64encode(a_picture(200, 200)).decode(),
}
PLAN = {"metric": {"name": "ctr", "kind": "ratio"}, "baseline": {"mean": 0.01, "std": 0.1}, "effect": 0.2}
EXPERIMENT = {
    "experiment": {
        "campaign_ids": ["{campaign_id}"],
        "arms": [{"name": "control"}, {"name": "even", "policy": "uniform"}],
    },
    "analysis": {
        "metric": {"name": "ctr", "kind": "ratio"},
        "data": {"measure": "clicks", "per": "impressions"},
        "method": "sequential",
    },
    "plan": {"baseline": {"mean": 0.01, "std": 0.1}, "effect": 0.2},
}
CALLER = {"caller_id": "seller", "permissions": ["bid"]}
TODAY = datetime.now(UTC).date()
DAYS = {"since": str(TODAY - timedelta(days=8)), "until": str(TODAY + timedelta(days=2))}
APART = {"by": ["advertiser", "campaign", "creative"]}
ROUTES: dict[str, Route] = {
    "GET /v1/advertisers": Route(Right.SEE_CATALOGUE),
    "POST /v1/advertisers": Route(Right.EDIT_ADVERTISERS, {"name": "Ink", "currency": "CNY"}, of_advertiser=False),
    "GET /v1/advertisers/{advertiser_id}": Route(Right.SEE_CATALOGUE),
    "GET /v1/campaigns": Route(Right.SEE_CATALOGUE),
    "POST /v1/campaigns": Route(Right.EDIT_CAMPAIGNS, CAMPAIGN),
    "GET /v1/campaigns/{campaign_id}": Route(Right.SEE_CATALOGUE),
    "PATCH /v1/campaigns/{campaign_id}": Route(Right.EDIT_CAMPAIGNS, {"name": "Later"}, ANY),
    "POST /v1/campaigns/status": Route(Right.EDIT_CAMPAIGNS, {"campaign_ids": ["{campaign_id}"], "status": "paused"}),
    "POST /v1/campaigns/{campaign_id}/copy": Route(Right.EDIT_CAMPAIGNS, {"name": "Again"}),
    "GET /v1/campaigns/{campaign_id}/bandit": Route(Right.SEE_EXPERIMENTS),
    "GET /v1/ads": Route(Right.SEE_CATALOGUE),
    "POST /v1/ads": Route(Right.EDIT_CAMPAIGNS, AD),
    "GET /v1/ads/{ad_id}": Route(Right.SEE_CATALOGUE),
    "GET /v1/creatives": Route(Right.SEE_CATALOGUE),
    "POST /v1/creatives": Route(Right.EDIT_CAMPAIGNS, CREATIVE),
    "GET /v1/creatives/{creative_id}": Route(Right.SEE_CATALOGUE),
    "GET /v1/creatives/{creative_id}/picture": Route(Right.SEE_CATALOGUE),
    "GET /v1/creatives/{creative_id}/thumbnail": Route(Right.SEE_CATALOGUE),
    "PATCH /v1/creatives/{creative_id}": Route(Right.EDIT_CAMPAIGNS, {"status": "live"}, ANY),
    "POST /v1/creatives/{creative_id}/approve": Route(Right.REVIEW_CREATIVES, WHY, ANY),
    "POST /v1/creatives/{creative_id}/reject": Route(Right.REVIEW_CREATIVES, WHY, ANY),
    "GET /v1/drafts": Route(Right.SEE_DRAFTS),
    "GET /v1/drafts/{draft_id}": Route(Right.SEE_DRAFTS),
    "GET /v1/drafts/{draft_id}/picture": Route(Right.SEE_DRAFTS),
    "GET /v1/drafts/{draft_id}/thumbnail": Route(Right.SEE_DRAFTS),
    "POST /v1/drafts/{draft_id}/approve": Route(Right.REVIEW_CREATIVES, WHY),
    "POST /v1/drafts/{draft_id}/reject": Route(Right.REVIEW_CREATIVES, WHY),
    "GET /v1/drafts/orders": Route(Right.SEE_DRAFTS),
    "POST /v1/drafts/orders": Route(Right.MAKE_DRAFTS, ORDER),
    "GET /v1/drafts/orders/{job_id}": Route(Right.SEE_DRAFTS, of_advertiser=False),  # the jobs there are no orders
    "POST /v1/drafts/orders/{job_id}/cancel": Route(Right.MAKE_DRAFTS, of_advertiser=False),
    "POST /v1/drafts/release": Route(Right.REVIEW_CREATIVES, {"drafts": ["{draft_id}"]}),
    "GET /v1/queue": Route(Right.SEE_DRAFTS),
    "POST /v1/queue/approve": Route(Right.REVIEW_CREATIVES, APPROVALS, of_advertiser=False),
    "GET /v1/experiments": Route(Right.SEE_EXPERIMENTS),
    "GET /v1/experiments/{experiment_id}": Route(Right.SEE_EXPERIMENTS),
    "GET /v1/experiments/{experiment_id}/results": Route(Right.SEE_EXPERIMENTS),
    "GET /v1/experiments/{experiment_id}/files/{kind}": Route(Right.EXPORT_REPORTS),
    "POST /v1/experiments": Route(Right.RUN_EXPERIMENTS, EXPERIMENT),
    "POST /v1/experiments/plans": Route(Right.RUN_EXPERIMENTS, PLAN, of_advertiser=False),
    "POST /v1/experiments/past": Route(Right.RUN_EXPERIMENTS, {"campaign_ids": ["{campaign_id}"], "metric": "ctr"}),
    "POST /v1/experiments/{experiment_id}/start": Route(Right.RUN_EXPERIMENTS, WHY, ANY),
    "POST /v1/experiments/{experiment_id}/raise": Route(Right.RUN_EXPERIMENTS, WHY | {"traffic": 1.0}, ANY),
    "POST /v1/experiments/{experiment_id}/pause": Route(Right.RUN_EXPERIMENTS, WHY | {"arm": "new"}, ANY),
    "POST /v1/experiments/{experiment_id}/stop": Route(Right.RUN_EXPERIMENTS, WHY, ANY),
    "POST /v1/experiments/{experiment_id}/decide": Route(Right.RUN_EXPERIMENTS, WHY | {"winner": "none"}, ANY),
    "POST /v1/experiments/{experiment_id}/analyses": Route(Right.RUN_EXPERIMENTS),
    "GET /v1/forecasts": Route(Right.SEE_FORECASTS),
    "GET /v1/forecast-coverage": Route(Right.SEE_FORECASTS, of_advertiser=False),
    "POST /v1/forecasts": Route(Right.MAKE_FORECASTS, CAMPAIGN),
    "POST /v1/forecasts/preview": Route(Right.MAKE_FORECASTS, CAMPAIGN),
    "GET /v1/forecasts/{forecast_id}": Route(Right.SEE_FORECASTS),
    "GET /v1/jobs": Route(Right.SEE_JOBS),
    "GET /v1/jobs/{job_id}": Route(Right.SEE_JOBS),
    "POST /v1/jobs/{job_id}/cancel": Route(Right.RUN_JOBS),
    "GET /v1/workers": Route(Right.SEE_WORKERS, of_advertiser=False),
    "GET /v1/models": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/models/online": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/models/{bundle_id}": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/rollouts": Route(Right.SEE_MODELS, of_advertiser=False),
    "POST /v1/rollouts": Route(
        Right.PROMOTE_MODELS, {"deed": "promote", "bundle_id": "b1", "reason": "because"}, ANY, of_advertiser=False
    ),
    "GET /v1/rollouts/live": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/rollouts/history": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/rollouts/{rollout_id}": Route(Right.SEE_MODELS, of_advertiser=False),
    "GET /v1/reports": Route(Right.SEE_REPORTS, query=DAYS | APART),
    "GET /v1/reports/breakdown": Route(
        Right.SEE_REPORTS, query=DAYS | {"attribute": "device", "by": "campaign"}, of_advertiser=False
    ),
    "GET /v1/reports/files/{kind}": Route(Right.EXPORT_REPORTS, query=DAYS | APART, of_advertiser=False),
    "GET /v1/reports/delivery": Route(Right.SEE_REPORTS),
    "GET /v1/reports/creatives/{campaign_id}": Route(Right.SEE_REPORTS, query=DAYS),
    "GET /v1/reports/elements/{campaign_id}": Route(Right.SEE_REPORTS, query=DAYS),
    "GET /v1/saved-reports": Route(Right.SEE_REPORTS),
    "POST /v1/saved-reports": Route(Right.SAVE_REPORTS, SAVED),
    "GET /v1/saved-reports/{report_id}": Route(Right.SEE_REPORTS),
    "PATCH /v1/saved-reports/{report_id}": Route(Right.SAVE_REPORTS, {"name": "Later"}, ANY),
    "DELETE /v1/saved-reports/{report_id}": Route(Right.SAVE_REPORTS, headers=ANY),
    "GET /v1/saved-reports/{report_id}/files/{kind}": Route(Right.EXPORT_REPORTS),
    "GET /v1/report-schedules": Route(Right.SAVE_REPORTS),
    "POST /v1/report-schedules": Route(Right.SAVE_REPORTS, SCHEDULE),
    "GET /v1/report-schedules/{schedule_id}": Route(Right.SAVE_REPORTS),
    "PATCH /v1/report-schedules/{schedule_id}": Route(Right.SAVE_REPORTS, {"is_on": False}, ANY),
    "DELETE /v1/report-schedules/{schedule_id}": Route(Right.SAVE_REPORTS, headers=ANY),
    "POST /v1/report-schedules/{schedule_id}/secret": Route(Right.SAVE_REPORTS),
    "POST /v1/report-schedules/{schedule_id}/send": Route(Right.SAVE_REPORTS),
    "GET /v1/alerts": Route(Right.SEE_CATALOGUE),
    "GET /v1/overview": Route(Right.SEE_REPORTS, query={"advertiser_id": "{advertiser_id}"}, of_advertiser=False),
    "GET /v1/audit": Route(Right.SEE_AUDIT),
    "POST /v1/audit/check": Route(Right.SEE_PEOPLE, of_advertiser=False),
    "POST /v1/audit/export": Route(Right.SEE_AUDIT, of_advertiser=False),
    "GET /v1/sessions": Route(EVERYBODY, of_advertiser=False),
    "DELETE /v1/sessions": Route(EVERYBODY, of_advertiser=False),
    "DELETE /v1/sessions/{session_id}": Route(EVERYBODY, of_advertiser=False),
    "GET /v1/callers": Route(Right.MANAGE_CALLERS, of_advertiser=False),
    "POST /v1/callers": Route(Right.MANAGE_CALLERS, CALLER, of_advertiser=False),
    "GET /v1/callers/{caller_id}": Route(Right.MANAGE_CALLERS, of_advertiser=False),
    "PATCH /v1/callers/{caller_id}": Route(Right.MANAGE_CALLERS, {"permissions": ["bid"]}, ANY, of_advertiser=False),
    "GET /v1/callers/{caller_id}/keys": Route(Right.MANAGE_CALLERS, of_advertiser=False),
    "POST /v1/callers/{caller_id}/keys": Route(Right.MANAGE_CALLERS, {"days": 3}, of_advertiser=False),
    "DELETE /v1/callers/{caller_id}/keys": Route(Right.MANAGE_CALLERS, of_advertiser=False),
    "DELETE /v1/callers/{caller_id}/keys/{key_id}": Route(Right.MANAGE_CALLERS, of_advertiser=False),
    "POST /v1/callers/{caller_id}/keys/{key_id}/rotate": Route(Right.MANAGE_CALLERS, {}, of_advertiser=False),
    "GET /v1/session": Route(EVERYBODY, of_advertiser=False),
    "POST /v1/session": Route(EVERYBODY, {"user_id": "x", "password": "y"}, of_advertiser=False),
    "DELETE /v1/session": Route(EVERYBODY, of_advertiser=False),
    "POST /v1/session/password": Route(EVERYBODY, {"old": "x", "new": "y"}, of_advertiser=False),
    "GET /v1/keys": Route(Right.MAKE_OWN_KEYS, of_advertiser=False),
    "POST /v1/keys": Route(Right.MAKE_OWN_KEYS, {"name": "k", "rights": ["see catalogue"]}, of_advertiser=False),
    "DELETE /v1/keys/{key_id}": Route(Right.MAKE_OWN_KEYS, of_advertiser=False),
    "GET /v1/users": Route(Right.SEE_PEOPLE, of_advertiser=False),
    "POST /v1/users": Route(
        Right.MANAGE_PEOPLE, {"user_id": "new", "role": "analyst", "password": "y"}, of_advertiser=False
    ),
    "GET /v1/users/{user_id}": Route(Right.SEE_PEOPLE, of_advertiser=False),
    "PATCH /v1/users/{user_id}": Route(Right.MANAGE_PEOPLE, {"name": "N"}, ANY, of_advertiser=False),
    "GET /v1/health": Route(EVERYBODY, of_advertiser=False),
}
OTHER_IDS = {
    "bundle_id": "b1",
    "user_id": "rob",
    "key_id": "none",
    "kind": "csv",
    "session_id": "none",
    "caller_id": "none",
    "rollout_id": "998",
}
NOWHERE = dict.fromkeys(OF_A1, "nothing") | {"job_id": "999"}
# What is removed is removed last, and what hangs on it before it.
BY_ROUTE = sorted(ROUTES, key=lambda one: (one.startswith("DELETE"), one))
OPEN = {"POST /v1/session", "GET /v1/health"}


def filled(told: Any, ids: dict[str, str]) -> Any:
    """``told`` with ids in the place of their names."""
    if isinstance(told, dict):
        return {name: filled(value, ids) for name, value in told.items()}
    if isinstance(told, list):
        return [filled(one, ids) for one in told]
    if not isinstance(told, str):
        return told
    return re.sub(r"\{(\w+)\}", lambda name: (ids | OTHER_IDS)[name[1]], told)


def asked(somebody: Somebody, name: str, ids: dict[str, str]) -> Any:
    method, path = filled(name, ids).split(" ")
    route = ROUTES[name]
    body = {} if route.body is None else {"json": filled(route.body, ids)}
    return somebody.ask(method, path, headers=route.headers, params=route.query, **body)


def everything(admin: Admin) -> dict[str, int]:
    with closing(bootstrap.open_database(admin.settings)) as database:
        return {
            name: count
            for name, count in database.row_counts().items()
            if name not in {"user_sessions", "password_tries"}
        }


def rows_of(admin: Admin, number: str) -> list[Any]:
    """All that an advertiser has, as an admin sees it."""
    root, ids = admin.as_("root"), OF_A1 if number == "1" else OF_A2
    # A file and a bandit's weights say when they were asked for.
    of_the_moment = ("{kind}", "bandit")
    kinds = [
        name
        for name in BY_ROUTE
        if name.startswith("GET") and "{" in name and ROUTES[name].of_advertiser
        and not any(one in name for one in of_the_moment)
    ]  # fmt: skip
    return [asked(root, name, ids).content for name in kinds]


def test_the_table_knows_every_route(admin: Admin) -> None:
    paths = admin.app.openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == set(ROUTES)


@pytest.mark.parametrize("name", sorted(set(ROUTES) - OPEN))
def test_nobody_who_is_not_known_gets_anything(admin: Admin, name: str) -> None:
    nobody = Somebody(admin.nobody(), "0" * 64)
    told = asked(nobody, name, OF_A1)
    assert told.status_code == 401, told.text


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_a_role_may_what_its_table_says_and_nothing_else(admin: Admin, who: str) -> None:
    rights = ROLE_RIGHTS[PEOPLE[who].role]
    somebody, before = admin.as_(who), everything(admin)
    for name in sorted(BY_ROUTE, key=lambda one: one == "DELETE /v1/session"):
        right = ROUTES[name].right
        told = asked(somebody, name, NOWHERE)
        if right != EVERYBODY and right not in rights:
            assert told.status_code == 403, (name, told.text)
        elif name not in OPEN:
            assert told.status_code != 403 and told.status_code < 500, (name, told.text)
    if not any(right.changes for right in rights):
        assert everything(admin) == before | {"audit": everything(admin)["audit"]}


@pytest.mark.parametrize(("who", "own", "other"), [("mei", OF_A1, OF_A2), ("li", OF_A2, OF_A1)])
def test_an_advertiser_meets_its_own_things_and_another_s_are_as_if_they_were_not_there(
    admin: Admin, who: str, own: dict[str, str], other: dict[str, str]
) -> None:
    meets_its_own_alone(admin, who, own, other)


def test_so_it_is_over_postgresql(admin_over_postgres: Admin) -> None:
    meets_its_own_alone(admin_over_postgres, "mei", OF_A1, OF_A2)
    lists_its_own_alone(admin_over_postgres)


def meets_its_own_alone(admin: Admin, who: str, own: dict[str, str], other: dict[str, str]) -> None:
    number = "2" if who == "mei" else "1"
    somebody, before = admin.as_(who), rows_of(admin, number)
    rights = ROLE_RIGHTS[PEOPLE[who].role]
    compared = 0
    for name in BY_ROUTE:
        route = ROUTES[name]
        if not route.of_advertiser or route.right not in rights:
            continue
        names_one = "{" in name or "{" in str(route.body)
        if names_one:
            foreign, nowhere = asked(somebody, name, other), asked(somebody, name, NOWHERE)
            assert (foreign.status_code, nowhere.status_code) == (404, 404), (name, foreign.text, nowhere.text)
            assert _nameless(foreign.text, other) == _nameless(nowhere.text, NOWHERE), name
            compared += 1
        mine = asked(somebody, name, own)
        # Here is nothing to forecast from; test_admin_forecasts.py has a log.
        may_fail = name.startswith(("PATCH /v1/creatives", "POST /v1/forecasts"))
        assert mine.status_code < 400 or may_fail, (name, mine.text)
        told = mine.text
        assert not _names(told, other), (name, told)
    assert compared >= 15
    assert rows_of(admin, number) == before


def test_lists_cannot_be_asked_for_anothers_rows(admin: Admin) -> None:
    lists_its_own_alone(admin)


def lists_its_own_alone(admin: Admin) -> None:
    mei = admin.as_("mei")
    for name in BY_ROUTE:
        if name.startswith("GET") and "{" not in name and ROUTES[name].of_advertiser:
            _, path = name.split(" ")
            for condition in ("advertiser_id=a2", "advertiser_id!=a1", "campaign_id=k2", "subject=k2"):
                told = mei.get(path, params=ROUTES[name].query | {"filter": condition})
                if name == "GET /v1/reports/delivery":  # answers no items
                    assert not _names(told.text, OF_A2)
                    continue
                assert told.status_code == 422 or told.json()["items"] == [], (name, condition, told.text)


def _nameless(text: str, ids: dict[str, str]) -> str:
    for value in sorted(set(ids.values()), key=len, reverse=True):
        text = re.sub(rf"\b{value}\b", "ID", text)
    return text


def _names(text: str, ids: dict[str, str]) -> bool:
    told = set(re.findall(r'"([^"]*)"', text))
    return bool(told & {value for name, value in ids.items() if name != "job_id"})
