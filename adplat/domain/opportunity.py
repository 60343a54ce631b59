"""One chance to show ads: an Opportunity has Slots, and each slot is bid on or not, with the reason.

``None`` means *not told*, which is never the same as 0, false or empty: whoever decides says what it makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adplat.domain.auction import AuctionKind
from adplat.domain.callers import ANYBODY, Caller
from adplat.domain.events import UserContext
from adplat.domain.money import Money


class AdFormat(StrEnum):
    """What a slot takes: a picture of a size, or the parts of a native ad."""

    BANNER = "banner"
    NATIVE = "native"


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """In device-independent pixels."""

    width_px: int
    height_px: int


class NativePart(StrEnum):
    """What one asset of a native ad holds; ``other`` is anything that we have not."""

    TITLE = "title"
    MAIN_IMAGE = "main_image"
    ICON = "icon"
    SPONSOR = "sponsor"
    DESCRIPTION = "description"
    CALL_TO_ACTION = "call_to_action"
    DISPLAY_URL = "display_url"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NativeAsset:
    """One part that a native ad may or must bring, answered under its ``asset_id``.

    Args:
        size: a picture must have exactly this one.
        min_size: or at least this one, which the seller scales; 0 in it is not told.
    """

    asset_id: int
    part: NativePart
    is_required: bool = False
    max_chars: int | None = None
    size: Size | None = None
    min_size: Size | None = None


@dataclass(frozen=True, slots=True)
class NativeForm:
    """What a native slot asks for.

    Args:
        takes_event_pixels: it reports impressions to ``eventtrackers`` (native 1.2), else to ``imptrackers``.
        is_wrapped: asked for as native 1.0 did, below a root ``native``, and so answered.
    """

    assets: tuple[NativeAsset, ...]
    takes_event_pixels: bool = False
    is_wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """Terms agreed with a seller beforehand. ``auction`` ``None``: that of the opportunity.

    Empty ``seats`` and ``advertiser_domains`` allow everybody.
    """

    deal_id: str
    floor: Money | None = None
    auction: AuctionKind | None = None
    has_fixed_price: bool = False
    seats: frozenset[str] = frozenset()
    advertiser_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """One place to fill. ``floor`` is money for one impression, as are all floors, bids and prices of one.

    Args:
        sizes: of a banner, any of these may stand there; empty allows every size.
        formats: any of these.
        native: what a native ad must bring; told whenever ``formats`` has it.
        blocked_attributes: AdCOM creative attributes that may not appear.
        is_private: only ``deals`` may be answered.
        expires_s: the seller may take this long between the auction and the showing.
    """

    slot_id: str
    placement: str
    formats: frozenset[AdFormat] = frozenset({AdFormat.BANNER})
    sizes: tuple[Size, ...] = ()
    floor: Money | None = None
    blocked_attributes: frozenset[int] = frozenset()
    deals: tuple[Deal, ...] = ()
    is_private: bool = False
    is_secure: bool | None = None
    position: int = 0
    expires_s: int | None = None
    native: NativeForm | None = None


@dataclass(frozen=True, slots=True)
class Blocks:
    """What the seller does not want, or exclusively wants (``allowed_…``; empty allows everything).

    Args:
        categories: blocked content categories of ads in ``taxonomy`` (AdCOM list of category taxonomies); a
            blocked category blocks those below it (``IAB7`` blocks ``IAB7-39``).
        languages: ISO 639-1, lower case.
    """

    advertiser_domains: frozenset[str] = frozenset()
    apps: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    allowed_categories: frozenset[str] = frozenset()
    taxonomy: int = 1
    allowed_languages: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    allowed_seats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PrivacySignals:
    """What law, browser and user said about this person's data, as it arrived; ``adplat.privacy`` reads it."""

    coppa: bool | None = None
    gdpr: bool | None = None
    tcf_consent: str = ""
    us_privacy: str = ""
    gpp: str = ""
    gpp_sections: tuple[int, ...] = ()
    do_not_track: bool | None = None
    limit_ad_tracking: bool | None = None


@dataclass(frozen=True, slots=True)
class SupplyNode:
    """One who sells on: ``seller_id`` inside the advertising system ``system`` (a domain)."""

    system: str
    seller_id: str
    is_paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """Through whose hands the opportunity came, the owner first where the chain ``is_complete``.

    Args:
        transaction_id: the same for everybody who sells or buys this opportunity.
        is_decided_upstream: somebody before the caller picks among its winner and others (header bidding).
    """

    transaction_id: str = ""
    is_decided_upstream: bool | None = None
    is_complete: bool | None = None
    nodes: tuple[SupplyNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One request for bids.

    Args:
        time_left_ms: what the caller grants from ``ts`` on, network included; ``None`` when it did not say.
        currencies: in which bids are taken, best first; empty when not told.
        facts: what is known of the moment, by feature name: ``country region city device os language site app
            segment …``; multi-valued ones are joined by ``|``.
        only_creatives: the caller's own choice of creatives; with ``only_campaigns`` empty too, whatever is eligible.
        only_campaigns: the same by campaign.
        needs_markup: the caller shows what we send, so only ads with a picture, a web address to lead to and an
            advertiser's domain to be blocked by.
        is_test: decided like any other, and never counted or billed.
        is_robot: a declared spider: no bid, in no count.
        caller: who asks; only creatives of its advertisers are eligible.
    """

    request_id: str
    ts: datetime
    slots: tuple[Slot, ...]
    user: UserContext = field(default_factory=lambda: UserContext(""))
    facts: Mapping[str, str | float] = field(default_factory=dict)
    auction: AuctionKind = AuctionKind.SECOND_PRICE
    currencies: tuple[str, ...] = ()
    blocks: Blocks = field(default_factory=Blocks)
    privacy: PrivacySignals = field(default_factory=PrivacySignals)
    time_left_ms: int | None = None
    needs_markup: bool = False
    only_creatives: frozenset[str] = frozenset()
    only_campaigns: frozenset[str] = frozenset()
    is_test: bool = False
    is_robot: bool = False
    supply: Supply = field(default_factory=Supply)
    caller: Caller = ANYBODY


class NoBidReason(StrEnum):
    """Why nothing was offered for a slot or a whole opportunity."""

    NOTHING_ELIGIBLE = "nothing_eligible"
    BELOW_FLOOR = "below_floor"
    FREQUENCY = "frequency"
    BUDGET = "budget"
    PACED = "paced"
    ROBOT = "robot"
    OUT_OF_TIME = "out_of_time"
    CURRENCY = "currency"
    STATE_AWAY = "state_away"
