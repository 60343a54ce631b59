"""What the API does for those who may: sign in, campaigns, ads, uploads, decisions, jobs, people, keys, audit."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.services.admin.admins import WORDS, Admin, a_picture

CAMPAIGN: dict[str, Any] = {
    "advertiser_id": "a1",
    "name": "Summer",
    "flight_start": "2027-06-01T00:00:00+08:00",
    "flight_end": "2027-07-01T00:00:00+08:00",
    "bid_strategy": {"kind": "max_cpc", "target_micros": 300_000},
    "daily_budget_micros": 50_000_000,
}


def test_a_session_is_a_cookie_that_no_script_reads_and_ends_with_signing_out(admin: Admin) -> None:
    client = admin.nobody()
    assert client.get("/v1/session").status_code == 401
    told = client.post("/v1/session", json={"user_id": "mei", "password": WORDS})
    cookie = told.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie and "secure" not in cookie
    who = client.get("/v1/session").json()
    assert (who["user_id"], who["role"], who["advertisers"]) == ("mei", "advertiser", ["a1"])
    secret = client.cookies["adplat"]
    assert client.delete("/v1/session", headers={"x-form-token": who["form_token"]}).status_code == 204
    client.cookies.set("adplat", secret)
    assert client.get("/v1/session").status_code == 401


def test_a_wrong_password_a_wrong_name_and_nobody_are_told_the_same(admin: Admin) -> None:
    client = admin.nobody()
    told = [
        client.post("/v1/session", json={"user_id": name, "password": word}).json()
        for name, word in (("mei", "wrong words here"), ("nobody", WORDS))
    ]
    assert told[0] == told[1] and told[0]["status"] == 401


def test_too_many_tries_are_429_even_with_the_right_password(admin: Admin) -> None:
    client = admin.nobody()
    for _ in range(6):
        client.post("/v1/session", json={"user_id": "mei", "password": "wrong words here"})
    assert client.post("/v1/session", json={"user_id": "mei", "password": WORDS}).status_code == 429


def test_a_change_without_the_form_token_or_from_another_site_is_refused(admin: Admin) -> None:
    mei = admin.as_("mei")
    assert mei.client.post("/v1/campaigns", json=CAMPAIGN).status_code == 403
    wrong = {"x-form-token": "0" * 64}
    assert mei.client.post("/v1/campaigns", json=CAMPAIGN, headers=wrong).status_code == 403
    for elsewhere in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert mei.post("/v1/campaigns", json=CAMPAIGN, headers=elsewhere).status_code == 403
    assert mei.post("/v1/campaigns", json=CAMPAIGN, headers={"origin": "http://admin"}).status_code == 201


def test_a_campaign_is_made_once_for_one_idempotency_key(admin: Admin) -> None:
    mei = admin.as_("mei")
    key = {"idempotency-key": "7f1b"}
    first = mei.post("/v1/campaigns", json=CAMPAIGN, headers=key)
    again = mei.post("/v1/campaigns", json=CAMPAIGN, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and first.json()["status"] == "draft"
    other = mei.post("/v1/campaigns", json=CAMPAIGN | {"name": "Autumn"}, headers=key)
    assert other.status_code == 422 and other.json()["where"] == "Idempotency-Key"
    olga = admin.as_("olga").post("/v1/campaigns", json=CAMPAIGN, headers=key)
    assert olga.json()["campaign_id"] != first.json()["campaign_id"]
    assert len(mei.get("/v1/campaigns?filter=name=Summer").json()["items"]) == 2


def test_only_what_was_seen_is_changed(admin: Admin) -> None:
    mei = admin.as_("mei")
    made = mei.post("/v1/campaigns", json=CAMPAIGN)
    path, etag = f"/v1/campaigns/{made.json()['campaign_id']}", made.headers["etag"]
    assert mei.get(path).headers["etag"] == etag
    change = {"status": "scheduled", "daily_budget_micros": None, "total_budget_micros": 900_000_000}
    assert mei.patch(path, json=change).status_code == 428
    done = mei.patch(path, json=change, headers={"if-match": etag})
    assert done.status_code == 200, done.text
    assert (done.json()["daily_budget_micros"], done.json()["total_budget_micros"]) == (None, 900_000_000)
    assert done.json()["name"] == "Summer" and done.headers["etag"] != etag
    late = mei.patch(path, json={"name": "Late"}, headers={"if-match": etag})
    assert late.status_code == 412 and mei.get(path).json()["name"] == "Summer"
    trail = mei.get(f"/v1/audit?filter=subject={made.json()['campaign_id']}").json()["items"]
    assert [one["action"] for one in trail] == ["campaign change", "campaign create"]
    assert trail[0]["actor"] == "mei" and trail[0]["detail"]["status"] == "draft → scheduled"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": "two\nlines"}, "name"),
        ({"flight_end": "2027-05-01T00:00:00Z"}, ""),
        ({"flight_start": "2027-05-01T00:00:00"}, "flight_start"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"daily_budget_micros": 0}, "daily_budget_micros"),
        ({"daily_budget_micros": 5, "total_budget_micros": 4}, "daily_budget_micros"),
        ({"bid_strategy": {"kind": "target_roas", "target_micros": 4}}, "bid_strategy"),
        ({"bid_strategy": {"kind": "cpm"}}, "bid_strategy"),
        ({"targeting": {"hours_of_week": [168]}}, "targeting.hours_of_week.0"),
        ({"targeting": {"planets": ["mars"]}}, "targeting.planets"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_an_unsound_campaign_is_refused_with_the_field_that_is_wrong(
    admin: Admin, change: dict[str, Any], where: str
) -> None:
    told = admin.as_("mei").post("/v1/campaigns", json=CAMPAIGN | change)
    assert (told.status_code, told.json()["where"]) == (422, where), told.text
    assert told.headers["content-type"] == "application/problem+json" and told.json()["hint"]


def test_a_campaign_takes_only_the_steps_of_its_life(admin: Admin) -> None:
    olga = admin.as_("olga")
    any_state = {"if-match": "*"}
    refused = olga.patch("/v1/campaigns/k1", json={"status": "draft"}, headers=any_state)
    assert refused.status_code == 422 and "cannot become draft" in refused.json()["detail"]
    assert olga.patch("/v1/campaigns/k1", json={"status": "ended"}, headers=any_state).status_code == 200
    assert olga.patch("/v1/campaigns/k1", json={"name": "More"}, headers=any_state).status_code == 422


def test_an_upload_is_reviewed_and_waits_for_a_person_who_is_not_its_owner(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    body = {
        "ad_id": "ad1",
        "placement": "iab_300x250",
        "headline": "Green tea",
        "image": base64.b64encode(a_picture()).decode(),
        "file_name": "../../etc/passwd.png",
    }
    key = {"idempotency-key": "u1"}
    made = mei.post("/v1/creatives", json=body, headers=key)
    assert made.status_code == 201, made.text
    told = made.json()
    assert told["status"] == "held" and told["review"]["verdict"] in {"pass", "hold"}
    assert mei.post("/v1/creatives", json=body, headers=key).json()["creative_id"] == told["creative_id"]
    path = f"/v1/creatives/{told['creative_id']}"
    assert mei.get(f"{path}/picture").content == a_picture()
    assert mei.get(f"{path}/picture").headers["content-type"] == "image/png"
    seen = {"if-match": made.headers["etag"]}
    assert mei.post(f"{path}/approve", json={"reason": "mine"}, headers=seen).status_code == 403
    done = olga.post(f"{path}/approve", json={"reason": "on brand"}, headers=seen)
    assert done.status_code == 200 and done.json()["status"] == "approved"
    assert olga.post(f"{path}/reject", json={"reason": "no"}, headers=seen).status_code == 412
    live = mei.patch(path, json={"status": "live"}, headers={"if-match": done.headers["etag"]})
    assert live.json()["status"] == "live"
    actions = [one["action"] for one in olga.get(f"/v1/audit?filter=subject={told['creative_id']}").json()["items"]]
    assert actions == ["creative live", "creative approved", "creative hand in"]


def test_an_upload_that_lies_about_its_kind_or_fails_its_review_never_runs(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    page = base64.b64encode(b"<html><script>alert(1)</script>").decode()
    body = {"ad_id": "ad1", "placement": "iab_300x250", "file_name": "a.png"}
    told = mei.post("/v1/creatives", json=body | {"image": page})
    assert told.status_code == 422 and "HTML" in told.json()["detail"]
    small = base64.b64encode(a_picture(60, 60)).decode()
    failed = mei.post("/v1/creatives", json=body | {"image": small}).json()
    assert (failed["status"], failed["review"]["verdict"]) == ("rejected", "fail")
    path = f"/v1/creatives/{failed['creative_id']}/approve"
    assert olga.post(path, json={"reason": "yes"}, headers={"if-match": "*"}).status_code == 422


def test_a_held_draft_is_approved_into_the_catalogue(admin: Admin) -> None:
    olga = admin.as_("olga")
    [held] = olga.get("/v1/drafts?filter=status=held&filter=advertiser_id=a1").json()["items"]
    assert held["draft_id"] == "d1"
    assert olga.post("/v1/drafts/d1/approve", json={"reason": " "}).status_code == 422
    assert olga.post("/v1/drafts/d1/approve", json={"reason": "good"}).json()["status"] == "approved"
    assert olga.get("/v1/creatives/d1").json()["origin"] == "generated"
    live = olga.patch("/v1/creatives/d1", json={"status": "live"}, headers={"if-match": "*"})
    assert live.status_code == 422 and "release" in live.json()["hint"]
    assert olga.post("/v1/drafts/d2/reject", json={"reason": "off brand"}).json()["status"] == "rejected"


def test_a_job_is_cancelled_once_and_stays_so(admin: Admin) -> None:
    olga = admin.as_("olga")
    told = [olga.post("/v1/jobs/1/cancel").json()["state"] for _ in range(2)]
    assert told == ["cancelled", "cancelled"]
    assert olga.get("/v1/jobs?filter=state=cancelled").json()["items"][0]["job_id"] == 1


def test_pages_of_a_list_follow_one_another(admin: Admin) -> None:
    root = admin.as_("root")
    seen, cursor = [], ""
    while True:
        page = root.get("/v1/audit", params={"limit": 7, "cursor": cursor}).json()
        seen += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == list(range(seen[0], 0, -1)) and len(seen) > 7


@pytest.mark.parametrize("kind", ["campaigns", "advertisers", "ads", "creatives", "drafts", "experiments", "audit"])
def test_a_filter_that_is_none_is_refused_and_never_sql(admin: Admin, kind: str) -> None:
    root = admin.as_("root")
    for wrong in ("1=1; DROP TABLE users", "nothing=x", "name~" + "x" * 300):
        told = root.get(f"/v1/{kind}", params={"filter": wrong})
        assert told.status_code == 422, told.text


def test_an_admin_adds_changes_and_disables_people_and_the_last_one_stays(admin: Admin) -> None:
    root = admin.as_("root")
    new = {"user_id": "wei", "role": "advertiser", "password": WORDS, "advertisers": ["a2"]}
    assert root.post("/v1/users", json=new).status_code == 201
    assert root.post("/v1/users", json=new).status_code == 422
    assert admin.as_("wei").get("/v1/campaigns").json()["items"][0]["campaign_id"] == "k2"
    assert (
        root.patch("/v1/users/wei", json={"role": "analyst"}, headers={"if-match": "*"}).json()["advertisers"] is None
    )
    assert (
        root.patch("/v1/users/wei", json={"disabled": True}, headers={"if-match": "*"}).json()["disabled"] is not None
    )
    assert admin.nobody().post("/v1/session", json={"user_id": "wei", "password": WORDS}).status_code == 401
    assert root.patch("/v1/users/root", json={"disabled": True}, headers={"if-match": "*"}).status_code == 422


def test_a_key_may_only_what_it_names_and_no_more_once_revoked(admin: Admin) -> None:
    mei = admin.as_("mei")
    made = mei.post("/v1/keys", json={"name": "script", "rights": ["see catalogue"], "days": 3}).json()
    bearer = {"authorization": f"Bearer {made['secret']}"}
    client = admin.nobody()
    assert [one["campaign_id"] for one in client.get("/v1/campaigns", headers=bearer).json()["items"]] == ["k1"]
    assert client.get("/v1/audit", headers=bearer).status_code == 403
    assert client.post("/v1/campaigns", json=CAMPAIGN, headers=bearer).status_code == 403
    assert mei.ask("DELETE", f"/v1/keys/{made['key_id']}").status_code == 204
    assert client.get("/v1/campaigns", headers=bearer).status_code == 401


def test_every_answer_carries_the_headers_that_keep_it_safe_and_large_bodies_stop_at_the_door(admin: Admin) -> None:
    client = admin.nobody()
    for path in ("/v1/health", "/v1/campaigns", "/nothing", "/openapi.json"):
        headers = client.get(path).headers
        assert "'unsafe" not in headers["content-security-policy"] and "default-src 'none'" in str(headers)
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert client.post("/v1/campaigns", content=b" " * (257 * 1024)).status_code == 413
