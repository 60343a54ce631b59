"""Orders become held drafts, people decide on them, and anything handed in is reviewed."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from PIL import Image

from adplat import bootstrap
from adplat.artwork import SealState, read_seal
from adplat.bootstrap import Settings
from adplat.domain import CreativeStatus
from services.hosting.computing import Computing
from tests.services.generation.drafters import a_body, asked, do_next_job, in_base64


def drafted(settings: Settings, **changes: Any) -> list[str]:
    """Ids of the drafts of one order."""
    status, job = asked(settings, lambda one: one.draft(a_body(**changes)))
    assert (status, job["state"], job["progress"]) == (202, "queued", 0.0)
    do_next_job(settings)
    status, job = asked(settings, lambda one: one.job(str(job["job_id"])))
    assert (status, job["state"], job["progress"]) == (200, "done", 1.0), job
    names: list[str] = job["result"]["drafts"]
    return names


def test_an_order_becomes_held_drafts_that_are_listed_shown_and_seen(settings: Settings) -> None:
    names = drafted(settings)
    assert len(names) == 2
    status, listed = asked(settings, lambda one: one.drafts({"status": "held", "limit": "1"}))
    assert (status, len(listed["drafts"]), listed["next"]) == (200, 1, listed["drafts"][0]["draft_id"])
    _, rest = asked(settings, lambda one: one.drafts({"after": listed["next"]}))
    assert {listed["next"], *(one["draft_id"] for one in rest["drafts"])} == set(names) and rest["next"] is None
    status, story = asked(settings, lambda one: one.one_draft(names[0]))
    assert (status, story["status"], story["brief"]["brief_id"]) == (200, "held", "cup")
    status, content = asked(settings, lambda one: one.picture(names[0]))
    assert status == 200 and Image.open(io.BytesIO(content)).size == (300, 250)
    assert read_seal(content, bootstrap.signing_chain(settings).root).state is SealState.VALID


def test_the_same_order_given_twice_is_one_job(settings: Settings) -> None:
    first = asked(settings, lambda one: one.draft(a_body(idempotency_key="x")))
    again = asked(settings, lambda one: one.draft(a_body(idempotency_key="x", seed=9)))
    other = asked(settings, lambda one: one.draft(a_body()))
    assert first == again and other[1]["job_id"] != first[1]["job_id"]


def test_a_job_that_nobody_wants_any_more_is_cancelled(settings: Settings) -> None:
    _, job = asked(settings, lambda one: one.draft(a_body()))
    status, ended = asked(settings, lambda one: one.cancel(str(job["job_id"])))
    assert (status, ended["state"]) == (200, "cancelled")
    assert asked(settings, lambda one: one.cancel(str(job["job_id"])))[0] == 422
    assert asked(settings, lambda one: one.cancel("77"))[0] == 404
    assert asked(settings, lambda one: one.drafts({}))[1]["drafts"] == []


def test_a_draft_is_approved_into_the_catalogue_or_rejected_once_with_a_reason(settings: Settings) -> None:
    first, second = drafted(settings)
    status, done = asked(settings, lambda one: one.approve(first, b'{"reason":"on brand"}'))
    assert (status, done["status"], done["creative_id"], done["reason"]) == (200, "approved", first, "on brand")
    status, done = asked(settings, lambda one: one.reject(second, b'{"reason":"too plain"}'))
    assert (status, done["status"]) == (200, "rejected")
    for answer in (
        asked(settings, lambda one: one.approve(second, b'{"reason":"after all"}')),
        asked(settings, lambda one: one.reject(first, b'{"reason":"no"}')),
        asked(settings, lambda one: one.approve(first, b'{"reason":""}')),
        asked(settings, lambda one: one.approve(first, b"{}")),
    ):
        assert answer[0] == 422, answer
    assert asked(settings, lambda one: one.approve("dx", b'{"reason":"x"}'))[0] == 404
    with bootstrap.opened_drafts(settings) as parts:
        [made] = parts.catalogue.creatives()
        assert (made.creative_id, made.status) == (first, CreativeStatus.APPROVED)


@pytest.mark.parametrize(
    ("changes", "status", "what"),
    [
        ({"brief": {"placements": ["iab_1x1"]}}, 422, "unknown placement"),
        ({"brief": {"facts": []}}, 422, "no facts"),
        ({"brief": {"languages": ["tlh"]}}, 422, "unknown language"),
        ({"product_image": "!!"}, 422, "not base64"),
        ({"product_image": in_base64(b"<svg/>")}, 422, ""),
        ({"variants": 0}, 422, ""),
        ({"painter": "diffusers:big"}, 422, "not offered here"),
        ({"copywriter": "lm:other"}, 422, "not offered here"),
        ({"colour": "red"}, 422, "unknown field"),
    ],
)
def test_an_order_that_cannot_be_done_is_refused_before_it_is_queued(
    settings: Settings, changes: dict[str, Any], status: int, what: str
) -> None:
    seen, error = asked(settings, lambda one: one.draft(a_body(**changes)))
    assert seen == status and what in error["what"], error
    with bootstrap.opened_drafts(settings) as parts:
        assert parts.jobs.jobs() == []


def test_a_creative_of_anybody_is_reviewed(settings: Settings) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 250), "#224466").save(file, "PNG")
    good = {"placement": "iab_300x250", "image": in_base64(file.getvalue()), "name": "ad.png", "read_letters": False}
    status, told = reviewed(settings, good)
    assert status == 200 and told["placement"] == "iab_300x250", told
    shouting = good | {"copy": [{"part": "headline", "text": "BUY NOW!!! CHEAP!!!"}], "language": "en", "facts": []}
    status, told = reviewed(settings, shouting)
    assert (status, told["verdict"]) == (200, "fail")
    names = {"rule", "severity", "evidence", "fix", "figures", "places", "saying", "details"}
    assert set(told["findings"][0]) == names
    small = io.BytesIO()
    Image.new("RGB", (320, 50), "#224466").save(small, "PNG")
    status, told = reviewed(settings, good | {"image": in_base64(small.getvalue())})
    assert (status, told["verdict"]) == (200, "fail")
    for body, code in (
        ({"placement": "nowhere", "image": good["image"]}, 404),
        ({"placement": "iab_300x250"}, 422),
        (good | {"image": in_base64(b"%PDF-1.7")}, 422),
        (good | {"image": in_base64(file.getvalue()[:60])}, 422),
    ):
        assert reviewed(settings, body)[0] == code, body


def reviewed(settings: Settings, body: dict[str, Any]) -> tuple[int, Any]:
    import msgspec

    return asked(settings, lambda one: one.review(msgspec.json.encode(body)))


def test_a_review_that_takes_too_long_is_said_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.generation.deployment.review_upload", lambda *_, **__: time.sleep(1.0))
    body = b'{"placement":"iab_300x250","copy":[{"part":"headline","text":"Tea"}]}'
    assert asked(settings, lambda one: one.review(body), Computing(1, 0.05))[0] == 504
