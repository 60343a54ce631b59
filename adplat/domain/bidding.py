"""What one request for bids takes from the online state, and what it leaves there until the seller answers.

A placed decision's money and exposure::

    open ──billing──▶ settled          the price counts instead of what was reserved; the exposure is confirmed
      ├────loss─────▶ released ─┐      both are given back
      └────expiry───▶ released ─┴─billing──▶ settled      what was charged counts, however late or contradictory

``win`` changes nothing of this, an impression confirms the exposure alone, and ``settled`` is final.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from adplat.domain.errors import ConfigRejected
from adplat.domain.events import Decision

# A thousand million currency units for one impression: whatever is above it is a mistake of units.
LARGEST_PRICE_MICROS = 10**15
_DAY = re.compile(r":\d{8}\Z")


# Every request asks for those of all campaigns that might bid.
@lru_cache(maxsize=1 << 16)
def money_keys(campaign_id: str, day: date) -> tuple[str, str]:
    """Where a campaign's money is counted: that day of its own zone, and the whole flight.

    Raises ConfigRejected for an id whose flight would read like a day of another campaign.
    """
    if _DAY.search(campaign_id):
        raise ConfigRejected(
            f"campaign {campaign_id!r} ends like a day", hint="name it without a colon before eight digits"
        )
    return f"{campaign_id}:{day:%Y%m%d}", campaign_id


@dataclass(frozen=True, slots=True)
class Exposure:
    """One showing to one user, or one that may still come: what frequency caps count."""

    campaign_id: str
    creative_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """What was known at the moment a request opened.

    Args:
        user: the packed user vector; ``None`` for an unknown user.
        exposures: reserved and confirmed, within the longest cap window, in no order. One that is reserved is dated
            this moment: it may be seen at any time from now on.
        open_elsewhere: other requests of this user that are being decided now.
        committed_micros: spent + reserved, parallel to the money keys that were asked for.
    """

    user: bytes | None
    exposures: tuple[Exposure, ...]
    open_elsewhere: int
    committed_micros: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoneyCounted:
    """Of one money key: what was ever reserved, what was billed, and what is spent or still reserved (committed)."""

    booked_micros: int
    spent_micros: int
    committed_micros: int

    @property
    def reserved_micros(self) -> int:
        """Bid, and neither billed nor given back."""
        return self.committed_micros - self.spent_micros


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a campaign may spend until the next look.

    Args:
        share: of its opportunities in which it takes part.
        ceiling_micros: what may be committed below ``money_key``, its day, by then.
    """

    share: float
    ceiling_micros: int
    money_key: str


@dataclass(frozen=True, slots=True)
class HourOfTraffic:
    """Requests that a campaign might have bid on in one hour of its week, and for how long they were counted.

    Both are sums that fade, see ``adplat.market.traffic``.
    """

    requests: float = 0.0
    watched_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PaceMemory:
    """What whoever paces a campaign must not forget.

    Args:
        day: as it packed it; ``None`` where nothing is remembered.
        traffic: by hour of the campaign's own week, 0 to 167.
    """

    day: bytes | None = None
    traffic: Mapping[int, HourOfTraffic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacedDecision:
    """A decision that was bid: ``reserve_micros`` is held on each of ``money_keys`` until ``expires_at``.

    What a bid costs is told by its billing, so the decision itself has no price. ``served`` packs what it was scored
    with, for the stream alone; it is called when the decision is written. Raises ConfigRejected on a decision with a
    price, on money out of range and on a time without zone.
    """

    decision: Decision
    reserve_micros: int
    money_keys: tuple[str, ...]
    expires_at: datetime
    served: Callable[[], bytes] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        where = f"decision {self.decision.decision_id}"
        if not 0 <= self.reserve_micros <= LARGEST_PRICE_MICROS:
            raise ConfigRejected(
                f"{self.reserve_micros} micros for one impression",
                where=where,
                hint="reserve what one impression may cost, not a thousand",
            )
        if self.decision.price_micros:
            raise ConfigRejected(
                "a bid with a price", where=where, hint="leave price_micros 0; the billing notice tells it"
            )
        if self.expires_at.tzinfo is None:
            raise ConfigRejected("a reservation ends at a time without zone", where=where, hint="give aware UTC times")


@dataclass(frozen=True, slots=True)
class ClosedRequest:
    """The end of an opened request: what was placed, perhaps nothing. ``user`` (packed) is for the stream alone."""

    request_id: str
    user_key: str
    placed: tuple[PlacedDecision, ...] = ()
    user: bytes | None = None
