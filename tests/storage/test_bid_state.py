"""Money and exposures of bids: reserved, settled, given back; atomic, idempotent, and bounded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis

from adplat.domain import (
    STREAM_START,
    BidState,
    BidUpkeep,
    ConfigRejected,
    Event,
    EventKind,
    EventOutcome,
    Exposure,
    HourOfTraffic,
    MoneyCounted,
    OpenedRequest,
    Pace,
    PaceMemory,
    PlacedDecision,
    StoreUnreachable,
    StreamEntry,
    TableRejected,
    money_keys,
)
from adplat.storage import (
    EmbeddedValkey,
    RedisBidState,
    RedisBidUpkeep,
    RedisStreamState,
    open_bid_state,
    open_bid_upkeep,
    open_online_state,
)

from .builders import NOON, a_click, a_decision

ACCEPTED, DUPLICATE, UNKNOWN = EventOutcome.ACCEPTED, EventOutcome.DUPLICATE, EventOutcome.UNKNOWN_DECISION
ABOVE_BID = EventOutcome.ABOVE_BID
KEYS = ("k1:20260301", "k1")
DAY_S = 24 * 3600


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def a_bid(decision_id: str = "d1", micros: int = 1000, expires_s: float = 60, **facts: Any) -> PlacedDecision:
    keys = facts.pop("money_keys", KEYS)
    return PlacedDecision(a_decision(decision_id, **facts), micros, keys, later(expires_s))


def told(kind: EventKind, decision_id: str = "d1", after_s: float = 1.0, **facts: Any) -> Event:
    return Event(facts.pop("event_id", f"{decision_id}:{kind}"), kind, decision_id, later(after_s), **facts)


class Desk:
    """One bidder and the worker's upkeep over one server; every call is a trip of its own."""

    def __init__(self, valkey: EmbeddedValkey, namespace: str, **options: Any) -> None:
        self.url, self.namespace = valkey.url, namespace
        self.client = redis.Redis.from_url(valkey.url)
        self.upkeep = RedisBidUpkeep(valkey.url, namespace=namespace)
        self._runner = asyncio.Runner()
        self.bids = RedisBidState(valkey.url, namespace=namespace, **{"timeout_s": 10.0} | options)

    def run(self, work: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await work

        return self._runner.run(wait())

    def open(
        self, request_id: str = "r", user_key: str = "u1", keys: tuple[str, ...] = (), at_s: float = 0.0
    ) -> OpenedRequest:
        opened = self.run(self.bids.open_request(user_key, request_id, keys, later(at_s), 1.0))
        assert isinstance(opened, OpenedRequest)
        return opened

    def place(self, *bids: PlacedDecision, user_key: str = "u1", request_id: str = "r") -> None:
        self.run(self.bids.close_request(request_id, user_key, bids))

    def tell(self, *events: Event, now_s: float = 10 * DAY_S) -> list[EventOutcome]:
        outcomes: list[EventOutcome] = self.run(self.bids.record_notices(events, later(now_s)))
        return outcomes

    def committed(self, *keys: str, at_s: float = 0.0) -> tuple[int, ...]:
        return self.open("look", "", keys or KEYS, at_s).committed_micros

    def exposures(self, at_s: float = 2.0, user_key: str = "u1") -> set[Exposure]:
        found = self.open("look", user_key, (), at_s).exposures
        assert len(set(found)) == len(found)
        return set(found)

    def close(self) -> None:
        self.run(self.bids.close())
        self._runner.close()
        self.upkeep.close()
        self.client.close()


@pytest.fixture
def desk(valkey: EmbeddedValkey, namespace: str) -> Any:
    made = Desk(valkey, namespace)
    yield made
    made.close()


def decide(desk: Desk, decision_id: str) -> None:
    """A decision of ``/v1/rank``: nothing was bid."""

    async def rank() -> None:
        online = open_online_state(desk.url, namespace=desk.namespace)
        await online.record_decision(a_decision(decision_id))
        await online.close()

    desk.run(rank())


def test_they_are_the_ports(desk: Desk) -> None:
    bids: BidState = desk.bids
    upkeep: BidUpkeep = desk.upkeep

    assert desk.run(bids.read_paces()) == {}
    assert desk.run(bids.close_requests([])) == desk.run(bids.record_notices([], NOON)) == []
    assert upkeep.release_expired(NOON, 10) == 0
    assert desk.open(keys=("k1", "k2")) == OpenedRequest(None, (), 0, (0, 0))


def test_profile_caps_and_money_come_together(desk: Desk, stream: RedisStreamState) -> None:
    stream.write_users({"u1": b"\x00packed\xff"})
    desk.place(a_bid("d1", 700), a_bid("d2", 40, campaign_id="k2", creative_id="c9", money_keys=("k2",)))

    opened = desk.open(keys=("k2", "nothing", *KEYS))

    assert opened.user == b"\x00packed\xff"
    assert set(opened.exposures) == {Exposure("k1", "c1", NOON), Exposure("k2", "c9", NOON)}
    assert opened.committed_micros == (40, 0, 700, 700)
    unread = desk.run(desk.bids.open_request("u1", "r3", (), NOON, 1.0, reads_profile=False))
    assert (unread.user, len(unread.exposures)) == (None, 2)


def test_thousands_of_money_keys_are_read_in_order(desk: Desk) -> None:
    desk.place(*(a_bid(f"d{n}", n, money_keys=(f"k{n}",)) for n in range(0, 2500, 7)))

    keys = tuple(f"k{n}" for n in range(2500))
    assert desk.committed(*keys) == tuple(0 if n % 7 else n for n in range(2500))


def test_a_request_is_one_round_trip(desk: Desk) -> None:
    def trips() -> int:
        return sum(facts["calls"] for name, facts in desk.client.info("commandstats").items() if "evalsha" in name)

    desk.open()
    desk.place(a_bid("d0"))
    desk.tell(a_click("warm", "d0"))
    before = trips()
    desk.open(keys=KEYS)
    desk.place(a_bid("d1"), a_bid("d2"))
    assert trips() - before == 2
    # Events share one pipeline; each is a script of its own.
    desk.tell(*(a_click(f"e{n}") for n in range(5)))
    assert trips() - before == 7


def test_requests_of_one_user_see_each_other_until_they_close_or_their_time_is_over(desk: Desk) -> None:
    assert [desk.open(name).open_elsewhere for name in ("r1", "r2", "r3")] == [0, 1, 2]
    assert desk.open("r1").open_elsewhere == 2
    desk.place(request_id="r2")
    assert desk.open("r1").open_elsewhere == 1
    assert desk.open("r1", "u2").open_elsewhere == 0
    # r3 was held for one second.
    assert desk.open("r4", at_s=1.5).open_elsewhere == 0


def test_two_requests_at_the_same_time_cannot_both_be_alone(desk: Desk) -> None:
    async def both(number: int) -> list[int]:
        user_key = f"u{number}"
        opened = await asyncio.gather(*(desk.bids.open_request(user_key, name, (), NOON, 1.0) for name in ("a", "b")))
        return sorted(one.open_elsewhere for one in opened)

    assert [desk.run(both(number)) for number in range(50)] == [[0, 1]] * 50


def test_nobody_leaves_no_mark_and_no_exposure(desk: Desk) -> None:
    desk.open("r1", "", KEYS)
    desk.place(a_bid(), user_key="")
    desk.tell(told(EventKind.BILLING, price_micros=5))

    assert desk.open("r2", "", KEYS) == OpenedRequest(None, (), 0, (5, 5))
    names = {name.decode().removeprefix(desk.namespace) for name in desk.client.keys(f"{desk.namespace}:*")}
    assert not {name for name in names if "open" in name or "exposures" in name or "expected" in name}


def test_a_decision_is_placed_once_however_often_it_is_sent(desk: Desk, stream: RedisStreamState) -> None:
    for _ in range(3):
        desk.place(a_bid("d1", 700), a_bid("d2", 40))

    assert desk.committed() == (740, 740)
    assert [entry.decision.decision_id for entry in entries_of(stream)] == ["d1", "d2"]


def entries_of(stream: RedisStreamState) -> list[StreamEntry]:
    return [entry for entry in stream.read_entries(STREAM_START, 1000, 0) if isinstance(entry, StreamEntry)]


def test_a_decision_that_cannot_be_kept_reserves_nothing(desk: Desk) -> None:
    with pytest.raises(TableRejected):
        desk.place(a_bid("d1"), a_bid("d2", ts=datetime(2026, 3, 1)))  # noqa: DTZ001
    assert desk.committed() == (0, 0)


def test_a_billing_replaces_what_was_reserved_and_confirms_the_showing(desk: Desk) -> None:
    desk.place(a_bid("d1", 1000))

    assert desk.tell(told(EventKind.BILLING, after_s=30, price_micros=600)) == [ACCEPTED]

    assert desk.committed() == (600, 600)
    assert desk.exposures() == {Exposure("k1", "c1", later(30))}
    # Long after the reservation would have ended, it is still there; and nothing is left to give back.
    assert desk.upkeep.release_expired(later(100), 10) == 0
    assert desk.exposures(at_s=1000) == {Exposure("k1", "c1", later(30))}
    assert desk.committed() == (600, 600)


def test_a_billing_counts_once_whatever_its_event_id(desk: Desk, stream: RedisStreamState) -> None:
    desk.place(a_bid("d1", 1000))
    bills = [told(EventKind.BILLING, price_micros=600, event_id=name) for name in ("one", "one", "two")]

    assert desk.tell(*bills) == [ACCEPTED, DUPLICATE, DUPLICATE]
    assert desk.committed() == (600, 600)
    assert len(entries_of(stream)) == 2


@pytest.mark.parametrize("kind", [EventKind.WIN, EventKind.BILLING])
def test_nothing_costs_more_than_was_bid(desk: Desk, stream: RedisStreamState, kind: EventKind) -> None:
    desk.place(a_bid(micros=1000))
    before = desk.committed("k1"), len(entries_of(stream))
    for price_micros in (1001, 10_000, 10**15):
        assert desk.tell(told(kind, price_micros=price_micros)) == [ABOVE_BID]
    assert (desk.committed("k1"), len(entries_of(stream))) == before
    # The event id is still free for a price that can be true; after that, whatever is told is told again.
    assert desk.tell(told(kind, price_micros=1000)) == [ACCEPTED]
    assert desk.tell(told(kind, price_micros=1000)) == [DUPLICATE]
    assert desk.tell(told(kind, price_micros=10_000)) == [DUPLICATE]
    assert desk.committed("k1") == (1000,)


def test_a_bill_for_what_ran_out_is_held_to_the_bid_too(desk: Desk) -> None:
    desk.place(a_bid(micros=1000, expires_s=5))
    assert desk.upkeep.release_expired(later(10), 9) == 1
    assert desk.tell(told(EventKind.BILLING, price_micros=1001)) == [ABOVE_BID]
    assert desk.committed("k1") == (0,)
    assert desk.tell(told(EventKind.BILLING, price_micros=1000)) == [ACCEPTED]
    assert desk.committed("k1") == (1000,)


def test_a_loss_gives_everything_back(desk: Desk) -> None:
    desk.place(a_bid("d1", 1000), a_bid("d2", 50))

    assert desk.tell(told(EventKind.LOSS), told(EventKind.LOSS)) == [ACCEPTED, DUPLICATE]
    assert desk.tell(told(EventKind.LOSS, event_id="again")) == [ACCEPTED]

    assert desk.committed() == (50, 50)
    assert desk.exposures(at_s=2) == {Exposure("k1", "c1", later(2))}
    assert desk.upkeep.release_expired(later(100), 10) == 1
    assert desk.committed() == (0, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["billing first", "loss first"])
def test_of_a_bill_and_a_loss_the_bill_counts(desk: Desk, order: tuple[int, int]) -> None:
    desk.place(a_bid("d1", 1000))
    notices = [told(EventKind.BILLING, price_micros=600), told(EventKind.LOSS)]

    assert desk.tell(*(notices[place] for place in order)) == [ACCEPTED, ACCEPTED]

    assert desk.committed() == (600, 600)
    assert desk.exposures() == {Exposure("k1", "c1", later(1))}


def test_a_win_only_stands_on_the_stream(desk: Desk, stream: RedisStreamState) -> None:
    desk.place(a_bid("d1", 1000))

    assert desk.tell(told(EventKind.WIN, price_micros=600)) == [ACCEPTED]

    assert desk.committed() == (1000, 1000)
    assert desk.exposures(at_s=2) == {Exposure("k1", "c1", later(2))}
    assert desk.upkeep.release_expired(later(60), 10) == 1
    assert entries_of(stream)[-1].event == told(EventKind.WIN, price_micros=600)


def test_a_showing_is_one_exposure_however_many_tell_of_it(desk: Desk) -> None:
    desk.place(a_bid("d1", 1000))

    desk.tell(told(EventKind.IMPRESSION, after_s=5), told(EventKind.BILLING, after_s=3, price_micros=1))
    assert desk.exposures() == {Exposure("k1", "c1", later(5))}
    desk.tell(told(EventKind.IMPRESSION, after_s=7, event_id="once more"))
    assert desk.exposures() == {Exposure("k1", "c1", later(7))}


def test_an_impression_confirms_the_showing_and_leaves_the_money(desk: Desk) -> None:
    desk.place(a_bid("d1", 1000))

    desk.tell(told(EventKind.IMPRESSION, after_s=5))

    assert desk.committed() == (1000, 1000)
    assert desk.upkeep.release_expired(later(60), 10) == 1
    assert desk.committed() == (0, 0)
    assert desk.exposures(at_s=61) == {Exposure("k1", "c1", later(5))}


def test_a_reservation_ends_by_itself_and_a_late_bill_still_counts(desk: Desk) -> None:
    desk.place(a_bid("d1", 1000))
    # It may be seen at any moment until then, so it counts in every window until then, however short.
    assert desk.exposures(at_s=59.9) == {Exposure("k1", "c1", later(59.9))}
    assert desk.exposures(at_s=60) == set()
    assert desk.upkeep.release_expired(later(59.9), 10) == 0
    assert [desk.upkeep.release_expired(later(60), 10) for _ in range(2)] == [1, 0]
    assert desk.committed() == (0, 0)

    assert desk.tell(told(EventKind.BILLING, after_s=90, price_micros=600)) == [ACCEPTED]

    assert desk.committed() == (600, 600)
    assert desk.exposures(at_s=91) == {Exposure("k1", "c1", later(90))}


def test_what_ran_out_is_given_back_in_steps(desk: Desk) -> None:
    desk.place(*(a_bid(f"d{n}", 1, expires_s=n) for n in range(7)))

    assert [desk.upkeep.release_expired(later(5), 4) for _ in range(3)] == [4, 2, 0]
    assert desk.committed() == (1, 1)


def test_notices_need_a_bid_and_events_a_decision(desk: Desk) -> None:
    decide(desk, "ranked")
    kinds = (EventKind.WIN, EventKind.BILLING, EventKind.LOSS)
    assert desk.tell(*(told(kind, "ranked") for kind in kinds)) == [UNKNOWN] * 3
    assert desk.tell(told(EventKind.IMPRESSION, "ranked"), told(EventKind.CLICK, "ranked")) == [ACCEPTED] * 2
    assert desk.tell(*(told(kind, "nobody's") for kind in EventKind)) == [UNKNOWN] * 6
    assert desk.exposures() == set()
    # An unknown decision leaves the event id unused: the same notice counts once the decision is there.
    desk.place(a_bid("nobody's", 10))
    assert desk.tell(told(EventKind.BILLING, "nobody's", price_micros=7)) == [ACCEPTED]
    assert desk.committed() == (7, 7)


def test_events_are_accepted_once_and_carry_their_decision(desk: Desk, stream: RedisStreamState) -> None:
    decide(desk, "d1")
    late = a_click("e2", kind=EventKind.CONVERSION, ts=later(2 * DAY_S), value_micros=9, conversion_kind="buy")

    first = desk.tell(a_click("e1"), late, a_click("e1"), a_click("e3", "never decided"))
    assert first + desk.tell(a_click("e1")) == [ACCEPTED, ACCEPTED, DUPLICATE, UNKNOWN, DUPLICATE]
    entries = entries_of(stream)
    assert [entry.event for entry in entries] == [None, a_click("e1"), late]
    assert [(entry.decision, entry.user) for entry in entries] == [(a_decision(), None)] * 3


def test_an_event_before_its_decision_may_come_again(desk: Desk) -> None:
    early = desk.tell(a_click())
    decide(desk, "d1")
    assert early + desk.tell(a_click()) == [UNKNOWN, ACCEPTED]


def test_an_event_after_the_attribution_window_finds_no_decision(valkey: EmbeddedValkey, namespace: str) -> None:
    desk = Desk(valkey, namespace, decision_ttl_s=1, event_ttl_s=1)
    try:
        desk.place(a_bid())
        in_time = desk.tell(a_click("e1"))
        time.sleep(1.3)
        assert in_time + desk.tell(a_click("e1"), a_click("e2")) == [ACCEPTED, UNKNOWN, UNKNOWN]
    finally:
        desk.close()


def test_two_namespaces_do_not_see_each_other(desk: Desk, valkey: EmbeddedValkey, namespace: str) -> None:
    desk.place(a_bid())
    other = Desk(valkey, namespace + "-b")
    try:
        assert other.tell(a_click()) == [UNKNOWN]
    finally:
        other.close()


def test_the_first_notice_of_a_bid_is_its_outcome(desk: Desk, stream: RedisStreamState) -> None:
    desk.place(*(a_bid(f"d{n}") for n in range(3)))
    win, billing, loss, shown = EventKind.WIN, EventKind.BILLING, EventKind.LOSS, EventKind.IMPRESSION
    desk.tell(*(told(kind, "d0") for kind in (shown, win, billing)))
    desk.tell(*(told(kind, "d1") for kind in (billing, win, shown)))
    desk.tell(*(told(kind, "d2") for kind in (loss, loss, billing)))

    outcomes = [(e.decision.decision_id, e.event.kind) for e in entries_of(stream) if e.event and e.is_outcome]
    assert outcomes == [("d0", win), ("d1", billing), ("d2", loss)]


@pytest.mark.parametrize("price", [-1, 10**15 + 1])
def test_a_price_out_of_range_records_nothing(desk: Desk, price: int) -> None:
    desk.place(a_bid("d1", 1000), a_bid("d2", 50))
    with pytest.raises(ConfigRejected, match="micros"):
        desk.tell(told(EventKind.BILLING, "d2", price_micros=1), told(EventKind.BILLING, price_micros=price))
    assert desk.committed() == (1050, 1050)


def test_large_money_is_exact(desk: Desk) -> None:
    desk.place(a_bid("d1", 10**15 - 1), *(a_bid(f"e{n}", 10**15) for n in range(30)))
    desk.tell(told(EventKind.BILLING, price_micros=10**15 - 3))
    assert desk.committed() == (31 * 10**15 - 3,) * 2


@pytest.mark.parametrize("name", ["k1 (中文) ☕", "a:b", 'quote"\\', "new\nline", "nul\x00"])
def test_any_text_is_an_id(desk: Desk, name: str) -> None:
    bid = a_bid(name, 9, campaign_id=name, creative_id=name, money_keys=(name,))
    desk.place(bid, user_key=name, request_id=name)
    assert desk.exposures(at_s=2, user_key=name) == {Exposure(name, name, later(2))}
    assert desk.tell(told(EventKind.BILLING, name, price_micros=4)) == [ACCEPTED]
    assert desk.exposures(user_key=name) == {Exposure(name, name, later(1))}
    assert desk.committed(name) == (4,)


def test_exposures_are_forgotten_after_the_longest_window_and_beyond_a_thousand(
    valkey: EmbeddedValkey, namespace: str
) -> None:
    desk = Desk(valkey, namespace, longest_window_s=DAY_S)
    try:
        for first in range(0, 1200, 300):
            desk.place(*(a_bid(f"d{n}", expires_s=3000 + n, ts=later(n)) for n in range(first, first + 300)))
        assert len(desk.open("look").exposures) == 1000
        bills = [told(EventKind.BILLING, f"d{n}", after_s=n) for n in range(1200)]
        for first in range(0, 1200, 300):
            desk.tell(*bills[first : first + 300], now_s=1200)
        assert {e.at for e in desk.exposures(at_s=1200)} == {later(n) for n in range(200, 1200)}
        # A showing exactly one window ago has left it.
        assert min(e.at for e in desk.exposures(at_s=DAY_S + 500)) == later(501)
        desk.place(a_bid("last"))
        desk.tell(told(EventKind.IMPRESSION, "last", after_s=DAY_S + 1000), now_s=DAY_S + 1000)
        assert desk.client.zcard(f"{namespace}:exposures:u1") == 200
        # What was told too late to count for any cap is not kept.
        desk.place(a_bid("old"), user_key="u2")
        desk.tell(told(EventKind.BILLING, "old"), now_s=DAY_S + 100)
        assert desk.client.zcard(f"{namespace}:exposures:u2") == 0
        desk.place(a_bid("waiting"))
        for key in ("exposures:u1", "expected:u1"):
            assert DAY_S < desk.client.ttl(f"{namespace}:{key}") <= 2 * DAY_S
    finally:
        desk.close()


@pytest.mark.parametrize(("longest_s", "counts_s"), [(0, DAY_S), (3600, DAY_S), (7 * DAY_S, 7 * DAY_S)])
def test_showings_count_as_long_as_the_longest_cap_of_the_catalogue_and_a_day(
    desk: Desk, longest_s: int, counts_s: int
) -> None:
    desk.bids.keep_showings(longest_s)
    desk.place(a_bid())
    desk.tell(told(EventKind.BILLING), now_s=1)
    assert len(desk.exposures(at_s=counts_s)) == 1
    assert desk.exposures(at_s=counts_s + 1) == set()
    assert counts_s < desk.client.ttl(f"{desk.namespace}:exposures:u1") <= counts_s + DAY_S


def test_what_happened_by_a_fast_clock_happens_now(desk: Desk) -> None:
    desk.place(a_bid())
    desk.tell(told(EventKind.BILLING, after_s=5000), now_s=3)
    assert desk.exposures(at_s=4) == {Exposure("k1", "c1", later(3))}


def test_days_are_forgotten_some_time_after_and_flights_never(desk: Desk) -> None:
    desk.place(a_bid())
    day, flight = (f"{desk.namespace}:committed:{key}" for key in KEYS)
    assert desk.client.ttl(flight) == -1
    assert desk.client.ttl(day) > 16 * DAY_S
    # A reservation that outlived its day has nothing to give back, and makes nothing negative.
    desk.client.delete(day)
    assert desk.upkeep.release_expired(later(60), 1) == 1
    assert desk.committed() == (0, 0)
    desk.place(a_bid("d2"), a_bid("d3"))
    desk.client.delete(day)
    desk.tell(told(EventKind.LOSS, "d2"))
    assert desk.committed() == (0, 1000)
    assert desk.client.exists(day) == 0
    desk.tell(told(EventKind.BILLING, "d3", price_micros=7))
    assert desk.committed() == (7, 7)


def test_how_a_bid_ended_is_remembered_longer_than_its_decision(desk: Desk) -> None:
    desk.place(a_bid("d1"), a_bid("d2"), a_bid("d3"), a_bid("d4"))
    desk.tell(told(EventKind.BILLING, "d1"), told(EventKind.LOSS, "d2"))
    desk.upkeep.release_expired(later(60), 1)
    ttl = {n: desk.client.ttl(f"{desk.namespace}:placed:d{n}") for n in range(1, 5)}
    decision = desk.client.ttl(f"{desk.namespace}:decision:d1")
    assert ttl[1] > decision
    assert ttl[2] > decision
    assert sorted((ttl[3], ttl[4]))[0] == -1
    assert sorted((ttl[3], ttl[4]))[1] > decision


def test_paces_are_replaced_whole(desk: Desk) -> None:
    slow, fast = Pace(1 / 3, 10**15, "k1:20260301"), Pace(1.0, 0, "k:2:20260301")
    desk.upkeep.write_paces({"k1": slow, "k:2": fast}, {})
    assert desk.run(desk.bids.read_paces()) == {"k1": slow, "k:2": fast}
    desk.upkeep.write_paces({"k3": fast}, {})
    assert desk.run(desk.bids.read_paces()) == {"k3": fast}
    with pytest.raises(ConfigRejected):
        desk.upkeep.write_paces({"k1": Pace(float("nan"), 0, "")}, {})
    desk.upkeep.write_paces({}, {})
    assert desk.run(desk.bids.read_paces()) == {}


def test_what_pacing_remembers_comes_back_by_campaign_and_hour(desk: Desk) -> None:
    pace, day = Pace(0.5, 10, "k1:20260301"), b"\x00a day\xff"
    assert desk.upkeep.read_pace_memory([]) == {}
    assert desk.upkeep.read_pace_memory(["k1"]) == {"k1": PaceMemory()}
    first = PaceMemory(day, {0: HourOfTraffic(12.5, 1800.0), 167: HourOfTraffic(1 / 3, 5.0)})
    desk.upkeep.write_paces({"k1": pace}, {"k1": first, "k:2": PaceMemory(None, {3: HourOfTraffic(1.0, 2.0)})})
    # The next look tells one hour; the others stay. A campaign that is not paced now is not forgotten.
    desk.upkeep.write_paces({"k1": pace}, {"k1": PaceMemory(b"next", {0: HourOfTraffic(20.0, 1805.0)})})
    assert desk.upkeep.read_pace_memory(["k:2", "k1"]) == {
        "k:2": PaceMemory(None, {3: HourOfTraffic(1.0, 2.0)}),
        "k1": PaceMemory(b"next", {0: HourOfTraffic(20.0, 1805.0), 167: HourOfTraffic(1 / 3, 5.0)}),
    }
    ttl = {key: desk.client.ttl(f"{desk.namespace}:{key}") for key in ("paced_day:k1", "traffic:k1")}
    assert DAY_S < ttl["paced_day:k1"] <= 2 * DAY_S
    assert 80 * DAY_S < ttl["traffic:k1"] <= 90 * DAY_S
    # A share that is none leaves everything as it was, the memory too.
    with pytest.raises(ConfigRejected):
        desk.upkeep.write_paces({"k1": Pace(float("inf"), 0, "")}, {"k1": PaceMemory(b"never")})
    assert desk.upkeep.read_pace_memory(["k1"])["k1"].day == b"next"


def test_an_hour_of_traffic_that_cannot_be_read_is_counted_anew(desk: Desk) -> None:
    desk.upkeep.write_paces({}, {"k1": PaceMemory(None, {5: HourOfTraffic(1.0, 2.0)})})
    desk.client.hset(f"{desk.namespace}:traffic:k1", mapping={"6": "{", "noon": '{"requests": 1}', "7": "[1, 2]"})
    assert desk.upkeep.read_pace_memory(["k1"])["k1"].traffic == {5: HourOfTraffic(1.0, 2.0)}


def test_what_was_booked_and_spent_and_who_might_have_bid_is_counted(desk: Desk) -> None:
    desk.place(*map(a_bid, ("d1", "d2", "d3")))
    desk.tell(told(EventKind.BILLING, "d1", price_micros=700), told(EventKind.LOSS, "d2"))
    reserve = a_bid().reserve_micros
    counted = MoneyCounted(3 * reserve, 700, 700 + reserve)
    assert desk.upkeep.read_money([*KEYS, "nobody"]) == [counted, counted, MoneyCounted(0, 0, 0)]
    assert counted.reserved_micros == reserve
    assert desk.upkeep.read_money([]) == []
    assert desk.upkeep.read_eligible() == {}
    for requests in ({"k1": 3, "k2": 1}, {}, {"k1": 4}):
        desk.run(desk.bids.count_eligible(requests))
    assert desk.upkeep.read_eligible() == {"k1": 7, "k2": 1}


def test_a_server_that_forgot_the_scripts_is_taught_them_again(desk: Desk) -> None:
    for _ in range(2):
        desk.client.script_flush()
        desk.open()
    desk.client.script_flush()
    desk.place(a_bid())
    desk.client.script_flush()
    assert desk.tell(told(EventKind.BILLING, price_micros=3)) == [ACCEPTED]
    desk.client.script_flush()
    assert desk.upkeep.release_expired(NOON, 1) == 0
    assert desk.committed() == (3, 3)


def test_nothing_there_is_told_in_one_line_without_its_password() -> None:
    url = "redis://me:secret@127.0.0.1:1/0"

    async def story() -> None:
        bids = open_bid_state(url)
        for call in (
            lambda: bids.open_request("u", "r", (), NOON, 1.0),
            lambda: bids.close_request("r", "u", [a_bid()]),
            lambda: bids.record_notices([told(EventKind.WIN)], NOON),
            bids.read_paces,
        ):
            with pytest.raises(StoreUnreachable, match="ADPLAT_REDIS_URL") as caught:
                await call()
            assert "secret" not in str(caught.value)
        await bids.close()

    asyncio.run(story())
    for work in (
        lambda u: u.release_expired(NOON, 1),
        lambda u: u.write_paces({"k": Pace(1.0, 0, "k:20260301")}, {}),
        lambda u: u.read_pace_memory(["k"]),
    ):
        with pytest.raises(StoreUnreachable):
            work(open_bid_upkeep(url))


def test_a_placed_decision_is_checked_before_it_is_kept() -> None:
    for wrong in ({"micros": -1}, {"micros": 10**15 + 1}, {"price_micros": 5}):
        with pytest.raises(ConfigRejected):
            a_bid(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigRejected, match="zone"):
        PlacedDecision(a_decision(), 1, (), datetime(2026, 3, 1))  # noqa: DTZ001


def test_money_is_counted_by_day_and_by_flight() -> None:
    assert money_keys("k1", date(2026, 3, 1)) == KEYS
    with pytest.raises(ConfigRejected, match="day"):
        money_keys("k1:20260301", datetime(2026, 3, 1, tzinfo=UTC).date())


def test_a_counter_that_is_none_fails_before_anything_changes(desk: Desk, stream: RedisStreamState) -> None:
    desk.place(a_bid("d1", 5))
    day, flight = (f"{desk.namespace}:committed:{key}" for key in KEYS)
    desk.client.set(flight, "no number")
    for _ in range(2):
        with pytest.raises(StoreUnreachable, match="not an integer"):
            desk.place(a_bid("d2", 70))
        with pytest.raises(StoreUnreachable, match="not an integer"):
            desk.tell(told(EventKind.BILLING, price_micros=3))
    assert desk.client.get(day) == b"5"
    assert len(entries_of(stream)) == 1
    desk.client.set(flight, 5)
    desk.place(a_bid("d2", 70))
    assert desk.tell(told(EventKind.BILLING, price_micros=3)) == [ACCEPTED]
    assert desk.committed() == (73, 73)


def test_what_a_bid_was_scored_with_goes_along_and_is_packed_when_it_is_written(
    desk: Desk, stream: RedisStreamState
) -> None:
    packed: list[str] = []

    def served() -> bytes:
        packed.append("d2")
        return b"served"

    bids = (a_bid("d1"), replace(a_bid("d2", money_keys=("k2",)), served=served), a_bid("d3", money_keys=("k3",)))
    assert packed == []
    desk.place(*bids)

    told = {entry.decision.decision_id: (entry.user, entry.served) for entry in stream.read_entries(STREAM_START, 9, 0)}  # type: ignore[union-attr]
    assert told == {"d1": (None, None), "d2": (None, b"served"), "d3": (None, None)}
    assert (packed, desk.committed("k2", "k3")) == (["d2"], (1000, 1000))
