"""One imp as a slot: sizes, floors, deals, and what we leave to others."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import AdFormat, AuctionKind, Money, Size
from adplat.openrtb import cpm_of_micros, micros_of_cpm
from tests.openrtb.builders import imp, only_slot, read


@pytest.mark.parametrize(
    ("cpm", "micros"),
    [("0", 0), ("0.03", 30), ("0.0301", 31), ("2.43", 2430), ("0.000001", 1), ("1e-30", 1), ("10", 10_000)],
)
def test_a_floor_is_rounded_up_to_whole_micros_of_one_impression(cpm: str, micros: int) -> None:
    assert micros_of_cpm(Decimal(cpm), "here") == micros


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**6, places=9))
def test_a_floor_in_micros_is_the_least_that_is_not_below_the_cpm(cpm: Decimal) -> None:
    micros = micros_of_cpm(cpm, "here")
    assert cpm_of_micros(micros) >= cpm
    assert micros == 0 or cpm_of_micros(micros - 1) < cpm


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=1000, allow_nan=False))
def test_a_floor_is_the_decimal_that_was_written_not_the_float_that_is_near(cpm: float) -> None:
    floor = only_slot(bidfloor=cpm).floor
    assert floor is not None
    assert floor.amount_micros == int((Decimal(repr(cpm)) * 1000).to_integral_value(ROUND_CEILING))


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12))
def test_micros_become_a_cpm_and_come_back_unchanged(micros: int) -> None:
    assert micros_of_cpm(cpm_of_micros(micros), "here") == micros


def test_a_floor_of_zero_is_told_and_no_floor_is_not() -> None:
    assert only_slot(bidfloor=0, bidfloorcur="eur").floor == Money(0, "EUR")
    assert only_slot().floor is None


def test_a_deal_has_its_own_floor_else_that_of_the_slot() -> None:
    deals = [{"id": "own", "bidfloor": 2.5, "bidfloorcur": "EUR"}, {"id": "none"}, {"id": "free", "bidfloor": 0}]
    slot = only_slot(bidfloor=1.5, bidfloorcur="GBP", pmp={"deals": deals})
    assert [deal.floor for deal in slot.deals] == [Money(2500, "EUR"), Money(1500, "GBP"), Money(0, "USD")]


def test_a_deal_may_have_its_own_auction_seats_and_advertisers() -> None:
    deals = [
        {"id": "a", "at": 1, "wseat": ["s1", "s2"], "wadomain": ["WWW.Shop.example"]},
        {"id": "b", "at": 2},
        {"id": "c"},
        {"id": "d", "at": 3, "bidfloor": 4},
        {"id": "e", "at": 3},
    ]
    slot = only_slot(pmp={"private_auction": 1, "deals": deals})
    assert slot.is_private
    first, second, inherited, agreed = slot.deals  # an agreed price that is not told is no deal
    assert (first.auction, first.seats, first.advertiser_domains) == (
        AuctionKind.FIRST_PRICE,
        frozenset({"s1", "s2"}),
        frozenset({"shop.example"}),
    )
    assert second.auction is AuctionKind.SECOND_PRICE
    assert (inherited.auction, inherited.seats) == (None, frozenset())
    assert (agreed.has_fixed_price, agreed.floor) == (True, Money(4000, "USD"))


@pytest.mark.parametrize("pmp", [{}, {"private_auction": 0}, {"private_auction": 7}, None])
def test_a_slot_is_private_only_when_the_seller_says_so(pmp: dict[str, int] | None) -> None:
    assert not only_slot(pmp=pmp).is_private


@pytest.mark.parametrize(
    ("banner", "sizes"),
    [
        ({"w": 300, "h": 250}, (Size(300, 250),)),
        (
            {"format": [{"w": 300, "h": 250}, {"w": 300, "h": 250}, {"w": 728, "h": 90}]},
            (Size(300, 250), Size(728, 90)),
        ),
        ({"format": [{"w": 728, "h": 90}], "w": 300, "h": 250}, (Size(728, 90),)),
        ({"format": [{"wratio": 6, "hratio": 5, "wmin": 300}]}, (Size(300, 250),)),
        ({"format": [], "w": 300, "h": 250}, (Size(300, 250),)),
        ({}, ()),
        ({"w": 0, "h": 0}, ()),
    ],
)
def test_sizes_of_a_banner(banner: dict[str, Any], sizes: tuple[Size, ...]) -> None:
    assert only_slot(banner=banner).sizes == sizes


@pytest.mark.parametrize(
    "told",
    [
        {"banner": {"w": 300}},
        {"banner": {"w": 300, "h": -1}},
        {"banner": {"format": [{"w": 300}]}},
        {"banner": {"format": [{"wratio": 4, "hratio": 1}]}},
        {"banner": {"w": 300, "h": 250, "btype": [2]}},
        {"banner": {"w": 300, "h": 250}, "qty": {"multiplier": 14.2}},
        {"banner": None, "video": {"mimes": ["video/mp4"]}},
        {"banner": None},
        {"banner": "big"},
    ],
)
def test_what_we_cannot_fill_is_left_out_and_the_rest_stays(told: dict[str, Any]) -> None:
    seen = read(imp(**told), imp(id="2"))
    assert [slot.slot_id for slot in seen.slots] == ["2"]


def test_one_impression_at_a_time_is_what_we_buy() -> None:
    assert only_slot(qty={"multiplier": 1.0}).slot_id == "1"


@pytest.mark.parametrize(("secure", "expected"), [(1, True), (0, False), (None, None), (5, None)])
def test_secure_is_known_only_as_zero_or_one(secure: int | None, expected: bool | None) -> None:
    assert only_slot(secure=secure).is_secure is expected


@pytest.mark.parametrize(("exp", "expires_s"), [(300, 300), (0, None), (-1, None)])
def test_a_delay_is_a_positive_number_of_seconds(exp: int, expires_s: int | None) -> None:
    assert only_slot(exp=exp).expires_s == expires_s


def test_a_slot_may_take_a_banner_or_a_native_ad() -> None:
    slot = only_slot(
        native={"request": '{"assets":[{"id":1,"title":{"len":90}}]}', "battr": [3]}, banner={"battr": [1]}
    )
    assert slot.formats == {AdFormat.BANNER, AdFormat.NATIVE}
    assert slot.blocked_attributes == {1, 3}
