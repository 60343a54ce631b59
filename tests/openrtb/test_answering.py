"""Bids as a response: money, markup, and what every bid must say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import AdFormat, ConfigRejected, Copy, Size
from adplat.openrtb import (
    Bid,
    PlacedBid,
    answer,
    micros_of_cpm,
    patience_s,
    read_response,
    substitute,
    unfilled_assets,
)
from adplat.openrtb.macros import Macro
from tests.openrtb.builders import COPY, NATIVE_REQUEST, native_bid, native_form, placed_bid


def answered(*bids: PlacedBid, **told: Any) -> Bid:
    (seat,) = read_response(answer("auction-7", bids, **told)).seatbid or ()
    (bid,) = seat.bid
    return bid


class _Tags(HTMLParser):
    """The tags of some markup, with their attributes as a browser reads them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))


def test_a_bid_says_what_it_is_worth_and_what_it_is() -> None:
    told = json.loads(answer("auction-7", [placed_bid(seat="agency", deal_id="spring")], response_id="response-1"))
    adm = told["seatbid"][0]["bid"][0].pop("adm")
    assert adm.startswith("<a ")
    assert told == {
        "id": "auction-7",
        "bidid": "response-1",
        "cur": "EUR",
        "seatbid": [
            {
                "seat": "agency",
                "bid": [
                    {
                        "id": "decision-1",
                        "impid": "1",
                        "price": 2.43,
                        "adid": "ad-1",
                        "adomain": ["shop.example"],
                        "iurl": "https://cdn.example/shoe.png",
                        "cid": "campaign-1",
                        "crid": "creative-1",
                        "cat": ["IAB18"],
                        "cattax": 1,
                        "attr": [1, 2],
                        "language": "en",
                        "w": 300,
                        "h": 250,
                        "exp": 120,
                        "mtype": 1,
                        "dealid": "spring",
                        "nurl": "https://bid.example/win?p=${AUCTION_PRICE}",
                        "burl": "https://bid.example/billing?p=${AUCTION_PRICE}",
                        "lurl": "https://bid.example/loss?o=${AUCTION_LOSS}",
                    }
                ],
            }
        ],
    }


def test_what_a_bid_has_not_is_left_out() -> None:
    told = json.loads(answer("auction-7", [placed_bid(language="", win_url="", loss_url="")]))
    (seat,) = told["seatbid"]
    assert {"seat", "bidid"}.isdisjoint(seat | told)
    assert {"language", "nurl", "lurl", "dealid"}.isdisjoint(seat["bid"][0])


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10**12))
def test_a_price_is_written_as_the_exact_decimal(price_micros: int) -> None:
    body = answer("auction-7", [placed_bid(price_micros=price_micros)])
    written = json.loads(body, parse_float=Decimal, parse_int=Decimal)["seatbid"][0]["bid"][0]["price"]
    assert written == Decimal(price_micros) / 1000
    assert micros_of_cpm(written, "price") == price_micros


def test_bids_are_grouped_by_seat_in_the_order_they_came() -> None:
    bids = [
        placed_bid(slot_id=slot, decision_id=f"d{slot}", seat=seat)
        for slot, seat in (("1", "b"), ("2", "a"), ("3", "b"))
    ]
    seats = read_response(answer("auction-7", bids)).seatbid or ()
    assert [(seat.seat, [bid.impid for bid in seat.bid]) for seat in seats] == [("b", ["1", "3"]), ("a", ["2"])]


def test_a_banner_is_a_picture_with_a_link_and_a_pixel() -> None:
    (link, picture, pixel) = _Tags(answered(placed_bid()).adm or "").opened
    assert (link[0], link[1]["href"]) == ("a", "https://bid.example/click?d=1&s=3")
    assert (picture[1]["src"], picture[1]["width"], picture[1]["height"], picture[1]["alt"]) == (
        "https://cdn.example/shoe.png",
        "300",
        "250",
        "Shoes that last",
    )
    assert (pixel[1]["src"], pixel[1]["width"]) == ("https://bid.example/impression?d=1&s=2", "1")


def test_without_addresses_of_ours_a_banner_leads_straight_there() -> None:
    tags = _Tags(answered(placed_bid(click_url="", impression_url="")).adm or "").opened
    assert [tag for tag, _ in tags] == ["a", "img"]
    assert tags[0][1]["href"] == "https://shop.example/shoes?from=ad&x=1"


def test_the_exchanges_own_click_macro_stands_before_the_encoded_address() -> None:
    adm = answered(placed_bid(), click_macro="${CLICK_URL}").adm or ""
    assert _Tags(adm).opened[0][1]["href"] == "${CLICK_URL}https%3A%2F%2Fbid.example%2Fclick%3Fd%3D1%26s%3D3"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_words_of_an_advertiser_open_no_tag_and_fill_no_macro(words: str) -> None:
    for headline in (words, '"><script>alert(1)</script>' + words, words + "${AUCTION_PRICE}"):
        markup = answered(placed_bid(headline=headline)).adm or ""
        assert [tag for tag, _ in _Tags(markup).opened] == ["a", "img", "img"]
        assert "9.99" not in substitute(markup, {Macro.AUCTION_PRICE: "9.99"}).replace(words, "")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,AA", "//cdn.example/x", "", "https://x y/"]
)
@pytest.mark.parametrize("field", ["image_url", "landing_url"])
def test_an_address_that_is_none_of_the_web_is_refused(field: str, url: str) -> None:
    with pytest.raises(ConfigRejected, match="address") as refused:
        answer("auction-7", [placed_bid(click_url="", **{field: url})])
    assert refused.value.where == f"decision-1.{field}"


def test_an_address_of_an_advertiser_fills_no_macro() -> None:
    bid = answered(placed_bid(image_url="https://cdn.example/${AUCTION_PRICE}.png"))
    assert "${AUCTION_PRICE}" not in (bid.adm or "")
    assert "${AUCTION_PRICE}" not in (bid.iurl or "")


def native_answer(asked: Any = None, **told: Any) -> dict[str, Any]:
    bid = answered(native_bid(native_form(asked), **told))
    assert bid.mtype == 4
    parsed: dict[str, Any] = json.loads(bid.adm or "")
    return parsed


def test_a_native_ad_answers_each_asset_under_its_id() -> None:
    assert native_answer() == {
        "ver": "1.2",
        "link": {"url": "https://bid.example/click?d=1&s=3"},
        "assets": [
            {"id": 11, "title": {"text": "Shoes that last"}},
            {"id": 12, "img": {"url": "https://cdn.example/shoe.png", "w": 600, "h": 314}},
            {"id": 14, "data": {"value": "shop.example"}},
            {"id": 15, "data": {"value": "Two years without a hole, or your money back."}},
            {"id": 16, "data": {"value": "Buy now"}},
        ],
        "eventtrackers": [{"event": 1, "method": 1, "url": "https://bid.example/impression?d=1&s=2"}],
    }


def test_a_native_ad_tells_of_its_showing_the_way_the_seller_takes() -> None:
    older = native_answer({"assets": NATIVE_REQUEST["assets"]})
    assert older["imptrackers"] == ["https://bid.example/impression?d=1&s=2"]
    assert "eventtrackers" not in older


def test_a_request_below_a_root_is_answered_below_one() -> None:
    assert set(native_answer({"native": NATIVE_REQUEST})) == {"native"}


def test_optional_parts_that_do_not_fit_are_left_out() -> None:
    told = native_answer(body="x" * 141, cta="")
    assert [asset["id"] for asset in told["assets"]] == [11, 12, 14]


def test_the_picture_stands_in_for_an_icon_only_where_there_must_be_one() -> None:
    asked = {"assets": [{"id": 1, "required": 1, "img": {"type": 1, "wmin": 50, "hmin": 50}}]}
    assert [asset["id"] for asset in native_answer(asked)["assets"]] == [1]
    asked["assets"][0]["required"] = 0
    assert native_answer(asked)["assets"] == []


@pytest.mark.parametrize(
    ("copy", "size", "asset_ids"),
    [
        (COPY, Size(600, 314), []),
        (replace(COPY, headline="x" * 91), Size(600, 314), [11]),
        (replace(COPY, headline=""), Size(600, 314), [11]),
        (COPY, Size(599, 314), [12]),
        (Copy(""), Size(10, 10), [11, 12]),
    ],
)
def test_what_does_not_fit_is_known_before_bidding_and_refused_after(
    copy: Copy, size: Size, asset_ids: list[int]
) -> None:
    form = native_form()
    assert [asset.asset_id for asset in unfilled_assets(form, copy, size, "shop.example")] == asset_ids
    bid = replace(native_bid(form), headline=copy.headline, body=copy.body, cta=copy.cta, size=size)
    if asset_ids:
        with pytest.raises(ConfigRejected, match="native ad has no fitting"):
            answer("auction-7", [bid])
    else:
        assert answered(bid).adm


def test_an_exact_picture_is_wanted_exactly() -> None:
    form = native_form({"assets": [{"id": 1, "required": 1, "img": {"type": 3, "w": 600, "h": 314}}]})
    assert not unfilled_assets(form, COPY, Size(600, 314), "shop.example")
    assert unfilled_assets(form, COPY, Size(1200, 628), "shop.example")


def test_words_of_a_native_ad_fill_no_macro() -> None:
    told = native_answer(headline="${AUCTION_PRICE} shoes")
    assert told["assets"][0]["title"]["text"] == "$ {AUCTION_PRICE} shoes"


@pytest.mark.parametrize(
    ("bids", "message"),
    [
        ([], "0 bids"),
        ([placed_bid(), placed_bid(currency="USD")], "2 currencies"),
        ([placed_bid(price_micros=0)], "bid of nothing"),
        ([placed_bid(price_micros=-5)], "bid of nothing"),
        ([placed_bid(advertiser_domain="")], "no domain"),
        ([placed_bid(format=AdFormat.NATIVE)], "without what the slot asked for"),
    ],
)
def test_bids_that_no_exchange_could_take_are_refused(bids: list[PlacedBid], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        answer("auction-7", bids)


@pytest.mark.parametrize(
    ("ad_format", "in_app", "told", "seconds"),
    [
        (AdFormat.BANNER, False, None, 60),
        (AdFormat.BANNER, True, None, 300),
        (AdFormat.NATIVE, True, None, 600),
        (AdFormat.NATIVE, False, None, 60),
        (AdFormat.BANNER, False, 120, 120),
        (AdFormat.BANNER, True, 120, 300),
        (AdFormat.BANNER, False, 7200, 1800),
    ],
)
def test_we_wait_as_the_rules_of_thumb_say_or_as_the_seller_announced(
    ad_format: AdFormat, in_app: bool, told: int | None, seconds: int
) -> None:
    assert patience_s(ad_format, in_app=in_app, seller_expires_s=told) == seconds


@pytest.mark.parametrize("body", [b"{}", b'{"id":"1","seatbid":[]}', b'{"id":"1","seatbid":[],"nbr":2}'])
def test_every_way_of_not_bidding_is_read(body: bytes) -> None:
    assert not read_response(body).seatbid
