"""Saved reports that are sent: by a real mail server and a real web server, with their owner's rights of the moment."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap
from adplat.domain import (
    SEND_REPORT,
    Job,
    JobState,
    ManualClock,
    Role,
    SendState,
    wait_before_retry_s,
)
from adplat.flows.manage_people import change_person, disable_person
from adplat.flows.run_jobs import run_next_job
from adplat.flows.send_parts import SendParts
from adplat.flows.send_report import do_send_job
from adplat.flows.sending_rules import webhook_signature
from adplat.flows.watch_reports import watch_reports
from adplat.storage import SqlJobs
from services.hosting.jobs import do_due_jobs
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.outside import Hook, MailBox, a_certificate, a_mail_server, a_web_server
from tests.services.admin.test_statements_of_pages import counting

DAILY = {"every": "day", "hour": 8, "time_zone": "Asia/Shanghai"}


@dataclass
class Post:
    """An admin, its worker, and a clock that both look at."""

    admin: Admin
    box: MailBox
    hook: Hook
    sends: SendParts
    jobs: SqlJobs
    clock: ManualClock

    def work(self) -> list[Job]:
        """One look, and all that is due then."""
        watch_reports(self.sends.sends, self.clock)
        done = []
        handlers = {SEND_REPORT: lambda job, tell: do_send_job(self.sends, job, tell)}
        while (job := run_next_job(self.jobs, handlers, "w1", self.clock, lease_s=30.0)) is not None:
            done.append(self.jobs.find(job.job_id))
        return done

    def sleep(self) -> None:
        """To the first hour of tomorrow, whatever it is now: reports are due at midnight, and retries take hours."""
        now = self.clock.now()
        morning = datetime.combine(now.date() + timedelta(days=1), time(1), UTC)
        self.clock.advance((morning - now).total_seconds())

    def a_day_later(self) -> list[Job]:
        self.sleep()
        return self.work()


@pytest.fixture
def post(made_workspace: Path, tmp_path: Path) -> Iterator[Post]:
    folder = tmp_path / "ws"
    shutil.copytree(made_workspace, folder)
    with a_mail_server() as box, a_web_server() as hook:
        told = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none", "webhook_local": True}
        settings = bootstrap.read_settings(
            workspace=folder, actor="setup", smtp_from="reports@adplat.example", admin_url="https://ads.example", **told
        )
        admin = Admin(settings)
        clock = ManualClock(datetime.now(UTC))
        with (
            admin.nobody(),
            closing(bootstrap.open_database(settings)) as database,
            bootstrap.opened_report_sends(settings) as sends,
        ):
            yield Post(admin, box, hook, replace(sends, clock=clock), SqlJobs(database), clock)


def scheduled(somebody: Somebody, **told: Any) -> dict[str, Any]:
    body = {"report_id": "r1", "times": DAILY} | told
    made = somebody.post("/v1/report-schedules", json=body)
    assert made.status_code == 201, made.text
    return dict(made.json())


def story(somebody: Somebody, schedule: dict[str, Any]) -> dict[str, Any]:
    return dict(somebody.get(f"/v1/report-schedules/{schedule['schedule_id']}").json())


def test_mail_arrives_once_for_each_recipient_and_day_with_the_file_and_the_owners_rows_alone(post: Post) -> None:
    mei = post.admin.as_("mei")
    one = scheduled(mei, recipients=["li@tea.example", "wang@tea.example"], language="zh")
    assert post.work() == [], "nothing is due yet"
    [job] = post.a_day_later()
    assert job.state is JobState.DONE and job.result is not None and job.result["state"] == "sent"
    assert post.work() == [] and sorted(post.box.recipients) == ["li@tea.example", "wang@tea.example"]
    letter = post.box.letters[0]
    assert letter["Subject"].startswith("报表：Weekly a1") and letter["From"] == "reports@adplat.example"
    first, last = (datetime.fromisoformat(one) for one in re.findall(r"[\d-]{10}", letter["Subject"]))
    assert last - first == timedelta(days=6), "of seven days the last one is told"
    text, file = letter.get_body(("plain",)), next(letter.iter_attachments())
    assert text is not None and "https://ads.example/reports/saved/r1" in text.get_content()
    content = file.get_content()
    assert (file.get_filename() or "").startswith("adplat-report_") and file.get_content_type() == "text/csv"
    rows = content if isinstance(content, str) else content.decode("utf-8-sig")
    assert "k1,Spring 1" in rows and "k2" not in rows and "# asked by,mei" in rows
    told = story(mei, one)
    assert (told["state"], len(told["sends"])) == ("sent", 2) and told["sends"][0]["rows"] == 1
    due = datetime.fromisoformat(told["sends"][0]["due"])
    assert (due.hour, due.minute) == (0, 0), "eight o'clock in Shanghai"
    [entry] = mei.get("/v1/audit", params={"filter": "action=report send"}).json()["items"]
    assert entry["kind"] == "job" and entry["detail"]["owner"] == "mei"
    assert entry["detail"]["sha256"] == told["sends"][0]["sha256"]
    post.a_day_later()
    assert len(post.box.letters) == 4
    assert len({one["Message-ID"] for one in post.box.letters}) == 4


def test_what_a_target_took_is_not_sent_to_it_again_when_another_one_waits(post: Post) -> None:
    mei = post.admin.as_("mei")
    post.box.answers = {"slow@tea.example": ["451 later"] * 2, "gone@tea.example": ["550 no such user"]}
    one = scheduled(mei, recipients=["li@tea.example", "slow@tea.example", "gone@tea.example"])
    [first] = post.a_day_later()
    assert first.state is JobState.QUEUED and "451 later" in first.error
    assert story(mei, one)["state"] == "retrying" and post.box.recipients == ["li@tea.example"]
    post.box.answers["gone@tea.example"] = ["550 no such user"] * 3
    for attempt in (1, 2):
        post.clock.advance(wait_before_retry_s(attempt) + 0.001)
        [again] = post.work()
    assert again.state is JobState.DONE and again.result is not None
    assert sorted(post.box.recipients) == ["li@tea.example", "slow@tea.example"]
    told = story(mei, one)
    assert told["state"] == "partly" and "550 no such user" in told["told"]


def test_a_mail_server_that_stays_away_is_given_up_in_the_end(post: Post) -> None:
    mei = post.admin.as_("mei")
    one = scheduled(mei, recipients=["li@tea.example"])
    post.box.answers = {"li@tea.example": ["451 later"] * 99}
    [job] = post.a_day_later()
    while job.state is JobState.QUEUED:
        post.clock.advance(601.0)
        [job] = post.work()
    assert (job.state, job.attempts) == (JobState.FAILED, 10)
    assert story(mei, one)["state"] == "failed" and post.box.letters == []


def test_a_worker_that_was_killed_after_sending_sends_no_second_time(post: Post) -> None:
    scheduled(post.admin.as_("mei"), recipients=["li@tea.example"], webhook=post.hook.address)
    post.sleep()
    watch_reports(post.sends.sends, post.clock)
    job = post.jobs.take([SEND_REPORT], "w0", post.clock.now(), 30.0)
    assert job is not None
    do_send_job(post.sends, job, lambda _: None)  # and is killed before it can say so
    post.clock.advance(31.0)
    [again] = post.work()
    assert (again.attempts, again.state) == (2, JobState.DONE)
    assert len(post.box.letters) == len(post.hook.posts) == 1


def test_a_webhook_gets_the_document_signed_with_a_secret_that_is_told_once(post: Post) -> None:
    mei = post.admin.as_("mei")
    one = scheduled(mei, webhook=post.hook.address)
    assert one["secret"].startswith("adps_") and "secret" not in story(mei, one)
    post.a_day_later()
    [(_, headers, body)] = post.hook.posts
    assert json.loads(body)["rows"][0]["campaign"] == "k1" and headers["content-type"] == "application/json"
    signed = f"{headers['adplat-timestamp']}.".encode() + body
    hmac_of = hmac.new(one["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert headers["adplat-signature"] == f"sha256={hmac_of}"
    again = mei.post(f"/v1/report-schedules/{one['schedule_id']}/secret").json()
    assert again["secret"] != one["secret"] and again["secret_number"] == 2
    post.a_day_later()
    _, headers, body = post.hook.posts[1]
    assert headers["adplat-signature"] == webhook_signature(again["secret"], int(headers["adplat-timestamp"]), body)


def test_a_webhook_may_get_the_file_itself(post: Post) -> None:
    scheduled(post.admin.as_("mei"), webhook=post.hook.address, body="file", file="xlsx")
    post.a_day_later()
    [(_, headers, body)] = post.hook.posts
    assert body.startswith(b"PK") and headers["content-disposition"].endswith('.xlsx"')


def test_a_redirect_is_not_followed_and_a_refusal_is_not_tried_again(post: Post) -> None:
    mei = post.admin.as_("mei")
    post.hook.statuses, post.hook.location = [302, 410], "http://169.254.169.254/latest"
    one = scheduled(mei, webhook=post.hook.address)
    [job] = post.a_day_later()
    assert job.state is JobState.DONE and story(mei, one)["state"] == "failed"
    assert "sends elsewhere" in story(mei, one)["told"] and len(post.hook.posts) == 1
    post.a_day_later()
    assert "answers 410" in story(mei, one)["told"] and len(post.hook.posts) == 2


def test_whoever_is_disabled_or_may_less_now_sends_nothing_and_is_told_why(post: Post) -> None:
    anna = post.admin.as_("anna")
    saved = anna.post("/v1/saved-reports", json={"name": "All", "period": "yesterday", "by": ["campaign"]}).json()
    one = scheduled(anna, report_id=saved["report_id"], recipients=["anna@tea.example"])
    mine = scheduled(post.admin.as_("mei"), recipients=["mei@tea.example"])
    with bootstrap.opened_people(post.admin.settings) as people:
        change_person(people, "anna", role=Role.READ_ONLY, advertisers=None)
        disable_person(people, "mei")
    jobs = post.a_day_later()
    assert {job.state for job in jobs} == {JobState.DONE} and post.box.letters == []
    root = post.admin.as_("root")
    assert story(root, mine)["state"] == story(root, one)["state"] == "not_allowed"
    assert "disabled" in story(root, mine)["told"] and "export reports" in story(root, one)["told"]
    with bootstrap.opened_people(post.admin.settings) as people:
        change_person(people, "anna", role=Role.ADVERTISER, advertisers=frozenset({"a2"}))
    post.a_day_later()
    assert post.box.letters == [], "the staff's report is not an advertiser's"
    assert "no saved report" in story(root, one)["told"]


def test_a_schedule_sends_what_its_owner_sees_at_that_moment(post: Post) -> None:
    anna, mei = post.admin.as_("anna"), post.admin.as_("mei")
    assert mei.patch("/v1/saved-reports/r1", json={"is_shared": True}, headers={"if-match": "*"}).status_code == 200
    scheduled(anna, webhook=post.hook.address)
    post.a_day_later()
    with bootstrap.opened_people(post.admin.settings) as people:
        change_person(people, "anna", role=Role.ADVERTISER, advertisers=frozenset({"a1"}))
    post.a_day_later()
    seen = [{row["campaign"] for row in json.loads(body)["rows"]} for _, _, body in post.hook.posts]
    assert seen == [{"k1", "k2"}, {"k1"}]


def test_a_key_has_no_more_sent_to_it_than_it_sees_itself(post: Post) -> None:
    root = post.admin.as_("root")
    rights = ["see reports", "save reports", "export reports"]
    key = root.post("/v1/keys", json={"name": "k", "rights": rights, "days": 1, "advertisers": ["a1"]}).json()["secret"]
    told = {"authorization": f"Bearer {key}"}
    client = post.admin.nobody()
    body = {"name": "Mine", "period": "last_7_days", "by": ["campaign"]}
    saved = client.post("/v1/saved-reports", json=body, headers=told).json()
    assert saved["advertiser_id"] == "a1"
    wanted = {"report_id": saved["report_id"], "times": DAILY, "webhook": post.hook.address}
    assert client.post("/v1/report-schedules", json=wanted, headers=told).status_code == 201
    post.a_day_later()
    [(_, _, sent)] = post.hook.posts
    assert {row["campaign"] for row in json.loads(sent)["rows"]} == {"k1"}


def test_by_hand_it_is_sent_once_for_each_key_and_not_again_within_a_minute(post: Post) -> None:
    mei = post.admin.as_("mei")
    one = scheduled(mei, webhook=post.hook.address)
    path = f"/v1/report-schedules/{one['schedule_id']}/send"
    jobs = [mei.post(path, headers={"idempotency-key": "one"}) for _ in range(2)]
    assert [job.status_code for job in jobs] == [202, 202] and jobs[0].json()["job_id"] == jobs[1].json()["job_id"]
    assert mei.post(path).status_code == 422
    post.clock.advance(5.0)
    [job] = post.work()
    assert job.state is JobState.DONE and len(post.hook.posts) == 1
    assert post.admin.as_("root").post(path).status_code == 422, "nobody sends in another one's name"


def test_one_that_is_switched_off_or_deleted_sends_nothing(post: Post) -> None:
    mei = post.admin.as_("mei")
    off, gone = (scheduled(mei, webhook=post.hook.address) for _ in range(2))
    path = f"/v1/report-schedules/{off['schedule_id']}"
    assert mei.patch(path, json={"is_on": False}, headers={"if-match": "*"}).json()["next_at"] is None
    post.sleep()
    watch_reports(post.sends.sends, post.clock)  # it is ordered, and deleted before it begins
    assert mei.ask("DELETE", "/v1/saved-reports/r1", headers={"if-match": "*"}).status_code == 204
    assert [job.result for job in post.work()] == [{"state": "gone"}]
    assert post.hook.posts == [] and mei.get(path).status_code == 404 and gone["schedule_id"]


def test_a_reports_history_tells_of_its_schedules_in_order_also_of_one_that_is_gone(post: Post) -> None:
    mei = post.admin.as_("mei")
    other = mei.post("/v1/saved-reports", json={"name": "Other", "period": "last_7_days"}).json()["report_id"]
    elsewhere = scheduled(mei, report_id=other, webhook=post.hook.address)["schedule_id"]
    one, gone = (scheduled(mei, webhook=post.hook.address)["schedule_id"] for _ in range(2))
    ask = {"if-match": "*"}
    assert mei.patch(f"/v1/report-schedules/{gone}", json={"is_on": False}, headers=ask).status_code == 200
    assert mei.ask("DELETE", f"/v1/report-schedules/{gone}", headers=ask).status_code == 204
    post.a_day_later()

    def history(somebody: Somebody) -> list[tuple[str, str]]:
        _, _, section = somebody.get("/reports/saved/r1").text.partition('aria-labelledby="trail"')
        return re.findall(r'<td class="deed">([^<]+?)(?: <span class="quiet">([\w-]+)</span>)?</td>', section)

    assert history(mei) == [
        ("Report sent", ""),
        ("Schedule removed", gone),
        ("Schedule changed", gone),
        ("Schedule added", gone),
        ("Schedule added", one),
        ("Schedule added", ""),  # of the workspace that this begins with, told of the report itself
        ("Report saved", ""),
    ]
    assert elsewhere not in str(history(mei))


def test_schedules_cost_the_history_of_their_report_no_question_more(post: Post) -> None:
    mei = post.admin.as_("mei")

    def asked() -> int:
        with counting() as heard:
            assert mei.get("/reports/saved/r1").status_code == 200
        return len(heard.statements)

    scheduled(mei, webhook=post.hook.address)
    few = asked()
    for _ in range(4):
        scheduled(mei, webhook=post.hook.address)
    assert asked() == few


def test_days_that_were_missed_are_sent_each_for_itself_and_those_of_long_ago_left_out(post: Post) -> None:
    scheduled(post.admin.as_("mei"), webhook=post.hook.address)
    post.clock.advance(3 * 86_400.0)
    assert len(post.work()) == 3
    days = [json.loads(body)["until"] for _, _, body in post.hook.posts]
    assert len(set(days)) == 3 and days == sorted(days)
    post.clock.advance(60 * 86_400.0)
    assert len(post.work()) == 7 and post.work() == []


def test_the_worker_does_it_with_its_own_parts(post: Post) -> None:
    mei = post.admin.as_("mei")
    one = scheduled(mei, recipients=["li@tea.example"])
    assert mei.post(f"/v1/report-schedules/{one['schedule_id']}/send").status_code == 202
    told: list[str] = []
    assert do_due_jobs(post.admin.settings, told.append) >= 1
    assert any("send-report" in line and "done" in line for line in told), told
    assert len(post.box.letters) == 1


def test_mail_goes_over_tls_with_a_name_and_a_password(post: Post, tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    mei = post.admin.as_("mei")
    one = scheduled(mei, recipients=["li@tea.example"])
    with a_mail_server(certificate, signs_in=True) as box:
        told = {"smtp_host": "localhost", "smtp_port": box.port, "smtp_user": "adplat", "smtp_password": "a secret"}
        settings = post.admin.settings.model_copy(update=told | {"smtp_security": "starttls"})
        for update, state in (
            ({}, SendState.RETRYING),  # nobody trusts its certificate
            ({"smtp_ca": str(certificate), "smtp_password": "another"}, SendState.RETRYING),
            ({"smtp_ca": str(certificate)}, SendState.SENT),
        ):
            with bootstrap.opened_report_sends(settings.model_copy(update=update)) as sends:
                post.sends = replace(sends, clock=post.clock)
                if update:
                    post.clock.advance(601.0)
                else:
                    post.sleep()
                post.work()
            assert story(mei, one)["state"] == state.value, (update, story(mei, one)["told"])
        assert len(box.letters) == 1 and "a secret" not in json.dumps(story(mei, one))


@pytest.mark.parametrize(
    "address",
    [
        "li@tea.example\nBcc: all@tea.example",
        "li@tea.example\r\nSubject: x",
        "li@tea.example, wang@tea.example",
        "Li <li@tea.example>",
        "li",
        "@tea.example",
        "li@",
        "li@tea",
        "li@-tea.example",
        '"a b"@tea.example',
        "li@tea.example\x00",
        "李@茶.example",
        "a" * 65 + "@tea.example",
    ],
)
def test_what_is_no_address_is_refused(post: Post, address: str) -> None:
    body = {"report_id": "r1", "times": DAILY, "recipients": [address]}
    answer = post.admin.as_("mei").post("/v1/report-schedules", json=body)
    assert answer.status_code == 422 and answer.json()["where"] == "recipients"


def test_a_name_with_line_ends_is_refused_and_a_formula_in_it_stays_a_text(post: Post) -> None:
    mei = post.admin.as_("mei")
    changed = {"if-match": "*"}
    assert mei.patch("/v1/saved-reports/r1", json={"name": "x\r\nBcc: y@z.example"}, headers=changed).status_code == 422
    assert mei.patch("/v1/saved-reports/r1", json={"name": "=cmd|' /C calc'!A0"}, headers=changed).status_code == 200
    scheduled(mei, recipients=["li@tea.example"])
    post.a_day_later()
    [letter] = post.box.letters
    content = next(letter.iter_attachments()).get_content()
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    assert letter["Bcc"] is None and letter["Subject"].startswith("Report: =cmd") and ",'=cmd" in text


def test_mail_goes_where_the_operator_lets_it_go(post: Post) -> None:
    settings = post.admin.settings.model_copy(update={"smtp_domains": "tea.example, ink.example"})
    rules = bootstrap.sending_rules(settings)
    assert rules.domains == {"tea.example", "ink.example"}
    other = Admin(settings)
    with other.nobody():
        mei = other.as_("mei")
        body = {"report_id": "r1", "times": DAILY, "recipients": ["eve@evil.example"]}
        assert mei.post("/v1/report-schedules", json=body).status_code == 422
    without = Admin(post.admin.settings.model_copy(update={"smtp_host": ""}))
    with without.nobody():
        answer = without.as_("mei").post("/v1/report-schedules", json=body | {"recipients": ["li@tea.example"]})
        assert answer.status_code == 422 and "no mail server" in answer.json()["detail"]


def test_with_mail_the_form_of_a_schedule_asks_for_an_address_or_a_webhook(post: Post) -> None:
    mei = post.admin.as_("mei")
    page = mei.get("/reports/saved/r1").text
    assert 'name="recipients"' in page and "Mail is not set up" not in page
    told = {"every": "day", "hour": "8", "send_zone": "UTC", "file": "csv", "form_token": mei.token}
    refused = mei.post("/reports/saved/r1/schedules", data=told)
    assert refused.status_code == 422
    assert "<code>recipients</code>: It is sent to nobody. Name an address or a webhook." in refused.text
