"""Notices: signed when handed out, believed only when they come back whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, Event, EventKind, InputError, Money, TableRejected
from adplat.openrtb import AUDIT, Macro, Notice, event_of, notice_url, read_notice, substitute
from tests.openrtb.builders import NOON, OLDER_SECRET, SECRET, signed_bid

_BASE = "https://bid.example/openrtb/notices/"
_KINDS = (EventKind.WIN, EventKind.BILLING, EventKind.LOSS, EventKind.IMPRESSION, EventKind.CLICK)
_SHOWN = NOON + timedelta(seconds=3)
_VALUES = {
    Macro.AUCTION_PRICE: "2.11",
    Macro.AUCTION_CURRENCY: "EUR",
    Macro.AUCTION_MIN_TO_WIN: "2.05",
    Macro.AUCTION_LOSS: "102",
    Macro.AUCTION_IMP_TS: str(int(_SHOWN.timestamp() * 1000)),
}


def called(kind: EventKind, encoding: str = "", told: dict[Macro, str] | None = None, **about: Any) -> str:
    """The address as an exchange would call it."""
    return substitute(notice_url(_BASE, kind, signed_bid(**about), [SECRET], encoding), _VALUES | (told or {}))


def altered(url: str, **fields: str) -> str:
    parts = urlsplit(url)
    told = dict(parse_qsl(parts.query, keep_blank_values=True)) | fields
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(told)}"


@pytest.mark.parametrize("encoding", ["", "B64"])
def test_a_win_tells_the_price_and_what_would_have_sufficed(encoding: str) -> None:
    assert read_notice(called(EventKind.WIN, encoding), [SECRET]) == Notice(
        EventKind.WIN, signed_bid(landing_url=""), price=Money(2110, "EUR"), min_to_win=Money(2050, "EUR")
    )


@pytest.mark.parametrize("encoding", ["", "B64"])
def test_a_billing_tells_the_price_and_when_it_was_shown(encoding: str) -> None:
    assert read_notice(called(EventKind.BILLING, encoding), [SECRET]) == Notice(
        EventKind.BILLING, signed_bid(landing_url=""), price=Money(2110, "EUR"), shown_at=_SHOWN
    )


def test_a_loss_tells_the_reason_and_what_would_have_sufficed_but_no_price() -> None:
    notice = read_notice(called(EventKind.LOSS, told={Macro.AUCTION_MIN_TO_WIN: "3.5"}), [SECRET])
    assert (notice.price, notice.min_to_win, notice.loss_reason) == (None, Money(3500, "EUR"), 102)


def test_a_pixel_carries_no_price() -> None:
    assert "AUCTION_PRICE" not in notice_url(_BASE, EventKind.IMPRESSION, signed_bid(), [SECRET])
    assert read_notice(called(EventKind.IMPRESSION), [SECRET]).shown_at == _SHOWN


def test_a_click_leads_to_the_signed_address_and_no_other_notice_holds_it() -> None:
    assert read_notice(called(EventKind.CLICK), [SECRET]).about == signed_bid()
    for kind in _KINDS[:-1]:
        assert "shop.example" not in called(kind)


@pytest.mark.parametrize("kind", _KINDS)
def test_path_and_query_suffice(kind: EventKind) -> None:
    url = called(kind)
    assert read_notice(url.removeprefix("https://bid.example"), [SECRET]) == read_notice(url, [SECRET])


@pytest.mark.parametrize("kind", _KINDS)
def test_what_nobody_filled_in_is_not_known(kind: EventKind) -> None:
    untouched = notice_url(_BASE, kind, signed_bid(), [SECRET])
    for url in (untouched, substitute(untouched, {}), altered(untouched)):
        notice = read_notice(url, [SECRET])
        assert (notice.price, notice.min_to_win, notice.loss_reason, notice.shown_at) == (None, None, None, None)
        assert notice.counts


@pytest.mark.parametrize("kind", _KINDS[:-1])
def test_an_audit_counts_nowhere(kind: EventKind) -> None:
    url = substitute(notice_url(_BASE, kind, signed_bid(), [SECRET]), dict.fromkeys(Macro, AUDIT))
    assert read_notice(url, [SECRET]).is_audit
    assert not read_notice(url, [SECRET]).counts


def test_a_test_auction_counts_nowhere() -> None:
    assert not read_notice(called(EventKind.BILLING, is_test=True), [SECRET]).counts
    assert read_notice(called(EventKind.BILLING), [SECRET]).counts


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize(
    "change",
    [
        {"d": "another-decision"},
        {"c": "another-campaign"},
        {"r": "another-creative"},
        {"b": "999999"},
        {"u": "USD"},
        {"t": "1"},
        {"x": "1"},
        {"e": "B64"},
        {"l": "https://evil.example/"},
        {"s": ""},
        {"s": "A" * 22},
        {"s": "é" * 22},
    ],
)
def test_nothing_of_ours_can_be_altered(kind: EventKind, change: dict[str, str]) -> None:
    with pytest.raises(TableRejected, match="not signed by us"):
        read_notice(altered(called(kind), **change), [SECRET])


@pytest.mark.parametrize("field", ["d", "c", "r", "b", "u", "t", "s"])
def test_nothing_of_ours_can_be_left_out(field: str) -> None:
    url = called(EventKind.WIN)
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != field]
    with pytest.raises(TableRejected):
        read_notice(f"{parts.path}?{urlencode(kept)}", [SECRET])


def test_one_kind_cannot_be_turned_into_another() -> None:
    with pytest.raises(TableRejected, match="not signed by us"):
        read_notice(called(EventKind.LOSS).replace("/loss?", "/billing?"), [SECRET])


def test_the_end_of_one_field_cannot_be_moved_into_the_next() -> None:
    url = called(EventKind.WIN, campaign_id="a", creative_id="bc")
    with pytest.raises(TableRejected, match="not signed by us"):
        read_notice(altered(url, c="ab", r="c"), [SECRET])


def test_a_field_told_twice_is_refused() -> None:
    with pytest.raises(TableRejected, match="no notice"):
        read_notice(called(EventKind.WIN) + "&p=0.01", [SECRET])


def test_fields_of_others_may_be_added() -> None:
    assert read_notice(called(EventKind.WIN) + "&utm_source=x", [SECRET]).price == Money(2110, "EUR")


def test_keys_rotate() -> None:
    old, new = (
        notice_url(_BASE, EventKind.CLICK, signed_bid(), secrets)
        for secrets in ([OLDER_SECRET], [SECRET, OLDER_SECRET])
    )
    assert read_notice(old, [SECRET, OLDER_SECRET]).about == read_notice(new, [SECRET]).about
    with pytest.raises(TableRejected):
        read_notice(new, [OLDER_SECRET])
    with pytest.raises(TableRejected):
        read_notice(old, [SECRET])


@pytest.mark.parametrize("secrets", [[], [b""], [b"short"], [SECRET, b"short"]])
def test_a_missing_or_short_secret_is_refused(secrets: list[bytes]) -> None:
    with pytest.raises(ConfigRejected, match="secret"):
        notice_url(_BASE, EventKind.WIN, signed_bid(), secrets)
    with pytest.raises(ConfigRejected, match="secret"):
        read_notice(called(EventKind.WIN), secrets)


@pytest.mark.parametrize("price", ["2.43", "2.4300000000000002", "2.43e0", "0", "0.0001"])
def test_a_price_up_to_the_bid_is_believed(price: str) -> None:
    told = read_notice(called(EventKind.BILLING, told={Macro.AUCTION_PRICE: price}), [SECRET]).price
    assert told is not None
    assert told.amount_micros <= 2430


@pytest.mark.parametrize("price", ["2.431", "3", "1000000", "1e9"])
@pytest.mark.parametrize("encoding", ["", "B64"])
def test_a_price_above_the_bid_is_refused(price: str, encoding: str) -> None:
    with pytest.raises(TableRejected, match="above the bid"):
        read_notice(called(EventKind.BILLING, encoding, {Macro.AUCTION_PRICE: price}), [SECRET])


@pytest.mark.parametrize(
    "price", ["-1", "free", "2,43", "NaN", "inf", "1e999999999", "0x10", "1_0", "٣", "2.43 EUR", "9" * 99]
)
def test_a_price_that_is_no_number_is_refused(price: str) -> None:
    with pytest.raises(TableRejected, match="price"):
        read_notice(called(EventKind.WIN, told={Macro.AUCTION_PRICE: price}), [SECRET])


def test_another_currency_than_the_bids_is_refused() -> None:
    with pytest.raises(TableRejected, match="currency"):
        read_notice(called(EventKind.WIN, told={Macro.AUCTION_CURRENCY: "USD"}), [SECRET])


@pytest.mark.parametrize("told", ["yesterday", "-5", "0", "9" * 15, "9" * 40])
def test_a_time_that_is_none_is_not_known(told: str) -> None:
    assert read_notice(called(EventKind.BILLING, told={Macro.AUCTION_IMP_TS: told}), [SECRET]).shown_at is None


def sold(**told: str) -> str:
    return f"{notice_url(_BASE, EventKind.CONVERSION, signed_bid(), [SECRET])}&{urlencode(told)}"


def test_a_conversion_counts_once_for_each_kind_and_order() -> None:
    told = [
        {},
        {"conversion_kind": "signup"},
        {"conversion_kind": "purchase", "event_id": "order-1", "value_micros": "129000000"},
        {"conversion_kind": "purchase", "event_id": "order-2:x"},
    ]
    events = [event_of(read_notice(sold(**one), [SECRET]), NOON) for one in told]
    assert [one and one.event_id for one in events] == [
        f"{signed_bid().decision_id}:conversion:",
        f"{signed_bid().decision_id}:conversion:signup",
        f"{signed_bid().decision_id}:conversion:purchase:order-1",
        f"{signed_bid().decision_id}:conversion:purchase:order-2:x",
    ]
    bought = events[2]
    assert bought is not None
    assert (bought.kind, bought.decision_id, bought.value_micros) == (
        EventKind.CONVERSION,
        signed_bid().decision_id,
        129_000_000,
    )
    assert (bought.conversion_kind, bought.price_micros) == ("purchase", 0)


@pytest.mark.parametrize(
    "told",
    [
        {"value_micros": "-1"}, {"value_micros": "1.5"}, {"value_micros": "NaN"}, {"value_micros": "9" * 16},
        {"conversion_kind": "a:b"}, {"conversion_kind": "x" * 65}, {"event_id": "x" * 201},
    ],
)  # fmt: skip
def test_a_conversion_that_makes_no_sense_is_refused(told: dict[str, str]) -> None:
    with pytest.raises(TableRejected) as refused:
        read_notice(sold(**told), [SECRET])
    assert refused.value.where in told


def test_the_address_of_a_conversion_is_signed_like_the_others() -> None:
    url = sold(value_micros="5")
    for change in ({"d": "another"}, {"s": "x"}):
        with pytest.raises(TableRejected):
            read_notice(altered(url, **change), [SECRET])
    with pytest.raises(TableRejected):
        read_notice(url.replace("/conversion?", "/click?"), [SECRET])
    test_auction = notice_url(_BASE, EventKind.CONVERSION, signed_bid(is_test=True), [SECRET])
    assert event_of(read_notice(test_auction, [SECRET]), NOON) is None


@pytest.mark.parametrize(
    "url", ["", "/", "win", "/conversion?d=1", "https://[/win", "/win?" + "a=1&" * 100, "\ud800/win"]
)
def test_other_addresses_are_no_notices(url: str) -> None:
    with pytest.raises(TableRejected):
        read_notice(url, [SECRET])


@pytest.mark.parametrize(
    "landing", ["javascript:alert(1)", "//evil.example", "ftp://x.example/", "", "https://", "https://a b/"]
)
def test_a_click_is_not_handed_out_for_anything_but_a_web_address(landing: str) -> None:
    with pytest.raises(ConfigRejected, match="address"):
        notice_url(_BASE, EventKind.CLICK, signed_bid(landing_url=landing), [SECRET])


def test_an_unknown_encoding_gets_no_address() -> None:
    with pytest.raises(ConfigRejected, match="no notice of kind"):
        notice_url(_BASE, EventKind.WIN, signed_bid(), [SECRET], "AES")


def booked(notice: Notice, now: datetime) -> Event:
    event = event_of(notice, now)
    assert event is not None
    return event


@pytest.mark.parametrize("kind", [EventKind.WIN, EventKind.BILLING])
def test_what_was_paid_is_the_bid_where_no_price_was_told_and_nothing_where_zero_was(kind: EventKind) -> None:
    silent = read_notice(called(kind, told={Macro.AUCTION_PRICE: ""}), [SECRET])
    free = read_notice(called(kind, told={Macro.AUCTION_PRICE: "0"}), [SECRET])
    assert (booked(silent, _SHOWN).price_micros, booked(free, _SHOWN).price_micros) == (2430, 0)


def test_what_counts_nowhere_is_no_event() -> None:
    for told, is_test in ((AUDIT, False), ("2.11", True)):
        notice = read_notice(called(EventKind.BILLING, told={Macro.AUCTION_PRICE: told}, is_test=is_test), [SECRET])
        assert event_of(notice, _SHOWN) is None


def test_a_notice_called_twice_is_one_event() -> None:
    notice = read_notice(called(EventKind.BILLING), [SECRET])
    first, again = booked(notice, NOON + timedelta(minutes=1)), booked(notice, NOON + timedelta(hours=1))
    assert first.event_id == again.event_id == "decision-1:billing"
    assert first == again
    assert (first.kind, first.decision_id, first.price_micros, first.ts) == (
        EventKind.BILLING,
        "decision-1",
        2110,
        _SHOWN,
    )


@pytest.mark.parametrize("minutes", [-1, 90])
def test_a_showing_before_the_bid_or_after_now_is_dated_now(minutes: int) -> None:
    told = str(int((NOON + timedelta(minutes=minutes)).timestamp() * 1000))
    notice = read_notice(called(EventKind.BILLING, told={Macro.AUCTION_IMP_TS: told}), [SECRET])
    now = NOON + timedelta(minutes=60)
    assert booked(notice, now).ts == now


def test_a_loss_event_keeps_what_would_have_sufficed() -> None:
    event = booked(read_notice(called(EventKind.LOSS), [SECRET]), _SHOWN)
    assert (event.min_to_win_micros, event.loss_reason, event.price_micros) == (2050, 102, 0)


_IDS = st.text(max_size=30)


@settings(deadline=None)
@given(_IDS, _IDS, _IDS, st.integers(1, 10**12), st.sampled_from(_KINDS))
def test_whatever_was_signed_comes_back(decision: str, campaign: str, creative: str, bid: int, kind: EventKind) -> None:
    about = signed_bid(decision_id=decision, campaign_id=campaign, creative_id=creative, bid=Money(bid, "JPY"))
    read = read_notice(notice_url(_BASE, kind, about, [SECRET]), [SECRET]).about
    assert (read.decision_id, read.campaign_id, read.creative_id, read.bid) == (decision, campaign, creative, about.bid)


@settings(deadline=None)
@given(
    st.sampled_from(_KINDS),
    st.dictionaries(st.sampled_from(sorted("dcrbutxelspmoyi")), st.text(max_size=20), max_size=6),
)
def test_no_call_does_worse_than_to_be_refused(kind: EventKind, fields: dict[str, str]) -> None:
    try:
        notice = read_notice(altered(called(kind), **fields), [SECRET])
    except InputError:
        return
    assert notice.about == signed_bid(landing_url=notice.about.landing_url)
    assert notice.price is None or notice.price.amount_micros <= 2430
