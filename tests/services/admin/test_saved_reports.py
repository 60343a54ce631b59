"""Reports that are kept under names: one's own, shared ones, changed as they were seen; on pages and over the API."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from adplat import bootstrap
from adplat.domain import Role
from adplat.flows.manage_people import change_person
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.test_people_pages import asked_first

QUESTION = {"name": "Weekly", "period": "last_7_days", "by": ["campaign"], "filters": [r"campaign=k1|a\|b"]}
ANY = {"if-match": "*"}


def kept(somebody: Somebody, **told: Any) -> dict[str, Any]:
    made = somebody.post("/v1/saved-reports", json=QUESTION | told)
    assert made.status_code == 201, made.text
    return dict(made.json())


def test_what_is_kept_is_asked_again_of_todays_days(admin: Admin) -> None:
    mei = admin.as_("mei")
    one = kept(mei, files=["csv", "pdf"], metrics=["impressions"])
    assert one["owner"] == "mei" and one["advertiser_id"] == "a1" and one["filters"] == QUESTION["filters"]
    rows = mei.get(one["addresses"]["rows"]).json()
    assert [row["campaign"] for row in rows["rows"]] == ["k1"] and list(rows["metrics"]) == ["impressions"]
    assert [str(rows["since"]), str(rows["until"])] == one["days"]
    file = mei.get(one["addresses"]["csv"])
    assert file.status_code == 200 and "# report,Weekly" in file.text and "k2" not in file.text
    assert mei.get(one["addresses"]["pdf"]).content.startswith(b"%PDF")
    [entry] = mei.get("/v1/audit", params={"filter": f"subject={one['report_id']}", "order": "number"}).json()["items"][
        :1
    ]
    assert entry["action"] == "report save" and "last_7_days" in entry["detail"]["question"]


def test_the_same_key_keeps_one_report_and_another_request_under_it_is_refused(admin: Admin) -> None:
    mei, key = admin.as_("mei"), {"idempotency-key": "one"}
    made = [mei.post("/v1/saved-reports", json=QUESTION, headers=key) for _ in range(2)]
    assert made[0].json() == made[1].json()
    assert mei.post("/v1/saved-reports", json=QUESTION | {"name": "Other"}, headers=key).status_code == 422
    assert admin.as_("li").post("/v1/saved-reports", json=QUESTION, headers=key).json()["owner"] == "li"


def test_one_that_is_not_shared_is_its_owners_and_admins_alone(admin: Admin) -> None:
    anna, olga, mei, root = (admin.as_(who) for who in ("anna", "olga", "mei", "root"))
    own = kept(anna)
    path = f"/v1/saved-reports/{own['report_id']}"
    nowhere = olga.get("/v1/saved-reports/nothing")
    for somebody in (olga, mei):
        assert somebody.get(path).status_code == 404
        assert somebody.get(path).text.replace(own["report_id"], "nothing") == nowhere.text
        assert somebody.patch(path, json={"name": "x"}, headers=ANY).status_code == 404
    assert root.get(path).status_code == 200
    assert anna.patch(path, json={"is_shared": True}, headers=ANY).status_code == 200
    assert olga.get(path).status_code == 200 and mei.get(path).status_code == 404
    assert olga.patch(path, json={"name": "x"}, headers=ANY).status_code == 403
    assert olga.ask("DELETE", path, headers=ANY).status_code == 403
    assert root.ask("DELETE", path, headers=ANY).status_code == 204
    assert anna.get(path).status_code == 404


def test_staff_may_share_with_an_advertiser_who_sees_its_own_rows_in_it(admin: Admin) -> None:
    anna, mei, li = (admin.as_(who) for who in ("anna", "mei", "li"))
    one = kept(anna, filters=[], advertiser_id="a1", is_shared=True)
    assert li.get(f"/v1/saved-reports/{one['report_id']}").status_code == 404
    seen = mei.get(f"/v1/saved-reports/{one['report_id']}").json()
    assert [row["campaign"] for row in mei.get(seen["addresses"]["rows"]).json()["rows"]] == ["k1"]
    assert "k2" not in mei.get(seen["addresses"]["csv"]).text


def test_whose_it_is_has_to_be_said_by_who_belongs_to_several(admin: Admin) -> None:
    with bootstrap.opened_people(admin.settings) as people:
        change_person(people, "mei", role=Role.ADVERTISER, advertisers=frozenset({"a1", "a2"}))
    mei = admin.as_("mei")
    assert mei.post("/v1/saved-reports", json=QUESTION).status_code == 422
    assert kept(mei, advertiser_id="a2")["advertiser_id"] == "a2"
    assert mei.post("/v1/saved-reports", json=QUESTION | {"advertiser_id": "a3"}).status_code == 404


def test_a_change_is_of_what_was_seen(admin: Admin) -> None:
    mei = admin.as_("mei")
    path = "/v1/saved-reports/r1"
    seen = mei.get(path).headers["etag"]
    assert mei.patch(path, json={"name": "x"}).status_code == 428
    changed = mei.patch(path, json={"name": "Daily", "period": "yesterday"}, headers={"if-match": seen})
    assert changed.status_code == 200 and changed.headers["etag"] != seen
    assert mei.patch(path, json={"name": "x"}, headers={"if-match": seen}).status_code == 412
    assert mei.ask("DELETE", path, headers={"if-match": seen}).status_code == 412
    fixed = {"period": "fixed", "since": "2026-03-01", "until": "2026-03-08"}
    assert mei.patch(path, json=fixed, headers=ANY).json()["days"] == ["2026-03-01", "2026-03-08"]
    assert "2026-03-01 – 2026-03-07 · " in mei.get("/reports/saved/r1").text
    assert mei.patch(path, json={"period": "last_month"}, headers=ANY).json()["since"] is None
    assert mei.patch(path, json={"name": None}, headers=ANY).status_code == 422


def test_a_list_has_pages_and_filters(admin: Admin) -> None:
    anna = admin.as_("anna")
    names = [kept(anna, name=f"Report {number}")["name"] for number in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        query = {"limit": 2, "order": "name"} | ({"cursor": cursor} if cursor else {})
        told = anna.get("/v1/saved-reports", params=query).json()
        found, cursor = found + [one["name"] for one in told["items"]], told["next"]
    assert found == names
    assert len(anna.get("/v1/saved-reports", params={"filter": "name~report 3"}).json()["items"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "fixed"},
        {"since": "2026-03-01", "until": "2026-03-02"},
        {"period": "fixed", "since": "0001-01-01", "until": "9999-12-31"},
        {"filters": ["campaign=1' OR 1=1 --", "1; DROP TABLE jobs"]},
        {"filters": ["device=phone"]},
        {"by": ["hour"], "period": "last_30_days", "filters": []},
        {"metrics": ["(SELECT 1)"]},
        {"time_zone": "../../etc/passwd"},
        {"name": "two\nlines"},
        {"name": "../../x\x00"},
        {"files": []},
        {"files": ["../../etc/passwd"]},
        {"files": ["csv", "csv"]},
        {"attribute": "device", "by": ["creative"], "filters": []},
        {"surprise": 1},
    ],
)
def test_what_no_report_answers_is_not_kept(admin: Admin, wrong: dict[str, Any]) -> None:
    root = admin.as_("root")
    before = len(root.get("/v1/saved-reports").json()["items"])
    answer = root.post("/v1/saved-reports", json=QUESTION | wrong)
    assert answer.status_code == 422 and answer.json()["detail"], answer.text
    assert len(root.get("/v1/saved-reports").json()["items"]) == before


def test_a_name_is_a_text_on_pages_in_files_and_in_no_path(admin: Admin) -> None:
    mei = admin.as_("mei")
    name = "=1+1|<script>alert(1)</script>../../x"
    one = kept(mei, name=name, filters=[])
    for path in ("/reports/saved", f"/reports/saved/{one['report_id']}", f"/reports/saved/{one['report_id']}/edit"):
        html = mei.get(path).text
        assert "<script>alert" not in html and "&lt;script&gt;alert" in html
    file = mei.get(one["addresses"]["csv"])
    assert f",'{name}" in file.text and re.fullmatch(
        r'attachment; filename="adplat-report_[\d-]+_[\d-]+\.csv"', file.headers["content-disposition"]
    )


FORM = {"period": "last_7_days", "time_zone": "UTC", "by": "day, campaign", "file_csv": "1", "file_xlsx": "1"}


def test_a_person_keeps_changes_schedules_and_deletes_a_report_on_pages(admin: Admin) -> None:
    mei = admin.as_("mei")
    page = mei.get(
        "/reports", params={"since": "2026-03-01", "until": "2026-03-05", "by": "day", "filter": "campaign=k1"}
    )
    found = re.search(r'href="(/reports/saved/new\?[^"]+)"', page.text)
    assert found is not None
    form = mei.get(unescape(found[1])).text
    assert 'value="2026-03-01"' in form and "campaign=k1" in form and 'value="fixed" selected' in form
    told = {"form_token": mei.token, "once": "x1"}
    wrong = mei.post("/reports/saved/new", data=told | FORM | {"name": "Mine", "filters": "device=phone"})
    assert wrong.status_code == 422 and "not cut by this" in wrong.text and 'value="Mine"' in wrong.text
    for language, line in (("en", "needs both days"), ("zh", "须填写起止两个日期")):
        for days in ({}, {"since": "2026-03-01"}):
            lacking = told | FORM | {"name": "Mine", "period": "fixed"} | days
            wrong = mei.post("/reports/saved/new", data=lacking, headers={"accept-language": language})
            assert wrong.status_code == 422 and line in wrong.text and "is no day" not in wrong.text
    made = mei.post("/reports/saved/new", data=told | FORM | {"name": "Mine", "filters": "campaign=k1"})
    path = made.headers["location"].partition("?")[0]
    html = mei.get(path).text
    assert "Mine" in html and "CSV" in html and "XLSX" in html and "PDF" not in html.split("<section")[1]
    assert "question</span> period: last_7_days;" in html and "{&#39;" not in html
    link = re.search(r'<a class="button main" href="([^"]+)"', html)
    assert link is not None and "Spring 1" in mei.get(unescape(link[1])).text
    etag = re.search(r'name="etag" value="([^"]+)"', html)
    assert etag is not None
    changed = told | FORM | {"name": "Ours", "is_shared": "1", "etag": unescape(etag[1])}
    assert mei.post(f"{path}/edit", data=changed).status_code == 303
    assert "by: day, campaign" in mei.get(path).text
    late = mei.post(f"{path}/edit", data=changed | {"name": "Late"})
    assert late.status_code == 412 and "Somebody changed it" in late.text
    when = {"every": "month", "hour": "8", "day": "31", "send_zone": "Asia/Shanghai", "file": "csv"}
    refused = mei.post(f"{path}/schedules", data=told | when | {"webhook": "http://hook.example/"})
    assert refused.status_code == 422 and "without TLS" in refused.text and 'value="Asia/Shanghai"' in refused.text
    sent = mei.post(f"{path}/schedules", data=told | when | {"webhook": "https://hook.example/"})
    secret = re.search(r"adps_[0-9a-f]{64}", sent.text)
    assert sent.status_code == 200 and secret is not None and secret[0] not in mei.get(path).text
    schedule = re.search(r"/reports/schedules/(s-[0-9a-f]+)/send", sent.text)
    assert schedule is not None
    of = f"/reports/schedules/{schedule[1]}"
    shown = mei.get(path).text
    assert all(asked_first(shown, action) for action in (f"{of}/secret", f"{of}/delete", f"{path}/delete"))
    assert mei.post(f"{of}/send", data=told).status_code == 303
    soon = mei.post(f"{of}/send", data=told | {"once": "x2"})
    assert soon.status_code == 422 and "it was sent a moment ago" in soon.text.partition("<dl")[0]
    assert "Mine" in soon.text or "Ours" in soon.text
    assert 'href="/reports/saved" aria-current="page"' in soon.text, "with everything that leads elsewhere"
    another = re.search(r"adps_[0-9a-f]{64}", mei.post(f"{of}/secret", data=told).text)
    assert another is not None and another[0] != secret[0]
    assert mei.post(f"{of}/switch", data=told | {"etag": "*"}).status_code == 303
    assert "off" in mei.get(path).text
    assert mei.post(f"{of}/delete", data=told | {"etag": "*"}).status_code == 303
    assert mei.post(f"{path}/delete", data=told | {"etag": "*"}).status_code == 303
    assert mei.get(path).status_code == 404
    said = [one["action"] for one in mei.get("/v1/audit", params={"limit": 12}).json()["items"]]
    for action in (
        "report save",
        "report change",
        "schedule add",
        "schedule change",
        "schedule remove",
        "report remove",
    ):
        assert action in said, action


def test_who_may_only_read_sees_shared_ones_and_keeps_none(admin: Admin) -> None:
    one = kept(admin.as_("anna"), is_shared=True)
    rob = admin.as_("rob")
    html = rob.get(f"/reports/saved/{one['report_id']}").text
    assert "Weekly" in html and "/schedules" not in html and "/edit" not in html
    assert rob.get("/reports/saved/new").status_code == 403
    assert rob.post("/v1/saved-reports", json=QUESTION).status_code == 403


def test_a_schedule_is_seen_by_its_owner_and_admins_and_its_webhook_stands_in_no_audit(admin: Admin) -> None:
    anna, olga, root = (admin.as_(who) for who in ("anna", "olga", "root"))
    one = kept(anna, is_shared=True)
    body = {
        "report_id": one["report_id"],
        "times": {"every": "day", "hour": 8},
        "webhook": "https://hook.example/services/T0/secret-path",
    }
    schedule = anna.post("/v1/report-schedules", json=body).json()
    path = f"/v1/report-schedules/{schedule['schedule_id']}"
    assert olga.get(path).status_code == 404 and root.get(path).status_code == 200
    assert root.patch(path, json={"webhook": "https://root.example/"}, headers=ANY).status_code == 422
    assert root.patch(path, json={"is_on": False}, headers=ANY).status_code == 200
    told = root.get("/v1/audit", params={"limit": 100}).text
    assert "hook.example" in told and "secret-path" not in told and schedule["secret"] not in told


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "http://hook.example/", "https://a.localhost/"],
)
def test_a_webhook_on_this_machine_or_without_tls_is_refused_at_once(admin: Admin, address: str) -> None:
    body = {"report_id": "r1", "times": {"every": "day", "hour": 8}, "webhook": address}
    answer = admin.as_("mei").post("/v1/report-schedules", json=body)
    assert answer.status_code == 422 and answer.json()["where"] == "webhook"


def test_so_it_is_over_postgresql(admin_over_postgres: Admin) -> None:
    test_one_that_is_not_shared_is_its_owners_and_admins_alone(admin_over_postgres)
    test_a_person_keeps_changes_schedules_and_deletes_a_report_on_pages(admin_over_postgres)


TIMES = {"every": "day", "hour": "8", "send_zone": "UTC", "file": "csv"}


def test_without_mail_the_form_of_a_schedule_says_so_and_asks_for_a_webhook_alone(admin: Admin) -> None:
    mei = admin.as_("mei")
    page = mei.get("/reports/saved/r1").text
    assert "Mail is not set up here" in page and 'name="recipients"' not in page
    assert "尚未配置邮件" in mei.get("/reports/saved/r1", headers={"accept-language": "zh"}).text
    told = {"data": TIMES | {"form_token": mei.token}}
    refused = mei.post("/reports/saved/r1/schedules", **told)
    said = re.search(r'role="alert">(.*?)</div>', refused.text)
    assert refused.status_code == 422 and said is not None
    assert (
        said[1].endswith("<code>webhook</code>: It is sent to nobody. Name a webhook.") and "recipients" not in said[1]
    )
    in_chinese = mei.post("/reports/saved/r1/schedules", **told, headers={"accept-language": "zh"})
    assert "没有发送目标，请填写 Webhook 地址" in in_chinese.text
