"""The gallery and its small pictures, the queue of what waits, many approved at once, several pictures handed in."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Engine

from adplat import bootstrap
from adplat.domain import Copy, CreativeStatus, ImageAsset
from adplat.storage import SqlCatalogue
from services.admin.thumbnails import Thumbnails
from services.admin.wording import words_in
from tests.services.admin.admins import Admin, Somebody, a_picture
from tests.storage.builders import a_creative

OF_K1 = {"ad_id": "ad1", "campaign_id": "k1", "advertiser_id": "a1"}


def sent(somebody: Somebody, path: str, **told: Any) -> Any:
    files = told.pop("files", None)
    return somebody.post(path, data={"form_token": somebody.token} | told, files=files)


def hand_in(somebody: Somebody, headline: str, **told: Any) -> str:
    image = base64.b64encode(a_picture()).decode()
    body = {"ad_id": "ad1", "placement": "iab_300x250", "headline": headline, "image": image} | told
    made = somebody.post("/v1/creatives", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["creative_id"])


def names(html: str) -> list[str]:
    return re.findall(r'<span class="name">([^<]+)</span>', html)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """What SQL is asked in the block."""
    told: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield told
    event.remove(Engine, "before_cursor_execute", hear)


def test_a_banner_with_neither_picture_nor_headline_is_held_and_both_are_named(admin: Admin) -> None:
    mei = admin.as_("mei")
    blank = {"ad_id": "ad1", "placement": "google_display_160x600", "cta": "Buy now"}
    path = sent(mei, "/creatives/new", **blank).headers["location"]
    told = mei.get(path).text
    assert "there is no picture; google_display_160x600 shows one of 160 × 600 pixels" in told
    assert "0 texts of part headline; google_display_160x600 asks for 1 at least" in told
    assert '<span class="chip hold">' in told and '<span class="chip pass">' not in told
    assert (
        "没有图片；google_display_160x600 展示 160 × 600 像素的图片"
        in mei.get(path, headers={"accept-language": "zh"}).text
    )


def test_a_small_picture_is_made_once_kept_by_the_browser_and_nobody_elses(admin: Admin) -> None:
    mei = admin.as_("mei")
    for path in ("/creatives/c1/thumbnail", "/v1/creatives/c1/thumbnail", "/drafts/d1/thumbnail",
                 "/v1/drafts/d1/thumbnail"):  # fmt: skip
        told = mei.get(path)
        assert told.headers["content-type"] == "image/webp" and told.headers["cache-control"] == "private, max-age=3600"
        with Image.open(io.BytesIO(told.content)) as small:
            assert small.size == (300, 250)
        again = mei.get(path, headers={"if-none-match": told.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        foreign, nowhere = mei.get(path.replace("1/t", "2/t")), mei.get(path.replace("1/t", "9/t"))
        assert (foreign.status_code, nowhere.status_code) == (404, 404)
    words = hand_in(mei, "Tea", placement="google_rsa", image="")
    assert mei.get(f"/creatives/{words}/thumbnail").status_code == 404


class Counted:
    """Objects that count how often they are read."""

    def __init__(self, **contents: bytes) -> None:
        self.contents, self.read = contents, 0

    def get(self, sha256: str) -> bytes:
        self.read += 1
        return self.contents[sha256]


def test_small_pictures_have_bounds_in_size_and_in_number() -> None:
    objects: Any = Counted(one=a_picture(2400, 400), two=a_picture(400, 2400, (200, 10, 10)), three=a_picture())
    kept = Thumbnails()
    for _ in range(3):
        with Image.open(io.BytesIO(kept.of(objects, "one"))) as small:
            assert small.size == (320, 53)
    assert objects.read == 1
    for name in ("two", "three"):
        kept.of(objects, name)
    assert objects.read == 3
    of_one = Thumbnails(most_bytes=1)
    for name in ("one", "one", "two", "one"):
        of_one.of(objects, name)
    assert objects.read == 3 + 3  # the second "one" alone was there


def test_the_gallery_is_narrowed_and_ordered_as_it_is_asked(admin: Admin) -> None:
    with closing(bootstrap.open_database(admin.settings)) as database:
        image = ImageAsset("0" * 64, "", 728, 90)
        made = [
            a_creative("c8", status=CreativeStatus.LIVE, image=image, copy=Copy("Zen tea"), **OF_K1),
            a_creative("c9", status=CreativeStatus.PAUSED, image=image, copy=Copy("Autumn cakes"), **OF_K1),
        ]
        SqlCatalogue(database).save([], [], [], made)
    root, mei = admin.as_("root"), admin.as_("mei")
    assert len(names(root.get("/creatives").text)) == 4 and len(names(mei.get("/creatives").text)) == 3
    assert names(root.get("/creatives?size=728x90&order=headline").text) == ["Autumn cakes", "Zen tea"]
    assert names(root.get("/creatives?size=728+×+90&order=-headline").text) == ["Zen tea", "Autumn cakes"]
    assert names(root.get("/creatives?status=live&campaign=k1").text) == ["Zen tea"]
    assert names(root.get("/creatives?headline=cakes&advertiser=a1").text) == ["Autumn cakes"]
    assert names(root.get("/creatives?advertiser=a2&status=live").text) == []
    another_s = mei.get("/creatives?advertiser=a2").text
    assert "“a2” is not understood" in another_s and names(another_s) == names(mei.get("/creatives").text)
    api = root.get("/v1/creatives", params={"filter": ["width_px=728", "height_px>=90"], "order": "headline"}).json()
    assert [one["creative_id"] for one in api["items"]] == ["c9", "c8"]
    for rubbish in ("size=%00", "size=9999999999x1", "order=body", "campaign=%00", "status=burnt", "advertiser=🫖"):
        assert root.get(f"/creatives?{rubbish}").status_code == 200, rubbish


def test_a_creative_in_the_gallery_tells_what_its_review_said(admin: Admin) -> None:
    mei = admin.as_("mei")
    hand_in(mei, "Tea")
    html = mei.get("/creatives?headline=Tea").text
    assert 'class="chip pass"' in html or 'class="chip hold"' in html


def test_what_waits_stands_in_one_queue_uploads_first_page_after_page(admin: Admin) -> None:
    root = admin.as_("root")
    first = hand_in(root, "Leaves picked by hand")
    found: list[str] = []
    cursor = ""
    for _ in range(9):
        told = root.get("/v1/queue", params={"limit": 2, "cursor": cursor}).json()
        found += [f"{one['kind']} {one['id']}" for one in told["items"]]
        cursor = told["next"] or ""
        if not cursor:
            break
    assert found == [f"creative {first}", "creative c1", "creative c2", "draft d2", "draft d1"]
    assert [one["id"] for one in root.get("/v1/queue?kind=draft&advertiser_id=a1").json()["items"]] == ["d1"]
    assert [one["id"] for one in root.get("/v1/queue?verdict=hold").json()["items"]] == []
    seen = {one["id"] for one in admin.as_("mei").get("/v1/queue").json()["items"]}
    assert seen == {first, "c1", "d1"}
    for wrong in ("creative:nonsense", "drafts", "draft:", "x:y"):
        told = root.get("/v1/queue", params={"cursor": wrong})
        assert told.status_code in {200, 422}, (wrong, told.text)
    assert root.get("/v1/queue?kind=draft&cursor=creative:").status_code == 422


def test_the_queue_costs_the_same_questions_whether_one_waits_or_twenty(admin: Admin) -> None:
    olga = admin.as_("olga")
    hand_in(olga, "Leaves picked by hand")
    olga.get("/creatives/queue")
    with counted_statements() as few:
        olga.get("/creatives/queue")
    for number in range(12):
        hand_in(olga, f"Leaf number {number}")
    with counted_statements() as many:
        html = olga.get("/creatives/queue").text
    assert html.count("/decide") == 17 and len(many) == len(few)
    with counted_statements() as gallery:
        olga.get("/creatives")
    assert len(gallery) <= len(few) + 2


def items_of(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="item" form="bulk" value="([^"]+)"', html)]


def test_those_that_passed_clean_are_approved_together_and_what_keeps_one_is_told_of_it(admin: Admin) -> None:
    olga = admin.as_("olga")
    one, two = hand_in(olga, "Leaves picked by hand"), hand_in(olga, "Grown in the shade")
    held = hand_in(olga, "The best tea in the world")
    assert olga.get(f"/v1/creatives/{held}").json()["review"]["verdict"] == "hold"
    html = olga.get("/creatives/queue").text
    items = items_of(html)
    assert {item.split(":")[1] for item in items} >= {one, two, "d1", "d2"}
    assert not any(held in item or ":c1:" in item for item in items)  # findings, or no review at all
    assert "checked" not in re.sub(r"<select.*?</select>", "", html, flags=re.DOTALL)
    assert olga.get("/creatives/queue?ticked=1").text.count(" checked") == len(items)
    # Somebody decides on one of them meanwhile, and one is named that the page does not offer.
    changed = next(item for item in items if two in item)
    decided = olga.post(f"/v1/creatives/{two}/reject", json={"reason": "no"}, headers={"if-match": "*"})
    assert decided.status_code == 200
    etag = olga.get("/v1/creatives/c1").headers["etag"]
    named = [next(item for item in items if one in item), changed, f"creative:c1:{etag}", f"draft:none:{etag}"]
    told = sent(olga, "/creatives/queue/approve", item=named, reason="clean")
    assert told.status_code == 200 and "Approved: 1 / 4" in told.text
    lines = re.findall(r"<li>.*?</li>", told.text, re.DOTALL)[:4]
    assert one in lines[0] and "Somebody changed it since you opened this page" in lines[1]
    assert "its review found something, or never was" in lines[2] and "no draft has this id" in lines[3]
    again = olga.post(
        "/creatives/queue/approve",
        data={"form_token": olga.token, "item": named, "reason": "clean"},
        headers={"accept-language": "zh"},
    )
    zh = words_in("zh")
    lines = re.findall(r"<li>.*?</li>", again.text, re.DOTALL)[:4]
    assert all(zh("changed_since_seen") in line and "lang=" not in line for line in lines[:2])
    leads = ("refused 422", "refused 404")
    assert all(f"{zh(lead)} <span lang=" in line for lead, line in zip(leads, lines[2:], strict=True))
    assert olga.get(f"/v1/creatives/{one}").json()["status"] == "approved"
    trail = olga.get("/v1/audit", params={"filter": f"subject={one}"}).json()["items"]
    assert trail[0]["action"] == "creative approved" and trail[0]["detail"]["reason"] == "clean"


def test_so_it_is_over_the_api_and_whoever_may_not_review_approves_nothing(admin: Admin) -> None:
    olga, mei = admin.as_("olga"), admin.as_("mei")
    name = hand_in(mei, "Leaves picked by hand")
    waiting = [one for one in mei.get("/v1/queue").json()["items"] if one["is_clean"]]
    assert {one["id"] for one in waiting} == {name, "d1"}
    body = {"reason": "clean", "items": [{key: one[key] for key in ("kind", "id", "etag")} for one in waiting]}
    assert mei.post("/v1/queue/approve", json=body).status_code == 403
    assert sent(mei, "/creatives/queue/approve", item=["x"], reason="y").status_code == 403
    told = olga.post("/v1/queue/approve", json=body).json()["items"]
    assert [(one["id"], one["error"]) for one in told] == [(one["id"], None) for one in waiting]
    again = olga.post("/v1/queue/approve", json=body).json()["items"]
    assert all("changed" in one["error"] for one in again)


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_after_a_decision_the_next_one_in_the_queue_is_shown_and_nothing_elsewhere(admin: Admin, back: str) -> None:
    olga = admin.as_("olga")
    one = hand_in(olga, "Leaves picked by hand")
    html = olga.get("/creatives/queue?kind=creative").text
    card = html.partition(f'action="/creatives/{one}/decide"')[2].partition("</form>")[0]
    told = dict(re.findall(r'name="(\w+)" value="([^"]*)"', card))
    fields = {name: unescape(value) for name, value in told.items()} | {"decision": "reject", "reason": "no"}
    assert fields["back"] == "/creatives/queue?kind=creative#w1"
    gone = sent(olga, f"/creatives/{one}/decide", **fields)
    assert gone.headers["location"] == "/creatives/queue?kind=creative&done=rejected#w1"
    etag = olga.get("/v1/creatives/c1").headers["etag"]
    there = sent(olga, "/creatives/c1/decide", decision="reject", reason="no", etag=etag, back=back)
    assert there.headers["location"] == "/creatives/queue?done=rejected"


def test_a_draft_that_changed_since_it_was_seen_is_not_decided_by_its_form(admin: Admin) -> None:
    olga = admin.as_("olga")
    html = olga.get("/drafts/d1").text
    etag = unescape(re.search(r'name="etag" value="([^"]*)"', html)[1])  # type: ignore[index]
    olga.post("/v1/drafts/d1/reject", json={"reason": "no"})
    for language in ("en", "zh"):
        told = {"form_token": olga.token, "decision": "approve", "reason": "yes", "etag": etag}
        late = olga.post("/drafts/d1/decide", data=told, headers={"accept-language": language})
        assert late.status_code == 412 and f": {words_in(language)('changed_since_seen')}</div>" in late.text
        assert "If-Match" not in late.text and 'class="chip rejected"' in late.text


def test_several_pictures_are_handed_in_at_once_and_a_file_that_lies_keeps_no_other(admin: Admin) -> None:
    mei = admin.as_("mei")
    files = [
        ("picture", ("one.png", a_picture(), "image/png")),
        ("picture", ("page.png", b"<!doctype html><script>alert(1)</script>", "image/png")),
        ("picture", ("two.png", a_picture(colour=(9, 9, 200)), "image/png")),
    ]
    told = sent(mei, "/creatives/new", ad_id="ad1", placement="iab_300x250", headline="Tea", once="w", files=files)
    assert told.status_code == 200 and "Handed in: 2 / 3" in told.text
    assert "page.png" in told.text and "HTML page" in told.text and "alert(1)" not in told.text
    assert len(mei.get("/v1/creatives", params={"filter": "headline=Tea"}).json()["items"]) == 2
    again = sent(mei, "/creatives/new", ad_id="ad1", placement="iab_300x250", headline="Tea", once="w", files=files)
    assert "Handed in: 2 / 3" in again.text
    assert len(mei.get("/v1/creatives", params={"filter": "headline=Tea"}).json()["items"]) == 2
    many = [("picture", (f"{n}.png", a_picture(), "image/png")) for n in range(11)]
    refused = sent(mei, "/creatives/new", ad_id="ad1", placement="iab_300x250", files=many)
    assert refused.status_code == 422 and "11 pictures" in refused.text


def test_a_file_of_no_bytes_is_refused_and_a_field_left_alone_is_words_alone(admin: Admin) -> None:
    mei = admin.as_("mei")
    told = {"ad_id": "ad1", "placement": "iab_300x250", "headline": "Empty tea"}
    empty = sent(mei, "/creatives/new", **told, files=[("picture", ("photo.png", b"", "image/png"))])
    assert empty.status_code == 422 and "photo.png&#39; is an empty file" in empty.text
    assert 'value="Empty tea"' in empty.text
    both = [("picture", ("photo.png", b"", "image/png")), ("picture", ("tea.png", a_picture(), "image/png"))]
    assert "Handed in: 1 / 2" in sent(mei, "/creatives/new", **told | {"headline": "Tea"}, files=both).text
    refused = mei.post("/v1/creatives", json=told | {"file_name": "photo.png", "image": ""})
    assert (refused.status_code, refused.json()["where"]) == (422, "image")
    assert mei.get("/v1/creatives", params={"filter": "headline=Empty tea"}).json()["items"] == []
    edge = "-----edge-that-is-long-enough"
    fields = "".join(
        f'--{edge}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (told | {"form_token": mei.token}).items()
    )
    # What a browser sends of a field for files in which nothing was chosen.
    left = f'--{edge}\r\ncontent-disposition: form-data; name="picture"; filename=""\r\n'
    body = f"{fields}{left}content-type: application/octet-stream\r\n\r\n\r\n--{edge}--\r\n"
    kind = {"content-type": f"multipart/form-data; boundary={edge}"}
    made = mei.post("/creatives/new", content=body.encode(), headers=kind)
    assert made.status_code == 303, made.text
    assert len(mei.get("/v1/creatives", params={"filter": "headline=Empty tea"}).json()["items"]) == 1


@pytest.mark.parametrize(("language", "why"), [("en", "at most 15 MiB at once"), ("zh", "每次最多 15 MiB")])
def test_pictures_beyond_what_a_form_takes_are_answered_with_a_page_that_leads_back(
    admin: Admin, language: str, why: str
) -> None:
    mei = admin.as_("mei")
    told = {"referer": "http://testserver/creatives/new?ad=ad1", "accept-language": language}
    heavy = mei.post("/creatives/new", content=b" " * (15 * 2**20 + 1), headers=told)
    assert (heavy.status_code, heavy.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert why in heavy.text and 'href="/creatives/new"' in heavy.text
    elsewhere = mei.post("/people/new", content=b" " * (257 * 1024), headers={"referer": "http://x//evil.example/y"})
    assert elsewhere.status_code == 413 and "256 KiB" in elsewhere.text and "evil" not in elsewhere.text
    assert mei.post("/v1/creatives", content=b" " * (15 * 2**20 + 1)).json()["detail"] == "the body is too large"


def test_a_picture_of_too_many_pixels_or_of_none_is_refused_above_the_form_that_keeps_its_words(admin: Admin) -> None:
    mei = admin.as_("mei")
    giant = io.BytesIO()
    Image.new("1", (16_000, 16_000)).save(giant, "PNG")
    for content, why in ((giant.getvalue(), "pixels"), (b"%PDF-1.7 \x00", "PDF"), (a_picture()[:200], "PNG is")):
        told = sent(
            mei, "/creatives/new", ad_id="ad1", placement="iab_300x250", headline="Green <tea>",
            files={"picture": ("a.png", content, "image/png")},
        )  # fmt: skip
        assert told.status_code == 422 and why in told.text and 'value="Green &lt;tea&gt;"' in told.text


def step_forms(html: str) -> dict[str, dict[str, str]]:
    """What the forms of steps of a creative's page send, by the status they lead to."""
    found = {}
    for form in re.findall(r'<form method="post" action="/creatives/[^"]+/status".*?</form>', html, re.DOTALL):
        hidden = {
            name: unescape(told) for name, told in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        }
        for status in re.findall(r'<option value="(\w+)"', form) or [hidden["status"]]:
            found[status] = hidden | {"status": status}
    return found


def test_an_approved_upload_is_set_live_paused_and_retired_on_its_page(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    path = f"/creatives/{hand_in(mei, 'Leaves picked by hand')}"
    assert step_forms(mei.get(path).text) == {}
    etag = olga.get(f"/v1{path}").headers["etag"]
    back = re.findall(r'name="back" value="([^"]*)"', olga.get(path).text)
    decided = sent(olga, f"{path}/decide", decision="approve", reason="fine", etag=etag, back=back)
    assert decided.headers["location"] == f"{path}?done=approved"
    told = olga.get(decided.headers["location"]).text
    assert "It is not shown yet: it is set live on its page." in told and 'class="note">Approved, and not' in told
    assert "「投放中」" in mei.get(path, headers={"accept-language": "zh"}).text
    assert step_forms(admin.as_("anna").get(path).text) == {}  # she may look
    offered = []
    for status in ("live", "paused", "live"):
        forms = step_forms(mei.get(path).text)
        offered.append(set(forms))
        done = mei.post(f"{path}/status", data=forms[status])
        assert done.headers["location"] == f"{path}?done=saved"
        assert mei.get(f"/v1{path}").json()["status"] == status
    assert offered == [{"live"}, {"paused", "retired"}, {"live", "retired"}]
    last = step_forms(mei.get(path).text)["retired"]
    unsure = mei.post(f"{path}/status", data=last)
    assert unsure.status_code == 422 and "“retired” is for good" in unsure.text and "Leaves picked" in unsure.text
    assert mei.get(f"/v1{path}").json()["status"] == "live"
    assert mei.post(f"{path}/status", data=last | {"sure": "yes"}).status_code == 303
    assert mei.get(f"/v1{path}").json()["status"] == "retired" and step_forms(mei.get(path).text) == {}
    trail = mei.get("/v1/audit", params={"filter": f"subject={path.rpartition('/')[2]}"}).json()["items"]
    assert [one["action"] for one in trail[:4]] == [f"creative {to}" for to in ("retired", "live", "paused", "live")]


def test_a_step_of_a_creative_that_changed_meanwhile_is_not_taken_and_shows_what_is_there(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    path = f"/creatives/{hand_in(mei, 'Leaves picked by hand')}"
    olga.post(f"/v1{path}/approve", json={"reason": "fine"}, headers={"if-match": "*"})
    mei.patch(f"/v1{path}", json={"status": "live"}, headers={"if-match": "*"})
    seen = step_forms(mei.get(path).text)["paused"]
    olga.patch(f"/v1{path}", json={"status": "retired"}, headers={"if-match": "*"})
    late = mei.post(f"{path}/status", data=seen)
    assert late.status_code == 412 and 'class="chip retired"' in late.text and step_forms(late.text) == {}
    assert "Somebody changed it since you opened this page" in late.text and "If-Match" not in late.text


def test_an_approved_draft_waits_for_its_release_and_has_no_step_to_live(admin: Admin) -> None:
    olga = admin.as_("olga")
    told = sent(olga, "/drafts/d1/decide", decision="approve", reason="fine")
    assert "it waits for its release under “Drafts”" in olga.get(told.headers["location"]).text
    html = olga.get("/creatives/d1").text
    assert step_forms(html) == {} and "goes live by its release" in html and '<a href="/drafts">Drafts</a>' in html
    forced = sent(olga, "/creatives/d1/status", status="live", etag=olga.get("/v1/creatives/d1").headers["etag"])
    assert forced.status_code == 422 and olga.get("/v1/creatives/d1").json()["status"] == "approved"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_sent_with_nothing_ticked_or_no_reason_shows_its_page_with_one_sentence(
    admin: Admin, language: str
) -> None:
    olga, say = admin.as_("olga"), words_in(language)
    told = {"form_token": olga.token, "reason": "all of <them>", "kind": "draft", "original_percent": "15"}
    for path, sentence, there in (
        ("/creatives/queue/approve", "nothing_ticked", 'value="all of &lt;them&gt;"'),
        ("/drafts/release", "nothing_ticked", f'<h2 id="orders">{say("draft_orders")}</h2>'),
    ):
        answer = olga.post(path, data=told, headers={"accept-language": language})
        assert answer.status_code == 422 and f": {say(sentence)}</div>" in answer.text and there in answer.text
    queue = olga.post("/creatives/queue/approve", data=told, headers={"accept-language": language}).text
    assert 'action="/drafts/d1/decide"' in queue and 'action="/creatives/c1/decide"' not in queue  # as it was filtered
    for home in ("/creatives/c1", "/drafts/d1"):
        sent_back = {
            "form_token": olga.token,
            "decision": "reject",
            "reason": " ",
            "etag": "*",
            "back": "/creatives/queue#w2",
        }
        answer = olga.post(f"{home}/decide", data=sent_back, headers={"accept-language": language})
        assert answer.status_code == 422 and f": {say('decision_no_reason')}</div>" in answer.text
        assert f'action="{home}/decide"' in answer.text and 'href="/creatives/queue#w2"' in answer.text
        assert olga.get(f"/v1{home}").json()["status"] == "held"


def test_a_share_that_is_none_keeps_what_was_ticked_for_release(admin: Admin) -> None:
    olga = admin.as_("olga")
    sent(olga, "/drafts/d1/decide", decision="approve", reason="fine")
    told = sent(olga, "/drafts/release", draft=["d1"], original_percent="x")
    assert told.status_code == 422 and "is no share" in told.text
    assert re.search(r'name="draft" value="d1" checked', told.text) and 'placeholder="10" value="x"' in told.text
