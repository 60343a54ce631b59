"""The terms on which one ad may stand somewhere, flat: everything eligibility asks about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from adplat.domain import AdFormat, Flight, Size, Targeting

_ALWAYS = Flight(datetime(1970, 1, 1, tzinfo=UTC), None)


@dataclass(frozen=True, slots=True)
class AdTerms:
    """One creative of one campaign; its place in the sequence given to the index is its row.

    Args:
        seat: on whose behalf the bid is made: the advertiser's id unless a seller gave another name.
        formats: what its parts can be drawn as.
        size: of its picture as a banner; ``None`` fits any slot.
        language: of its words, ISO 639-1; empty when not told.
        content_categories: IAB content taxonomy 1.0 (``IAB18-1``).
        attributes: AdCOM creative attributes.
        landing_app: the app bundle that the ad promotes, empty for none.
        is_secure: all that it loads comes over HTTPS.
        currency: ISO 4217, in which its bids are made.
        time_zone: IANA name, in which ``targeting.hours_of_week`` are counted.
    """

    creative_id: str
    campaign_id: str
    advertiser_domain: str = ""
    seat: str = ""
    formats: frozenset[AdFormat] = frozenset({AdFormat.BANNER})
    size: Size | None = None
    language: str = ""
    content_categories: tuple[str, ...] = ()
    attributes: tuple[int, ...] = ()
    landing_app: str = ""
    is_secure: bool = True
    currency: str = "USD"
    flight: Flight = _ALWAYS
    targeting: Targeting = field(default_factory=Targeting)
    time_zone: str = "UTC"
