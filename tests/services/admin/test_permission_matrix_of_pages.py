"""Every address of pages × every role × its own things and another's; one that this table lacks fails the test."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adplat.domain import ROLE_RIGHTS, Right
from services.admin.routers import PAGES
from tests.services.admin.admins import OF_A1, OF_A2, PEOPLE, Admin, Somebody

EVERYBODY = {
    "GET /me",
    "POST /me/password",
    "POST /me/sessions/end-others",
    "POST /me/sessions/{session_id}/end",
}
OPEN = EVERYBODY | {
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/elsewhere",
    "GET /sign-in/back",
    "POST /sign-out",
    "GET /static/{name}",
    "GET /language/{language}",
}
ROUTES = {
    "GET /": Right.SEE_CATALOGUE,
    "GET /alerts": Right.SEE_CATALOGUE,
    "GET /overview/alerts": Right.SEE_CATALOGUE,
    "GET /overview/win-rate": Right.SEE_REPORTS,
    "GET /advertisers/new": Right.EDIT_ADVERTISERS,
    "POST /advertisers/new": Right.EDIT_ADVERTISERS,
    "GET /campaigns": Right.SEE_CATALOGUE,
    "GET /campaigns/new": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/new": Right.EDIT_CAMPAIGNS,
    "GET /campaigns/{campaign_id}": Right.SEE_CATALOGUE,
    "GET /campaigns/{campaign_id}/edit": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/{campaign_id}/edit": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/{campaign_id}/status": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/{campaign_id}/ads": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/{campaign_id}/copy": Right.EDIT_CAMPAIGNS,
    "POST /campaigns/bulk": Right.EDIT_CAMPAIGNS,
    "POST /forecasts/preview": Right.MAKE_FORECASTS,
    "GET /forecasts": Right.SEE_FORECASTS,
    "GET /forecasts/coverage": Right.SEE_FORECASTS,
    "GET /forecasts/new": Right.MAKE_FORECASTS,
    "POST /forecasts/new": Right.MAKE_FORECASTS,
    "GET /forecasts/{forecast_id}": Right.SEE_FORECASTS,
    "GET /campaigns/{campaign_id}/bandit": Right.SEE_EXPERIMENTS,
    "GET /creatives": Right.SEE_CATALOGUE,
    "GET /creatives/new": Right.EDIT_CAMPAIGNS,
    "POST /creatives/new": Right.EDIT_CAMPAIGNS,
    "GET /creatives/{creative_id}": Right.SEE_CATALOGUE,
    "GET /creatives/{creative_id}/picture": Right.SEE_CATALOGUE,
    "GET /creatives/{creative_id}/thumbnail": Right.SEE_CATALOGUE,
    "GET /creatives/queue": Right.SEE_DRAFTS,
    "POST /creatives/queue/approve": Right.REVIEW_CREATIVES,
    "GET /campaigns/{campaign_id}/creatives": Right.SEE_REPORTS,
    "POST /creatives/{creative_id}/decide": Right.REVIEW_CREATIVES,
    "POST /creatives/{creative_id}/status": Right.EDIT_CAMPAIGNS,
    "GET /drafts/{draft_id}/picture": Right.SEE_DRAFTS,
    "GET /drafts/{draft_id}/thumbnail": Right.SEE_DRAFTS,
    "POST /drafts/{draft_id}/decide": Right.REVIEW_CREATIVES,
    "GET /drafts": Right.SEE_DRAFTS,
    "GET /drafts/new": Right.MAKE_DRAFTS,
    "POST /drafts/new": Right.MAKE_DRAFTS,
    "GET /drafts/orders/{job_id}": Right.SEE_DRAFTS,
    "POST /drafts/orders/{job_id}/cancel": Right.MAKE_DRAFTS,
    "POST /drafts/release": Right.REVIEW_CREATIVES,
    "GET /drafts/{draft_id}": Right.SEE_DRAFTS,
    "GET /reports": Right.SEE_REPORTS,
    "GET /reports/delivery": Right.SEE_REPORTS,
    "GET /reports/breakdown": Right.SEE_REPORTS,
    "GET /reports/saved": Right.SEE_REPORTS,
    "GET /reports/saved/new": Right.SAVE_REPORTS,
    "POST /reports/saved/new": Right.SAVE_REPORTS,
    "GET /reports/saved/{report_id}": Right.SEE_REPORTS,
    "GET /reports/saved/{report_id}/edit": Right.SAVE_REPORTS,
    "POST /reports/saved/{report_id}/edit": Right.SAVE_REPORTS,
    "POST /reports/saved/{report_id}/schedules": Right.SAVE_REPORTS,
    "POST /reports/schedules/{schedule_id}/switch": Right.SAVE_REPORTS,
    "POST /reports/schedules/{schedule_id}/send": Right.SAVE_REPORTS,
    "POST /reports/schedules/{schedule_id}/secret": Right.SAVE_REPORTS,
    "POST /reports/schedules/{schedule_id}/delete": Right.SAVE_REPORTS,
    "POST /reports/saved/{report_id}/delete": Right.SAVE_REPORTS,
    "GET /experiments": Right.SEE_EXPERIMENTS,
    "GET /experiments/new": Right.RUN_EXPERIMENTS,
    "POST /experiments/new": Right.RUN_EXPERIMENTS,
    "POST /experiments/plan": Right.RUN_EXPERIMENTS,
    "GET /experiments/{experiment_id}": Right.SEE_EXPERIMENTS,
    "GET /models": Right.SEE_MODELS,
    "GET /models/online": Right.SEE_MODELS,
    "GET /models/{bundle_id}": Right.SEE_MODELS,
    "GET /rollouts": Right.SEE_MODELS,
    "GET /rollouts/new": Right.PROMOTE_MODELS,
    "POST /rollouts/new": Right.PROMOTE_MODELS,
    "GET /rollouts/{rollout_id}": Right.SEE_MODELS,
    "POST /experiments/{experiment_id}/{step}": Right.RUN_EXPERIMENTS,
    "GET /audit": Right.SEE_AUDIT,
    "POST /audit/check": Right.SEE_PEOPLE,
    "POST /audit/export": Right.SEE_AUDIT,
    "GET /jobs": Right.SEE_JOBS,
    "GET /jobs/{job_id}": Right.SEE_JOBS,
    "POST /jobs/{job_id}/cancel": Right.RUN_JOBS,
    "GET /people": Right.SEE_PEOPLE,
    "GET /people/new": Right.MANAGE_PEOPLE,
    "POST /people/new": Right.MANAGE_PEOPLE,
    "GET /people/{user_id}": Right.SEE_PEOPLE,
    "POST /people/{user_id}/role": Right.MANAGE_PEOPLE,
    "POST /people/{user_id}/standing": Right.MANAGE_PEOPLE,
    "POST /people/{user_id}/password": Right.MANAGE_PEOPLE,
    "GET /callers": Right.MANAGE_CALLERS,
    "GET /callers/new": Right.MANAGE_CALLERS,
    "POST /callers/new": Right.MANAGE_CALLERS,
    "GET /callers/{caller_id}": Right.MANAGE_CALLERS,
    "POST /callers/{caller_id}/rights": Right.MANAGE_CALLERS,
    "POST /callers/{caller_id}/keys": Right.MANAGE_CALLERS,
    "POST /callers/{caller_id}/keys/{key_id}/rotate": Right.MANAGE_CALLERS,
    "POST /callers/{caller_id}/keys/{key_id}/revoke": Right.MANAGE_CALLERS,
    "POST /me/keys": Right.MAKE_OWN_KEYS,
    "POST /me/keys/{key_id}/revoke": Right.MAKE_OWN_KEYS,
}
# What they name is one's own, whoever asks.
OF_NOBODY = {"POST /me/keys", "POST /me/keys/{key_id}/revoke", "POST /audit/export"}
TOLD = {
    "name": "Mine",
    "landing_url": "https://tea.example/",
    "status": "paused",
    "etag": "*",
    "flight_start": "2027-06-01T00:00",
    "time_zone": "UTC",
    "kind": "max_cpc",
    "target": "1",
    "decision": "approve",
    "reason": "because",
    "placement": "google_rsa",
    "headline": "Tea",
    "period": "yesterday",
    "file_csv": "1",
    "every": "day",
    "file": "csv",
    "webhook": "https://tea.example/hook",
}
NOWHERE = dict.fromkeys(OF_A1, "nothing") | {"job_id": "999"}
OTHER_IDS = dict.fromkeys(("user_id", "caller_id", "key_id", "session_id", "bundle_id"), "none") | {"rollout_id": "998"}


def asked(somebody: Somebody, name: str, ids: dict[str, str]) -> Any:
    method, path = name.split(" ")
    path = re.sub(r"\{(\w+)\}", lambda found: (OTHER_IDS | ids | {"step": "start"})[found[1]], path)
    named = ("advertiser_id", "campaign_id", "ad_id")
    told = TOLD | {"form_token": somebody.token} | {one: ids[one] for one in named}
    told |= {"pick_1": ids["campaign_id"], "form": "plan"}
    return somebody.ask(method, path, **({"data": told} if method == "POST" else {}))


def test_the_table_knows_every_address() -> None:
    routes: list[Any] = [one for router in PAGES for one in router.routes]
    assert {f"{method} {one.path}" for one in routes for method in one.methods} == OPEN | set(ROUTES)


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_a_role_may_what_its_table_says_and_nothing_else(admin: Admin, who: str) -> None:
    somebody, rights = admin.as_(who), ROLE_RIGHTS[PEOPLE[who].role]
    for name, right in ROUTES.items():
        told = asked(somebody, name, NOWHERE)
        assert (told.status_code == 403) is (right not in rights), (name, told.text)
        assert told.status_code < 500, name


def test_another_s_is_as_if_it_were_not_there_and_stays_as_it_was(admin: Admin) -> None:
    mei, root = admin.as_("mei"), admin.as_("root")
    of_a2 = (
        ("campaigns", "campaign_id"),
        ("creatives", "creative_id"),
        ("saved-reports", "report_id"),
        ("report-schedules", "schedule_id"),
    )
    kept = [f"/v1/{kind}/{OF_A2[one]}" for kind, one in of_a2]
    before, compared = [root.get(path).content for path in kept], 0
    for name, right in ROUTES.items():
        if right not in ROLE_RIGHTS[PEOPLE["mei"].role] or (name.startswith("GET") and "{" not in name):
            continue
        if name in OF_NOBODY:
            continue
        foreign, nowhere = asked(mei, name, OF_A2), asked(mei, name, NOWHERE)
        assert (foreign.status_code, nowhere.status_code) == (404, 404), (name, foreign.text)
        assert _plain(foreign.text, OF_A2) == _plain(nowhere.text, NOWHERE), name
        compared += 1
    assert compared == 36
    assert [root.get(path).content for path in kept] == before
    for name in ROUTES:
        if name.startswith("GET") and "{" not in name:
            assert not re.search(r"\b(k2|c2|d2|e2|f2|a2)\b", asked(mei, name, OF_A1).text), name


def _plain(html: str, ids: dict[str, str]) -> str:
    """Without the ids, and without what is drawn anew for each form."""
    html = re.sub(r'name="once" value="\w+"', "", html)
    for value in sorted(set(ids.values()), key=len, reverse=True):
        html = re.sub(rf"\b{value}\b", "ID", html)
    return html
