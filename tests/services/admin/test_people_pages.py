"""People, keys, callers, jobs and the audit trail by pages: what is done, what is refused, what is shown once."""

from __future__ import annotations

import csv
import io
import re
from contextlib import closing
from datetime import datetime, timedelta
from enum import StrEnum
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adplat import bootstrap
from adplat.domain import Job, JobOrder, ListRequest, Permission, Right, Role
from adplat.flows.check_audit_file import check_audit_file
from adplat.snapshots import KeyFile
from adplat.storage import SqlAuditTrail, SqlJobs
from services.admin.rendering import script_file
from services.admin.wording import LANGUAGES, words_in
from tests.services.admin.admins import WORDS, Admin, Somebody

OTHER_WORDS = "five other words not together"
POSTED = {
    "/people/new": 422,
    "/people/rob/role": 412,
    "/people/rob/standing": 412,
    "/people/rob/password": 422,
    "/me/password": 422,
    "/me/keys": 422,
    "/me/keys/adp_1/revoke": 404,
    "/me/sessions/none/end": 404,
    "/callers/new": 422,
    "/callers/none/rights": 404,
    "/callers/none/keys": 404,
    "/callers/none/keys/adp_1/rotate": 404,
    "/callers/none/keys/adp_1/revoke": 404,
    "/jobs/999/cancel": 404,
    "/me/sessions/end-others": 303,
    "/audit/check": 200,
    "/audit/export": 200,
}


def sent(somebody: Somebody, path: str, **told: Any) -> Any:
    return somebody.post(path, data={"form_token": somebody.token} | told)


def field(html: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', html)[1])  # type: ignore[index]


def actions(admin: Admin) -> list[str]:
    with bootstrap.opened_audit(admin.settings) as trail:
        return [one.entry.action for one in trail.records(ListRequest(limit=100)).items]


@pytest.mark.parametrize("path", sorted(POSTED))
def test_an_empty_form_and_one_of_rubbish_are_refused_and_never_a_fault(admin: Admin, path: str) -> None:
    root = admin.as_("root")
    assert sent(root, path).status_code == POSTED[path], path
    names = ("user_id", "name", "role", "advertisers", "password", "again", "etag", "days", "old_hours", "since")
    told = sent(root, path, **dict.fromkeys(names, "\x00\ud7ff🫖" * 99))
    assert told.status_code < 500 and (POSTED[path] < 400 or told.status_code >= 400), path
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain; charset=x", ""):
        told = root.post(path, content=b"\xff\x00--x", headers={"content-type": kind})
        assert 400 <= told.status_code < 500, (path, kind)
    for token in ({}, {"form_token": "0" * 64}, {"form_token": admin.as_("olga").token}):
        assert root.post(path, data=token).status_code == 403, path
    elsewhere = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert root.post(path, data={"form_token": root.token}, headers=elsewhere).status_code == 403


def test_an_admin_adds_somebody_who_signs_in_with_the_role_and_advertisers_told(admin: Admin) -> None:
    root = admin.as_("root")
    told = {"user_id": "wu@tea.example", "name": "吴", "role": "advertiser", "advertisers": "a1", "password": WORDS}
    assert "differ" in sent(root, "/people/new", **told, again="other words entirely").text
    refused = sent(root, "/people/new", **told | {"advertisers": "a9"}, again=WORDS)
    assert refused.status_code == 404 and 'value="wu@tea.example"' in refused.text and WORDS not in refused.text
    made = sent(root, "/people/new", **told, again=WORDS)
    assert made.headers["location"] == "/people/wu@tea.example?done=created"
    wu = admin.as_("wu@tea.example")
    assert "Spring 1" in wu.get("/").text and "Spring 2" not in wu.get("/").text
    assert "wu@tea.example" in root.get("/people?name=WU@&role=advertiser&state=enabled").text
    assert "wu@tea.example" not in root.get("/people?role=admin").text


def test_a_person_is_changed_only_as_it_was_seen(admin: Admin) -> None:
    root = admin.as_("root")
    html = root.get("/people/anna").text
    changed = {"etag": field(html, "etag"), "role": "operator", "name": "Anna", "advertisers": ""}
    assert sent(root, "/people/anna/role", **changed).status_code == 303
    assert root.get("/v1/users/anna").json()["role"] == "operator"
    assert sent(root, "/people/anna/role", **changed).status_code == 412
    assert root.patch("/v1/users/anna", json={"role": "analyst"}).status_code == 428
    seen = root.get("/v1/users/anna").headers["etag"]
    assert root.patch("/v1/users/anna", json={"role": "analyst"}, headers={"if-match": seen}).status_code == 200
    assert root.patch("/v1/users/anna", json={"role": "analyst"}, headers={"if-match": seen}).status_code == 412


def test_a_disabled_person_is_out_at_once_and_the_last_admin_stays(admin: Admin) -> None:
    root, anna = admin.as_("root"), admin.as_("anna")
    etag = field(root.get("/people/anna").text, "etag")
    assert sent(root, "/people/anna/standing", etag=etag, state="disabled").status_code == 303
    assert anna.get("/").headers["location"] == "/sign-in"
    assert admin.nobody().post("/v1/session", json={"user_id": "anna", "password": WORDS}).status_code == 401
    etag = field(root.get("/people/root").text, "etag")
    told = sent(root, "/people/root/standing", etag=etag, state="disabled")
    assert told.status_code == 422 and "no admin would be left" in told.text
    told = sent(root, "/people/root/role", etag=etag, role="analyst")
    assert told.status_code == 422 and "no admin would be left" in told.text


def test_a_password_that_an_admin_gives_ends_every_session_of_the_person(admin: Admin) -> None:
    root, anna = admin.as_("root"), admin.as_("anna")
    assert sent(root, "/people/anna/password", password=OTHER_WORDS, again=OTHER_WORDS).status_code == 303
    assert anna.get("/").headers["location"] == "/sign-in"
    told = {"user_id": "anna", "password": OTHER_WORDS}
    assert admin.nobody().post("/v1/session", json=told).status_code == 201


def test_another_own_password_ends_all_sessions_and_wants_the_old_one(admin: Admin) -> None:
    here, there = admin.as_("mei"), admin.as_("mei")
    new = {"password": OTHER_WORDS, "again": OTHER_WORDS}
    wrong = sent(here, "/me/password", old="not this one", **new)
    assert wrong.status_code == 422 and "old password is wrong" in wrong.text
    assert there.get("/me").status_code == 200
    told = sent(here, "/me/password", old=WORDS, **new)
    assert told.headers["location"] == "/sign-in?done=password" and "adplat=" in told.headers["set-cookie"]
    assert here.get("/me").status_code == there.get("/me").status_code == 303
    assert "Sign in again" in admin.nobody().get("/sign-in?done=password", headers={"accept-language": "en"}).text


def test_sessions_are_told_and_others_are_ended_by_their_own_person_alone(admin: Admin) -> None:
    here, there, somebody = admin.as_("mei"), admin.as_("mei"), admin.as_("li")
    told = here.get("/v1/sessions").json()["items"]
    assert [one["is_this"] for one in told].count(True) == 1 and len(told) == 2
    other = next(one["session_id"] for one in told if not one["is_this"])
    assert somebody.ask("DELETE", f"/v1/sessions/{other}").status_code == 404
    assert sent(somebody, f"/me/sessions/{other}/end").status_code == 404
    assert sent(here, f"/me/sessions/{other}/end").headers["location"] == "/me?done=session_ended"
    assert there.get("/v1/session").status_code == 401
    admin.as_("mei")
    assert here.ask("DELETE", "/v1/sessions").json() == {"ended": 1}
    assert len(here.get("/v1/sessions").json()["items"]) == 1
    first = here.get("/v1/sessions", params={"limit": 1}).json()
    assert first["next"] is None and first["items"][0]["is_this"]


def test_a_key_is_shown_once_and_opens_what_its_boxes_say(admin: Admin) -> None:
    mei = admin.as_("mei")
    boxes = {"right-see-catalogue": "yes"}
    told = sent(mei, "/me/keys", name="cron", days="7", advertisers="a1", **boxes)
    secret = re.search(r'value="(adp_[^"]+)"', told.text)[1]  # type: ignore[index]
    assert told.status_code == 200 and secret not in mei.get("/me").text
    asked = {"authorization": f"Bearer {secret}"}
    assert admin.nobody().get("/v1/campaigns", headers=asked).status_code == 200
    assert admin.nobody().get("/v1/jobs", headers=asked).status_code == 403
    [key] = mei.get("/v1/keys").json()["items"]
    assert sent(admin.as_("li"), f"/me/keys/{key['key_id']}/revoke").status_code == 404
    assert sent(mei, f"/me/keys/{key['key_id']}/revoke").status_code == 303
    assert admin.nobody().get("/v1/campaigns", headers=asked).status_code == 401
    for wrong in ({"days": "0"}, {"days": "367"}, {"days": "1e9"}, {"advertisers": "a2"}, {"name": ""}):
        refused = sent(mei, "/me/keys", **{"name": "cron", "days": "7"} | boxes | wrong)
        assert refused.status_code == 422, wrong
    assert "right-manage-people" not in mei.get("/me").text
    assert sent(mei, "/me/keys", name="cron", days="7", **{"right-manage-people": "yes"}).status_code == 422


def test_a_key_for_an_advertiser_that_is_not_there_or_not_ones_own_is_refused_in_the_same_words(admin: Admin) -> None:
    asked = {"name": "k", "rights": ["see catalogue"], "days": 1}
    answers = [admin.as_("mei").post("/v1/keys", json=asked | {"advertisers": [one]}) for one in ("a2", "zzz")]
    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].content == answers[1].content

    root = admin.as_("root")
    assert root.post("/v1/keys", json=asked | {"advertisers": ["a1", "zzz"]}).status_code == 422
    page = sent(root, "/me/keys", name="k", days="1", advertisers="zzz", **{"right-see-catalogue": "yes"})
    assert page.status_code == 422 and "a key is for advertisers that its owner sees" in page.text
    assert root.get("/v1/keys").json()["items"] == []


def test_a_caller_gets_keys_that_are_shown_once_replaced_and_revoked(admin: Admin) -> None:
    root = admin.as_("root")
    made = sent(root, "/callers/new", caller_id="seller", name="Börse", **{"may-bid": "yes"}, advertisers="a1", days="")
    secret = re.search(r'value="(adp_[^"]+)"', made.text)[1]  # type: ignore[index]
    assert secret not in root.get("/callers/seller").text and "seller" in root.get("/callers?name=SELL").text
    [key] = root.get("/v1/callers/seller/keys").json()["items"]
    assert key["state"] == "holds" and "sha256" not in key
    replaced = sent(root, f"/callers/seller/keys/{key['key_id']}/rotate", old_hours="2")
    assert replaced.status_code == 200 and "adp_" in replaced.text
    newest, oldest = root.get("/v1/callers/seller/keys").json()["items"]
    assert oldest["expires"] is not None and newest["expires"] is None
    assert sent(root, f"/callers/other/keys/{newest['key_id']}/revoke").status_code == 404
    assert sent(root, f"/callers/seller/keys/{newest['key_id']}/revoke").status_code == 303
    assert root.ask("DELETE", "/v1/callers/seller/keys").status_code == 204
    states = {one["state"] for one in root.get("/v1/callers/seller/keys").json()["items"]}
    assert states == {"revoked"}
    html = root.get("/callers/seller").text
    rights = {"etag": field(html, "etag"), "name": "", "may-score": "yes", "advertisers": "", "placements": ""}
    assert sent(root, "/callers/seller/rights", **rights).status_code == 303
    assert sent(root, "/callers/seller/rights", **rights).status_code == 412
    told = root.get("/v1/callers/seller").json()
    assert (told["permissions"], told["advertisers"], told["name"]) == (["score"], None, "Börse")
    assert actions(admin)[:5] == ["key allow", "key revoke", "key revoke", "key rotate", "key create"]
    renamed = {"name": "Market", "permissions": ["score"]}
    assert root.patch("/v1/callers/seller", json=renamed, headers={"if-match": "*"}).status_code == 200
    assert "Börse → Market" in root.get("/callers/seller").text
    with bootstrap.opened_keys(admin.settings) as desk:  # what holds is what was published
        kept, book = KeyFile(admin.settings.workspace).read(), desk.callers.book()
        assert kept is not None and list(kept.keys) == list(book.keys) and list(kept.callers) == list(book.callers)


def test_a_caller_of_an_advertiser_that_there_is_not_is_refused_on_page_and_api(admin: Admin) -> None:
    root, stray, line = admin.as_("root"), "a1, a99", "no advertiser has this id: a99"
    new = {"caller_id": "stray", "may-bid": "yes", "advertisers": stray}
    page = sent(root, "/callers/new", **new)
    assert page.status_code == 422 and line in page.text and f'value="{stray}"' in page.text
    body = {"caller_id": "stray", "permissions": ["bid"], "advertisers": ["a1", "a99"]}
    answer = root.ask("POST", "/v1/callers", json=body)
    assert answer.status_code == 422 and answer.json()["detail"] == line
    assert root.get("/v1/callers/stray").status_code == 404
    etag = field(root.get("/callers/exchange").text, "etag")
    page = sent(root, "/callers/exchange/rights", etag=etag, **(new | {"caller_id": ""}))
    assert page.status_code == 422 and line in page.text
    changed = root.ask(
        "PATCH",
        "/v1/callers/exchange",
        json={"permissions": ["bid"], "advertisers": ["a99"]},
        headers={"if-match": etag},
    )
    assert changed.status_code == 422 and line in changed.json()["detail"]
    assert root.get("/v1/callers/exchange").json()["advertisers"] is None


def test_a_replaced_key_ends_as_the_old_one_would_have_on_page_and_api_unless_days_are_told(admin: Admin) -> None:
    root = admin.as_("root")
    sent(root, "/callers/new", caller_id="monthly", days="30", **{"may-bid": "yes"})

    def newest() -> dict[str, str]:
        key: dict[str, str] = root.get("/v1/callers/monthly/keys").json()["items"][0]
        return key

    def days_of_newest() -> float:
        ends, made = (datetime.fromisoformat(newest()[name]) for name in ("expires", "created"))
        return (ends - made) / timedelta(days=1)

    assert 'name="days"' in root.get("/callers/monthly").text.split("/rotate")[1].split("</form>")[0]
    page = sent(root, f"/callers/monthly/keys/{newest()['key_id']}/rotate", old_hours="2", days="")
    assert days_of_newest() == 30.0 and "Expires: " in page.text and "Expires: never" not in page.text
    assert root.ask("POST", f"/v1/callers/monthly/keys/{newest()['key_id']}/rotate", json={}).status_code == 201
    assert days_of_newest() == 30.0
    assert sent(root, f"/callers/monthly/keys/{newest()['key_id']}/rotate", old_hours="2", days="7").status_code == 200
    assert days_of_newest() == 7.0


def running(admin: Admin) -> Job:
    with closing(bootstrap.open_database(admin.settings)) as database:
        jobs, now = SqlJobs(database), bootstrap.clock().now()
        jobs.add(JobOrder("analyze", "e1", now, "setup", {"days": 3}, advertiser_id="a1"), now)
        begun = jobs.take(["analyze"], "worker-1", now, 60.0)
        assert begun is not None
        assert jobs.beat(begun, now, 60.0, 0.25)
        return begun


def test_jobs_are_looked_at_again_only_while_one_is_not_over_and_cancelled_by_staff(admin: Admin) -> None:
    olga, mei, job = admin.as_("olga"), admin.as_("mei"), running(admin)
    listed = olga.get("/jobs?state=running").text
    assert ('hx-trigger="every 5s"' in listed) is (script_file() is not None)
    assert "<progress" in listed and "25 %" in listed
    assert f"/jobs/{job.job_id}/cancel" not in mei.get("/jobs").text
    assert sent(mei, f"/jobs/{job.job_id}/cancel").status_code == 403
    assert "&#34;days&#34;: 3" in olga.get(f"/jobs/{job.job_id}").text
    assert sent(olga, f"/jobs/{job.job_id}/cancel").headers["location"] == f"/jobs/{job.job_id}?done=job_cancelled"
    over = olga.get("/jobs?kind=analyze&state=cancelled").text
    assert "every 5s" not in over and "analyze" in over
    assert mei.get("/jobs/2").status_code == mei.get("/jobs/999").status_code == 404


@pytest.mark.parametrize(("language", "refused", "failed"), [("en", "refused", "failed"), ("zh", "已拒绝", "失败")])
def test_a_job_that_did_nothing_is_not_called_done(admin: Admin, language: str, refused: str, failed: str) -> None:
    now = bootstrap.clock().now()
    results: dict[str, dict[str, Any]] = {
        "model promote": {"refused": {"what": "2 of 3 gates failed", "where": "", "hint": "train anew", "detail": {}}},
        "send-report": {"state": "failed", "refused": {"webhook": "the webhook answers 404"}},
    }
    found: dict[str, int] = {}
    with bootstrap.opened_jobs(admin.settings) as jobs:
        for kind, result in results.items():
            jobs.add(JobOrder(kind, "", now, "setup"), now)
            begun = jobs.take([kind], "worker-1", now, 60.0)
            assert begun is not None and jobs.finish(begun, now, result)
            found[kind] = begun.job_id
    olga = admin.as_("olga")
    olga.client.cookies.set("adplat_language", language)
    for kind, word, why in (
        ("model promote", refused, "2 of 3 gates failed: train anew"),
        ("send-report", failed, "webhook: the webhook answers 404"),
    ):
        listed = olga.get("/jobs", params={"kind": kind}).text.split("<tbody>")[-1]
        assert word in listed and why in listed and "100 %" not in listed
        page = olga.get(f"/jobs/{found[kind]}").text
        assert word in page and why in page and "100 %" not in page
        told = olga.get(f"/v1/jobs/{found[kind]}").json()
        assert (told["state"], told["outcome"], told["why"]) == (
            "done",
            {refused: "refused", failed: "failed"}[word],
            why,
        )


def test_the_trail_is_filtered_by_days_and_kind_and_leads_to_the_things(admin: Admin) -> None:
    root, mei = admin.as_("root"), admin.as_("mei")
    with closing(bootstrap.open_database(admin.settings)) as database:
        now = bootstrap.clock().now()
        SqlAuditTrail(database).record(
            now - timedelta(days=40), "bandit k1", "bandit look", "k1", {}, advertiser_id="a1"
        )
        SqlAuditTrail(database).record(now, "li", "user change", "user li", {})
    told = root.get("/audit?kind=bandit").text
    assert (
        "bandit look</td>" in told
        and "Person added</td>" not in told
        and "Person added</td>" in root.get("/audit").text
    )
    early = (now - timedelta(days=41)).date()
    assert "bandit look" in root.get(f"/audit?since={early}&until={early + timedelta(days=3)}").text
    assert "bandit look" not in root.get(f"/audit?since={early + timedelta(days=3)}").text
    wrong = root.get("/audit?since=yesterday")
    assert wrong.status_code == 200 and "“yesterday” is not understood" in wrong.text and "bandit look" in wrong.text
    assert sent(root, "/audit/export", since="yesterday").status_code == 422  # no file of what was not asked for
    assert 'href="/people/li"' in root.get("/audit?action=user+change").text
    assert 'href="/jobs/1"' in mei.get("/audit").text
    assert "/people/" not in admin.as_("anna").get("/audit").text  # who may not see people is led nowhere


def test_an_admin_asks_whether_the_chain_holds_and_a_forged_record_is_told(admin: Admin) -> None:
    root = admin.as_("root")
    assert "The chain holds" in sent(root, "/audit/check").text
    told = root.post("/v1/audit/check").json()
    assert told["holds"] and told["records"] > 10 and told["faults"] == []
    assert admin.as_("olga").post("/v1/audit/check").status_code == 403
    with closing(bootstrap.open_database(admin.settings)) as database, database.engine.begin() as connection:
        for trigger in (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        ):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE audit_id = 3"))
    assert "record 3 was changed" in sent(root, "/audit/check").text
    assert root.post("/v1/audit/check").json()["fault_count"] == 1


def test_the_trail_as_a_file_is_harmless_whole_of_ones_own_and_told_itself(admin: Admin) -> None:
    with closing(bootstrap.open_database(admin.settings)) as database:
        trail, now = SqlAuditTrail(database), bootstrap.clock().now()
        trail.record(now, "=cmd|' /C calc'!A0", "look", "=1+1", {"reason": "@SUM(1)"}, advertiser_id="a1")
    mei, anna = admin.as_("mei"), admin.as_("anna")
    told = sent(mei, "/audit/export", actor="cmd")
    assert told.headers["content-type"].startswith("text/csv") and "attachment" in told.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][3] == "'=cmd|' /C calc'!A0" and rows[1][5] == "'=1+1" and rows[1][7] == "'@SUM(1)"
    whole = anna.post("/v1/audit/export", params={"filter": "kind=person"})
    assert whole.text.count("\n") > len(rows)
    assert ",a2," not in sent(mei, "/audit/export").text and ",a2," in whole.text
    newest = anna.get("/v1/audit", params={"filter": "action=audit export"}).json()["items"]
    assert [one["actor"] for one in newest] == ["mei", "anna", "mei"]
    assert newest[1]["detail"] == {"records": str(whole.text.count("\n") - 1), "filter": "kind=person"}
    key = anna.post("/v1/keys", json={"name": "k", "rights": ["see audit", "export reports"]}).json()["secret"]
    only = admin.nobody().post("/v1/audit/export", headers={"authorization": f"Bearer {key}"})
    assert only.status_code == 200  # a key that changes nothing, and yet its taking is told
    assert sent(admin.as_("rob"), "/audit/export").status_code == 403


def test_an_export_is_checked_without_the_database(admin: Admin, tmp_path: Path) -> None:
    with closing(bootstrap.open_database(admin.settings)) as database:
        trail, now = SqlAuditTrail(database), bootstrap.clock().now()
        trail.record(now, "=cmd", "look", "'=1+1", {"reason": "@SUM(1)", "half": "\ud83d", "lines": "a\r\nb\rc\n"})
    file = tmp_path / "audit.csv"
    file.write_bytes(sent(admin.as_("root"), "/audit/export").content)
    told = check_audit_file([file], None, is_filtered=False)
    assert told["holds"] and told["first"]["begins_trail"] and told["records"] == told["head"]["number"] > 10
    file.write_bytes(sent(admin.as_("mei"), "/audit/export").content)  # what an advertiser sees has gaps
    own = check_audit_file([file], None, is_filtered=True)
    assert own["holds"] and own["gap_count"] and not check_audit_file([file], None, is_filtered=False)["holds"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_right_and_permission_has_its_word(language: str) -> None:
    say = words_in(language)
    kinds: dict[str, type[StrEnum]] = {"role": Role, "right": Right, "may": Permission}
    words = [say(f"{kind} {one.value}") for kind, values in kinds.items() for one in values]
    assert all(words)


def asked_first(html: str, action: str) -> bool:
    """Whether the form that posts to this address stands folded, with a sentence over its button."""
    folded = re.search(
        rf'<details class="act"><summary[^>]*>[^<]*…</summary>\s*<form method="post" action="{re.escape(action)}"[^>]*>'
        r"(?:<input[^>]*>)*\s*<p>[^<]+</p>\s*<button class=\"bad\">[^<]+</button></form></details>",
        html,
    )
    return folded is not None and html.count(f'action="{action}"') == 1


def test_what_nothing_takes_back_is_asked_before_it_is_done(admin: Admin) -> None:
    root, mei = admin.as_("root"), admin.as_("mei")
    sent(mei, "/me/keys", name="cron", days="7", **{"right-see-catalogue": "yes"})
    [key] = mei.get("/v1/keys").json()["items"]
    sent(root, "/callers/new", caller_id="seller", name="x", **{"may-bid": "yes"}, days="")
    [of_seller] = root.get("/v1/callers/seller/keys").json()["items"]
    for somebody, page, action in (
        (mei, "/me", f"/me/keys/{key['key_id']}/revoke"),
        (mei, "/me", "/me/sessions/end-others"),
        (root, "/callers/seller", f"/callers/seller/keys/{of_seller['key_id']}/revoke"),
        (root, "/people/anna", "/people/anna/standing"),
    ):
        assert asked_first(somebody.get(page).text, action), action
    folded = unescape(root.get("/people/anna").text)
    assert "Disable now" in folded and 'name="state" value="disabled"' in folded
