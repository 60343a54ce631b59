"""Messages in, domain words out: everything the client can say arrives, and what makes no sense is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.messages import bid_message
from adplat.domain import (
    AdFormat,
    AuctionKind,
    Blocks,
    ConfigRejected,
    Deal,
    Money,
    Opportunity,
    PrivacySignals,
    Size,
    Slot,
    UserContext,
)
from services.bidding.grpc_requests import opportunity_of, rank_request_of, read_message, reported_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
names = st.text(min_size=1, max_size=9)
some_names = st.frozensets(names, max_size=3)
moneys = st.builds(Money, st.integers(0, 10**15), st.sampled_from(["CNY", "USD", "JPY"]))
maybe = st.one_of(st.none(), st.booleans())
facts = st.dictionaries(
    names, st.one_of(st.text(max_size=9), st.floats(allow_nan=False, allow_infinity=False)), max_size=4
)
auctions = st.sampled_from(AuctionKind)
deals = st.builds(Deal, names, st.none() | moneys, st.none() | auctions, st.booleans(), some_names, some_names)
slots = st.builds(
    Slot,
    slot_id=names,
    placement=names,
    formats=st.frozensets(st.sampled_from(AdFormat), min_size=1),
    sizes=st.lists(st.builds(Size, st.integers(1, 9999), st.integers(1, 9999)), max_size=3).map(tuple),
    floor=st.none() | moneys,
    blocked_attributes=st.frozensets(st.integers(0, 17), max_size=4),
    deals=st.lists(deals, max_size=2).map(tuple),
    is_private=st.booleans(),
    is_secure=maybe,
    position=st.integers(0, 1000),
    expires_s=st.none() | st.integers(0, 10**6),
)
opportunities = st.builds(
    Opportunity,
    request_id=st.text(max_size=9),
    ts=st.just(NOON),  # a bid is decided when it arrives
    slots=st.lists(slots, min_size=1, max_size=3, unique_by=lambda slot: slot.slot_id).map(tuple),
    user=st.builds(UserContext, st.text(max_size=9), facts),
    facts=facts,
    auction=auctions,
    currencies=st.lists(names, max_size=2).map(tuple),
    blocks=st.builds(
        Blocks, some_names, some_names, some_names, some_names, st.integers(0, 9),
        some_names.map(lambda found: frozenset(name.lower() for name in found)), some_names, some_names,
    ),
    privacy=st.builds(
        PrivacySignals, maybe, maybe, st.text(max_size=9), st.text(max_size=4), st.text(max_size=9),
        st.lists(st.integers(0, 20), max_size=3).map(tuple), maybe, maybe,
    ),
    time_left_ms=st.none() | st.integers(1, 10**6),
    only_creatives=some_names,
    only_campaigns=some_names,
    is_test=st.booleans(),
    is_robot=st.booleans(),
)  # fmt: skip


@given(opportunities)
def test_an_opportunity_arrives_as_it_was_sent(opportunity: Opportunity) -> None:
    content = bid_message(opportunity).SerializeToString()
    assert opportunity_of(read_message(content, pb.BidRequest), NOON) == opportunity


def test_what_is_not_told_stays_untold() -> None:
    message = pb.BidRequest(impressions=[pb.Impression(impression_id="1", placement="feed")])
    assert opportunity_of(message, NOON) == Opportunity("", NOON, (Slot("1", "feed"),))
    message.impressions[0].floor_micros = 0
    message.impressions[0].floor_currency = "CNY"
    assert opportunity_of(message, NOON).slots[0].floor == Money(0, "CNY")


def slot(**changes: Any) -> dict[str, Any]:
    return {"impressions": [pb.Impression(**({"impression_id": "1", "placement": "feed"} | changes))]}


WRONG_BIDS = [
    ({}, "impressions", "0 impressions"),
    ({"impressions": [pb.Impression(impression_id="1", placement="feed")] * 2}, "impressions", "one id"),
    ({"impressions": [pb.Impression(impression_id="1", placement="feed")] * 101}, "impressions", "101 impressions"),
    (slot(impression_id=""), "impressions[0].impression_id", "empty"),
    (slot(placement=""), "impressions[0].placement", "empty"),
    (slot(floor_micros=-1, floor_currency="CNY"), "impressions[0].floor_micros", "-1 micros"),
    (slot(floor_micros=2**62, floor_currency="CNY"), "impressions[0].floor_micros", "micros"),
    (slot(floor_micros=1), "impressions[0].floor_currency", "currency ''"),
    (slot(floor_micros=1, floor_currency="yuan"), "impressions[0].floor_currency", "'yuan'"),
    (slot(floor_currency="CNY"), "impressions[0].floor_currency", "alone"),
    (slot(sizes=[pb.Size(width_px=3)]), "impressions[0].sizes[0]", "no pixels"),
    (slot(formats=[7]), "impressions[0].formats", "value 7"),
    (slot(position=1001), "impressions[0].position", "too large"),
    (slot(deals=[pb.Deal()]), "impressions[0].deals[0].deal_id", "empty"),
    (slot() | {"auction": 9}, "auction", "value 9"),
    (slot() | {"user": pb.User(user_key="u" * 257)}, "user.user_key", "257 characters"),
    (slot() | {"context": {"hour": pb.Value(number=float("nan"))}}, "context['hour']", "no number"),
    (slot() | {"context": {f"f{n}": pb.Value(number=1) for n in range(65)}}, "context", "65 facts"),
    (slot() | {"creative_ids": ["c"] * 1001}, "creative_ids", "1001"),
    (slot() | {"blocks": pb.Blocks(seats=[""])}, "blocks.seats", "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "where", "words"), WRONG_BIDS, ids=range(len(WRONG_BIDS)))
def test_a_wrong_opportunity_is_refused_by_field(fields: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(ConfigRejected) as refused:
        opportunity_of(pb.BidRequest(**fields), NOON)
    assert refused.value.where == where
    assert words in refused.value.what
    assert refused.value.hint


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (pb.Event(decision_id="d"), "events[1].kind"),
        (pb.Event(kind=77, decision_id="d"), "events[1].kind"),  # type: ignore[arg-type]
        (pb.Event(kind="EVENT_KIND_WIN", decision_id="d" * 300), "events[1].decision_id"),
        (pb.Event(kind="EVENT_KIND_WIN", decision_id="d", price_micros=-1), "events[1].price_micros"),
        (pb.Event(kind="EVENT_KIND_LOSS", decision_id="d", min_to_win_micros=-1), "events[1].min_to_win_micros"),
        (pb.Event(kind="EVENT_KIND_CONVERSION", decision_id="d", value_micros=-1), "events[1].value_micros"),
        (pb.Event(kind="EVENT_KIND_CONVERSION", user_key="u" * 300), "events[1].user_key"),
    ],
)
def test_a_wrong_report_is_refused_by_field(event: pb.Event, where: str) -> None:
    fine = pb.Event(kind="EVENT_KIND_CLICK", decision_id="d")
    with pytest.raises(ConfigRejected) as refused:
        reported_of(pb.RecordRequest(events=[fine, event]))
    assert refused.value.where == where


def test_scoring_needs_names() -> None:
    with pytest.raises(ConfigRejected, match="no creative is named"):
        rank_request_of(pb.ScoreRequest(placement="feed"), NOON)
    message = pb.ScoreRequest(placement="feed", creative_ids=["c1"])
    assert rank_request_of(message, NOON).ts == NOON
    message.ts.FromDatetime(NOON + timedelta(hours=8))
    asked = rank_request_of(message, NOON)
    assert (asked.ts, asked.candidates) == (NOON + timedelta(hours=8), ("c1",))
    assert asked == replace(asked, user=UserContext(""), context={})


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"\x0a\x02\xff\xfe", b"{}"])
def test_bytes_that_are_no_message_are_refused(content: bytes) -> None:
    with pytest.raises(ConfigRejected, match="no ScoreRequest"):
        read_message(content, pb.ScoreRequest)


@pytest.mark.parametrize(("seconds", "words"), [(-(10**10), "not ours"), (2**62, "none")])
def test_a_moment_that_is_none_is_refused(seconds: int, words: str) -> None:
    asked = pb.ScoreRequest(placement="feed", creative_ids=["c1"], ts=Timestamp(seconds=seconds))
    with pytest.raises(ConfigRejected, match=words) as refused:
        rank_request_of(asked, NOON)
    assert refused.value.where == "ts"
