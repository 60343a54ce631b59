"""What goes over the wire: strict on the way in, plain on the way out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from adplat.domain import BrandKit, ConfigRejected, CreativeStatus, Fact, SpecialCategory

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=20_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
MOST_PICTURE_BYTES = 10 * 1024 * 1024
# Two pictures as base64, a brief, and some air.
LARGEST_BODY_BYTES = 32 * 1024 * 1024
MOST_LISTED = 200


class DraftBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/drafts``. ``brief`` as in ``adplat schema brief``; its pictures come beside it as base64 (PNG, JPEG or
    WebP), and the paths in it only name them. The same ``idempotency_key`` is the same job, however often it is sent.
    """

    brief: dict[str, Any]
    product_image: Annotated[str, Meta(min_length=1)]
    logo_image: str = ""
    variants: Annotated[int, Meta(ge=1, le=24)] = 3
    seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    painter: Annotated[str, Meta(max_length=256)] = "procedural"
    copywriter: Annotated[str, Meta(max_length=256)] = "template"
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    idempotency_key: Annotated[str, Meta(max_length=128)] = ""


class ApproveBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/drafts/{id}/approve``; without ``ad_id`` the ad that leads where the brief says."""

    reason: Reason
    ad_id: Annotated[str, Meta(max_length=256)] = ""


class RejectBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/drafts/{id}/reject``."""

    reason: Reason


class CopyLine(Struct, forbid_unknown_fields=True):
    """One text: ``headline``, ``long_headline``, ``body``, ``description``, ``cta`` or ``business_name``."""

    part: Name
    text: Text


class ReviewBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/reviews``; ``image`` is a picture file as base64, ``name`` what it is called, if it is called so.

    Without ``facts`` nothing is known to be true, and claims go to a person.
    """

    placement: Name
    image: str = ""
    name: Annotated[str, Meta(max_length=256)] = ""
    copy: Annotated[list[CopyLine], Meta(max_length=100)] = []
    language: Annotated[str, Meta(max_length=16)] = ""
    facts: Annotated[list[Fact], Meta(max_length=50)] | None = None
    brand: BrandKit | None = None
    special_category: SpecialCategory | None = None
    read_letters: bool = True


class ReviewAnswer(Struct):
    """``verdict`` pass, hold or fail; each finding has rule, severity (fail, hold, warn), evidence, fix and figures.

    ``saying`` and ``details`` are its sentence by name, for who tells it in another language.
    """

    placement: str
    verdict: str
    findings: list[dict[str, Any]]
    not_looked: dict[str, str]


class DraftAnswer(Struct):
    """One draft; ``brief``, ``artwork`` and ``changes`` only where one is asked for by its id."""

    draft_id: str
    brief_id: str
    placement: str
    width_px: int | None
    height_px: int | None
    language: str
    copy: list[dict[str, Any]]
    made_of: dict[str, str]
    makings: list[dict[str, Any]]
    media_type: str
    file_sha256: str
    pixels_sha256: str
    parents: list[str]
    bundle_id: str | None
    p_click: list[float] | None
    nearest: list[str]
    lowered_by: list[str]
    status: str
    advertiser_id: str
    campaign_id: str
    made_at: str
    made_by: str
    decided_at: str | None
    decided_by: str | None
    reason: str | None
    creative_id: str | None
    review: ReviewAnswer
    brief: dict[str, Any] = {}
    artwork: dict[str, Any] | None = None
    changes: list[dict[str, Any]] = []


class DraftsAnswer(Struct):
    """Newest first; ``next`` is what to ask ``after`` for more, null at the end."""

    drafts: list[DraftAnswer]
    next: str | None


class HealthAnswer(Struct):
    """``GET /v1/health`` of the replica that answered."""

    status: str
    version: str


def read_status(told: str) -> CreativeStatus | None:
    """Raises ConfigRejected for a word that is no status; ``None`` for none."""
    if not told:
        return None
    try:
        return CreativeStatus(told)
    except ValueError:
        raise ConfigRejected(
            f"{told[:40]!r} is no status", where="status", hint="give held, approved, live or rejected"
        ) from None


def read_limit(told: str) -> int:
    """How many at once. Raises ConfigRejected."""
    if not told:
        return 50
    if not (told.isascii() and told.isdigit() and 1 <= int(told[:6]) <= MOST_LISTED and len(told) < 6):
        raise ConfigRejected(f"{told[:40]!r} at once", where="limit", hint=f"give 1 to {MOST_LISTED}")
    return int(told)


def encoded(document: Any) -> bytes:
    """As JSON."""
    return msgspec.json.encode(document)
