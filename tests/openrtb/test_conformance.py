"""The rules of OpenRTB 2.6 that a bidder must keep, as far as reading and answering keep them.

HTTP (status codes, headers, gzip), deadlines, spending and counts are kept by whoever calls this room.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adplat.domain import AdFormat, AuctionKind, EventKind, InputError, Money, Slot
from adplat.openrtb import (
    Bid,
    Macro,
    answer,
    event_of,
    notice_url,
    opportunity_of,
    patience_s,
    read_filled,
    read_notice,
    read_response,
    substitute,
)
from tests.openrtb.builders import (
    NOON,
    SECRET,
    imp,
    native_bid,
    native_form,
    only_slot,
    placed_bid,
    read,
    request,
    signed_bid,
    typical_banner_request,
)


def refusal_of(body: bytes) -> InputError:
    with pytest.raises(InputError) as refused:
        opportunity_of(body, NOON)
    return refused.value


def row_1_bad_json_is_refused() -> None:
    assert refusal_of(b'{"id": "1", "imp": [').hint


def row_3_unknown_members_and_numbers_are_ignored() -> None:
    told = typical_banner_request() | {"brand_new": {"a": [1]}, "allimps": 1}
    told["imp"][0]["banner"] |= {"pos": 77, "battr": [13, 14, 9999], "novelty": None}
    told["device"] |= {"devicetype": 77, "connectiontype": 99}
    seen = opportunity_of(json.dumps(told).encode(), NOON)
    assert seen.slots[0].blocked_attributes == {13, 14, 9999}
    assert "device" not in seen.facts


def row_4_absent_is_unknown() -> None:
    seen = read()
    assert [seen.privacy.coppa, seen.privacy.gdpr, seen.privacy.do_not_track, seen.privacy.limit_ad_tracking] == [
        None
    ] * 4
    assert (seen.slots[0].floor, seen.slots[0].is_secure, seen.time_left_ms) == (None, None, None)
    assert read(regs={"gdpr": 0}).privacy.gdpr is False


def row_5_id_and_imp_are_required_and_places_exclude_each_other() -> None:
    assert refusal_of(b'{"imp": [{"id": "1"}]}').where == "$.id"
    assert refusal_of(b'{"id": "1", "imp": []}').where == "$.imp"
    assert refusal_of(json.dumps(request(site={}, dooh={})).encode()).where == "$.dooh"


def row_6_tmax_is_carried_as_what_is_granted_network_included() -> None:
    assert read(tmax=120).time_left_ms == 120


def row_7_second_price_is_the_default() -> None:
    assert read().auction is AuctionKind.SECOND_PRICE
    assert read(at=2).auction is AuctionKind.SECOND_PRICE
    assert read(at=1).auction is AuctionKind.FIRST_PRICE
    assert read(at=501).auction is AuctionKind.FIRST_PRICE  # the cautious reading of an exchange's own kind


def row_8_money_is_whole_micros_in_its_currency() -> None:
    assert read(cur=["EUR", "usd"]).currencies == ("EUR", "USD")
    assert only_slot(bidfloor=0.07, bidfloorcur="EUR").floor == Money(70, "EUR")
    assert only_slot(bidfloor=0.07).floor == Money(70, "USD")
    # 4.35 as a binary number is a little less, 0.1 + 0.2 a little more: neither is ever made.
    assert only_slot(bidfloor=4.35).floor == Money(4350, "USD")
    assert b'"price":4.350,' in answer("1", [placed_bid(price_micros=4350)])


def row_9_seats_are_allowed_or_blocked() -> None:
    assert read(wseat=["a"]).blocks.allowed_seats == {"a"}
    assert read(bseat=["b"]).blocks.seats == {"b"}


def row_10_blocks_and_allowances() -> None:
    blocks = read(badv=["Rival.example"], bapp=["com.rival"], bcat=["IAB7"], wlang=["EN", "de"]).blocks
    assert blocks.advertiser_domains == {"rival.example"}
    assert blocks.apps == {"com.rival"}
    assert (blocks.categories, blocks.allowed_categories, blocks.taxonomy) == ({"IAB7"}, frozenset(), 1)
    assert blocks.allowed_languages == {"en", "de"}
    other = read(acat=["52"], cattax=7, wlangb=["zh-Hant"]).blocks
    assert (other.allowed_categories, other.taxonomy, other.allowed_languages) == ({"52"}, 7, {"zh"})
    assert only_slot(banner={"battr": [3]}).blocked_attributes == {3}
    assert read(imp(banner={"w": 300, "h": 250, "btype": [2]})).slots == ()


def row_11_floors_go_from_the_deal_to_the_slot() -> None:
    slot = only_slot(bidfloor=1, pmp={"deals": [{"id": "a", "bidfloor": 2}, {"id": "b"}]})
    assert slot.floor == Money(1000, "USD")
    assert [deal.floor for deal in slot.deals] == [Money(2000, "USD"), Money(1000, "USD")]


def row_12_private_auctions_and_deals() -> None:
    slot: Slot = only_slot(
        pmp={"private_auction": 1, "deals": [{"id": "a", "wadomain": ["shop.example"], "at": 3, "bidfloor": 4}]}
    )
    assert slot.is_private
    assert slot.deals[0].advertiser_domains == {"shop.example"}
    assert slot.deals[0].has_fixed_price
    assert answered(placed_bid(deal_id="a")).dealid == "a"
    assert answered(placed_bid()).dealid is None


def row_13_privacy_signals_in_either_place() -> None:
    newer = read(regs={"coppa": 1, "gdpr": 1, "us_privacy": "1YNN", "gpp": "DB", "gpp_sid": [2]}, user={"consent": "C"})
    older = read(
        regs={"coppa": 1, "ext": {"gdpr": 1, "us_privacy": "1YNN", "gpp": "DB", "gpp_sid": [2]}},
        user={"ext": {"consent": "C"}},
    )
    assert newer.privacy == older.privacy
    assert (newer.privacy.coppa, newer.privacy.gdpr, newer.privacy.gpp_sections) == (True, True, (2,))
    device = read(device={"dnt": 1, "lmt": 1}).privacy
    assert (device.do_not_track, device.limit_ad_tracking) == (True, True)


def row_14_a_test_is_marked_on_the_way_in_and_back() -> None:
    assert read(test=1).is_test
    assert not read(test=0).is_test
    url = notice_url("https://bid.example", EventKind.BILLING, signed_bid(is_test=True), [SECRET])
    assert event_of(read_notice(url, [SECRET]), NOON) is None


def row_15_notices_and_macros() -> None:
    bid = answered(placed_bid())
    assert all("${AUCTION_" in (url or "") for url in (bid.nurl, bid.burl, bid.lurl))
    assert len(Macro) == 14
    for macro in Macro:
        for encoding in ("", "B64"):
            assert read_filled(substitute(macro.written(encoding), {macro: "7"}), encoding).value == "7"
            assert read_filled(substitute(macro.written(encoding), {macro: "AUDIT"}), encoding).is_audit


def row_16_a_billing_is_one_event_however_often_it_is_called() -> None:
    url = notice_url("https://bid.example", EventKind.BILLING, signed_bid(), [SECRET])
    called = substitute(url, {Macro.AUCTION_PRICE: "2.43"})
    events = [event_of(read_notice(called, [SECRET]), NOON + timedelta(seconds=second)) for second in range(5)]
    assert {(event.event_id, event.price_micros) for event in events if event} == {("decision-1:billing", 2430)}
    win = event_of(
        read_notice(notice_url("https://bid.example", EventKind.WIN, signed_bid(), [SECRET]), [SECRET]), NOON
    )
    assert win is not None
    assert win.event_id == "decision-1:win"


def row_17_how_long_an_ad_may_wait_is_read_and_told() -> None:
    assert only_slot(exp=300).expires_s == 300
    waits_s = patience_s(AdFormat.BANNER, in_app=False, seller_expires_s=only_slot(exp=300).expires_s)
    assert answered(placed_bid(expires_s=waits_s)).exp == 300
    assert [
        patience_s(AdFormat.BANNER, in_app=False, seller_expires_s=None),
        patience_s(AdFormat.BANNER, in_app=True, seller_expires_s=None),
        patience_s(AdFormat.NATIVE, in_app=True, seller_expires_s=None),
        patience_s(AdFormat.BANNER, in_app=True, seller_expires_s=86_400),
    ] == [60, 300, 600, 1800]


def row_18_the_supply_chain_is_carried() -> None:
    supply = opportunity_of(json.dumps(typical_banner_request()).encode(), NOON).supply
    assert (supply.transaction_id, supply.is_decided_upstream, supply.is_complete) == ("transaction-1", False, True)
    assert [(node.system, node.seller_id) for node in supply.nodes] == [("ssp.example", "77")]


def row_19_spiders_are_seen_and_a_reason_for_no_bid_is_read() -> None:
    assert read(device={"ua": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}).is_robot
    assert not opportunity_of(json.dumps(typical_banner_request()).encode(), NOON).is_robot
    assert read_response(b'{"id":"1","seatbid":[],"nbr":3}').nbr == 3


def row_20_every_bid_says_what_it_is() -> None:
    for bid, kind in ((placed_bid(), 1), (native_bid(native_form()), 4)):
        told: dict[str, Any] = json.loads(answer("1", [bid]))["seatbid"][0]["bid"][0]
        assert told["mtype"] == kind
        wanted = {
            "adomain",
            "crid",
            "cid",
            "w",
            "h",
            "attr",
            "cat",
            "cattax",
            "language",
            "exp",
            "adm",
            "nurl",
            "burl",
            "lurl",
        }
        assert wanted <= set(told)


def answered(bid: Any) -> Bid:
    (seat,) = read_response(answer("auction-7", [bid])).seatbid or ()
    return seat.bid[0]


_ROWS = [row for name, row in sorted(globals().items()) if name.startswith("row_")]


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.__name__)
def test_a_bidder_keeps(row: Callable[[], None]) -> None:
    row()


def test_every_row_but_that_of_http_headers_concerns_this_room() -> None:
    assert sorted(int(row.__name__.split("_")[1]) for row in _ROWS) == [1, *range(3, 21)]
