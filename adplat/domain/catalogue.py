"""What is advertised: Advertiser ▸ Campaign ▸ Ad ▸ Creative."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adplat.domain.errors import ConfigRejected
from adplat.domain.money import Money


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
    """Who and where; an empty tuple means no restriction on that field."""

    countries: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    placements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advertiser:
    """Who pays."""

    advertiser_id: str
    name: str
    currency: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What an advertiser buys."""

    campaign_id: str
    advertiser_id: str
    name: str
    status: CampaignStatus
    budget: Budget
    flight: Flight
    bid_strategy: BidStrategy
    targeting: Targeting = field(default_factory=Targeting)


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
    """One picture with its words, as shown."""

    creative_id: str
    ad_id: str
    campaign_id: str
    advertiser_id: str
    status: CreativeStatus
    copy: Copy
    image: ImageAsset | None = None
    category: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance("human"))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an ad may stand, its size, and what may not stand there."""

    placement_id: str
    width_px: int
    height_px: int
    blocked_categories: tuple[str, ...] = ()
