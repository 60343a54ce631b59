"""Drafts from a brief in the admin: ordered, waiting for a worker, done, decided, released; and all that is refused."""

from __future__ import annotations

import base64
import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import update

from adplat import bootstrap
from adplat.data import mapping_from
from adplat.data.lake import require_lake
from adplat.domain import ConfigRejected, MissingInput
from adplat.storage.tables import JobRow
from services.admin.rendering import script_file
from services.admin.wording import words_in
from services.hosting.jobs import do_due_jobs
from tests.services.admin.admins import Admin, Somebody, a_picture

BRIEF = {
    "brief_id": "spring",
    "advertiser_id": "a1",
    "campaign_id": "k1",
    "product": {"names": {"en": "Green Tea"}},
    "facts": [{"fact_id": "leaf", "texts": {"en": "Leaves picked by hand"}}],
    "brand": {"name": "Tea House", "palette": ["#1f6f5c", "#ffffff"]},
    "placements": ["iab_300x250"],
    "languages": ["en"],
    "landing_url": "https://tea.example/green",
}
FORM = {
    "campaign_id": "k1",
    "product_en": "Green Tea",
    "fact_en_0": "Leaves picked by hand",
    "fact_kind_0": "feature",
    "brand": "Tea House",
    "palette": "#1f6f5c, #ffffff",
    "placement": ["iab_300x250", "iab_728x90"],
    "language": ["en"],
    "landing_url": "https://tea.example/green",
    "variants": "2",
    "seed": "7",
}


def a_product() -> bytes:
    """A picture with alpha."""
    picture, file = Image.new("RGBA", (400, 400), (0, 0, 0, 0)), io.BytesIO()
    ImageDraw.Draw(picture).rounded_rectangle((100, 60, 300, 350), 30, fill=(40, 120, 80, 255))
    picture.save(file, "PNG")
    return file.getvalue()


PHOTO = {"product_image": ("tea.png", a_product(), "image/png")}


def sent(somebody: Somebody, path: str, **told: Any) -> Any:
    files = told.pop("files", None)
    return somebody.post(path, data={"form_token": somebody.token} | told, files=files)


def ordered(somebody: Somebody, key: str = "", **told: Any) -> Any:
    body = {"brief": BRIEF, "product_image": base64.b64encode(a_product()).decode(), "variants": 2} | told
    return somebody.post("/v1/drafts/orders", json=body, headers={"idempotency-key": key} if key else {})


def test_an_advertiser_orders_drafts_by_form_follows_them_and_a_reviewer_releases_them(admin: Admin) -> None:
    mei, olga = admin.as_("mei"), admin.as_("olga")
    once = re.search(r'name="once" value="(\w+)"', mei.get("/drafts/new").text)[1]  # type: ignore[index]
    there = [sent(mei, "/drafts/new", **FORM, once=once, files=PHOTO).headers["location"] for _ in range(2)]
    assert there[0] == there[1]  # pressed twice, ordered once
    path = there[0].partition("?")[0]
    waits = mei.get(path).text
    # It asks for itself again, with htmx or without.
    assert ">waits<" in waits and '<meta http-equiv="refresh"' in waits
    assert ('hx-trigger="every 2s"' in waits) is ("<noscript><meta" in waits) is (script_file() is not None)
    assert do_due_jobs(admin.settings) >= 1
    done = mei.get(path).text
    assert ">done<" in done and "every 2s" not in done and "refresh" not in done
    assert re.findall(r"<h2>(iab_\w+)</h2>", done) == ["iab_300x250", "iab_728x90"]
    assert "/decide" not in done and done.count('class="shot"') == 4
    order = mei.get(f"/v1{path}").json()
    assert order["state"] == "done" and {one["status"] for one in order["drafts"]} == {"held"}
    one, two = (draft["draft_id"] for draft in order["drafts"][:2])
    assert "Leaves picked by hand" in mei.get(f"/drafts/{one}").text
    back = re.findall(r'name="back" value="([^"]*)"', olga.get(path).text)[0]
    decided = sent(olga, f"/drafts/{one}/decide", decision="approve", reason="fine", back=back)
    assert decided.headers["location"] == f"{path}?done=approved_draft#d-{one}"
    # Only what is approved is released, and by whoever may review.
    assert f'value="{one}"' in olga.get("/drafts").text and f'value="{two}"' not in olga.get("/drafts").text
    assert sent(mei, "/drafts/release", draft=[one]).status_code == 403
    assert sent(olga, "/drafts/release", draft=[one, two]).status_code == 422
    release = sent(olga, "/drafts/release", draft=[one], original_percent="20", once="r")
    assert do_due_jobs(admin.settings) >= 1
    told = olga.get(f"/v1{release.headers['location'].partition('?')[0]}").json()
    assert told["state"] == "done" and told["result"]["released"] == [one]
    assert olga.get(f"/v1/drafts/{one}").json()["status"] == "live"
    assert olga.get(f"/v1/creatives/{one}").json()["status"] == "live"
    trail = [entry["actor"] for entry in olga.get("/v1/audit", params={"filter": f"subject={one}"}).json()["items"]]
    assert trail[0] == "olga" and trail[-1] == "mei"  # who ordered it, not who did it
    assert (
        mei.get(f"/creatives/{one}").status_code == 200
        and f"/drafts/orders/{told['job_id']}" in mei.get("/drafts").text
    )


def test_the_same_key_is_the_same_order_and_another_order_under_it_is_refused(admin: Admin) -> None:
    mei = admin.as_("mei")
    first, again = ordered(mei, "k"), ordered(mei, "k")
    assert first.status_code == 202 and first.json()["job_id"] == again.json()["job_id"]
    assert ordered(mei, "k", seed=9).status_code == 422
    assert ordered(mei, "k", product_image=base64.b64encode(a_picture()).decode()).status_code == 422
    assert ordered(mei, "x" * 129).status_code == 422
    assert ordered(admin.as_("olga"), "k").json()["job_id"] != first.json()["job_id"]


def test_an_order_that_nobody_takes_says_so_and_is_cancelled_for_good(admin: Admin) -> None:
    mei = admin.as_("mei")
    job_id = ordered(mei).json()["job_id"]
    said = "no living worker takes such orders"
    with bootstrap.listed_worker(admin.settings, ["draft-creatives"]):
        assert mei.get(f"/v1/drafts/orders/{job_id}").json()["nobody_takes"] is False
        assert said not in mei.get(f"/drafts/orders/{job_id}").text
    with bootstrap.listed_worker(admin.settings, ["score-forecasts"]):
        assert mei.get(f"/v1/drafts/orders/{job_id}").json()["nobody_takes"] is True
        assert said in mei.get(f"/drafts/orders/{job_id}").text
    for _ in range(2):
        assert mei.post(f"/v1/drafts/orders/{job_id}/cancel").json()["state"] == "cancelled"
    assert sent(mei, f"/drafts/orders/{job_id}/cancel").status_code == 303
    assert do_due_jobs(admin.settings) in {0, 1}  # what else is due; not this one
    assert ">cancelled<" in mei.get(f"/drafts/orders/{job_id}").text


def test_orders_of_another_and_jobs_that_are_no_orders_are_not_there(admin: Admin) -> None:
    mei, li = admin.as_("mei"), admin.as_("li")
    job_id = ordered(mei).json()["job_id"]
    assert [one["job_id"] for one in mei.get("/v1/drafts/orders").json()["items"]] == [job_id]
    assert li.get("/v1/drafts/orders").json()["items"] == []
    for path in (f"/drafts/orders/{job_id}", "/drafts/orders/999", "/drafts/orders/2", "/drafts/orders/x"):
        assert (li.get(path).status_code, li.get(f"/v1{path}").status_code) == (404, 404)
        assert li.post(f"/v1{path}/cancel").status_code == 404 == sent(li, f"{path}/cancel").status_code
    assert mei.get(f"/v1/drafts/orders/{job_id}").json()["state"] == "queued"
    foreign = BRIEF | {"campaign_id": "k2", "advertiser_id": "a2"}
    nowhere = BRIEF | {"campaign_id": "k9", "advertiser_id": "a2"}
    told = [ordered(mei, brief=brief) for brief in (foreign, nowhere)]
    assert [one.status_code for one in told] == [404, 404]
    assert told[0].text.replace("k2", "k9") == told[1].text
    crossed = ordered(admin.as_("olga"), brief=BRIEF | {"advertiser_id": "a2"})
    assert crossed.status_code == 422 and "is not of advertiser a2" in crossed.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "where", "what"),
    [
        ({"palette": "green"}, "palette", ""),
        ({"variants": "lots"}, "variants", "no number"),
        ({"variants": "99"}, "variants", "99 variants"),
        ({"copywriter": "lm:somewhere"}, "copywriter", "not offered"),
        ({"segment": "women"}, "segment", "no part of a segment"),
        ({"fact_price_0": "cheap"}, "fact_price_0", "no amount"),
        ({"document": "brief_id: [1"}, "document", "not valid YAML"),
        ({"document": "nonsense: 1"}, "brief", "unknown key"),
        ({"document": "a: &a [1]\nb: *a"}, "document", "aliases"),
        ({"document": "[" * 5000}, "document", "not valid YAML"),
    ],
)
def test_what_is_wrong_with_a_brief_is_said_above_the_form_which_keeps_what_was_written(
    admin: Admin, wrong: dict[str, Any], where: str, what: str
) -> None:
    mei = admin.as_("mei")
    told = sent(mei, "/drafts/new", **FORM | {"product_zh": "<绿茶>"} | wrong, files=PHOTO)
    assert told.status_code == 422, told.text
    [trouble] = re.findall(r'<div class="trouble" role="alert">.*?</div>', told.text, re.DOTALL)
    assert where in trouble and what in trouble
    assert 'value="&lt;绿茶&gt;"' in told.text and "checked" in told.text
    assert mei.get("/v1/drafts/orders").json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "missing"),
    [
        ({"campaign_id": ""}, ["campaign"]),
        ({"brand": " ", "palette": ",", "placement": []}, ["brand_name", "palette", "placements"]),
        ({"language": ["zh"], "fact_en_0": "Leaves"}, ["product_zh", "facts_zh"]),
        ({"language": []}, ["languages"]),
        ({"product_en": "", "fact_en_0": "", "variants": "2"}, ["product_en", "facts_en"]),
    ],
)
def test_all_that_is_missing_is_named_in_the_words_of_the_form_which_keeps_the_rest(
    admin: Admin, wrong: dict[str, Any], missing: list[str]
) -> None:
    mei = admin.as_("mei")
    for language, apart in (("en", ", "), ("zh", "、")):
        say = words_in(language)
        data = {"form_token": mei.token} | FORM | {"banned_words": "cheap & cheerful"} | wrong
        told = mei.post("/drafts/new", data=data, files=PHOTO, headers={"accept-language": language})
        [trouble] = re.findall(r'<div class="trouble" role="alert">.*?</div>', told.text, re.DOTALL)
        sentence = say("form_fields_missing").format(fields=apart.join(say(word) for word in missing))
        assert told.status_code == 422 and sentence in trouble and "lang=" not in trouble
        assert say("files_not_kept") in told.text and 'value="cheap &amp; cheerful"' in told.text
    assert mei.get("/v1/drafts/orders").json()["items"] == []


def test_the_form_of_a_brief_marks_what_it_needs_and_lets_a_document_go_without(admin: Admin) -> None:
    html = admin.as_("mei").get("/drafts/new").text
    needed = re.findall(r'<(?:select|input)[^>]* name="(\w+)"[^>]* required[ >]', html)
    assert needed == ["campaign_id", "product_image", "brand", "palette"]
    assert "choose the pictures again" not in html
    assert "formnovalidate" in html.partition('id="document"')[2]


def test_pictures_of_a_brief_are_opened_before_it_is_queued(admin: Admin) -> None:
    mei = admin.as_("mei")
    assert "Nothing is told in: Photo of the product." in sent(mei, "/drafts/new", **FORM).text
    assert "Nothing is told in: Photo of the product." in sent(mei, "/drafts/new", document="x: 1").text
    empty = PHOTO | {"logo_image": ("logo.png", b"", "image/png")}
    assert "logo.png&#39; is an empty file" in sent(mei, "/drafts/new", **FORM, files=empty).text
    lie = {"product_image": ("tea.png", b"<svg onload='x'></svg>", "image/png")}
    told = sent(mei, "/drafts/new", **FORM, files=lie)
    assert told.status_code == 422 and "SVG drawing" in told.text and "onload" not in told.text
    for image in ("no base64!", base64.b64encode(b"%PDF-1.7").decode()):
        assert ordered(mei, product_image=image).status_code == 422
    assert ordered(mei, logo_image=base64.b64encode(a_product()).decode()).status_code == 202


def test_a_whole_brief_may_be_pasted_as_the_example_has_it(admin: Admin) -> None:
    mei = admin.as_("mei")
    example = Path("configs/briefs/trail_shoe.yaml").read_text(encoding="utf-8")
    mine = example.replace("advertiser_id: norvik", "advertiser_id: a1").replace(
        "campaign_id: autumn", "campaign_id: k1"
    )
    told = sent(mei, "/drafts/new", document=mine, variants="1", files=PHOTO)
    assert told.status_code == 303, told.text
    order = mei.get(f"/v1{told.headers['location'].partition('?')[0]}").json()
    assert (order["state"], order["kind"]) == ("queued", "draft-creatives")
    assert "trail-shoe-autumn" in mei.get("/drafts").text
    assert sent(mei, "/drafts/new", document=example, files=PHOTO).status_code == 404


def test_a_stranger_s_document_is_read_without_aliases_dates_of_no_calendar_or_endless_brackets() -> None:
    assert mapping_from("a: 1\nb: {c: d}", where="x") == {"a": 1, "b": {"c": "d"}}
    for told in ("a: &x 1\nb: *x", "a: 2026-99-99", "{" * 3000, "- 1", "a: 1\na: 2", "", "a: \x00"):
        with pytest.raises(ConfigRejected):
            mapping_from(told, where="x")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_no_rate_is_told_is_said_in_words_of_the_page_and_never_where_files_lie(
    admin: Admin, tmp_path: Path, language: str
) -> None:
    mei, say = admin.as_("mei"), words_in(language)
    with pytest.raises(MissingInput) as empty:
        require_lake(tmp_path)
    with pytest.raises(MissingInput) as nowhere:
        require_lake(tmp_path / "none")
    reasons = [
        (None, say("unscored_no_model")),
        (str(empty.value), say("unscored_no_impressions")),
        (str(nowhere.value.for_others()), say("unscored_no_impressions")),
        (f"a part of {tmp_path}/lake is cut", '<dd lang="en">a part of lake is cut</dd>'),
    ]
    job_id = ordered(mei).json()["job_id"]
    assert do_due_jobs(admin.settings) >= 1
    for why, told in reasons:
        if why is not None:
            _tell_why(admin, job_id, why)
        html = mei.get(f"/drafts/orders/{job_id}", headers={"accept-language": language}).text
        assert told in html and str(tmp_path) not in html, why


def _tell_why(admin: Admin, job_id: int, why: str) -> None:
    """As a job that met this reason would have told it."""
    with closing(bootstrap.open_database(admin.settings)) as database, database.write() as connection:
        connection.execute(update(JobRow).where(JobRow.job_id == job_id).values(result={"unscored": why}))
