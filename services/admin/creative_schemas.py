"""What goes over the wire of creatives and drafts, and of what was decided about them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from adplat.domain import CreativeStatus
from services.admin.schemas import Body, Name


class CreativeIn(Body):
    """A picture (PNG, JPEG, GIF or WebP as base64), or words, or both, for one placement."""

    ad_id: Name
    placement: Name
    headline: Annotated[str, Field(max_length=2000)] = ""
    body: Annotated[str, Field(max_length=2000)] = ""
    cta: Annotated[str, Field(max_length=2000)] = ""
    language: Annotated[str, Field(max_length=16)] = ""
    category: Annotated[str, Field(max_length=256)] = ""
    image: Annotated[str, Field(max_length=14 * 2**20)] = ""
    file_name: Annotated[str, Field(max_length=256)] = ""


class CreativeOut(BaseModel):
    creative_id: str
    ad_id: str
    campaign_id: str
    advertiser_id: str
    status: CreativeStatus
    headline: str
    body: str
    cta: str
    language: str
    width_px: int | None
    height_px: int | None
    has_picture: bool
    category: str
    origin: str
    source: str
    elements: dict[str, str]


class ReviewedCreativeOut(CreativeOut):
    """``review`` null: it was not handed in here."""

    review: dict[str, Any] | None


class CreativeChanges(Body):
    """live, paused or retired."""

    status: CreativeStatus


class DecisionIn(Body):
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class DraftDecisionIn(DecisionIn):
    """``ad_id``: of an approval; empty: the ad that leads where the brief says."""

    ad_id: Annotated[str, Field(max_length=256)] = ""


class DraftOut(BaseModel):
    """One held or decided draft, as ``adplat drafts show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    draft_id: str
    status: CreativeStatus
    advertiser_id: str
    campaign_id: str
    placement: str
    review: dict[str, Any]
