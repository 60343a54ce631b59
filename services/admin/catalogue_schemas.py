"""What goes over the wire of advertisers, campaigns and ads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from adplat.domain import CURRENCIES, BidStrategyKind, CampaignStatus
from services.admin.schemas import Body, Moment, Name

Micros = Annotated[int, Field(ge=1, le=10**15)]
# Which there are, flows know and say; the document names them.
Currency = Annotated[
    str, WithJsonSchema({"type": "string", "description": "ISO 4217", "pattern": f"^({'|'.join(sorted(CURRENCIES))})$"})
]
_Values = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=256)], ...], Field(max_length=500)]


class AdvertiserIn(Body):
    name: Name
    currency: Currency
    domain: Annotated[str, Field(max_length=256)] = ""


class AdvertiserOut(BaseModel):
    advertiser_id: str
    name: str
    currency: str
    domain: str


class BidStrategyBody(Body):
    """``target_micros`` per click, action or thousand impressions; ``target_ratio`` for target_roas alone."""

    kind: BidStrategyKind
    target_micros: Annotated[int, Field(ge=0, le=10**15)] = 0
    target_ratio: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 0.0


class TargetingBody(Body):
    """Empty: no restriction. ``countries`` by their ISO 3166 code of two or three letters; ``hours_of_week``
    from 0 (Monday 00:00) to 167."""

    countries: _Values = ()
    regions: _Values = ()
    devices: _Values = ()
    operating_systems: _Values = ()
    languages: _Values = ()
    segments: _Values = ()
    placements: _Values = ()
    hours_of_week: Annotated[tuple[Annotated[int, Field(ge=0, le=167)], ...], Field(max_length=168)] = ()
    sites: _Values = ()
    excluded_sites: _Values = ()
    excluded_content: _Values = ()


class FrequencyCapBody(Body):
    limit: Annotated[int, Field(ge=1, le=10**6)]
    window_s: Annotated[int, Field(ge=1, le=90 * 24 * 3600)]
    per_creative: bool = False


class AttributionBody(Body):
    click_s: Annotated[int, Field(ge=0, le=90 * 24 * 3600)] = 7 * 24 * 3600
    view_s: Annotated[int, Field(ge=0, le=90 * 24 * 3600)] = 0


class CampaignIn(Body):
    """A draft; budgets in micros of the advertiser's currency, null for no limit."""

    advertiser_id: Name
    name: Name
    flight_start: Moment
    flight_end: Moment | None = None
    bid_strategy: BidStrategyBody
    daily_budget_micros: Micros | None = None
    total_budget_micros: Micros | None = None
    targeting: TargetingBody = TargetingBody()
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    frequency_caps: Annotated[tuple[FrequencyCapBody, ...], Field(max_length=20)] = ()
    attribution: AttributionBody = AttributionBody()


class CampaignChanges(Body):
    """What is not named stays; null takes a limit or an end away."""

    name: Name | None = None
    status: CampaignStatus | None = None
    flight_start: Moment | None = None
    flight_end: Moment | None = None
    bid_strategy: BidStrategyBody | None = None
    daily_budget_micros: Micros | None = None
    total_budget_micros: Micros | None = None
    targeting: TargetingBody | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    frequency_caps: Annotated[tuple[FrequencyCapBody, ...], Field(max_length=20)] | None = None
    attribution: AttributionBody | None = None


class BidStrategyOut(BaseModel):
    kind: BidStrategyKind
    target_micros: int
    target_ratio: float


class CampaignOut(BaseModel):
    campaign_id: str
    advertiser_id: str
    name: str
    status: CampaignStatus
    currency: str | None
    daily_budget_micros: int | None
    total_budget_micros: int | None
    flight_start: datetime
    flight_end: datetime | None
    bid_strategy: BidStrategyOut
    targeting: dict[str, list[str | int]]
    time_zone: str
    frequency_caps: list[dict[str, Any]]
    attribution: dict[str, int]


class AdIn(Body):
    campaign_id: Name
    name: Name
    landing_url: Annotated[str, Field(min_length=1, max_length=2048)]


class AdOut(BaseModel):
    ad_id: str
    campaign_id: str
    name: str
    landing_url: str
