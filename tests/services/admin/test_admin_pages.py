"""What people do in pages: sign in, look, create, change, decide; in both languages, and nothing inline."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from services.admin import routers
from services.admin.forms import Form, _of_parts
from services.admin.rendering import plain_money
from services.admin.wording import language_of
from tests.services.admin.admins import WORDS, Admin, Somebody, a_picture
from tests.services.admin.test_people_pages import POSTED as OF_PEOPLE

PAGES = [
    "/",
    "/campaigns",
    "/campaigns/k1",
    "/campaigns/k1/edit",
    "/campaigns/new",
    "/advertisers/new",
    "/campaigns/k1?by=day&then=placement",
    "/forecasts",
    "/forecasts/f1",
    "/forecasts/new",
    "/forecasts/coverage",
    "/alerts",
    "/creatives",
    "/creatives/c1",
    "/creatives/new",
    "/creatives/queue",
    "/drafts",
    "/drafts/new?campaign=k1",
    "/drafts/d1",
    "/creatives?campaign=k1&size=300x250&order=-headline",
    "/campaigns/k1/creatives?elements=1",
    "/reports",
    "/reports?by=campaign&by=creative",
    "/experiments",
    "/experiments/e1",
    "/audit",
    "/audit?kind=person&since=2026-01-01&subject=k1",
    "/jobs",
    "/jobs/1",
    "/me",
    "/people",
    "/people?role=advertiser&state=enabled&name=mei",
    "/people/new",
    "/people/mei",
    "/callers",
    "/callers/new",
]
FIELDS = {
    "advertiser_id": "a1",
    "name": "Summer <b>tea</b>",
    "flight_start": "2027-06-01T00:00",
    "flight_end": "",
    "time_zone": "Asia/Shanghai",
    "daily": "12.50",
    "total": "",
    "kind": "max_cpc",
    "target": "0.3",
    "countries": "CN, SG",
}


def sent(somebody: Somebody, path: str, **told: Any) -> Any:
    files = told.pop("files", None)
    return somebody.post(path, data={"form_token": somebody.token} | told, files=files)


def field(html: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', html)[1])  # type: ignore[index]


def all_routes(admin: Admin) -> list[APIRoute]:
    return [one for router in routers.PAGES for one in router.routes]  # type: ignore[misc]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_in_both_languages_with_nothing_inline_and_nothing_from_elsewhere(
    admin: Admin, path: str, language: str
) -> None:
    told = admin.as_("root").get(path, headers={"accept-language": language})
    assert told.status_code == 200 and f'lang="{"zh-Hans" if language == "zh-CN" else "en"}"' in told.text
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]* src=\"/static/)|javascript:", told.text)
    assert not re.findall(r'(?:src|href|action)="(?!/|#)[^"]*"', told.text)
    assert len(re.findall("<h1", told.text)) == 1
    inputs = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', told.text)
    assert all(f'for="{one}"' in told.text for one in inputs)


def test_who_is_not_signed_in_is_sent_to_the_door_and_comes_in_by_the_form(admin: Admin) -> None:
    client = admin.nobody()
    assert client.get("/campaigns/k1", follow_redirects=False).headers["location"] == "/sign-in"
    wrong = client.post("/sign-in", data={"user_id": "mei", "password": "no"})
    assert wrong.status_code == 401 and "is wrong" in wrong.text and 'value="mei"' in wrong.text
    there = client.post("/sign-in", data={"user_id": "mei", "password": WORDS})
    assert there.status_code == 200 and "Spring 1" in there.text and "Spring 2" not in there.text
    elsewhere = {"origin": "http://evil.example"}
    assert client.post("/sign-in", data={"user_id": "mei", "password": WORDS}, headers=elsewhere).status_code == 403


def test_a_campaign_is_created_by_its_form_and_told_in_the_audit(admin: Admin) -> None:
    mei = admin.as_("mei")
    once = field(mei.get("/campaigns/new").text, "once")
    there = [sent(mei, "/campaigns/new", **FIELDS, once=once).headers["location"] for _ in range(2)]
    assert there[0] == there[1]  # pressed twice, made once
    page = mei.get(there[0].partition("?")[0]).text
    assert "Summer &lt;b&gt;tea&lt;/b&gt;" in page and "CNY 12.50" in page and "CN, SG" in page
    assert "campaign create" in mei.get("/audit").text


def test_what_is_wrong_is_said_above_the_form_which_keeps_what_was_written(admin: Admin) -> None:
    mei = admin.as_("mei")
    told = sent(mei, "/campaigns/new", **FIELDS | {"daily": "a lot"}, once="x")
    assert told.status_code == 422 and "is no amount" in told.text and 'value="a lot"' in told.text
    colon = sent(mei, "/campaigns/new", **FIELDS | {"daily": ":0x"}, once="x")
    assert colon.status_code == 422 and "&#39;:0x&#39; is no amount" in colon.text  # no word of ours
    assert sent(mei, "/campaigns/new", **FIELDS | {"advertiser_id": "a2"}).status_code == 404


def test_saving_a_form_changes_what_it_has_and_keeps_the_rest(admin: Admin) -> None:
    mei = admin.as_("mei")
    admin.as_("olga").patch(
        "/v1/campaigns/k1",
        json={"targeting": {"hours_of_week": [3]}, "frequency_caps": [{"limit": 2, "window_s": 60}]},
        headers={"if-match": "*"},
    )
    before = mei.get("/v1/campaigns/k1").json()
    html = mei.get("/campaigns/k1/edit").text
    names = re.findall(r'<input id="(\w+)"', html)
    fields = {name: field(html.replace(f'id="{name}" name="{name}" type="datetime-local"', f'name="{name}"').replace(
        f'id="{name}" name="{name}" type="text"', f'name="{name}"'), name) for name in names}  # fmt: skip
    fields |= {"etag": field(html, "etag"), "kind": "max_cpc"}
    assert sent(mei, "/campaigns/k1/edit", **fields).status_code == 303
    assert mei.get("/v1/campaigns/k1").json() == before
    assert sent(mei, "/campaigns/k1/edit", **fields | {"name": "Renamed"}).status_code == 303
    assert mei.get("/v1/campaigns/k1").json() == before | {"name": "Renamed"}
    late = sent(mei, "/campaigns/k1/edit", **fields | {"name": "Late"})
    assert late.status_code == 412 and "Renamed" in late.text and "since you opened" in late.text
    # A form that stands on a page of its own: the way back leads there.
    step = sent(mei, "/campaigns/k1/status", status="scheduled", etag=fields["etag"])
    assert step.status_code == 412 and "since you opened" in step.text
    assert not re.search("412<|If-Match", step.text) and '<a class="button" href="/campaigns">' in step.text
    unseen = sent(mei, "/campaigns/k1/status", status="scheduled")
    assert unseen.status_code == 428 and "Open the page again" in unseen.text and "If-Match" not in unseen.text


def test_a_form_without_the_token_of_its_session_changes_nothing(admin: Admin) -> None:
    mei = admin.as_("mei")
    for path in ("/campaigns/new", "/campaigns/k1/edit", "/campaigns/k1/status", "/campaigns/k1/ads", "/creatives/new",
                 "/campaigns/bulk", "/campaigns/k1/copy", "/forecasts/preview", "/forecasts/new"):  # fmt: skip
        for token in ({}, {"form_token": "0" * 64}):
            assert mei.post(path, data=FIELDS | token).status_code == 403, path


def test_an_upload_by_form_is_reviewed_shown_and_approved_by_somebody_else(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    told = sent(
        mei,
        "/creatives/new",
        ad_id="ad1",
        placement="iab_300x250",
        headline="Green tea",
        files={"picture": ("a.png", a_picture(), "image/png")},
    )
    assert told.status_code == 303, told.text
    path = told.headers["location"].partition("?")[0]
    assert mei.get(f"{path}/picture").content == a_picture()
    assert "Approve" not in mei.get(path).text
    assert sent(mei, f"{path}/decide", decision="approve", reason="mine").status_code == 403
    page = olga.get(path).text
    done = sent(olga, f"{path}/decide", decision="approve", reason="fine", etag=field(page, "etag"))
    assert done.status_code == 303 and ">approved<" in olga.get(path).text
    assert sent(olga, "/drafts/d1/decide", decision="reject", reason="no").status_code == 303
    assert sent(olga, "/drafts/d2/decide", decision="burn", reason="no").status_code == 422


POSTED = {
    "/sign-in": 401,
    "/sign-out": 303,
    "/advertisers/new": 422,
    "/campaigns/new": 404,
    "/campaigns/k1/edit": 428,
    "/campaigns/k1/status": 422,
    "/campaigns/k1/ads": 422,
    "/campaigns/k1/copy": 303,
    "/campaigns/bulk": 422,
    "/forecasts/preview": 404,
    "/forecasts/new": 404,
    "/creatives/new": 404,
    "/creatives/c1/decide": 422,
    "/creatives/c1/status": 422,
    "/creatives/queue/approve": 422,
    "/drafts/new": 422,
    "/drafts/orders/999/cancel": 404,
    "/drafts/release": 422,
    "/drafts/d1/decide": 422,
    "/experiments/new": 422,
    "/experiments/plan": 200,
    "/experiments/e1/start": 422,
    "/reports/saved/new": 422,
    "/reports/saved/none/delete": 404,
    "/reports/saved/none/edit": 404,
    "/reports/saved/none/schedules": 404,
    "/reports/schedules/none/delete": 404,
    "/reports/schedules/none/secret": 404,
    "/reports/schedules/none/send": 404,
    "/reports/schedules/none/switch": 404,
    "/rollouts/new": 422,
}


def test_an_empty_form_and_one_of_rubbish_are_refused_and_never_a_fault(admin: Admin) -> None:
    for path, status in sorted(POSTED.items(), reverse=True):
        olga = admin.as_("olga")
        assert sent(olga, path).status_code == status, path
        names = [*FIELDS, "etag", "reason", "decision", "status", "ad_id", "placement"]
        rubbish = dict.fromkeys(names, "\x00\ud7ff🫖" * 99)
        if path not in {"/sign-out", "/campaigns/k1/copy", "/experiments/plan"}:
            assert 400 <= sent(olga, path, **rubbish).status_code < 500, path
            for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain; charset=x", ""):
                told = olga.post(path, content=b"\xff\x00--x", headers={"content-type": kind})
                assert 400 <= told.status_code < 500, (path, kind)


def test_every_address_that_takes_a_form_is_tried_above(admin: Admin) -> None:
    posts = set(POSTED) | set(OF_PEOPLE)
    paths = {path.path for path in all_routes(admin) if "POST" in path.methods and not path.path.startswith("/v1")}
    ids = re.compile(r"\{\w+\}|\b([ckde]1|adp_1|none|rob|999|start)\b")
    assert {ids.sub("ID", one) for one in paths} == {ids.sub("ID", one) for one in posts}


def test_an_advertisers_pages_of_another_are_not_there(admin: Admin) -> None:
    mei = admin.as_("mei")
    for path in ("/campaigns/k2", "/campaigns/k2/edit", "/creatives/c2", "/creatives/c2/picture", "/drafts/d2/picture",
                 "/experiments/e2"):  # fmt: skip
        assert mei.get(path).status_code == 404 == mei.get(path.replace("2", "9")).status_code
    for path in ("/campaigns/k2/edit", "/campaigns/k2/status", "/campaigns/k2/ads"):
        told = {**FIELDS, "status": "paused", "landing_url": "https://tea.example", "etag": "*"}
        assert sent(mei, path, **told).status_code == 404


def test_a_language_is_chosen_for_good_and_leads_nowhere_else(admin: Admin) -> None:
    client = admin.nobody()
    told = client.get("/language/zh?back=/sign-in", follow_redirects=False)
    assert told.headers["location"] == "/sign-in" and "登录" in client.get("/sign-in").text
    for back in ("//evil.example", "https://evil.example", "/\\evil.example"):
        there = client.get("/language/en", params={"back": back}, follow_redirects=False)
        assert there.headers["location"] == "/"


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [("zh", "en", "zh"), ("", "zh-CN,en;q=0.5", "zh"), ("", "en;q=0.2, zh;q=0.1", "en"), ("xx", "fr;q=oops", "en")],
)
def test_the_language_is_the_chosen_one_or_the_best_liked(chosen: str, accepted: str, language: str) -> None:
    assert language_of(chosen, accepted) == language


@given(st.binary(max_size=400), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_a_file_of_a_form_comes_through_byte_for_byte(content: bytes, word: str) -> None:
    edge = "-----edge-that-is-long-enough"
    head = f'--{edge}\r\ncontent-disposition: form-data; name="word"\r\n\r\n{word}\r\n--{edge}\r\n'
    head += 'content-disposition: form-data; name="picture"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    form = _of_parts(f"multipart/form-data; boundary={edge}", body)
    assert (form.content, form.fields) == (content, {"word": word})


def test_a_long_detail_of_the_audit_is_folded_up(admin: Admin) -> None:
    olga = admin.as_("olga")
    assert olga.post("/v1/drafts/d1/approve", json={"reason": "good " * 60}).status_code == 200
    html = admin.as_("root").get("/audit").text
    folded = re.search(r"<details><summary>(good [^<]*)…</summary>([^<]*)</details>", html)
    assert folded is not None and len(folded[1]) == 80 and folded[2].count("good") == 60


@given(st.integers(1, 10**15))
def test_no_digit_of_an_amount_is_lost_by_a_form(micros: int) -> None:
    assert Form({"daily": plain_money(micros)}).micros("daily") == micros


@pytest.mark.parametrize(
    ("posted", "stood_on", "back"),
    [
        ("/campaigns/new", "http://admin/campaigns/new", "/campaigns/new"),
        ("/campaigns/bulk", "http://admin/campaigns?status=live&done=saved", "/campaigns?status=live"),
        ("/campaigns/bulk", "http://admin/campaigns/bulk", "/campaigns"),
        ("/forecasts/preview", "http://admin/campaigns/k1/edit", "/campaigns/k1/edit"),
        ("/forecasts/preview", "", "/forecasts"),
        ("/campaigns/k1/status", "http://evil.example/campaigns?x=1", "/campaigns"),
        ("/campaigns/new", "//[", "/campaigns/new"),
        ("/audit/check", "http://admin/audit?subject=k1", "/audit?subject=k1"),
        ("/experiments/new", "http://admin/experiments/new?campaign=k1", "/experiments/new?campaign=k1"),
    ],
)
def test_the_language_of_an_answer_to_a_form_is_changed_on_the_page_the_form_stood_on(
    admin: Admin, posted: str, stood_on: str, back: str
) -> None:
    olga = admin.as_("olga")
    told = olga.post(posted, data={"form_token": olga.token, "status": "ended"}, headers={"referer": stood_on})
    link = unescape(re.search(r'class="quiet" href="(/language/zh\?back=[^"]*)"', told.text)[1])  # type: ignore[index]
    assert parse_qs(urlsplit(link).query)["back"] == [back]
    there = olga.get(link)
    assert there.headers["location"] == back and olga.get(back).status_code == 200


def test_the_language_is_changed_with_the_question_of_a_page_kept(admin: Admin) -> None:
    html = admin.as_("olga").get("/campaigns?name=a%26b&changed=2").text
    link = unescape(re.search(r'href="(/language/zh\?back=[^"]*)"', html)[1])  # type: ignore[index]
    assert parse_qs(urlsplit(link).query)["back"] == ["/campaigns?name=a%26b"]
