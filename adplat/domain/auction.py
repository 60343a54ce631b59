"""In what kind of auction a decision was bid, and for what value: what the price of a place is learned from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AuctionKind(StrEnum):
    """Who wins pays the own bid (first price) or what would have sufficed (second price, or second price plus)."""

    FIRST_PRICE = "first_price"
    SECOND_PRICE = "second_price"


@dataclass(frozen=True, slots=True)
class AuctionTerms:
    """Terms of one bid.

    Args:
        kind: of the deal where there is one, else of the opportunity.
        value_micros: what one showing was worth to the campaign; the bid is never more.
        currency: of bid and value.
        deal_id: empty in the open auction.
        has_fixed_price: the deal's price was bid, whatever the value beyond it.
    """

    kind: AuctionKind
    value_micros: int
    currency: str
    deal_id: str = ""
    has_fixed_price: bool = False
