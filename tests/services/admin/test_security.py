"""What must hold against whoever means harm, in one list; each part has more tests of its own beside.

Row-level rights: ``test_permission_matrix*.py``. Lies of a provider: ``test_oidc.py``. Floods: ``test_rate_limits.py``.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from adplat import bootstrap
from adplat.flows import sign_in as sign_in_flow
from adplat.flows.manage_people import disable_person
from services.admin.app import admin_app
from services.admin.guards import HEADERS
from services.admin.limits import RateLimits
from services.admin.oidc import RelyingParty
from services.admin.routers import APIS, PAGES
from tests.services.admin.admins import OF_A1, WORDS, Admin, opened
from tests.services.admin.test_oidc import a_client, provider

__all__ = ["provider"]  # a fixture
IDS = OF_A1 | {"user_id": "mei", "bundle_id": "b1", "caller_id": "exchange", "kind": "csv", "name": "admin.css"}


def addresses(method: str) -> list[str]:
    """All that the application answers by this method, with ids of things that are there, or of nothing."""
    routes = [one for router in (*APIS, *PAGES) for one in router.routes if isinstance(one, APIRoute)]
    found = [one.path for one in routes if method in one.methods]
    return sorted({re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: IDS.get(name[1], "none"), one) for one in found})


def everything(admin: Admin) -> dict[str, int]:
    with closing(bootstrap.open_database(admin.settings)) as database:
        return database.row_counts()


@pytest.mark.parametrize("way", ["form", "api"])
def test_a_session_that_was_there_before_is_over_once_somebody_signs_in(admin: Admin, way: str) -> None:
    before = admin.as_("mei")
    fixed = before.client.cookies["adplat"]
    victim = admin.nobody()
    victim.cookies.set("adplat", fixed)  # what somebody else put there
    told = {"user_id": "anna", "password": WORDS}
    asked: dict[str, Any] = {"data": told} if way == "form" else {"json": told}
    answer = victim.post("/sign-in" if way == "form" else "/v1/session", **asked, follow_redirects=False)
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("adplat=")]
    assert fixed not in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert before.get("/v1/session").status_code == 401  # and opens nothing any more


def test_by_https_no_cookie_travels_otherwise(admin: Admin, provider: Any) -> None:
    party = RelyingParty(a_client(provider))
    app = admin_app(lambda: opened(admin.settings), secure=True, elsewhere=party)
    with TestClient(app, base_url="https://admin") as client:
        answers = [
            client.post("/v1/session", json={"user_id": "mei", "password": WORDS}),
            client.get("/sign-in/elsewhere", follow_redirects=False),
            client.get("/language/zh", follow_redirects=False),
        ]
    cookies = [one for answer in answers for one in answer.headers.get_list("set-cookie")]
    assert [one.partition("=")[0] for one in cookies] == [
        "__Host-adplat",
        "__Host-adplat-elsewhere",
        "adplat_language",
    ]
    for one in cookies:
        assert "Secure" in one and "HttpOnly" in one and "SameSite=lax" in one and "Domain" not in one
    assert all(one.headers["strict-transport-security"] for one in answers)


def test_every_answer_has_the_headers_that_keep_it_safe_and_is_kept_by_nobody(admin: Admin) -> None:
    root = admin.as_("root")
    for path in (*addresses("GET"), "/nothing", "/v1/nothing"):
        told = root.get(path)
        assert told.status_code < 500, path
        assert {name: told.headers[name] for name in HEADERS} == HEADERS, path
        assert told.headers["cache-control"] == "no-store" or "max-age" in told.headers["cache-control"], path
        if "text/html" in told.headers.get("content-type", ""):
            assert told.headers["cache-control"] == "no-store", path


def test_looking_changes_nothing(admin: Admin) -> None:
    root = admin.as_("root")
    before = everything(admin)
    for path in addresses("GET"):
        # Who takes a report home is written down, and nothing but that.
        if "/files/" not in path:
            root.get(path)
    assert everything(admin) == before
    for path in addresses("GET"):
        root.get(path)
    after = everything(admin)
    assert after | {"audit": 0} == before | {"audit": 0}
    told = root.get("/v1/audit", params={"order": "-number", "limit": after["audit"] - before["audit"]}).json()["items"]
    assert {one["action"] for one in told} == {"report export"}


def test_every_form_and_every_change_wants_the_token_of_its_session_and_our_own_site(admin: Admin) -> None:
    root, another = admin.as_("root"), admin.as_("root")
    before = everything(admin)
    cross = {"sec-fetch-site": "cross-site"}
    count = 0
    for method in ("POST", "PATCH", "DELETE"):
        for path in addresses(method):
            if path in {"/sign-in", "/v1/session"}:
                continue
            asked: dict[str, Any] = {} if path.startswith("/v1") else {"data": {"form_token": another.token}}
            told = root.client.request(method, path, headers={"x-form-token": another.token}, **asked)
            assert told.status_code == 403, (method, path, told.text)
            own: dict[str, Any] = {} if path.startswith("/v1") else {"data": {"form_token": root.token}}
            for wrong in (cross, {"origin": "https://evil.example"}, {"origin": "null"}):
                told = root.client.request(method, path, headers={"x-form-token": root.token} | wrong, **own)
                assert told.status_code == 403, (method, path, wrong)
            count += 1
    assert count > 50
    assert everything(admin) == before


def test_whoever_may_not_come_in_costs_the_same_work_and_hears_the_same(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bootstrap.opened_people(admin.settings) as parts:
        disable_person(parts, "anna")
        with closing(bootstrap.open_database(admin.settings)) as database, database.write() as connection:
            connection.exec_driver_sql("UPDATE users SET password_hash = '' WHERE user_id = 'rob'")
    looked: list[int] = []
    holds = sign_in_flow.password_holds

    def counted(kept: str, password: str) -> bool:
        looked.append(len(kept))
        return holds(kept, password)

    monkeypatch.setattr(sign_in_flow, "password_holds", counted)
    heard = set()
    of_the_hash = "nobody has this password"  # that is looked at in the place of one that is not there
    tried = [("nobody", WORDS), ("mei", "wrong"), ("anna", WORDS), ("", WORDS), ("nobody", of_the_hash)]
    tried += [("rob", word) for word in ("", WORDS, of_the_hash)]
    for name, word in tried:
        told = admin.nobody().post("/sign-in", data={"user_id": name, "password": word})
        assert told.status_code == 401
        heard.add(re.sub(r'value="[^"]*"', "", told.text))
    assert len(heard) == 1
    assert len(looked) == len(tried) and len(set(looked)) == 1  # one hash of the same kind each time


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/keys/ID"),
        ("POST", "/me/keys/ID/revoke"),
        ("DELETE", "/v1/sessions/ID"),
        ("POST", "/me/sessions/ID/end"),
        ("GET", "/v1/jobs/ID"),
        ("GET", "/jobs/ID"),
    ],
)
def test_what_is_another_ones_is_as_if_it_were_not_there(admin: Admin, method: str, path: str) -> None:
    mei, li = admin.as_("mei"), admin.as_("li")
    key = li.post("/v1/keys", json={"name": "k", "rights": ["see catalogue"]}).json()["key_id"]
    session = li.get("/v1/sessions").json()["items"][0]["session_id"]
    theirs = "2" if "jobs" in path else key if "keys" in path else session
    nothing = "999" if "jobs" in path else "adp_000000000000" if "keys" in path else "0" * 16
    told = []
    for name in (theirs, nothing):
        asked: dict[str, Any] = {"data": {"form_token": mei.token}} if path.startswith("/me") else {}
        answer = mei.ask(method, path.replace("ID", name), **asked)
        told.append((answer.status_code, re.sub(rf"\b{name}\b(?!\.)", "ID", answer.text)))
    assert told[0] == told[1] and told[0][0] == 404
    assert li.get("/v1/session").status_code == 200


def test_a_flood_says_no_more_than_that_it_is_one(admin: Admin) -> None:
    made = Admin(admin.settings, limits=RateLimits(known=1, unknown=1))
    with made.nobody() as client:
        for path in ("/v1/users/root", "/v1/users/nobody", "/campaigns/k1", "/campaigns/k9"):
            told = client.get(path, follow_redirects=False)
            assert told.status_code in {401, 303, 429} and "root" not in told.text
