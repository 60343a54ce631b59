"""No operation of the API passes over a parameter that it does not read; pages do as they always did."""

from __future__ import annotations

from typing import Any

import pytest

from services.admin.limits import RateLimits
from tests.services.admin.admins import OF_A1, Admin
from tests.services.admin.test_permission_matrix import BY_ROUTE, ROUTES, filled


def operations(admin: Admin) -> dict[str, dict[str, Any]]:
    """By method and path what the document says of them."""
    paths = admin.app.openapi()["paths"]
    return {f"{method.upper()} {path}": one for path, methods in paths.items() for method, one in methods.items()}


def test_every_operation_refuses_what_it_does_not_read_and_says_what_it_reads(admin: Admin) -> None:
    root, document = admin.as_("root"), operations(admin)
    assert set(document) == set(BY_ROUTE)
    for name in BY_ROUTE:
        route = ROUTES[name]
        method, path = filled(name, OF_A1).split(" ")
        body = {} if route.body is None else {"json": filled(route.body, OF_A1)}
        query = filled(route.query, OF_A1) | {"no_such": "1"}
        told = root.ask(method, path, headers=route.headers, params=query, **body)
        assert told.status_code == 422, (name, told.text)
        answer = told.json()
        assert (answer["detail"], answer["where"]) == ("there is no parameter 'no_such' here", "no_such"), name
        named = [one["name"] for one in document[name].get("parameters", ()) if one["in"] == "query"]
        assert answer["hint"].startswith(f"it takes {', '.join(named)}" if named else "it takes none"), name


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/v1/campaigns?status=ended", "status"),
        ("/v1/reports?since=2026-01-01&until=2026-01-02&filters=campaign=k0000", "filters"),
        ("/v1/audit?actr=nobody", "actr"),
        ("/v1/audit?limit=1&Limit=2", "Limit"),
        ("/v1/audit?%00%ff=1", "\x00\ufffd"),
        (f"/v1/audit?{'a' * 5000}=1", "a" * 60),
        ("/v1/audit?=1", ""),
    ],
)
def test_a_slip_of_the_hand_is_not_answered_with_everything(admin: Admin, address: str, where: str) -> None:
    told = admin.as_("root").get(address)
    assert (told.status_code, told.json()["where"]) == (422, where), told.text
    assert "filter=FIELD=VALUE" in told.json()["hint"]


def test_pages_pass_over_it_as_they_did(admin: Admin) -> None:
    root = admin.as_("root")
    for path in ("/campaigns", "/audit", "/sign-in"):
        assert root.get(path, params={"no_such": "1"}).status_code == 200, path


def test_whoever_is_refused_so_is_counted_by_address(made_workspace: Any, admin: Admin) -> None:
    limited = Admin(admin.settings, limits=RateLimits(unknown=3))
    with limited.nobody() as client:
        key = {"authorization": "Bearer adp_nobody"}
        told = [client.get("/v1/audit?no_such=1", headers=key).status_code for _ in range(5)]
    assert told == [422, 422, 422, 429, 429]


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("PUT", "/v1/campaigns", "GET, POST"),
        ("DELETE", "/v1/campaigns/k1", "GET, PATCH"),
        ("PATCH", "/v1/drafts/orders", "GET, POST"),
        ("GET", "/v1/audit/export", "POST"),
        ("POST", "/v1/health", "GET"),
    ],
)
def test_a_method_that_there_is_not_names_those_that_there_are(
    admin: Admin, method: str, path: str, methods: str
) -> None:
    told = admin.as_("root").ask(method, path)
    assert (told.status_code, told.headers["allow"]) == (405, methods), told.text
    assert told.json()["hint"] == f"it takes {methods}" and method in told.json()["detail"]
