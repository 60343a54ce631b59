"""Reports of impressions, clicks and conversions: defaults, refusals, and counting once."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from adplat.domain import (
    ConfigRejected,
    Decision,
    EventKind,
    EventOutcome,
    Exposure,
    PlacedDecision,
    StreamEntry,
    UserConversion,
)
from adplat.flows.rank_creatives import new_decision_id
from adplat.flows.record_events import LARGEST_BATCH, ReportedEvent, record_events
from adplat.storage import EmbeddedValkey, RedisStreamState, open_bid_state, open_online_state, open_stream_state
from tests.flows.small_shop import NOON

DECISION = Decision(
    "d1", "r1", NOON, "u1", "feed", "a1", "k1", "c1", 0.5, "uniform", "b1", ("c1", "c2"), (0.1, 0.2), (), (0.5, 0.5)
)


@pytest.fixture
def record(valkey: EmbeddedValkey, namespace: str):  # type: ignore[no-untyped-def]
    def send(*reports: ReportedEvent) -> list[EventOutcome]:
        async def run() -> list[EventOutcome]:
            online = open_online_state(valkey.url, namespace=namespace, timeout_s=10.0)
            bids = open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0)
            try:
                await online.record_decision(DECISION)
                return await record_events(bids, reports, NOON)
            finally:
                await bids.close()
                await online.close()

        return asyncio.run(run())

    return send


def test_reports_get_their_ids_and_times_and_count_once(record, stream: RedisStreamState) -> None:  # type: ignore[no-untyped-def]
    shown = ReportedEvent(EventKind.IMPRESSION, "d1")
    bought = ReportedEvent(EventKind.CONVERSION, "d1", value_micros=7, ts=NOON + timedelta(hours=2))
    subscribed = ReportedEvent(EventKind.CONVERSION, "d1", conversion_kind="subscription")
    assert record(shown, bought, subscribed) == [EventOutcome.ACCEPTED] * 3
    assert record(shown, bought) == [EventOutcome.DUPLICATE] * 2
    assert record(ReportedEvent(EventKind.CLICK, "d9")) == [EventOutcome.UNKNOWN_DECISION]
    events = [entry.event for entry in stream.read_entries(stream.folded_to(), 99, 0) if entry.event]
    assert [(event.event_id, event.ts) for event in events] == [
        ("d1:impression", NOON),
        ("d1:conversion:", NOON + timedelta(hours=2)),
        ("d1:conversion:subscription", NOON),
    ]


def test_two_purchases_count_twice_when_the_caller_numbers_them(record) -> None:  # type: ignore[no-untyped-def]
    purchases = [ReportedEvent(EventKind.CONVERSION, "d1", event_id=f"order-{n}", value_micros=5) for n in (1, 2)]
    assert record(*purchases) == [EventOutcome.ACCEPTED] * 2


def test_a_conversion_that_names_a_user_is_kept_once_and_waits_for_its_credit(record, stream: RedisStreamState) -> None:  # type: ignore[no-untyped-def]
    bought = ReportedEvent(EventKind.CONVERSION, "", "order-1", value_micros=7, user_key="u1", advertiser_id="a1")
    assert record(bought, bought) == [EventOutcome.ACCEPTED, EventOutcome.DUPLICATE]
    [entry] = [one for one in stream.read_entries(stream.folded_to(), 99, 0) if isinstance(one, UserConversion)]
    event = entry.event
    assert (event.event_id, event.decision_id, event.user_key, event.advertiser_id) == ("order-1", "", "u1", "a1")
    assert (event.ts, event.value_micros, entry.credit) == (NOON, 7, None)


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ([ReportedEvent(EventKind.CLICK, "")], "no decision_id"),
        ([ReportedEvent(EventKind.CONVERSION, "")], "no decision_id"),
        ([ReportedEvent(EventKind.CONVERSION, "d1", user_key="u1")], "a decision_id and a user_key"),
        ([ReportedEvent(EventKind.CONVERSION, "d1", creative_id="c1")], "a decision_id and a creative_id"),
        ([ReportedEvent(EventKind.CONVERSION, "", "o1", user_key="u1")], "of a user has no advertiser_id"),
        ([ReportedEvent(EventKind.CONVERSION, "", "o1", advertiser_id="a1")], "of a user has no user_key"),
        ([ReportedEvent(EventKind.CONVERSION, "", user_key="u1", advertiser_id="a1")], "of a user has no event_id"),
        ([ReportedEvent(EventKind.CLICK, "", "o1", user_key="u1", advertiser_id="a1")], "a click has a user_key"),
        ([ReportedEvent(EventKind.CLICK, "d1", value_micros=5)], "a click has a value"),
        ([ReportedEvent(EventKind.WIN, "d1", conversion_kind="sale")], "a win has a conversion_kind"),
        ([ReportedEvent(EventKind.LOSS, "d1", price_micros=5)], "a loss has a price_micros"),
        ([ReportedEvent(EventKind.BILLING, "d1", min_to_win_micros=0)], "a billing has a min_to_win_micros"),
        ([ReportedEvent(EventKind.WIN, "d1", loss_reason=0)], "a win has a loss_reason"),
        ([ReportedEvent(EventKind.CLICK, f"d{n}") for n in range(LARGEST_BATCH)], "1001 events"),
    ],
)
def test_reports_that_make_no_sense_are_refused_whole(record, stream, reports, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigRejected, match=words):
        record(ReportedEvent(EventKind.IMPRESSION, "d1"), *reports)
    assert [entry for entry in stream.read_entries(stream.folded_to(), 99, 0) if entry.event] == []


def test_nothing_to_report_asks_nothing(record) -> None:  # type: ignore[no-untyped-def]
    assert record() == []


def test_notices_tell_how_an_auction_ended_and_count_once(valkey: EmbeddedValkey, namespace: str) -> None:
    told = [
        ReportedEvent(EventKind.WIN, "d1", price_micros=640, min_to_win_micros=610),
        ReportedEvent(EventKind.BILLING, "d1", price_micros=640, ts=NOON - timedelta(seconds=5)),
        ReportedEvent(EventKind.IMPRESSION, "d1"),
        ReportedEvent(EventKind.LOSS, "d2", loss_reason=102),
    ]

    async def run() -> None:
        bids = open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0)
        first, second = DECISION, replace(DECISION, decision_id="d2")
        placed = [PlacedDecision(bid, 900, ("k1",), NOON + timedelta(minutes=1)) for bid in (first, second)]
        await bids.close_request("r1", "u1", placed)
        assert await record_events(bids, [], NOON) == []
        assert await record_events(bids, told, NOON) == [EventOutcome.ACCEPTED] * 4
        assert await record_events(bids, told, NOON) == [EventOutcome.DUPLICATE] * 4
        opened = await bids.open_request("u1", "r2", ["k1"], NOON, 1.0)
        assert opened.committed_micros == (640,)
        assert opened.exposures == (Exposure("k1", "c1", NOON),)
        await bids.close()

    asyncio.run(run())
    with closing(open_stream_state(valkey.url, namespace=namespace)) as stream:
        entries = stream.read_entries(stream.folded_to(), 99, 0)
    events = [entry.event for entry in entries if isinstance(entry, StreamEntry) and entry.event]
    assert [event.event_id for event in events] == ["d1:win", "d1:billing", "d1:impression", "d2:loss"]
    win, billing, _, loss = events
    assert (win.price_micros, win.min_to_win_micros, win.loss_reason) == (640, 610, None)
    assert (billing.price_micros, billing.ts) == (640, NOON - timedelta(seconds=5))
    assert (loss.price_micros, loss.min_to_win_micros, loss.loss_reason) == (0, None, 102)


def test_a_report_that_overtakes_the_writing_of_its_bid_waits_for_it(valkey: EmbeddedValkey, namespace: str) -> None:
    now = datetime.now(UTC)
    fresh = replace(DECISION, decision_id=new_decision_id(now, np.random.default_rng(0)), ts=now)
    old = new_decision_id(now - timedelta(minutes=1), np.random.default_rng(1))

    async def run() -> None:
        bids = open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0)

        async def write_late() -> None:
            await asyncio.sleep(0.03)
            await bids.close_request("r1", "u1", [PlacedDecision(fresh, 900, ("k1",), now + timedelta(minutes=1))])

        writing = asyncio.create_task(write_late())
        told = [ReportedEvent(EventKind.WIN, old), ReportedEvent(EventKind.BILLING, fresh.decision_id, price_micros=7)]
        assert await record_events(bids, told, now) == [EventOutcome.UNKNOWN_DECISION, EventOutcome.ACCEPTED]
        await writing
        await bids.close()

    asyncio.run(run())
