"""``/v1/creatives`` and ``/v1/drafts``: handed in and drafted, reviewed, decided, shown."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.artwork import THUMBNAIL_SIDE_PX, UploadRefused
from adplat.artwork.file_kinds import MEDIA_TYPES, kind_of
from adplat.domain import ConfigRejected, Copy, Creative, CreativeStatus, Right, UnknownReference
from adplat.flows.admin_parts import SeenParts
from adplat.flows.decide_drafts import approve_draft, reject_draft
from adplat.flows.describe_catalogue import creative_document
from adplat.flows.describe_drafts import kept_document
from adplat.flows.edit_creatives import Upload, decide_creative, hand_in, review_of, run_creative
from services.admin.asking import Asking, a_place_in, door_of
from services.admin.creative_schemas import (
    CreativeChanges,
    CreativeIn,
    CreativeOut,
    DecisionIn,
    DraftDecisionIn,
    DraftOut,
    ReviewedCreativeOut,
)
from services.admin.etags import IdempotencyKey, IfMatch, require_match, tagged
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.schemas import PageOut

router = APIRouter(prefix="/v1", tags=["creatives"])
_KEPT_AN_HOUR = {"cache-control": "private, max-age=3600"}
_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {kind: {} for kind in MEDIA_TYPES.values()}}
}
_SMALL = _PICTURES | {304: {"description": "the browser has it"}}


@router.get("/creatives", responses=responses(), response_model=PageOut[CreativeOut])
def list_creatives(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Pictures with their words."""
    return page_document(asker.may(Right.SEE_CATALOGUE).catalogue.creative_page(wanted), creative_document)


@router.post("/creatives", status_code=201, responses=responses(404), response_model=ReviewedCreativeOut)
def upload_creative(
    body: CreativeIn, asker: Asking, request: Request, response: Response, key: IdempotencyKey = ""
) -> dict[str, Any]:
    """Hand one in: it is reviewed, and held for a person, or rejected where the review fails it."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    words = Copy(body.headline, body.body, body.cta, body.language)
    upload = Upload(body.ad_id, body.placement, words, _bytes_of(body.image), body.file_name, body.category)
    with a_place_in(door_of(request).reviewing):
        made = hand_in(parts, upload, key)
    return _reviewed(parts, made, response)


@router.get("/creatives/{creative_id}", responses=responses(404), response_model=ReviewedCreativeOut)
def read_creative(creative_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them, with what its review found."""
    parts = asker.may(Right.SEE_CATALOGUE)
    return _reviewed(parts, parts.edits.creative(creative_id), response)


@router.get("/creatives/{creative_id}/picture", responses=responses(404) | _PICTURES, response_class=Response)
def picture_of_creative(creative_id: str, asker: Asking) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_CATALOGUE)
    image = parts.edits.creative(creative_id).image
    return picture_answer(parts, "" if image is None else image.sha256)


@router.get("/creatives/{creative_id}/thumbnail", responses=responses(404) | _SMALL, response_class=Response)
def thumbnail_of_creative(creative_id: str, asker: Asking, request: Request) -> Response:
    """Its picture made small: WebP, no side longer than 320 pixels."""
    parts = asker.may(Right.SEE_CATALOGUE)
    image = parts.edits.creative(creative_id).image
    return thumbnail_answer(request, parts, "" if image is None else image.sha256)


@router.patch("/creatives/{creative_id}", responses=responses(404, 412, 428), response_model=ReviewedCreativeOut)
def edit_creative(
    creative_id: str, body: CreativeChanges, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Live, paused or retired."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    return _reviewed(parts, run_creative(parts, creative_id, body.status, as_seen(match)), response)


@router.post("/creatives/{creative_id}/approve", responses=responses(404, 412, 428), response_model=ReviewedCreativeOut)
def approve_creative(
    creative_id: str, body: DecisionIn, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """A person says that it may run."""
    parts = asker.may(Right.REVIEW_CREATIVES)
    made = decide_creative(parts, creative_id, CreativeStatus.APPROVED, body.reason, as_seen(match))
    return _reviewed(parts, made, response)


@router.post("/creatives/{creative_id}/reject", responses=responses(404, 412, 428), response_model=ReviewedCreativeOut)
def reject_creative(
    creative_id: str, body: DecisionIn, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """A person says that it may not."""
    parts = asker.may(Right.REVIEW_CREATIVES)
    made = decide_creative(parts, creative_id, CreativeStatus.REJECTED, body.reason, as_seen(match))
    return _reviewed(parts, made, response)


@router.get("/drafts", responses=responses(), response_model=PageOut[DraftOut])
def list_drafts(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """What was drafted from briefs, newest first."""
    return page_document(asker.may(Right.SEE_DRAFTS).drafts.draft_page(wanted), kept_document)


@router.get("/drafts/{draft_id}", responses=responses(404), response_model=DraftOut)
def read_draft(draft_id: str, asker: Asking) -> dict[str, Any]:
    """One of them."""
    return kept_document(asker.may(Right.SEE_DRAFTS).drafts.find(draft_id))


@router.get("/drafts/{draft_id}/picture", responses=responses(404) | _PICTURES, response_class=Response)
def picture_of_draft(draft_id: str, asker: Asking) -> Response:
    """Its file."""
    parts = asker.may(Right.SEE_DRAFTS)
    return picture_answer(parts, parts.drafts.find(draft_id).draft.file_sha256)


@router.get("/drafts/{draft_id}/thumbnail", responses=responses(404) | _SMALL, response_class=Response)
def thumbnail_of_draft(draft_id: str, asker: Asking, request: Request) -> Response:
    """Its picture made small: WebP, no side longer than 320 pixels."""
    parts = asker.may(Right.SEE_DRAFTS)
    return thumbnail_answer(request, parts, parts.drafts.find(draft_id).draft.file_sha256)


@router.post("/drafts/{draft_id}/approve", responses=responses(404), response_model=DraftOut)
def approve_a_draft(draft_id: str, body: DraftDecisionIn, asker: Asking) -> dict[str, Any]:
    """Into the catalogue with it; a decision stands once, so sending it again is refused."""
    parts = asker.may(Right.REVIEW_CREATIVES).draft_parts()
    return kept_document(approve_draft(parts, draft_id, body.reason, ad_id=body.ad_id))


@router.post("/drafts/{draft_id}/reject", responses=responses(404), response_model=DraftOut)
def reject_a_draft(draft_id: str, body: DecisionIn, asker: Asking) -> dict[str, Any]:
    """It stays a draft that nobody shows."""
    return kept_document(reject_draft(asker.may(Right.REVIEW_CREATIVES).draft_parts(), draft_id, body.reason))


def picture_answer(parts: SeenParts, sha256: str) -> Response:
    """A picture as what its bytes are, and as nothing else. Raises UnknownReference."""
    content = parts.objects.get(sha256) if sha256 else b""
    kind = kind_of(content).picture if content else ""
    if not kind:
        raise UnknownReference("it has no picture", where="picture", hint="it is words alone")
    return Response(content, media_type=MEDIA_TYPES[kind], headers=_KEPT_AN_HOUR)


def thumbnail_answer(request: Request, parts: SeenParts, sha256: str) -> Response:
    """The small one, or 304 where the browser has it; what cannot be opened is sent as it is. Raises UnknownReference.

    Who may see the picture was asked before.
    """
    if not sha256:
        return picture_answer(parts, sha256)
    etag = f'"{sha256[:32]}-{THUMBNAIL_SIDE_PX}"'
    told = _KEPT_AN_HOUR | {"etag": etag}
    if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=told)
    try:
        return Response(door_of(request).thumbnails.of(parts.objects, sha256), media_type="image/webp", headers=told)
    except UploadRefused:
        return picture_answer(parts, sha256)


def as_seen(match: str) -> Callable[[Creative], None]:
    """That a creative is what somebody saw of it."""

    def unchanged(before: Creative) -> None:
        require_match(match, creative_document(before))

    return unchanged


def _reviewed(parts: SeenParts, creative: Creative, response: Response) -> dict[str, Any]:
    document = tagged(response, creative_document(creative))
    return document | {"review": review_of(parts, creative.creative_id)}


def _bytes_of(image: str) -> bytes:
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigRejected("the picture is not base64", where="image", hint="send the file as base64") from None
