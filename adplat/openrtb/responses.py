"""The bid response (section 4.2), as written by us and as read by whoever plays the exchange."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from adplat.openrtb.decoding import decode_part
from adplat.openrtb.parts import Part


class Bid(Part, omit_defaults=True):
    """4.2.3. ``price`` is a CPM. What the book only recommends may be absent in a response that we read."""

    id: str
    impid: str
    price: Decimal
    adid: str | None = None
    adm: str | None = None
    adomain: tuple[str, ...] | None = None
    iurl: str | None = None
    cid: str | None = None
    crid: str | None = None
    cat: tuple[str, ...] | None = None
    cattax: int | None = None
    attr: tuple[int, ...] | None = None
    language: str | None = None
    w: int | None = None
    h: int | None = None
    exp: int | None = None
    mtype: int | None = None
    dealid: str | None = None
    nurl: str | None = None
    burl: str | None = None
    lurl: str | None = None


class SeatBid(Part, omit_defaults=True):
    """4.2.2."""

    bid: tuple[Bid, ...]
    seat: str | None = None


class BidResponse(Part, omit_defaults=True):
    """4.2.1. ``id`` is absent in the shortest of all no-bids, ``{}``."""

    id: str | None = None
    seatbid: tuple[SeatBid, ...] | None = None
    bidid: str | None = None
    cur: str | None = None
    nbr: int | None = None


# Strings would be the default for decimals; the book wants numbers.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode_response(response: BidResponse) -> bytes:
    """``response`` as JSON, prices as decimal numbers of exactly what they are."""
    return _ENCODER.encode(response)


def read_response(body: bytes) -> BidResponse:
    """Read any bid response of 2.6.

    Raises:
        TableRejected: it is no JSON, or a bid lacks id, imp or price.
    """
    return decode_part(body, BidResponse)
