"""Deeds on campaigns over the wire: many steps at once, and a copy."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from adplat.domain import CampaignStatus
from adplat.flows.copy_campaign import MOST_AT_ONCE
from services.admin.schemas import Name


class StepsIn(BaseModel):
    """``status`` is what all of them shall become."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    campaign_ids: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    status: CampaignStatus


class StepOut(BaseModel):
    """``problem`` null: it is so now."""

    campaign_id: str
    problem: str | None


class StepsOut(BaseModel):
    items: list[StepOut]


class CopyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
