"""Pages of creatives: what waits for a person, the gallery, one of them with its review, and handing one in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import (
    Comparison,
    Condition,
    ConfigRejected,
    Copy,
    Creative,
    CreativeStatus,
    InputError,
    ListRequest,
    Right,
    condition_from,
)
from adplat.flows.decide_drafts import approve_draft, reject_draft
from adplat.flows.describe_catalogue import creative_document
from adplat.flows.describe_drafts import review_document
from adplat.flows.edit_creatives import Upload, decide_creative, hand_in, review_of, reviews_of
from services.admin.asking import Asker, a_place_in, door_of
from services.admin.creatives_api import picture_answer
from services.admin.etags import etag_of, require_match
from services.admin.pages import Browsing, Cursor, Sending, choice_of, is_text, trail_of
from services.admin.problems import of_error
from services.admin.rendering import page, to

router = APIRouter(include_in_schema=False)
_WAITING = 24
_GALLERY = 48
_HELD = condition_from("status=held")
_DECISIONS = {"approve": CreativeStatus.APPROVED, "reject": CreativeStatus.REJECTED}


@router.get("/creatives")
def creatives(request: Request, asker: Browsing, status: str = "", headline: str = "", cursor: Cursor = "") -> Response:
    """What waits first, then everything."""
    parts = asker.may(Right.SEE_CATALOGUE)
    conditions = choice_of("status", status, CreativeStatus)
    if is_text(headline.strip()):
        conditions.append(Condition("headline", Comparison.CONTAINS, (headline.strip()[:256],)))
    shown = parts.catalogue.creative_page(ListRequest(conditions, limit=_GALLERY, cursor=cursor))
    waiting = parts.catalogue.creative_page(ListRequest([_HELD], limit=_WAITING)).items
    reviews = reviews_of(parts, [one.creative_id for one in waiting])
    held = [
        {"one": one, "review": reviews.get(one.creative_id), "etag": etag_of(creative_document(one))} for one in waiting
    ]
    drafts: list[dict[str, Any]] = []
    if asker.viewer.may(Right.SEE_DRAFTS):
        for kept in parts.drafts.draft_page(ListRequest([_HELD], limit=_WAITING)).items:
            drafts.append({"kept": kept, "review": review_document(kept.review)})
    chosen = {"status": status, "headline": headline.strip()}
    facts: dict[str, Any] = {
        "shown": shown,
        "held": held,
        "drafts": drafts,
        "statuses": list(CreativeStatus),
        "chosen": chosen,
    }
    return page(request, "creatives.html", asker, **facts)


@router.get("/creatives/new")
def new_creative(request: Request, asker: Browsing, ad: str = "") -> Response:
    """An empty form."""
    asker.viewer.require(Right.EDIT_CAMPAIGNS)
    return _form_page(request, asker, {"ad_id": ad})


@router.post("/creatives/new")
def upload(request: Request, sent: Sending) -> Response:
    """It is reviewed before the answer comes."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    words = Copy(form.text("headline"), form.text("body"), form.text("cta"), form.text("language"))
    given = Upload(form.text("ad_id"), form.text("placement"), words, form.content, form.file_name)
    try:
        with a_place_in(door_of(request).reviewing):
            made = hand_in(parts, given, form.text("once"))
    except InputError as error:
        return _form_page(request, asker, form.fields, error)
    return to(f"/creatives/{made.creative_id}", "uploaded")


@router.get("/creatives/{creative_id}")
def creative(creative_id: str, request: Request, asker: Browsing) -> Response:
    """One of them, with its evidence."""
    parts = asker.may(Right.SEE_CATALOGUE)
    one = parts.edits.creative(creative_id)
    facts: dict[str, Any] = {
        "one": one,
        "review": review_of(parts, creative_id),
        "etag": etag_of(creative_document(one)),
        "entries": trail_of(asker, creative_id),
    }
    return page(request, "creative.html", asker, **facts)


@router.get("/creatives/{creative_id}/picture")
def picture(creative_id: str, asker: Browsing) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_CATALOGUE)
    image = parts.edits.creative(creative_id).image
    return picture_answer(parts, "" if image is None else image.sha256)


@router.get("/drafts/{draft_id}/picture")
def draft_picture(draft_id: str, asker: Browsing) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_DRAFTS)
    return picture_answer(parts, parts.drafts.find(draft_id).draft.file_sha256)


@router.post("/creatives/{creative_id}/decide")
def decide(creative_id: str, sent: Sending) -> Response:
    """Approve or reject what was handed in."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES)
    wanted = _decision(form.text("decision"))

    def unchanged(before: Creative) -> None:
        require_match(form.text("etag"), creative_document(before))

    decide_creative(parts, creative_id, wanted, form.text("reason"), unchanged)
    return to("/creatives", wanted.value)


@router.post("/drafts/{draft_id}/decide")
def decide_draft(draft_id: str, sent: Sending) -> Response:
    """Approve or reject what was drafted."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES).draft_parts()
    wanted = _decision(form.text("decision"))
    (approve_draft if wanted is CreativeStatus.APPROVED else reject_draft)(parts, draft_id, form.text("reason"))
    return to("/creatives", wanted.value)


def _decision(told: str) -> CreativeStatus:
    if told not in _DECISIONS:
        raise ConfigRejected("no decision", where="decision", hint="approve or reject")
    return _DECISIONS[told]


def _form_page(request: Request, asker: Asker, told: dict[str, str], error: InputError | None = None) -> Response:
    status, what, where, hint = (200, "", "", "") if error is None else of_error(error)
    facts: dict[str, Any] = {
        "told": dict.fromkeys(["ad_id", "placement", "headline", "body", "cta", "language"], "") | told,
        "ads": asker.seen.edits.ad_page(ListRequest(limit=500)).items,
        "placements": sorted(asker.seen.placements),
        "once": told.get("once", "") or asker.seen.draw(16).hex(),
        "what": what,
        "where": where,
        "hint": hint,
    }
    return page(request, "creative_form.html", asker, status=status, **facts)
