"""The law of money: what is committed is what open reservations hold plus what billings charged, whatever happens.

Hypothesis plays bidders, sellers and the worker in any order against a real Valkey and against plain Python.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from adplat.domain import Event, EventKind, EventOutcome, Exposure, PlacedDecision
from adplat.storage import EmbeddedValkey

from .test_bid_state import Desk, a_bid, later, told

ACCEPTED, DUPLICATE, UNKNOWN = EventOutcome.ACCEPTED, EventOutcome.DUPLICATE, EventOutcome.UNKNOWN_DECISION
ABOVE_BID = EventOutcome.ABOVE_BID
USERS = ("u1", "u2", "")
CAMPAIGNS = ("k1", "k2")
MONEY = tuple(key for name in CAMPAIGNS for key in (f"{name}:20260301", name))
HOLD_S = 1.0
_names = itertools.count()


@dataclass
class Life:
    """One bid as plain Python sees it."""

    bid: PlacedDecision
    user_key: str
    state: str = "open"
    charged: int = 0
    shown_at: list[datetime] = field(default_factory=list)


@dataclass
class Model:
    """What should be in Redis."""

    lives: dict[str, Life] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    marks: dict[tuple[str, str], float] = field(default_factory=dict)

    def place(self, bid: PlacedDecision, user_key: str) -> None:
        self.lives.setdefault(bid.decision.decision_id, Life(bid, user_key))

    def tell(self, event: Event) -> EventOutcome:
        life = self.lives.get(event.decision_id)
        if life is None:
            return UNKNOWN
        if (event.kind is EventKind.BILLING and life.state == "settled") or event.event_id in self.seen:
            return DUPLICATE
        priced = event.kind in {EventKind.WIN, EventKind.BILLING}
        if priced and event.price_micros > life.bid.reserve_micros:
            return ABOVE_BID
        self.seen.add(event.event_id)
        if event.kind is EventKind.BILLING:
            life.state, life.charged = "settled", event.price_micros
        elif event.kind is EventKind.LOSS and life.state == "open":
            life.state = "released"
        if event.kind in {EventKind.BILLING, EventKind.IMPRESSION}:
            life.shown_at.append(event.ts)
        return ACCEPTED

    def expire(self, now: datetime, limit: int) -> int:
        due = sorted(
            (life for life in self.lives.values() if life.state == "open" and life.bid.expires_at <= now),
            key=lambda life: (life.bid.expires_at, life.bid.decision.decision_id),
        )[:limit]
        for life in due:
            life.state = "released"
        return len(due)

    def committed(self) -> tuple[int, ...]:
        return tuple(
            sum(
                life.bid.reserve_micros if life.state == "open" else life.charged
                for life in self.lives.values()
                if key in life.bid.money_keys
            )
            for key in MONEY
        )

    def exposures(self, user_key: str, now: datetime) -> list[Exposure]:
        found = []
        for life in self.lives.values():
            decision = life.bid.decision
            if not user_key or life.user_key != user_key:
                continue
            if life.shown_at:
                found.append(Exposure(decision.campaign_id, decision.creative_id, max(life.shown_at)))
            elif life.state == "open" and life.bid.expires_at > now:
                found.append(Exposure(decision.campaign_id, decision.creative_id, now))
        return sorted(found, key=repr)


decision_ids = st.integers(0, 7).map("d{}".format)


def the_bid(decision_id: str) -> PlacedDecision:
    """The same bid whenever it is named: a replay sends what was sent before."""
    draw = random.Random(decision_id)
    campaign_id = draw.choice(CAMPAIGNS)
    keys = draw.choice([(f"{campaign_id}:20260301", campaign_id), (campaign_id,), ()])
    facts = {"campaign_id": campaign_id, "creative_id": f"c-{decision_id}", "ts": later(draw.randrange(5))}
    return a_bid(decision_id, draw.randrange(0, 5000), draw.randrange(0, 40), money_keys=keys, **facts)


def the_user(decision_id: str) -> str:
    return random.Random(f"user of {decision_id}").choice(USERS)


class Market(RuleBasedStateMachine):
    """Every rule does one thing to Redis and to the model, and both must answer the same."""

    valkey: EmbeddedValkey

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(self.valkey, f"law-{next(_names)}")
        self.model = Model()
        self.now_s = 0.0

    @rule(seconds=st.sampled_from([0.5, 2, 15]))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(user_key=st.sampled_from(USERS), number=st.integers(0, 3))
    def open(self, user_key: str, number: int) -> None:
        opened = self.desk.open(f"r{number}", user_key, at_s=self.now_s)
        if user_key:
            self.model.marks[user_key, f"r{number}"] = self.now_s + HOLD_S
        others = [key for key, until in self.model.marks.items() if key[0] == user_key and until > self.now_s]
        assert opened.open_elsewhere == max(0, len(others) - 1)

    @rule(names=st.lists(decision_ids, max_size=3), number=st.integers(0, 3))
    def close(self, names: list[str], number: int) -> None:
        for user_key in USERS:
            bids = [the_bid(name) for name in names if the_user(name) == user_key]
            self.desk.place(*bids, user_key=user_key, request_id=f"r{number}")
            for bid in bids:
                self.model.place(bid, user_key)
            self.model.marks.pop((user_key, f"r{number}"), None)

    @rule(
        notices=st.lists(
            st.tuples(decision_ids, st.sampled_from(EventKind), st.integers(0, 2), st.integers(0, 3000)), max_size=4
        )
    )
    def tell(self, notices: list[tuple[str, EventKind, int, int]]) -> None:
        events = [
            told(kind, name, self.now_s - ago, event_id=f"{name}:{kind}:{ago}", price_micros=price)
            for name, kind, ago, price in notices
        ]
        assert self.desk.tell(*events, now_s=self.now_s) == [self.model.tell(event) for event in events]

    @rule(limit=st.integers(1, 9))
    def expire(self, limit: int) -> None:
        now = later(self.now_s)
        assert self.desk.upkeep.release_expired(now, limit) == self.model.expire(now, limit)

    @invariant()
    def money_is_what_is_open_plus_what_was_charged(self) -> None:
        found = self.desk.committed(*MONEY, at_s=self.now_s)
        assert found == self.model.committed()
        assert min(found) >= 0

    @invariant()
    def exposures_are_those_that_may_come_and_those_that_came(self) -> None:
        for user_key in USERS:
            opened = self.desk.run(self.desk.bids.open_request(user_key, "look", (), later(self.now_s), 0.001))
            assert sorted(opened.exposures, key=repr) == self.model.exposures(user_key, later(self.now_s))
            self.desk.client.zrem(f"{self.desk.namespace}:open:{user_key}", "look")

    @invariant()
    def open_reservations_are_listed(self) -> None:
        listed = {name.decode() for name in self.desk.client.zrange(f"{self.desk.namespace}:reservations", 0, -1)}
        assert listed == {name for name, life in self.model.lives.items() if life.state == "open"}

    def teardown(self) -> None:
        self.desk.close()


def test_money_and_exposures_obey_the_law_in_any_order(valkey: EmbeddedValkey) -> None:
    class OnThisServer(Market):
        pass

    OnThisServer.valkey = valkey
    run_state_machine_as_test(OnThisServer, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


NOTICES = (EventKind.WIN, EventKind.BILLING, EventKind.LOSS, EventKind.IMPRESSION, EventKind.CLICK)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.sets(st.tuples(decision_ids, st.sampled_from(NOTICES)), max_size=20),
    expires=st.lists(st.integers(0, 60), max_size=3),
    rng=st.randoms(use_true_random=False),
)
def test_three_times_and_shuffled_is_the_same(
    valkey: EmbeddedValkey, chosen: set[tuple[str, EventKind]], expires: list[int], rng: random.Random
) -> None:
    """Each bid is placed before it is told of; from then on everything comes three times, in any order."""
    bids = [the_bid(f"d{number}") for number in range(8)]
    events = [told(kind, name, 1.0 + place, price_micros=300) for place, (name, kind) in enumerate(sorted(chosen))]
    model = Model()
    for bid in bids:
        model.place(bid, the_user(bid.decision.decision_id))
    for event in events:
        model.tell(event)
    model.expire(later(60), 99)
    desk = Desk(valkey, f"shuffled-{next(_names)}")
    try:
        for bid in bids:
            desk.place(bid, user_key=the_user(bid.decision.decision_id))
        steps: list[Any] = [*bids, *events, *expires] * 3
        rng.shuffle(steps)
        for step in [*steps, 60]:
            if isinstance(step, PlacedDecision):
                desk.place(step, user_key=the_user(step.decision.decision_id))
            elif isinstance(step, Event):
                desk.tell(step)
            else:
                desk.upkeep.release_expired(later(step), 99)
        assert desk.committed(*MONEY) == model.committed()
        for user_key in USERS:
            found = desk.open("look", user_key, (), at_s=100.0).exposures
            assert sorted(found, key=repr) == model.exposures(user_key, later(100))
    finally:
        desk.close()


@pytest.mark.parametrize("kind", [EventKind.BILLING, EventKind.LOSS])
def test_many_bidders_at_once_settle_each_bid_once(valkey: EmbeddedValkey, namespace: str, kind: EventKind) -> None:
    desk = Desk(valkey, namespace)
    try:
        bids = [a_bid(f"d{n}", 100, money_keys=("k1",)) for n in range(100)]
        events = [told(kind, f"d{n}", price_micros=60, event_id=f"{n}:{copy}") for n in range(100) for copy in range(3)]

        async def all_at_once() -> None:
            await asyncio.gather(*(desk.bids.close_request("r", "u1", [bid]) for bid in bids * 2))
            await asyncio.gather(*(desk.bids.record_notices([event], later(9)) for event in events))

        desk.run(all_at_once())
        assert desk.committed("k1") == (6000 if kind is EventKind.BILLING else 0,)
        assert desk.upkeep.release_expired(later(1000), 1000) == 0
    finally:
        desk.close()
