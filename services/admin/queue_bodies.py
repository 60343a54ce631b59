"""What goes over the wire of the queue of creatives and drafts that wait for a person."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from adplat.domain import ChangedMeanwhile, Creative, KeptDraft
from adplat.flows.describe_catalogue import creative_document
from adplat.flows.describe_drafts import kept_document
from adplat.flows.review_queue import MOST_AT_ONCE, Named, Outcome, Waiting, Waits
from services.admin.etags import etag_of, require_match


class WaitingOut(BaseModel):
    """One that waits; ``etag`` goes back with a decision. ``review`` null: nobody reviewed it here."""

    kind: Waits
    id: str
    etag: str
    advertiser_id: str
    campaign_id: str
    headline: str
    has_picture: bool
    is_clean: bool
    review: dict[str, Any] | None


class NamedIn(BaseModel):
    """One thing as it was seen."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    kind: Waits
    id: Annotated[str, Field(min_length=1, max_length=256)]
    etag: Annotated[str, Field(min_length=1, max_length=256)]

    def named(self) -> Named:
        return Named(self.kind, self.id, self.etag)


class ApprovalsIn(BaseModel):
    """One reason for all of them."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    items: Annotated[list[NamedIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OutcomeOut(BaseModel):
    """``error`` null: it was approved."""

    kind: Waits
    id: str
    error: str | None


class OutcomesOut(BaseModel):
    """In the order in which they were named."""

    items: list[OutcomeOut]


def document_of(thing: Creative | KeptDraft) -> dict[str, Any]:
    """What its ETag is of."""
    return creative_document(thing) if isinstance(thing, Creative) else kept_document(thing)


def require_as_seen(etag: str, thing: Creative | KeptDraft) -> None:
    """Raises ChangedMeanwhile."""
    require_match(etag, document_of(thing))


def waiting_document(one: Waiting) -> dict[str, Any]:
    """Of a list."""
    thing = one.thing
    if isinstance(thing, Creative):
        headline, has_picture = thing.copy.headline, thing.image is not None
    else:
        headline, has_picture = thing.draft.copy.part("headline"), bool(thing.draft.file_sha256)
    return {
        "kind": one.kind.value,
        "id": one.thing_id,
        "etag": etag_of(document_of(thing)),
        "advertiser_id": thing.advertiser_id,
        "campaign_id": thing.campaign_id,
        "headline": headline,
        "has_picture": has_picture,
        "is_clean": one.is_clean,
        "review": None if one.review is None else dict(one.review),
    }


def outcome_document(one: Outcome) -> dict[str, Any]:
    """Of an answer."""
    error = None if one.why is None else one.why.what
    if one.why is not None and one.why.hint and not isinstance(one.why, ChangedMeanwhile):  # its hint is of one thing
        error = f"{one.why.what}; {one.why.hint}"
    return {"kind": one.named.kind.value, "id": one.named.thing_id, "error": error}
