"""Requests of the shapes that the book prints, with ids, domains and values of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adplat.domain import AdFormat, Copy, Money, NativeForm, Opportunity, Size, Slot
from adplat.openrtb import PlacedBid, SignedBid, opportunity_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
SECRET, OLDER_SECRET = b"a secret of 32 bytes for tests 01", b"a secret of 32 bytes for tests 00"
COPY = Copy("Shoes that last", "Two years without a hole, or your money back.", "Buy now")


def imp(**told: Any) -> dict[str, Any]:
    return {"id": "1", "banner": {"w": 300, "h": 250}} | told


def request(*imps: Mapping[str, Any], **told: Any) -> dict[str, Any]:
    return {"id": "auction-7", "imp": list(imps) or [imp()]} | told


def read(*imps: Mapping[str, Any], **told: Any) -> Opportunity:
    return opportunity_of(json.dumps(request(*imps, **told)).encode(), NOON)


def only_slot(**told: Any) -> Slot:
    (slot,) = read(imp(**told)).slots
    return slot


def typical_banner_request() -> dict[str, Any]:
    """A web page in Germany, two sizes, one deal, consent: what a bidder sees most."""
    return request(
        imp(
            tagid="home_top",
            bidfloor=0.035,
            secure=1,
            exp=120,
            banner={"format": [{"w": 300, "h": 250}, {"w": 320, "h": 50}], "pos": 1, "battr": [13, 14], "btype": [1]},
            pmp={"private_auction": 0, "deals": [{"id": "spring", "bidfloor": 2.5, "at": 1, "wseat": ["agency"]}]},
        ),
        at=1,
        tmax=120,
        cur=["EUR", "USD"],
        bcat=["IAB25", "IAB7-39"],
        badv=["rival.example"],
        site={
            "id": "n1",
            "domain": "www.News.example",
            "cat": ["IAB12"],
            "pagecat": ["IAB12-2"],
            "publisher": {"id": "p"},
        },
        device={
            "ua": "Mozilla/5.0 (Linux; Android 14; Model 8) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537",
            "ip": "192.0.2.7",
            "devicetype": 4,
            "os": "Android",
            "language": "de",
            "geo": {"country": "deu", "region": "BE", "city": "Berlin", "utcoffset": 60, "lat": 52.5, "lon": 13.4},
            "dnt": 0,
            "lmt": 1,
            "ifa": "0f5c2d7e-0000-4000-8000-1234567890ab",
        },
        user={
            "id": "exchange-user",
            "buyeruid": "our-user",
            "consent": "CPconsent",
            "data": [{"id": "provider", "segment": [{"id": "cars"}, {"id": "travel"}]}],
        },
        source={
            "tid": "transaction-1",
            "fd": 0,
            "schain": {"ver": "1.0", "complete": 1, "nodes": [{"asi": "ssp.example", "sid": "77", "hp": 1}]},
        },
        regs={"coppa": 0, "gdpr": 1, "us_privacy": "1---", "gpp": "DBACNY", "gpp_sid": [2, 6]},
    )


NATIVE_REQUEST: dict[str, Any] = {
    "ver": "1.2",
    "eventtrackers": [{"event": 1, "methods": [1, 2]}],
    "assets": [
        {"id": 11, "required": 1, "title": {"len": 90}},
        {"id": 12, "required": 1, "img": {"type": 3, "wmin": 600, "hmin": 314}},
        {"id": 13, "required": 0, "img": {"type": 1, "w": 50, "h": 50}},
        {"id": 14, "required": 1, "data": {"type": 1, "len": 25}},
        {"id": 15, "data": {"type": 2, "len": 140}},
        {"id": 16, "data": {"type": 12, "len": 15}},
        {"id": 17, "data": {"type": 3}},
    ],
}


def native_slot(asked: Any = None) -> Slot:
    told = json.dumps(NATIVE_REQUEST) if asked is None else asked
    (slot,) = read({"id": "1", "native": {"request": told, "ver": "1.2"}}).slots
    return slot


def native_form(asked: Any = None) -> NativeForm:
    form = native_slot(asked).native
    assert form is not None
    return form


def placed_bid(**told: Any) -> PlacedBid:
    known: dict[str, Any] = {
        "slot_id": "1",
        "decision_id": "decision-1",
        "price_micros": 2430,
        "currency": "EUR",
        "creative_id": "creative-1",
        "campaign_id": "campaign-1",
        "ad_id": "ad-1",
        "advertiser_domain": "shop.example",
        "size": Size(300, 250),
        "image_url": "https://cdn.example/shoe.png",
        "landing_url": "https://shop.example/shoes?from=ad&x=1",
        "headline": COPY.headline,
        "body": COPY.body,
        "cta": COPY.cta,
        "language": "en",
        "expires_s": 120,
        "content_categories": ("IAB18",),
        "attributes": (1, 2),
        "win_url": "https://bid.example/win?p=${AUCTION_PRICE}",
        "billing_url": "https://bid.example/billing?p=${AUCTION_PRICE}",
        "loss_url": "https://bid.example/loss?o=${AUCTION_LOSS}",
        "impression_url": "https://bid.example/impression?d=1&s=2",
        "click_url": "https://bid.example/click?d=1&s=3",
    }
    return PlacedBid(**(known | told))


def native_bid(form: NativeForm, **told: Any) -> PlacedBid:
    return placed_bid(format=AdFormat.NATIVE, native=form, size=Size(600, 314), **told)


def signed_bid(**told: Any) -> SignedBid:
    known: dict[str, Any] = {
        "decision_id": "decision-1",
        "campaign_id": "campaign-1",
        "creative_id": "creative-1",
        "bid": Money(2430, "EUR"),
        "issued_at": NOON,
        "landing_url": "https://shop.example/shoes?from=ad&x=1",
    }
    return SignedBid(**(known | told))
