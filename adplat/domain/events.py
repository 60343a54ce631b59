"""What happens to one opportunity: Decision ▸ Impression ▸ Click ▸ Conversion.

A life of one decision::

    decided ──▶ shown (impression) ──▶ clicked ──▶ converted (0..n, late)
       └──▶ never shown

Everything after ``decided`` refers to the decision by ``decision_id``; an event is known by its
``event_id`` and counts once however often it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from adplat.domain.auction import AuctionTerms
from adplat.domain.catalogue import Attribution


class EventKind(StrEnum):
    """What a caller may report about a decision.

    ``win`` and ``loss`` end an auction and move no money; ``billing`` is what the seller charges for, once.
    """

    IMPRESSION = "impression"
    CLICK = "click"
    CONVERSION = "conversion"
    WIN = "win"
    BILLING = "billing"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class UserContext:
    """What is known of the user at this moment; only consented fields ever get here.

    ``user_key`` is empty when the user may not be recognised; then no history is read or kept.
    ``attributes`` are values by feature name (device, region, age band …).
    """

    user_key: str
    attributes: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice: who asked, what could be shown, what was chosen, with what probability.

    ``candidates`` are in the order served (best first), ``p_ctr``, ``p_cvr`` and
    ``first_slot_propensities`` run parallel to it; ``propensity`` is the computed probability that
    the chosen creative (``candidates[0]``) took the first slot, and the choice was drawn from it.
    ``p_cvr`` is empty when the bundle has no conversion head. ``caller_id`` is to whom it was told; empty: nobody in
    particular. ``terms`` are ``None`` where nothing was bid. ``attribution`` are the windows of the campaign at that
    moment: what is changed later holds for later decisions. ``experiments`` are those that concerned this choice, as
    ``experiment_id:arm``; who was dealt which arm is the user, or the request where ``user_key`` is empty.
    """

    decision_id: str
    request_id: str
    ts: datetime
    user_key: str
    placement: str
    advertiser_id: str
    campaign_id: str
    creative_id: str
    propensity: float
    policy: str
    bundle_id: str
    candidates: tuple[str, ...]
    p_ctr: tuple[float, ...]
    p_cvr: tuple[float, ...]
    first_slot_propensities: tuple[float, ...]
    bid_micros: int = 0
    price_micros: int = 0
    position: int = 0
    context: Mapping[str, str | float] = field(default_factory=dict)
    caller_id: str = ""
    terms: AuctionTerms | None = None
    attribution: Attribution = field(default_factory=Attribution)
    experiments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToRecord:
    """A decision on its way to the store.

    ``user`` and ``served`` (both packed) go with it on the stream alone, for whoever scores the decision once more.
    """

    decision: Decision
    user: bytes | None = None
    served: bytes | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One report about a decision. ``event_id`` makes it idempotent; ``ts`` is when it happened.

    A conversion may name a user and an advertiser, and perhaps a campaign or a creative, in place of the decision.

    ``price_micros`` is what one impression cost (``win``, ``billing``); ``min_to_win_micros`` what would have sufficed
    and ``loss_reason`` the seller's code (``loss``), where it told them.
    """

    event_id: str
    kind: EventKind
    decision_id: str
    ts: datetime
    value_micros: int = 0
    conversion_kind: str = ""
    price_micros: int = 0
    min_to_win_micros: int | None = None
    loss_reason: int | None = None
    user_key: str = ""
    advertiser_id: str = ""
    campaign_id: str = ""
    creative_id: str = ""


class EventOutcome(StrEnum):
    """What became of a reported event. ``accepted`` and ``duplicate`` are both final and safe.

    ``above_bid`` is a win or a billing that costs more than was bid: nothing changed, and the same report with a price
    that can be true is still taken.
    """

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    UNKNOWN_DECISION = "unknown_decision"
    ABOVE_BID = "above_bid"


@dataclass(frozen=True, slots=True, order=True)
class StreamPosition:
    """A place in the event stream: milliseconds and sequence, as the Redis protocol counts them."""

    milliseconds: int = 0
    sequence: int = 0

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> StreamPosition:
        """Read ``"1700000000000-3"``."""
        milliseconds, _, sequence = text.partition("-")
        return cls(int(milliseconds), int(sequence or 0))


STREAM_START = StreamPosition()


class Credit(StrEnum):
    """What a conversion is attributed to.

    ``click`` and ``view`` count for the decision that was clicked or shown. ``out_of_window`` names a decision that was
    neither within its campaign's windows before; ``unattributed`` names a user whom the advertiser had not touched.
    """

    CLICK = "click"
    VIEW = "view"
    OUT_OF_WINDOW = "out_of_window"
    UNATTRIBUTED = "unattributed"

    @property
    def counts(self) -> bool:
        """Whether a decision gets the conversion."""
        return self in (Credit.CLICK, Credit.VIEW)


@dataclass(frozen=True, slots=True)
class Touch:
    """A click or a showing, for as long as a conversion may be attributed to it.

    ``window_s`` is how long that is, ``ts`` when it happened, ``arrived_ms`` when it came to the event stream.
    """

    event_id: str
    kind: EventKind
    ts: datetime
    decision_id: str
    user_key: str
    advertiser_id: str
    campaign_id: str
    creative_id: str
    window_s: int
    arrived_ms: int


@dataclass(frozen=True, slots=True)
class WaitingConversion:
    """A conversion that has not got its credit yet; it names ``decision``, or a user and an advertiser."""

    position: StreamPosition
    event: Event
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of the event stream: a decision alone, or an event with the decision it belongs to.

    ``user`` is the packed user as the decision saw it, on decisions that a second bundle is to score as well.
    ``served`` is what it was scored with, packed, on the few decisions that are logged to be replayed.
    ``is_outcome`` marks the first notice (win, billing or loss) of how a bid's auction ended: there is one for a bid.
    A conversion stands here twice: as it was told, and once more with its ``credit``; only the second one counts.
    """

    position: StreamPosition
    decision: Decision
    event: Event | None
    user: bytes | None = None
    is_outcome: bool = False
    served: bytes | None = None
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class UserConversion:
    """An entry of the event stream without a decision: a conversion that names a user, as it was told.

    With ``credit`` (always ``unattributed``) it stands here once more: nothing led to it.
    """

    position: StreamPosition
    event: Event
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class MalformedEntry:
    """An entry of the event stream that cannot be read, as it lies there, and why."""

    position: StreamPosition
    reason: str
    fields: Mapping[bytes, bytes]
