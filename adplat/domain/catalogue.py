"""What is advertised: Advertiser ▸ Campaign ▸ Ad ▸ Creative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adplat.domain.errors import ConfigRejected
from adplat.domain.money import Money

HOURS_A_WEEK = 7 * 24
# A catalogue may not ask for a longer cap: every showing of every user is remembered for so long.
LONGEST_CAP_S = 90 * 24 * 3600


class CampaignStatus(StrEnum):
    """A campaign's life.

    ::

        draft ──▶ scheduled ──▶ live ◀──▶ paused
                      │           │          │
                      └───────────┴──────────┴──▶ ended

    ``scheduled`` waits for its flight to begin; ``paused`` was stopped by a person and may go on;
    ``ended`` is final (flight over, or closed by a person).
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"

    def may_become(self, other: CampaignStatus) -> bool:
        """Whether the step to ``other`` is drawn above."""
        return other in _CAMPAIGN_STEPS[self]


class CreativeStatus(StrEnum):
    """A creative's life.

    ::

        drafted ──▶ held ──▶ approved ──▶ live ◀──▶ paused
                     │                     │          │
                     └──▶ rejected         └──────────┴──▶ retired

    ``held`` waits for a person; ``approved`` may run but is not running yet; only ``live``
    creatives are ever chosen. ``rejected`` and ``retired`` are final.
    """

    DRAFTED = "drafted"
    HELD = "held"
    APPROVED = "approved"
    LIVE = "live"
    PAUSED = "paused"
    RETIRED = "retired"
    REJECTED = "rejected"

    def may_become(self, other: CreativeStatus) -> bool:
        """Whether the step to ``other`` is drawn above."""
        return other in _CREATIVE_STEPS[self]


_CAMPAIGN_STEPS: dict[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.SCHEDULED}),
    CampaignStatus.SCHEDULED: frozenset({CampaignStatus.LIVE, CampaignStatus.ENDED}),
    CampaignStatus.LIVE: frozenset({CampaignStatus.PAUSED, CampaignStatus.ENDED}),
    CampaignStatus.PAUSED: frozenset({CampaignStatus.LIVE, CampaignStatus.ENDED}),
    CampaignStatus.ENDED: frozenset(),
}

_CREATIVE_STEPS: dict[CreativeStatus, frozenset[CreativeStatus]] = {
    CreativeStatus.DRAFTED: frozenset({CreativeStatus.HELD}),
    CreativeStatus.HELD: frozenset({CreativeStatus.APPROVED, CreativeStatus.REJECTED}),
    CreativeStatus.APPROVED: frozenset({CreativeStatus.LIVE}),
    CreativeStatus.LIVE: frozenset({CreativeStatus.PAUSED, CreativeStatus.RETIRED}),
    CreativeStatus.PAUSED: frozenset({CreativeStatus.LIVE, CreativeStatus.RETIRED}),
    CreativeStatus.RETIRED: frozenset(),
    CreativeStatus.REJECTED: frozenset(),
}


class BidStrategyKind(StrEnum):
    """What the advertiser steers by."""

    MAX_CPC = "max_cpc"
    TARGET_CPA = "target_cpa"
    TARGET_ROAS = "target_roas"
    CPM = "cpm"


@dataclass(frozen=True, slots=True)
class BidStrategy:
    """``target_micros`` is money per click, action or thousand impressions; ROAS uses ``target_ratio``."""

    kind: BidStrategyKind
    target_micros: int = 0
    target_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent a day and over the whole flight; ``None`` means no limit."""

    daily: Money | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class Flight:
    """When a campaign may run: ``[start, end)`` in aware UTC; ``end`` ``None`` means open."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ConfigRejected("a flight has a time without zone", hint="give aware UTC times")
        if self.end is not None and self.end <= self.start:
            raise ConfigRejected("a flight ends before it starts", hint="swap start and end")

    def covers(self, moment: datetime) -> bool:
        """Whether ``moment`` lies inside the flight."""
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class Targeting:
    """Who and where; an empty tuple means no restriction on that field, and a fact that is not known meets none.

    Args:
        hours_of_week: 0 is Monday 00:00 to 01:00 in the campaign's own time zone, 167 the last hour of Sunday.
        sites: domains and app bundles where alone it may run.
        excluded_sites: domains and app bundles where it may not.
        excluded_content: content categories of pages and apps beside which it may not stand (brand safety).
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    operating_systems: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    placements: tuple[str, ...] = ()
    hours_of_week: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    excluded_sites: tuple[str, ...] = ()
    excluded_content: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not 0 <= hour < HOURS_A_WEEK for hour in self.hours_of_week):
            raise ConfigRejected(
                "an hour of the week is none", hint="count from 0, Monday 00:00, to 167, Sunday 23:00, in whole hours"
            )


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most ``limit`` impressions to one user in any ``window_s`` seconds, of the campaign or of each creative."""

    limit: int
    window_s: int
    per_creative: bool = False

    def __post_init__(self) -> None:
        if self.limit < 1 or self.window_s < 1:
            raise ConfigRejected(
                f"a cap of {self.limit} impressions in {self.window_s} s",
                hint="give at least one impression and one second, or leave the cap out",
            )


@dataclass(frozen=True, slots=True)
class Attribution:
    """How long after a showing (``view_s``) or a click (``click_s``) a conversion counts; 0 counts none."""

    click_s: int = 7 * 24 * 3600
    view_s: int = 0


@dataclass(frozen=True, slots=True)
class Advertiser:
    """Who pays."""

    advertiser_id: str
    name: str
    currency: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What an advertiser buys; days of its budget and hours of its targeting are those of ``time_zone`` (IANA)."""

    campaign_id: str
    advertiser_id: str
    name: str
    status: CampaignStatus
    budget: Budget
    flight: Flight
    bid_strategy: BidStrategy
    targeting: Targeting = field(default_factory=Targeting)
    time_zone: str = "UTC"
    frequency_caps: tuple[FrequencyCap, ...] = ()
    attribution: Attribution = field(default_factory=Attribution)


@dataclass(frozen=True, slots=True)
class Ad:
    """One thing advertised inside a campaign; it holds the creatives that may show it."""

    ad_id: str
    campaign_id: str
    name: str
    landing_url: str


@dataclass(frozen=True, slots=True)
class ImageAsset:
    """A picture by content: ``sha256`` names the bytes in the object store; ``path`` is where it came from."""

    sha256: str
    path: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Copy:
    """The words of a creative."""

    headline: str
    body: str = ""
    cta: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a creative came from: ``human``, ``generated`` or ``simulated``, and from what."""

    origin: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Creative:
    """One picture with its words, as shown.

    ``content_categories`` (IAB content taxonomy 1.0, such as ``IAB18-1``) and ``attributes`` (AdCOM creative
    attributes) are what a seller may block; ``category`` is the market's own. ``elements`` are what it is made
    of, value by kind, such as ``{"template": "hero", "background": "beach"}``; creatives may have them in common.
    """

    creative_id: str
    ad_id: str
    campaign_id: str
    advertiser_id: str
    status: CreativeStatus
    copy: Copy
    image: ImageAsset | None = None
    category: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance("human"))
    content_categories: tuple[str, ...] = ()
    attributes: tuple[int, ...] = ()
    elements: Mapping[str, str] = field(default_factory=dict)

    @property
    def made_of(self) -> dict[str, str]:
        """Its elements; of kinds that are not told, its picture and its words."""
        own = {
            "image": self.image.sha256 if self.image else "",
            "headline": self.copy.headline,
            "body": self.copy.body,
            "cta": self.copy.cta,
        }
        return {kind: value for kind, value in {**own, **self.elements}.items() if value}


@dataclass(frozen=True, slots=True)
class LiveCatalogue:
    """What may be shown now and to whom it belongs, each ordered by id.

    ``creatives`` are live and of live campaigns; ``ads``, ``campaigns`` and ``advertisers`` are those they name.
    """

    advertisers: tuple[Advertiser, ...]
    campaigns: tuple[Campaign, ...]
    ads: tuple[Ad, ...]
    creatives: tuple[Creative, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an ad may stand, its size, and what may not stand there."""

    placement_id: str
    width_px: int
    height_px: int
    blocked_categories: tuple[str, ...] = ()
