"""Pages of creatives: the gallery, one of them with all that is known of it, its pictures, and the decision on it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    Comparison,
    Condition,
    ConfigRejected,
    Creative,
    CreativeStatus,
    InputError,
    KeptDraft,
    ListRequest,
    PlacementRules,
    Right,
    UnknownReference,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.creative_story import CreativeStory, creative_story
from adplat.flows.decide_drafts import GENERATED, approve_draft, reject_draft
from adplat.flows.describe_catalogue import creative_document
from adplat.flows.describe_drafts import kept_document, review_document
from adplat.flows.edit_creatives import decide_creative, review_of, run_creative, steps_of
from adplat.flows.review_queue import verdicts_of
from services.admin import charts
from services.admin.asking import Asker
from services.admin.campaign_form import value_of
from services.admin.creatives_api import as_seen, picture_answer, thumbnail_answer
from services.admin.draft_pages import draft_page
from services.admin.etags import etag_of, require_match
from services.admin.filters import Asked, Field, Filters, advertiser, one_of, text
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.refusals import refusal
from services.admin.rendering import our_path, page, to
from services.admin.reports_api import in_turn
from services.admin.wording import Say

router = APIRouter(include_in_schema=False)
_GALLERY = 48
STORY_DAYS = 30
_DECISIONS = {"approve": CreativeStatus.APPROVED, "reject": CreativeStatus.REJECTED}
ORDERS = {
    "": "order_id",
    "campaign_id": "order_campaign",
    "headline": "order_headline",
    "-headline": "order_headline_z",
}
_SIZE = re.compile(r"([0-9]{1,5})\s*[x×*]\s*([0-9]{1,5})")
_SIDES = ("width_px", "height_px")


def _size(told: str, _: Asker) -> str:
    found = _SIZE.fullmatch(told)
    if found is None:
        raise ValueError(told)
    return "x".join(found.groups())


GALLERY = Filters(
    (
        one_of("status", "status", {one.value: one.value for one in CreativeStatus}, "status"),
        text("campaign", "campaign", "campaign_id", Comparison.IS),
        advertiser(),
        Field("size", "picture_size", "filter_may_size", _size),
        text("headline", "headline", "headline"),
        one_of("order", "gallery_order", {value: word for value, word in ORDERS.items() if value}),
    )
)


@router.get("/creatives")
def creatives(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(GALLERY.asked)]) -> Response:
    """Everything, by what is asked for."""
    parts = asker.may(Right.SEE_CATALOGUE)
    sides = zip(_SIDES, asked.chosen["size"].split("x"), strict=False)
    size = [Condition(name, Comparison.IS, (side,)) for name, side in sides if side]
    shown = asked.page(parts.catalogue.creative_page, _GALLERY, size, order=asked.chosen["order"])
    facts: dict[str, Any] = {
        "shown": shown,
        "verdicts": verdicts_of(parts, shown.items),
        "waits": _how_many_wait(asker),
        "statuses": list(CreativeStatus),
        "orders": ORDERS,
        "owners": parts.edits.advertiser_page(ListRequest(limit=500)).items,
        "sizes": _sizes(list(parts.placements.values())),
    }
    return page(request, "creatives.html", asker, asked=asked, **facts)


@router.get("/creatives/{creative_id}")
def creative(creative_id: str, request: Request, asker: Browsing) -> Response:
    """One of them, with its evidence, its delivery and its place among the others of its campaign."""
    return _creative_page(request, asker, creative_id)


def _creative_page(
    request: Request, asker: Asker, creative_id: str, form: Form | None = None, error: InputError | None = None
) -> Response:
    """As it is now; of a deed that was refused the form, and why. Raises UnknownReference."""
    parts = asker.may(Right.SEE_CATALOGUE)
    one = parts.edits.creative(creative_id)
    draft = _draft_of(asker, one)
    story: CreativeStory | None = None
    if asker.viewer.may(Right.SEE_REPORTS):
        end = parts.clock.now().date() + timedelta(days=1)
        since = end - timedelta(days=STORY_DAYS)
        story = in_turn(request, lambda: creative_story(parts.reports().breakdown.report, one, since, end))
    facts: dict[str, Any] = {
        "one": one,
        "draft": draft,
        "review": review_document(draft.review) if draft is not None else review_of(parts, creative_id),
        "etag": etag_of(creative_document(one)),
        "next_steps": steps_of(one),
        "story": story,
        "chart": lambda say: None if story is None else _chart(story, say),
        "days": STORY_DAYS,
        "entries": trail_of(asker, creative_id),
        "back": "" if form is None else our_path(form.text("back"), ""),
    }
    return page(request, "creative.html", asker, error=error, **facts)


@router.get("/creatives/{creative_id}/picture")
def picture(creative_id: str, asker: Browsing) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_CATALOGUE)
    image = parts.edits.creative(creative_id).image
    return picture_answer(parts, "" if image is None else image.sha256)


@router.get("/creatives/{creative_id}/thumbnail")
def thumbnail(creative_id: str, request: Request, asker: Browsing) -> Response:
    """Its picture made small."""
    parts = asker.may(Right.SEE_CATALOGUE)
    image = parts.edits.creative(creative_id).image
    return thumbnail_answer(request, parts, "" if image is None else image.sha256)


@router.post("/creatives/{creative_id}/decide")
def decide(creative_id: str, request: Request, sent: Sending) -> Response:
    """Approve or reject what was handed in; what is refused is said above the creative as it is now."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES)
    try:
        wanted = _decision(form)
        decide_creative(parts, creative_id, wanted, form.text("reason"), as_seen(form.text("etag")))
    except InputError as error:
        return _creative_page(request, asker, creative_id, form, error)
    return to(our_path(form.text("back"), "/creatives/queue"), wanted.value)


@router.post("/creatives/{creative_id}/status")
def change_status(creative_id: str, request: Request, sent: Sending) -> Response:
    """Live, paused or retired; what is refused is said above the creative as it is now."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    try:
        wanted = value_of(CreativeStatus, form.text("status"), "status")
        if not any(wanted.may_become(other) for other in CreativeStatus):
            form.require_sure(wanted)
        run_creative(parts, creative_id, wanted, as_seen(form.text("etag")))
    except InputError as error:
        return _creative_page(request, asker, creative_id, form, error)
    return to(f"/creatives/{creative_id}", "saved")


@router.get("/drafts/{draft_id}/picture")
def draft_picture(draft_id: str, asker: Browsing) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_DRAFTS)
    return picture_answer(parts, parts.drafts.find(draft_id).draft.file_sha256)


@router.get("/drafts/{draft_id}/thumbnail")
def draft_thumbnail(draft_id: str, request: Request, asker: Browsing) -> Response:
    """Its picture made small."""
    parts = asker.may(Right.SEE_DRAFTS)
    return thumbnail_answer(request, parts, parts.drafts.find(draft_id).draft.file_sha256)


@router.post("/drafts/{draft_id}/decide")
def decide_draft(draft_id: str, request: Request, sent: Sending) -> Response:
    """Approve or reject what was drafted; a decision stands once, and one that is refused is told with the draft."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES).draft_parts()
    try:
        wanted = _decision(form)
        if form.text("etag"):
            require_match(form.text("etag"), kept_document(parts.drafts.find(draft_id)))
        (approve_draft if wanted is CreativeStatus.APPROVED else reject_draft)(parts, draft_id, form.text("reason"))
    except InputError as error:
        return draft_page(request, asker, draft_id, form, error)
    told = "approved_draft" if wanted is CreativeStatus.APPROVED else wanted.value
    return to(our_path(form.text("back"), "/creatives/queue"), told)


def _sizes(placements: list[PlacementRules]) -> list[str]:
    """Of the places that take pictures, for whoever looks for one."""
    found = {(one.image.width_px, one.image.height_px) for one in placements if one.image is not None}
    return [f"{width}x{height}" for width, height in sorted(found)]


def _how_many_wait(asker: Asker) -> int:
    """At most 100 of each kind are counted."""
    if not asker.viewer.may(Right.SEE_DRAFTS):
        return 0
    held = ListRequest([Condition("status", Comparison.IS, (CreativeStatus.HELD.value,))], limit=100)
    parts: SeenParts = asker.seen
    return len(parts.catalogue.creative_page(held).items) + len(parts.drafts.draft_page(held).items)


def _draft_of(asker: Asker, one: Creative) -> KeptDraft | None:
    """What it was drafted as, with what the model expected of it."""
    if one.provenance.origin != GENERATED or not asker.viewer.may(Right.SEE_DRAFTS):
        return None
    try:
        return asker.seen.drafts.find(one.creative_id)
    except UnknownReference:  # it came with a catalogue, and not from drafts of this workspace
        return None


def _chart(story: CreativeStory, say: Say) -> Any:
    rows = [
        {"day": one.name, "ctr": one.ctr.value, "low": one.ctr.low, "high": one.ctr.high}
        for one in story.days
        if one.ctr is not None
    ]
    if len(rows) < 2:
        return None
    x, y = charts.Axis("day", say("day"), "T", "%m-%d"), charts.Axis("ctr", say("ctr"), form=".2%", from_zero=False)
    return charts.lines(rows, x, y, say("ctr_by_day"), band=("low", "high"), points=True)


def _decision(form: Form) -> CreativeStatus:
    told = form.text("decision")
    if told not in _DECISIONS:
        raise ConfigRejected("no decision", where="decision", hint="approve or reject")
    if not form.text("reason"):
        raise refusal("decision_no_reason", "")
    return _DECISIONS[told]
