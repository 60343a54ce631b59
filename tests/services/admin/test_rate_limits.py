"""Nobody asks so much that others wait: what is counted for whom, and what whoever asks too much hears."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from adplat import bootstrap
from adplat.storage import EmbeddedValkey
from services.admin import limits
from services.admin.limits import Budgets, RateLimits, operation_of
from services.admin.problems import Refused
from tests.services.admin.admins import WORDS, Admin, Somebody


@contextmanager
def limited(admin: Admin, **told: int) -> Iterator[Admin]:
    """The same workspace behind other limits."""
    made = Admin(admin.settings, limits=RateLimits(**told))
    with made.nobody():
        yield made


def from_(admin: Admin, address: str) -> TestClient:
    return TestClient(admin.app, base_url="http://admin", raise_server_exceptions=False, client=(address, 1))


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is moved."""
    now = [1000.0]
    monkeypatch.setattr("throttled.utils.now_mono_f", lambda: now[0])
    return now


def test_a_person_is_refused_after_so_many_requests_hears_when_to_come_again_and_may_then(
    admin: Admin, seconds: list[float]
) -> None:
    with limited(admin, known=10) as few:
        mei, li = few.as_("mei"), few.as_("li")
        told = [mei.get("/v1/jobs") for _ in range(11)]
        assert [one.status_code for one in told] == [200] * 10 + [429]
        assert told[0].headers["ratelimit-policy"] == '"requests";q=10;w=60'
        assert [one.headers["ratelimit"] for one in told[:2]] == ['"requests";r=9;t=6', '"requests";r=8;t=12']
        refused = told[-1]
        assert refused.headers["content-type"] == "application/problem+json" and refused.headers["retry-after"] == "6"
        assert refused.json()["where"] == "requests" and "in 6 s" in refused.json()["hint"]
        page = mei.get("/jobs")
        assert page.status_code == 429 and page.headers["retry-after"] == "6" and "too many requests" in page.text
        assert li.get("/v1/jobs").status_code == 200
        seconds[0] += 6.0
        assert [mei.get("/jobs").status_code for _ in range(2)] == [200, 429]


def test_pages_and_api_and_every_session_of_a_person_are_one_bucket_and_a_key_has_its_own(
    admin: Admin, seconds: list[float]
) -> None:
    with limited(admin, known=6) as few:
        here, there = few.as_("mei"), few.as_("mei")
        made = here.post("/v1/keys", json={"name": "k", "rights": ["see catalogue"]}).json()
        assert [here.get("/").status_code, there.get("/v1/ads").status_code, here.get("/").status_code] == [200] * 3
        assert [there.get("/jobs").status_code for _ in range(3)] == [200, 200, 429]
        by_key = {"authorization": f"Bearer {made['secret']}"}
        told = [few.nobody().get("/v1/ads", headers=by_key).status_code for _ in range(7)]
        assert told == [200] * 6 + [429]


@pytest.mark.parametrize("wrong", [{}, {"headers": {"authorization": "Bearer adp_1_x"}}, {"cookies": {"adplat": "x"}}])
def test_whoever_is_not_known_is_counted_by_address(admin: Admin, seconds: list[float], wrong: dict[str, Any]) -> None:
    with limited(admin, unknown=5, known=1000) as few:
        client = from_(few, "203.0.113.7")
        client.cookies.update(wrong.get("cookies", {}))
        told = [client.get("/v1/jobs", headers=wrong.get("headers", {})).status_code for _ in range(7)]
        assert told == [401] * 5 + [429] * 2
        assert from_(few, "203.0.113.8").get("/v1/jobs").status_code == 401
        assert client.get("/v1/health").status_code == client.get("/static/admin.css").status_code == 200
        assert few.as_("mei").get("/v1/jobs").status_code == 200  # who is known is counted by name


def test_an_address_of_the_sixth_version_counts_as_its_network(admin: Admin, seconds: list[float]) -> None:
    with limited(admin, unknown=3) as few:
        told = [from_(few, f"2001:db8::{one:x}").get("/sign-in").status_code for _, one in enumerate(range(4))]
        assert told == [200, 200, 200, 429]
        assert from_(few, "2001:db8:0:1::1").get("/sign-in").status_code == 200


def test_what_costs_much_has_its_own_smaller_bucket_whatever_key_it_comes_with(
    admin: Admin, seconds: list[float]
) -> None:
    with limited(admin, known=100, heavy=4) as few:
        anna = few.as_("anna")
        keys = [anna.post("/v1/keys", json={"name": "k", "rights": ["see reports"]}).json()["secret"] for _ in range(2)]
        assert anna.get("/reports").status_code == 200
        told = [
            few.nobody().get("/v1/reports/delivery", headers={"authorization": f"Bearer {keys[one % 2]}"})
            for one in range(4)
        ]
        assert [one.status_code for one in told] == [200, 200, 200, 429]
        assert told[0].headers["ratelimit"] == '"requests";r=99;t=1, "reports";r=2;t=30'
        assert told[-1].json()["where"] == "reports"
        assert anna.get("/reports").status_code == 429 and anna.get("/jobs").status_code == 200


def test_passwords_are_looked_at_so_often_from_one_address(admin: Admin, seconds: list[float]) -> None:
    with limited(admin, unknown=100, heavy=3) as few:
        client = from_(few, "203.0.113.7")
        told = [
            client.post("/sign-in", data={"user_id": f"user{one}", "password": "no"}).status_code for one in range(3)
        ]
        assert told == [401] * 3
        assert client.post("/v1/session", json={"user_id": "mei", "password": WORDS}).status_code == 429
        assert from_(few, "203.0.113.8").post("/v1/session", json={"user_id": "mei", "password": WORDS}).is_success


@pytest.mark.parametrize(
    ("asked", "operation"),
    [
        ("GET /v1/reports", "reports"),
        ("GET /reports", "reports"),
        ("GET /v1/reports/files/csv", "reports"),
        ("POST /audit/export", "reports"),
        ("POST /v1/creatives", "uploads"),
        ("POST /creatives/new", "uploads"),
        ("POST /v1/creatives/c1/approve", ""),
        ("GET /v1/creatives", ""),
        ("POST /forecasts/preview", "forecasts"),
        ("POST /v1/forecasts", "forecasts"),
        ("GET /v1/forecasts", ""),
        ("POST /sign-in", "passwords"),
        ("GET /sign-in", ""),
        ("PATCH /v1/users/mei", "passwords"),
        ("POST /me/password", "passwords"),
        ("POST /v1/audit/check", "checks"),
        ("GET /campaigns", ""),
    ],
)
def test_costly_operations_are_known_by_their_address(asked: str, operation: str) -> None:
    method, path = asked.split(" ")
    assert operation_of(method, path) == operation


def test_however_many_addresses_come_only_so_many_buckets_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_BUCKETS", 50)
    budgets = Budgets(RateLimits(unknown=2))
    for number in range(500):
        budgets.spend_unknown(a_request(f"203.0.{number // 250}.{number % 250}"))
    kept = budgets._buckets[2].limiter._store._backend.get_client()
    assert len(kept) == 50
    budgets.spend_unknown(a_request("203.0.1.249"))
    with pytest.raises(Refused):
        budgets.spend_unknown(a_request("203.0.1.249"))


def a_request(address: str) -> Request:
    told = {"type": "http", "method": "GET", "path": "/sign-in", "headers": [], "query_string": b""}
    return Request(told | {"client": (address, 1), "server": ("admin", 80), "scheme": "http"})


def test_without_a_limit_nothing_is_counted_and_nothing_told(admin: Admin) -> None:
    mei: Somebody = admin.as_("mei")
    told = [mei.get("/v1/jobs") for _ in range(30)]
    assert {one.status_code for one in told} == {200} and "ratelimit" not in told[-1].headers


@pytest.fixture
def valkey() -> Iterator[EmbeddedValkey]:
    """One that a test may end."""
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    with EmbeddedValkey(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def two_admins(admin: Admin, redis_url: str, **told: int) -> Iterator[list[Admin]]:
    """Of one database and one Redis, as two processes behind a balancer are."""
    settings = admin.settings.model_copy(update={"redis_url": redis_url})
    with ExitStack() as stack:
        made = []
        for _ in range(2):
            shared = stack.enter_context(bootstrap.opened_request_buckets(settings))
            made.append(Admin(admin.settings, limits=RateLimits(**told), shared=shared))
            stack.enter_context(made[-1].nobody())
        yield made


def test_admins_that_share_a_redis_allow_a_person_and_an_address_what_one_of_them_would(
    admin: Admin, valkey: EmbeddedValkey
) -> None:
    with two_admins(admin, valkey.url, known=4, unknown=3) as (here, there):
        mei, again = here.as_("mei"), there.as_("mei")
        told = [one.get("/v1/jobs") for one in (mei, again) * 2]
        assert [one.status_code for one in told] == [200] * 4
        assert [re.findall(r"r=(\d+)", one.headers["ratelimit"]) for one in told] == [["3"], ["2"], ["1"], ["0"]]
        refused = [one.get("/v1/jobs") for one in (mei, again)]
        assert [one.status_code for one in refused] == [429, 429] and 1 <= int(refused[0].headers["retry-after"]) <= 15
        assert [from_(one, "203.0.113.7").get("/sign-in").status_code for one in (here, there) * 2] == [200] * 3 + [429]
        assert from_(here, "203.0.113.8").get("/sign-in").status_code == 200


def test_when_redis_dies_admins_answer_and_count_on_by_themselves_and_say_so_once(
    admin: Admin, valkey: EmbeddedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    with two_admins(admin, valkey.url, known=4) as (here, there):
        mei, again = here.as_("mei"), there.as_("mei")
        assert [mei.get("/jobs").status_code for _ in range(3)] == [200] * 3
        pid = valkey.pid
        assert pid is not None
        with caplog.at_level(logging.INFO, "adplat.storage"):
            os.kill(pid, signal.SIGKILL)
            while valkey.is_running:
                time.sleep(0.01)
            # Here three were counted before; there none was.
            assert [mei.get("/jobs").status_code for _ in range(3)] == [200, 429, 429]
            assert [again.get("/jobs").status_code for _ in range(5)] == [200] * 4 + [429]
        said = [one.getMessage() for one in caplog.records if one.name == "adplat.storage.request_buckets"]
        assert said == ["requests are counted by this process alone until Redis answers"] * 2  # once by each


def test_without_a_redis_that_is_named_nothing_is_shared(admin: Admin) -> None:
    with bootstrap.opened_request_buckets(admin.settings) as shared:
        assert shared is None


def test_the_document_describes_the_refusals_of_every_route(admin: Admin) -> None:
    for path, methods in admin.app.openapi()["paths"].items():
        for method, told in methods.items():
            assert "429" in told["responses"] or re.fullmatch("/v1/health", path), (method, path)
            assert ("413" in told["responses"]) == ("requestBody" in told), (method, path)
