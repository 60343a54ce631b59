"""What goes over the wire, strict on the way in; what the domain refuses, it says itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from adplat.domain import (
    BidStrategyKind,
    CampaignStatus,
    CountedUsers,
    CreativeStatus,
    Dimension,
    JobState,
    Right,
    Role,
)

Item = TypeVar("Item")
Name = Annotated[str, Field(min_length=1, max_length=256)]
Micros = Annotated[int, Field(ge=1, le=10**15)]
_Values = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=256)], ...], Field(max_length=500)]


class Body(BaseModel):
    """What is sent in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=False, hide_input_in_errors=True)


class PageOut(BaseModel, Generic[Item]):
    """``next`` is the cursor of the page after, null at the end."""

    items: list[Item]
    next: str | None


class SignInIn(Body):
    user_id: Annotated[str, Field(min_length=1, max_length=256)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class PasswordIn(Body):
    old: Annotated[str, Field(min_length=1, max_length=1024)]
    new: Annotated[str, Field(min_length=1, max_length=1024)]


class WhoOut(BaseModel):
    """``advertisers`` null: all; ``form_token`` goes back as X-Form-Token with every change, empty for a key."""

    user_id: str
    role: Role
    advertisers: list[str] | None
    rights: list[str]
    form_token: str


class AdvertiserIn(Body):
    name: Name
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
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
    """Empty: no restriction. ``hours_of_week`` from 0 (Monday 00:00) to 167."""

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
    flight_start: AwareDatetime
    flight_end: AwareDatetime | None = None
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
    flight_start: AwareDatetime | None = None
    flight_end: AwareDatetime | None = None
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


class ForecastOut(BaseModel):
    """As ``adplat forecast show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    forecast_id: str
    name: str
    advertiser_id: str | None
    campaign_id: str | None
    made_at: str


class JobOut(BaseModel):
    """As ``adplat job show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    job_id: int
    kind: str
    subject: str
    state: JobState
    progress: float
    error: str | None


class JobInHandOut(BaseModel):
    job_id: int
    kind: str
    since: datetime


class WorkerOut(BaseModel):
    """A process that takes jobs of ``kinds``, as it last told; ``doing`` null: it waits for one."""

    worker_id: str
    kinds: list[str]
    version: str
    started: datetime
    seen: datetime
    lease_until: datetime
    doing: JobInHandOut | None


class UserIn(Body):
    user_id: Annotated[str, Field(min_length=1, max_length=128)]
    role: Role
    password: Annotated[str, Field(min_length=1, max_length=1024)]
    name: Annotated[str, Field(max_length=256)] = ""
    advertisers: Annotated[tuple[Name, ...], Field(max_length=1000)] | None = None


class UserChanges(Body):
    """``role`` and ``advertisers`` go together; ``disabled`` true or false; ``password`` a new one."""

    role: Role | None = None
    advertisers: Annotated[tuple[Name, ...], Field(max_length=1000)] | None = None
    name: Annotated[str, Field(max_length=256)] = ""
    disabled: bool | None = None
    password: Annotated[str, Field(min_length=1, max_length=1024)] | None = None


class UserOut(BaseModel):
    user_id: str
    name: str
    role: Role
    advertisers: list[str] | None
    disabled: datetime | None
    rights: list[str]


class KeyIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=128)]
    rights: Annotated[tuple[Right, ...], Field(min_length=1, max_length=64)]
    days: Annotated[int, Field(ge=1, le=366)] = 90
    advertisers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)] | None = None


class KeyOut(BaseModel):
    key_id: str
    user_id: str
    name: str
    rights: list[str]
    advertisers: list[str] | None
    created: datetime
    expires: datetime
    revoked: datetime | None


class MadeKeyOut(KeyOut):
    """``secret`` is told this once."""

    secret: str


class AuditOut(BaseModel):
    number: int
    at: datetime
    kind: str
    actor: str
    action: str
    subject: str
    advertiser_id: str | None
    reason: str
    detail: dict[str, str]
    sha256: str


class ReportOut(BaseModel):
    """As ``adplat report --json`` tells it, page by page: rows have ``currency``, each of ``by`` and of ``metrics``.

    ``totals`` are those of all pages; ``next`` is the cursor of the page after, null at the end.
    """

    since: date
    until: date
    time_zone: str
    by: list[Dimension]
    filters: list[str]
    covered_to: datetime | None
    metrics: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    labels: dict[str, dict[str, str]]
    next: str | None


class BreakdownOut(ReportOut):
    """The row whose value is null is all that is not told by itself."""

    attribute: str
    counted: CountedUsers
    least_users: int
    days_to_come: int


class DeliveryOut(BaseModel):
    """Micros of the advertiser's currency."""

    campaign: str
    status: CampaignStatus
    booked_micros: int | None
    spent_micros: int
    spent_share: float | None
    expected_micros: int | None
    ahead_micros: int | None
    projected_micros: int | None
    projected_end: datetime | None


class DeliveriesOut(BaseModel):
    """``next`` is the cursor of the page after, null at the end."""

    campaigns: list[DeliveryOut]
    next: str | None


class StandingOut(BaseModel):
    """``probability_of_best`` null: too many were compared; an interval null: too little is there.

    ``expected_loss``: by how much its click rate is likely below the best; ``expected_ctr``: what models promised.
    """

    creative: str
    impressions: int
    clicks: int
    ctr: float | None
    ctr_interval: list[float] | None
    probability_of_best: float | None
    fatigue: list[float] | None
    is_tired: bool
    expected_loss: float | None
    traffic_share: float | None
    expected_ctr: float | None


class StandingsOut(BaseModel):
    """``too_little`` says why nothing can be said of which is best; null where something can."""

    campaign: str
    too_little: str | None
    creatives: list[StandingOut]


class HealthOut(BaseModel):
    status: str
    version: str
