"""Opportunities are logged by user: whole, the same everywhere, once, and never at a bid's cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import (
    STREAM_START,
    AuctionKind,
    Caller,
    ConfigRejected,
    LoggedRequest,
    LoggedRequests,
    LoggedSlot,
    Money,
    Opportunity,
    Slot,
    StoreUnreachable,
    TableRejected,
    UserContext,
)
from adplat.flows.fold_events import drop_unfinished_parts
from adplat.flows.rank_creatives import RankRequest
from adplat.flows.request_log import MOST_TOLD, PATIENCE, LogProgress, RequestLog, logged_request
from adplat.storage import open_online_state
from adplat.storage.payloads import decode_requests, encode_request
from tests.flows.fold_rig import DiesAt, Killed, Rig, a_decision, an_event
from tests.flows.small_shop import NOON
from tests.flows.test_fold_events import SHOWN, assert_counted_once, some_traffic

FACTS = {"device": "phone", "os": "ios", "country": "CHN", "region": "44", "language": "zh", "site": "News.Example"}


def an_opportunity(number: int = 1, user_key: str = "u1", **facts: Any) -> Opportunity:
    slots = (Slot("1", "feed", floor=Money(900, "CNY")), Slot("2", "side", position=3))
    return replace(Opportunity(f"r{number}", NOON, slots, UserContext(user_key), FACTS), **facts)


def a_ranking(**facts: Any) -> RankRequest:
    request = RankRequest("r1", NOON, UserContext("u1", {"segment": "tea"}), "feed", "k1", context=FACTS, slots=2)
    return replace(request, **facts)


class Remembers:
    """Takes what is told, and forgets nothing; ``fails`` is raised in its place."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.requests: dict[bytes, LoggedRequest] = {}
        self.fails, self.tries = fails, 0

    async def log_requests(self, requests: Mapping[bytes, LoggedRequest], now: datetime) -> int:
        self.tries += 1
        if self.fails is not None:
            raise self.fails
        new = requests.keys() - self.requests.keys()
        self.requests.update(requests)
        return len(new)

    @property
    def ids(self) -> list[str]:
        return sorted(request.request_id for request in self.requests.values())


AWAY = StoreUnreachable("Redis does not answer", hint="start it")


def a_log(share: float = 1.0, **options: Any) -> RequestLog:
    return RequestLog(share, np.random.default_rng(7), **options)


def tell(log: RequestLog, online: Any, after_s: float = 0.0) -> LogProgress:
    return asyncio.run(log.tell(online, NOON + timedelta(seconds=after_s)))


def users_in(share: float, users: range = range(20_000), seed: int = 0) -> set[str]:
    log, online = RequestLog(share, np.random.default_rng(seed), most_waiting=10**6), Remembers()
    for number in users:
        log.see(an_opportunity(number, f"u{number}"))
    tell(log, online)
    return {request.user_key for request in online.requests.values()}


def test_a_share_of_users_is_in_and_everybody_agrees_who() -> None:
    found = users_in(0.1)
    assert len(found) == pytest.approx(2000, abs=4 * (20_000 * 0.1 * 0.9) ** 0.5)
    assert users_in(0.1, seed=1) == found
    assert users_in(0.1, range(15_000, 20_000)) == {key for key in found if int(key[1:]) >= 15_000}
    # What this version decides every later one has to: a restart with another sample would cut people in two.
    assert sorted(key for key in found if int(key[1:]) < 40) == ["u11", "u15", "u31", "u35", "u7"]


def test_a_larger_share_keeps_whoever_was_in() -> None:
    some = range(3_000)
    assert users_in(0.05, some) < users_in(0.2, some) < users_in(1.0, some)


@given(st.text(min_size=1), st.floats(0.01, 0.99))
def test_of_a_user_everything_is_kept_or_nothing(user_key: str, share: float) -> None:
    log, online = a_log(share), Remembers()
    for number in range(5):
        log.see(an_opportunity(number, user_key))
        log.see(a_ranking(request_id=f"q{number}", user=UserContext(user_key)))
    tell(log, online)
    assert len(online.requests) in (0, 10)
    assert {request.sample_rate for request in online.requests.values()} <= {share}


def test_who_is_not_known_is_in_by_the_request() -> None:
    log, online = a_log(0.1, most_waiting=10**6), Remembers()
    for number in range(5_000):
        log.see(an_opportunity(number, ""))
        log.see(an_opportunity(number, "", request_id=""))
    tell(log, online)
    by_id = {name for name in online.ids if name.startswith("r")}
    again = Remembers()
    other = RequestLog(0.1, np.random.default_rng(1))
    for number in range(5_000):
        other.see(an_opportunity(number, ""))
    tell(other, again)
    assert set(again.ids) == by_id
    assert len(by_id) == pytest.approx(500, abs=90)
    # Those without any name are drawn, and given one each, or they would all be one and the same.
    assert len(online.ids) - len(by_id) == pytest.approx(500, abs=90)
    assert len({*online.ids}) == len(online.ids)


def test_no_share_logs_nobody_and_a_share_that_is_none_is_refused() -> None:
    log, online = a_log(0.0), Remembers()
    log.see(an_opportunity())
    log.see(an_opportunity(user_key="", request_id=""))
    assert (tell(log, online), online.tries) == (LogProgress(), 0)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ConfigRejected, match="request_sample"):
            a_log(share)


@pytest.mark.parametrize(
    "asked",
    [an_opportunity(is_test=True), an_opportunity(is_robot=True), an_opportunity(slots=())],
    ids=["a test", "a robot", "no slot of ours"],
)
def test_what_is_no_supply_is_left_out(asked: Opportunity) -> None:
    log, online = a_log(), Remembers()
    log.see(asked)
    log.see(an_opportunity(2))
    assert tell(log, online) == LogProgress(told=1)
    assert online.ids == ["r2"]


def test_an_opportunity_sent_again_is_one() -> None:
    log, online = a_log(), Remembers()
    for _ in range(2):
        log.see(an_opportunity())
        log.see(a_ranking())
    assert tell(log, online) == LogProgress(told=2, duplicate=2)
    log.see(an_opportunity(ts=NOON + timedelta(seconds=1)))
    assert tell(log, online, 1) == LogProgress(duplicate=1)


@pytest.mark.parametrize(
    "other",
    [
        an_opportunity(2),
        an_opportunity(user_key="u2"),
        an_opportunity(caller=Caller("exchange-2", "")),
        an_opportunity(slots=(Slot("1", "side"), Slot("2", "feed"))),
        an_opportunity(slots=an_opportunity().slots[:1]),
    ],
    ids=["id", "user", "caller", "places", "fewer places"],
)
def test_another_opportunity_is_another_one(other: Opportunity) -> None:
    log, online = a_log(), Remembers()
    log.see(an_opportunity())
    log.see(other)
    assert tell(log, online) == LogProgress(told=2)


def test_an_opportunity_is_told_as_targeting_reads_it() -> None:
    asked = an_opportunity(
        user=UserContext("u1", {"segment": "tea|sports", "device": "tv", "region": "11"}),
        facts={**FACTS, "region": "", "hour": 20.0, "app": "com.Game"},
        auction=AuctionKind.FIRST_PRICE,
        currencies=("USD", "CNY"),
    )
    assert logged_request(asked, "r1", 0.1) == LoggedRequest(
        request_id="r1",
        ts=NOON,
        user_key="u1",
        slots=(LoggedSlot("feed", 0, 900, "CNY"), LoggedSlot("side", 3, None, "USD")),
        sample_rate=0.1,
        device="phone",
        os="ios",
        country="CHN",
        region=None,
        language="zh",
        site="news.example|com.game",
        segments=("tea", "sports"),
        hour=20,
        weekday=NOON.weekday(),
        auction="first_price",
    )


TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
NAMES = st.sampled_from([*FACTS, "app", "segment", "hour", "weekday"])
FACTS_OF_ANY_KIND = st.dictionaries(NAMES, TEXTS | st.floats() | st.integers(-(2**70), 2**70), max_size=6)


@given(FACTS_OF_ANY_KIND, FACTS_OF_ANY_KIND, TEXTS, TEXTS)
def test_whatever_callers_tell_can_be_packed(
    facts: dict[str, Any], known_of_user: dict[str, Any], user_key: str, name: str
) -> None:
    user = UserContext(user_key, known_of_user)
    for asked in (
        an_opportunity(user=user, facts=facts, request_id=name, currencies=(name,), slots=(Slot("1", name),)),
        a_ranking(user=user, context=facts, request_id=name, placement=name),
    ):
        logged = logged_request(asked, name, 0.5)
        assert logged == decode_requests(b"\x91" + encode_request(logged))[0]


def test_a_ranking_asks_for_a_place_a_slot_and_knows_no_auction() -> None:
    logged = logged_request(a_ranking(position=4), "r1", 1.0)
    assert logged.slots == (LoggedSlot("feed", 4), LoggedSlot("feed", 5))
    assert (logged.segments, logged.auction, logged.hour) == (("tea",), None, 12)


def test_what_nobody_told_is_not_told_and_nonsense_is_no_hour() -> None:
    asked = an_opportunity(facts={"hour": "noon", "device": ""}, slots=(Slot("1", "feed"),))
    logged = logged_request(asked, "r1", 1.0)
    facts = logged.device, logged.os, logged.country, logged.region, logged.language, logged.site, logged.hour
    assert facts == (None,) * 7
    assert (logged.segments, logged.slots) == ((), (LoggedSlot("feed", 0),))


def test_what_redis_does_not_take_is_told_once_it_is_back() -> None:
    log, online = a_log(), Remembers(AWAY)
    for number in range(3):
        log.see(an_opportunity(number))
    assert tell(log, online) == LogProgress()
    log.see(an_opportunity(3))
    assert tell(log, online, 20) == LogProgress()
    online.fails = None
    assert tell(log, online, 21) == LogProgress(told=4)
    assert online.ids == ["r0", "r1", "r2", "r3"]


def test_a_request_without_an_id_keeps_its_own_however_often_it_is_tried() -> None:
    class Forgetful(Remembers):
        """Keeps them, and its answer is lost."""

        async def log_requests(self, requests: Mapping[bytes, LoggedRequest], now: datetime) -> int:
            await Remembers.log_requests(self, requests, now)
            if self.tries == 1:
                raise AWAY
            return 0

    log, online = a_log(), Forgetful()
    log.see(an_opportunity(request_id=""))
    tell(log, online)
    tell(log, online, 1)
    assert online.tries == 2
    assert len(online.requests) == 1


def test_what_stays_too_long_is_lost_and_counted() -> None:
    log, online = a_log(), Remembers(AWAY)
    log.see(an_opportunity(1))
    tell(log, online)
    log.see(an_opportunity(2))
    too_late_s = PATIENCE.total_seconds() + 1
    assert tell(log, online, too_late_s) == LogProgress(lost=1)
    online.fails = None
    assert tell(log, online, too_late_s + 1) == LogProgress(told=1)
    assert online.ids == ["r2"]


def test_no_more_waits_than_there_is_room_for() -> None:
    log, online = a_log(most_waiting=3), Remembers()
    for number in range(5):
        log.see(an_opportunity(number))
    assert tell(log, online) == LogProgress(told=3, lost=2)
    assert online.ids == ["r0", "r1", "r2"]
    assert tell(log, online) == LogProgress()


def test_many_are_told_in_trips_of_a_bounded_size() -> None:
    log, online = a_log(), Remembers()
    for number in range(MOST_TOLD + 1):
        log.see(an_opportunity(number))
    assert tell(log, online) == LogProgress(told=MOST_TOLD + 1)
    assert online.tries == 2


def test_what_no_message_can_hold_is_lost_and_the_next_ones_are_not() -> None:
    log, online = a_log(), Remembers(TableRejected("no", hint="none"))
    log.see(an_opportunity(1))
    assert tell(log, online) == LogProgress(lost=1)
    online.fails = None
    log.see(an_opportunity(2))
    assert tell(log, online) == LogProgress(told=1)


def test_half_a_character_costs_nothing(rig: Rig) -> None:
    log = a_log()
    log.see(an_opportunity(1, user_key="u\ud800", facts={"device": "\udfff", "site": "caf\u00e9.example"}))
    assert tell_for_real(log, rig) == LogProgress(told=1)
    rig.fold()
    [first, _] = rig.table("requests").rows(named=True)
    assert (first["user_key"], first["device"], first["site"]) == ("u?", "?", "café.example")


def test_whoever_ends_says_what_was_lost() -> None:
    log, online = a_log(most_waiting=2), Remembers(AWAY)
    for number in range(3):
        log.see(an_opportunity(number))
    assert tell(log, online) == LogProgress(lost=1)
    log.see(an_opportunity(4))
    assert log.give_up() == 3
    assert log.give_up() == 0


def tell_for_real(log: RequestLog, rig: Rig) -> LogProgress:
    async def run() -> LogProgress:
        online = open_online_state(rig.url, namespace=rig.namespace, timeout_s=10.0)
        try:
            return await log.tell(online, NOON)
        finally:
            await online.close()

    return asyncio.run(run())


def log_some(rig: Rig, count: int) -> None:
    """So many opportunities of two slots each, in entries of at most 32."""
    log = a_log()
    for number in range(count):
        log.see(an_opportunity(number, f"u{number}", ts=NOON + timedelta(minutes=number)))
    assert tell_for_real(log, rig).told == count


def rows_of(count: int) -> list[tuple[str, str]]:
    return sorted((f"r{number}", placement) for number in range(count) for placement in ("feed", "side"))


def in_lake(rig: Rig) -> list[tuple[str, str]]:
    return sorted(rig.table("requests").select("request_id", "placement").rows())


def test_the_lake_has_a_row_for_each_slot(rig: Rig) -> None:
    log = a_log(0.9999)
    log.see(an_opportunity(user=UserContext("u1", {"segment": "tea|sports"}), ts=NOON.astimezone()))
    log.see(a_ranking(request_id="r2", user=UserContext(""), context={}, slots=1))
    tell_for_real(log, rig)
    progress = rig.fold()
    assert (progress.entries, progress.requests, progress.events, progress.trimmed) == (1, 3, 0, 1)
    first, second, ranked = rig.table("requests").sort("request_id", "placement").rows(named=True)
    assert first == {
        "request_id": "r1",
        "ts": NOON,
        "user_key": "u1",
        "placement": "feed",
        "position": 0,
        "device": "phone",
        "os": "ios",
        "country": "CHN",
        "region": "44",
        "language": "zh",
        "site": "news.example",
        "segments": ["tea", "sports"],
        "hour": 12,
        "weekday": 6,
        "floor_micros": 900,
        "auction": "second_price",
        "currency": "CNY",
        "sample_rate": 0.9999,
    }
    assert second == first | {"placement": "side", "position": 3, "floor_micros": None, "currency": None}
    nothing = dict.fromkeys(("device", "os", "country", "region", "language", "site", "auction", "currency"))
    assert ranked == first | nothing | {
        "request_id": "r2", "user_key": "", "segments": [], "floor_micros": None,
    }  # fmt: skip


FOLDING = [("lake", "write"), ("ledger", "add"), ("stream", "fold"), ("stream", "trim")]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "call"), FOLDING, ids=[call for _, call in FOLDING])
def test_a_kill_at_any_step_writes_every_row_once_and_changes_no_statistic(
    rig: Rig, part: str, call: str, after: bool
) -> None:
    decisions, events = some_traffic()
    log_some(rig, 70)
    rig.send(decisions, events)
    log = a_log()
    for number in range(70, 140):
        log.see(an_opportunity(number, f"u{number}"))
    tell_for_real(log, rig)
    rig.fold(limit=2)
    with pytest.raises(Killed):
        dying = {part: DiesAt(getattr(rig, part), call, after=after)}
        rig.fold(limit=32, **dying)
    rig.fold_all(limit=9)
    assert in_lake(rig) == rows_of(140)
    assert_counted_once(rig, decisions, events)


def test_a_stretch_of_requests_alone_moves_all_positions(rig: Rig) -> None:
    log_some(rig, 33)
    progress = rig.fold()
    assert progress.folded_to == rig.stream.folded_to() == rig.ledger.covered_to() > STREAM_START
    assert (rig.stream.length(), rig.stream.read_arms(), rig.ledger.totals_by_creative()) == (0, {}, {})
    drop_unfinished_parts(rig.ledger, rig.lake)
    assert in_lake(rig) == rows_of(33)


def test_parts_that_reached_no_ledger_go_with_the_others(rig: Rig) -> None:
    log_some(rig, 3)
    rig.send([a_decision(1)], [an_event(1, SHOWN)])
    with pytest.raises(Killed):
        rig.fold(ledger=DiesAt(rig.ledger, "add", after=False))
    assert in_lake(rig) == rows_of(3)
    drop_unfinished_parts(rig.ledger, rig.lake)
    assert in_lake(rig) == []
    rig.fold_all()
    assert in_lake(rig) == rows_of(3)


def test_the_stream_carries_them_packed_together(rig: Rig) -> None:
    log_some(rig, 40)
    entries = rig.stream.read_entries(STREAM_START, 10, 0)
    assert [len(entry.requests) for entry in entries if isinstance(entry, LoggedRequests)] == [32, 8]
