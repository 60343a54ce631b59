"""A bid request in domain words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adplat.domain import AuctionKind, Blocks, Money, PrivacySignals, Size, Supply, SupplyNode, TableRejected
from adplat.openrtb import opportunity_of
from tests.openrtb.builders import NOON, imp, read, request, typical_banner_request


def test_a_typical_request_is_read_whole() -> None:
    seen = opportunity_of(json.dumps(typical_banner_request()).encode(), NOON)

    assert (seen.request_id, seen.ts, seen.time_left_ms) == ("auction-7", NOON, 120)
    assert seen.auction is AuctionKind.FIRST_PRICE
    assert seen.currencies == ("EUR", "USD")
    assert seen.user.user_key == "our-user"
    assert seen.user.attributes == {}
    assert seen.facts == {
        "country": "DEU",
        "region": "BE",
        "city": "Berlin",
        "device": "phone",
        "os": "android",
        "language": "de",
        "segment": "cars|travel",
        "site": "news.example",
        "content": "IAB12|IAB12-2",
        "hour": 13,
        "weekday": 0,
    }
    assert seen.blocks == Blocks(
        advertiser_domains=frozenset({"rival.example"}), categories=frozenset({"IAB25", "IAB7-39"})
    )
    assert seen.privacy == PrivacySignals(
        coppa=False,
        gdpr=True,
        tcf_consent="CPconsent",
        us_privacy="1---",
        gpp="DBACNY",
        gpp_sections=(2, 6),
        do_not_track=False,
        limit_ad_tracking=True,
    )
    assert seen.supply == Supply("transaction-1", False, True, (SupplyNode("ssp.example", "77", True),))
    assert not seen.is_test
    assert not seen.is_robot
    (slot,) = seen.slots
    assert (slot.slot_id, slot.placement, slot.position, slot.expires_s, slot.is_secure) == (
        "1",
        "home_top",
        1,
        120,
        True,
    )
    assert slot.sizes == (Size(300, 250), Size(320, 50))
    assert slot.floor == Money(35, "USD")
    assert slot.blocked_attributes == {13, 14}


def test_what_is_not_told_is_not_known() -> None:
    seen = read()
    assert seen.privacy == PrivacySignals()
    assert seen.privacy.gdpr is None
    assert seen.facts == {}
    assert seen.blocks == Blocks()
    assert seen.supply == Supply()
    assert seen.user.user_key == ""
    assert seen.time_left_ms is None
    assert seen.currencies == ()
    (slot,) = seen.slots
    assert (slot.floor, slot.is_secure, slot.expires_s) == (None, None, None)


def test_a_signal_told_as_zero_is_known() -> None:
    seen = read(regs={"gdpr": 0}, device={"dnt": 0}, tmax=0)
    assert (seen.privacy.gdpr, seen.privacy.do_not_track, seen.time_left_ms) == (False, False, 0)


@pytest.mark.parametrize(
    ("user", "device", "key"),
    [
        ({"buyeruid": "ours", "id": "theirs"}, {"ifa": "device"}, "ours"),
        ({"id": "theirs"}, {"ifa": "device"}, "theirs"),
        ({}, {"ifa": "device"}, "device"),
        ({}, {"ifa": "00000000-0000-0000-0000-000000000000"}, ""),
        ({"id": ""}, {}, ""),
    ],
)
def test_the_user_is_known_by_the_best_id(user: dict[str, str], device: dict[str, str], key: str) -> None:
    assert read(user=user, device=device).user.user_key == key


def test_the_id_of_a_screen_is_nobodys() -> None:
    assert read(dooh={"id": "screen"}, device={"ifa": "screen-1"}).user.user_key == ""


def test_older_places_of_consent_and_chain_are_read() -> None:
    chain = {"complete": 0, "nodes": [{"asi": "a.example", "sid": "1"}]}
    seen = read(
        regs={"ext": {"gdpr": 1, "us_privacy": "1YYN", "gpp": "DB", "gpp_sid": [7]}},
        user={"ext": {"consent": "CPold"}},
        source={"ext": {"schain": chain}},
    )
    assert (seen.privacy.gdpr, seen.privacy.tcf_consent, seen.privacy.us_privacy) == (True, "CPold", "1YYN")
    assert (seen.privacy.gpp, seen.privacy.gpp_sections) == ("DB", (7,))
    assert (seen.supply.is_complete, len(seen.supply.nodes)) == (False, 1)


def test_the_newer_place_counts_where_both_are_told() -> None:
    assert read(regs={"gdpr": 0, "ext": {"gdpr": 1}}).privacy.gdpr is False


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ({"devicetype": 2}, "desktop"),
        ({"devicetype": 3}, "tv"),
        ({"devicetype": 7}, "tv"),
        ({"devicetype": 5}, "tablet"),
        ({"devicetype": 1, "ua": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile"}, "phone"),
        ({"devicetype": 1, "ua": "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile"}, "tablet"),
        ({"devicetype": 1, "ua": "Mozilla/5.0 (Linux; Android 14; Tab) Safari"}, "tablet"),
        ({"devicetype": 1}, "mobile"),
        ({"devicetype": 99}, None),
        ({}, None),
    ],
)
def test_device_types_have_names(device: dict[str, Any], name: str | None) -> None:
    assert read(device=device).facts.get("device") == name


def test_a_structured_user_agent_counts_more_than_the_name_told_beside_it() -> None:
    device = {"os": "Linux", "sua": {"platform": {"brand": "macOS"}, "browsers": [{"brand": "Browser"}]}}
    assert read(device=device).facts["os"] == "macos"


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ({"device": {"language": "EN"}}, "en"),
        ({"device": {"langb": "zh-Hant-TW"}}, "zh"),
        ({"site": {"content": {"language": "fr"}}}, "fr"),
        ({"device": {"language": "en"}, "site": {"content": {"language": "fr"}}}, "en"),
    ],
)
def test_the_language_is_that_of_the_browser_else_of_the_content(told: dict[str, Any], language: str) -> None:
    assert read(**told).facts["language"] == language


@pytest.mark.parametrize(("minutes", "hour", "weekday"), [(0, 12, 0), (330, 17, 0), (-720, 0, 0), (780, 1, 1)])
def test_the_hour_is_that_of_the_users_clock(minutes: int, hour: int, weekday: int) -> None:
    facts = read(device={"geo": {"utcoffset": minutes}}).facts
    assert (facts["hour"], facts["weekday"]) == (hour, weekday)


@pytest.mark.parametrize("minutes", [10**30, -99999, 841])
def test_an_offset_that_no_clock_has_tells_no_hour(minutes: int) -> None:
    assert "hour" not in read(device={"geo": {"utcoffset": minutes}}).facts


def test_an_app_is_known_by_its_store_id() -> None:
    facts = read(app={"bundle": "com.game.example", "domain": "game.example"}).facts
    assert facts["app"] == "com.game.example"
    assert "site" not in facts


def test_addresses_and_coordinates_are_nowhere() -> None:
    assert "192.0.2.7" not in repr(opportunity_of(json.dumps(typical_banner_request()).encode(), NOON))
    assert "52.5" not in repr(opportunity_of(json.dumps(typical_banner_request()).encode(), NOON))


def test_a_placement_without_a_name_is_called_after_the_site() -> None:
    (named, by_gpid, unnamed) = read(
        imp(id="1", tagid="top"), imp(id="2", ext={"gpid": "/1/top"}), imp(id="3"), site={"domain": "news.example"}
    ).slots
    assert (named.placement, by_gpid.placement, unnamed.placement) == ("top", "/1/top", "news.example")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "$"),
        (b"{", "$"),
        (b"[1]", "$"),
        (b'"text"', "$"),
        (b"null", "$"),
        (b"\xff\xfe{}", "$"),
        (b'{"id":"\xff","imp":[{"id":"1"}]}', "$"),
        (b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", "$"),
        (b'{"imp":[{"id":"1"}]}', "$.id"),
        (b'{"id":null,"imp":[{"id":"1"}]}', "$.id"),
        (b'{"id":7,"imp":[{"id":"1"}]}', "$.id"),
        (b'{"id":"","imp":[{"id":"1"}]}', "$.id"),
        (b'{"id":"a"}', "$.imp"),
        (b'{"id":"a","imp":[]}', "$.imp"),
        (b'{"id":"a","imp":{}}', "$.imp"),
        (b'{"id":"a","imp":[{"id":"1"},{}]}', "$.imp[1].id"),
        (b'{"id":"a","imp":[null]}', "$.imp[0]"),
        (b'{"id":"a","imp":[{"id":"1"},{"id":"1"}]}', "$.imp[1].id"),
        (b'{"id":"a","imp":[{"id":""}]}', "$.imp[0].id"),
    ],
)
def test_a_request_without_what_it_must_have_is_refused_with_the_place(body: bytes, where: str) -> None:
    with pytest.raises(TableRejected) as refused:
        opportunity_of(body, NOON)
    assert refused.value.where == where
    assert refused.value.hint


@pytest.mark.parametrize("told", [("site", "app"), ("site", "dooh"), ("app", "dooh"), ("site", "app", "dooh")])
def test_site_app_and_screen_exclude_each_other(told: tuple[str, ...]) -> None:
    with pytest.raises(TableRejected, match="exclude each other"):
        read(**{name: {} for name in told})


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"imp": [imp(), imp(id="2", bidfloor="a lot")]}, "$.imp[1].bidfloor"),
        ({"imp": [imp(bidfloor=-0.01)]}, "$.imp[0].bidfloor"),
        ({"imp": [imp(bidfloor="NaN")]}, "$.imp[0].bidfloor"),
        ({"imp": [imp(bidfloor=1e30)]}, "$.imp[0].bidfloor"),
        ({"imp": [imp(bidfloorcur="dollars")]}, "$.imp[0].bidfloorcur"),
        ({"imp": [imp(banner={"battr": ["x"]})]}, "$.imp[0].banner.battr"),
        ({"imp": [imp(pmp={"deals": [{"id": "a"}, {"bidfloor": 1}]})]}, "$.imp[0].pmp.deals[1].id"),
        ({"imp": [imp(pmp={"deals": [{"id": "a", "bidfloor": -1}]})]}, "$.imp[0].pmp.deals[0].bidfloor"),
        ({"imp": [imp(pmp="private")]}, "$.imp[0].pmp"),
        ({"imp": [imp(qty={"multiplier": "many"})]}, "$.imp[0].qty.multiplier"),
        ({"bcat": "IAB7"}, "$.bcat"),
        ({"badv": ["a.example", 5]}, "$.badv"),
        ({"wseat": {"a": 1}}, "$.wseat"),
        ({"cur": ["EURO"]}, "$.cur"),
        ({"at": "first"}, "$.at"),
        ({"tmax": "soon"}, "$.tmax"),
        ({"regs": {"coppa": "yes"}}, "$.regs.coppa"),
        ({"regs": {"ext": {"gdpr": []}}}, "$.regs.ext.gdpr"),
        ({"regs": "gdpr"}, "$.regs"),
        ({"device": {"lmt": {}}}, "$.device.lmt"),
    ],
)
def test_what_binds_a_bidder_must_be_readable(told: dict[str, Any], where: str) -> None:
    with pytest.raises(TableRejected) as refused:
        opportunity_of(json.dumps(request() | told).encode(), NOON)
    assert refused.value.where == where


@pytest.mark.parametrize(
    "told",
    [
        {"site": "news.example"},
        {"site": {"domain": 5, "cat": "IAB1", "page": {}}},
        {"device": []},
        {"device": {"geo": "Berlin", "ua": 5, "os": {}, "devicetype": "phone", "sua": {"browsers": [5, {"brand": 7}]}}},
        {"user": {"id": 5, "data": [{"segment": "cars"}, {"segment": [{"id": 5}]}, "x"], "consent": 1}},
        {"source": {"tid": 5, "schain": {"nodes": 5}}},
    ],
)
def test_what_only_informs_may_be_in_any_shape(told: dict[str, Any]) -> None:
    seen = read(**told)
    assert len(seen.slots) == 1
    assert seen.facts == {}
    assert seen.user.user_key == ""


def test_the_rest_of_an_object_is_kept_when_one_member_is_not_readable() -> None:
    seen = read(
        device={"os": 5, "devicetype": 2, "geo": {"country": "FRA", "city": []}}, user={"buyeruid": 1, "id": "u"}
    )
    assert seen.facts == {"device": "desktop", "country": "FRA"}
    assert seen.user.user_key == "u"


def test_numbers_may_be_bent() -> None:
    seen = read(
        imp(banner={"w": 300.0, "h": "250", "battr": [1.0, "2"]}, secure=True, bidfloor="0.03", exp=60.0),
        at=1.0,
        tmax=100.0,
        regs={"coppa": True, "gdpr": "1"},
        test=False,
    )
    (slot,) = seen.slots
    assert (slot.sizes, slot.is_secure, slot.floor, slot.expires_s) == ((Size(300, 250),), True, Money(30, "USD"), 60)
    assert slot.blocked_attributes == {1, 2}
    assert (seen.auction, seen.time_left_ms) == (AuctionKind.FIRST_PRICE, 100)
    assert (seen.privacy.coppa, seen.privacy.gdpr, seen.is_test) == (True, True, False)
