"""What the doors need to know of whoever bids, and of what it answers; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from adplat.domain import Money, NoBidReason, Opportunity


class Offer(Protocol):
    """One bid. ``price`` is money for one impression; ``p_cvr`` is ``None`` without a conversion head.

    ``deal_id`` is empty in the open auction, ``expires_s`` says how long the budget stays reserved, and ``urls`` where
    each notice goes: by ``win``, ``billing``, ``loss``, ``impression``, ``click``.
    """

    @property
    def decision_id(self) -> str: ...
    @property
    def price(self) -> Money: ...
    @property
    def campaign_id(self) -> str: ...
    @property
    def creative_id(self) -> str: ...
    @property
    def deal_id(self) -> str: ...
    @property
    def propensity(self) -> float: ...
    @property
    def p_ctr(self) -> float: ...
    @property
    def p_cvr(self) -> float | None: ...
    @property
    def expires_s(self) -> int: ...
    @property
    def urls(self) -> Mapping[str, str]: ...


class BidOutcome(Protocol):
    """An offer, or the reason for none, by slot id; ``degraded`` names what had to be done without."""

    @property
    def answers(self) -> Mapping[str, Offer | NoBidReason]: ...
    @property
    def degraded(self) -> tuple[str, ...]: ...
    @property
    def bundle_id(self) -> str: ...


class Bidder(Protocol):
    """Decides one opportunity within its ``time_left_ms``; what cannot be done in time is a no-bid, not an error."""

    async def bid(self, opportunity: Opportunity) -> BidOutcome: ...
