"""What is wrong with a body or a parameter is said in plain words, with what to send."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from services.admin.wrong_fields import PATTERNS, WORDS
from tests.services.admin.admins import Admin
from tests.services.admin.test_admin_api import CAMPAIGN
from tests.services.admin.test_admin_pages import FIELDS

ADVERTISER = {"name": "Ink", "currency": "CNY"}
# How the validator says it, for whom nobody writes.
JARGON = re.compile(r"Input|Field required|Extra inputs|String should|valid dictionary|timezone|\^|\{|extract")


@pytest.mark.parametrize(
    ("path", "body", "where", "what", "hint"),
    [
        ("advertisers", {"name": "Ink"}, "currency", "it is missing", "give it"),
        ("advertisers", ADVERTISER | {"color": 1}, "color", "no such field", "/openapi.json"),
        ("advertisers", ADVERTISER | {"name": ""}, "name", "too short", "1 or more characters"),
        ("advertisers", ADVERTISER | {"name": "x" * 257}, "name", "too long", "at most 256"),
        ("advertisers", ADVERTISER | {"name": 3}, "name", "no text", "in quotes"),
        ("advertisers", ["Ink"], "body", "no JSON object", "{ … }"),
        ("campaigns", CAMPAIGN | {"flight_start": "2027-06-01T00:00:00"}, "flight_start", "no time zone", "00:00:00Z"),
        ("campaigns", CAMPAIGN | {"flight_start": "soon"}, "flight_start", "no moment", "2027-06-01T00:00:00Z"),
        ("campaigns", CAMPAIGN | {"flight_start": "2027-13-01"}, "flight_start", "no moment", "2027-06-01T00:00:00Z"),
        ("campaigns", CAMPAIGN | {"daily_budget_micros": 0}, "daily_budget_micros", "too small", "1 or more"),
        ("campaigns", CAMPAIGN | {"daily_budget_micros": "x"}, "daily_budget_micros", "no whole number", "such as 3"),
        ("campaigns", CAMPAIGN | {"daily_budget_micros": 10**16}, "daily_budget_micros", "too large", "at most"),
        ("campaigns", CAMPAIGN | {"bid_strategy": {"kind": "gift"}}, "bid_strategy.kind", "no such value", "'cpm'"),
        ("campaigns", CAMPAIGN | {"targeting": []}, "targeting", "no JSON object", "{ … }"),
        ("campaigns", CAMPAIGN | {"targeting": {"sites": "x"}}, "targeting.sites", "no list", "[ … ]"),
        ("campaigns/status", {"campaign_ids": [], "status": "paused"}, "campaign_ids", "too few", "1 or more"),
        ("experiments", {"experiment": {"arms": [{"name": "bad name!"}, {"name": "b"}]}, "analysis": {}, "plan": {}},
         "experiment.arms.0.name", "not written as it must be", "1 to 64 letters"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_told_as_a_person_would(
    admin: Admin, path: str, body: Any, where: str, what: str, hint: str
) -> None:
    answer = admin.as_("root").post(f"/v1/{path}", json=body)
    told = answer.json()
    assert (answer.status_code, told["where"]) == (422, where), told
    assert what in told["detail"] and hint in told["hint"], told
    assert not JARGON.search(told["detail"]), told


def test_a_parameter_that_is_wrong_is_named_as_it_was_sent(admin: Admin) -> None:
    told = admin.as_("root").get("/v1/audit?limit=many").json()
    assert (told["where"], told["detail"], told["hint"]) == ("limit", "it is no whole number", "give one such as 3")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_sent_as_json_says_how_to_send_it(admin: Admin, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    told = admin.as_("root").post("/v1/advertisers", content=b'{"name": "Ink", "currency": "CNY"}', headers=headers)
    assert (told.status_code, told.json()["where"]) == (422, "body")
    assert told.json()["detail"] == "the body was not sent as JSON"
    assert "Content-Type: application/json" in told.json()["hint"]
    nothing = admin.as_("root").post("/v1/advertisers", headers=headers).json()
    assert nothing["detail"] == "there is no body" and "Content-Type: application/json" in nothing["hint"]


def test_every_word_is_for_an_error_that_there_is_and_every_pattern_for_one_of_the_document(admin: Admin) -> None:
    assert set(WORDS) - {"moment_too_far"} <= set(get_args(ErrorType))
    document = str(admin.app.openapi())
    assert all(pattern in document for pattern in PATTERNS)


@pytest.mark.parametrize("field", ["flight_start", "flight_end"])
@pytest.mark.parametrize("told", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "1969-12-31T00:00:00Z"])
def test_a_moment_that_no_store_keeps_is_refused_by_the_name_of_its_field(admin: Admin, field: str, told: str) -> None:
    mei = admin.as_("mei")
    made = mei.post("/v1/campaigns", json=CAMPAIGN | {field: told})
    changed = mei.patch("/v1/campaigns/k1", json={field: told}, headers={"if-match": "*"})
    for answer in (made, changed):
        assert (answer.status_code, answer.json()["where"]) == (422, field), answer.text
        assert "1970 to 9998" in answer.json()["hint"]


def test_the_last_moment_that_may_be_is_kept_wherever_it_is_told(admin: Admin) -> None:
    last = CAMPAIGN | {"flight_end": "9998-12-31T23:59:59-12:00", "flight_start": "1970-01-01T00:00:00+14:00"}
    assert admin.as_("mei").post("/v1/campaigns", json=last).status_code == 201


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Give one from 1970 to 9998."), ("zh", "请填写 1970 至 9998 年")]
)
def test_the_form_refuses_such_a_year_too(admin: Admin, language: str, said: str) -> None:
    mei = admin.as_("mei")
    form = FIELDS | {"form_token": mei.token, "advertiser_id": "a1", "flight_end": "9999-12-31T23:59"}
    answer = mei.post("/campaigns/new", data=form, headers={"accept-language": language})
    assert answer.status_code == 422 and said in answer.text
