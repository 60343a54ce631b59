"""Whose a stored decision is, and who may report of it: inside the scripts, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adplat.domain import ANYBODY, STREAM_START, Caller, Event, EventKind, EventOutcome, StreamEntry
from adplat.storage import EmbeddedValkey, RedisStreamState, open_online_state
from adplat.storage.payloads import encode_decision

from .builders import NOON, a_decision
from .test_bid_state import KEYS, Desk, a_bid, later, told

ACCEPTED, UNKNOWN = EventOutcome.ACCEPTED, EventOutcome.UNKNOWN_DECISION
NOTICES = {EventKind.WIN, EventKind.BILLING, EventKind.LOSS}


@pytest.fixture
def desk(valkey: EmbeddedValkey, namespace: str) -> Iterator[Desk]:
    made = Desk(valkey, namespace)
    yield made
    made.close()


def a_caller(caller_id: str, *advertisers: str) -> Caller:
    return Caller(caller_id, advertisers=frozenset(advertisers) or None)


def report(desk: Desk, caller: Caller, *events: Event) -> list[EventOutcome]:
    outcomes: list[EventOutcome] = desk.run(desk.bids.record_notices(events, later(9), caller))
    return outcomes


def may_report(caller: Caller, kind: EventKind, given_to: str, advertiser_id: str) -> bool:
    """The rule in Python, written apart from the script."""
    if caller is ANYBODY:
        return True
    if not caller.may_see(advertiser_id):
        return False
    if given_to in ("", caller.caller_id):
        return True
    return caller.advertisers is not None and kind not in NOTICES


def _seen_by(caller: Caller) -> str:
    return "-".join([caller.caller_id, *sorted(caller.advertisers or ())])


CALLERS = [ANYBODY, a_caller("x"), a_caller("y"), a_caller("x", "a1"), a_caller("y", "a0", "a1"), a_caller("y", "a2")]


@pytest.mark.parametrize("caller", CALLERS, ids=_seen_by)
def test_each_kind_is_taken_from_those_alone_who_may_tell_it(desk: Desk, caller: Caller) -> None:
    for given_to in ("", "x", "y"):
        for number, kind in enumerate(EventKind):
            decision_id = f"d-{given_to}-{number}"
            desk.place(a_bid(decision_id, caller_id=given_to))
            event = told(kind, decision_id, price_micros=5)
            expected = ACCEPTED if may_report(caller, kind, given_to, "a1") else UNKNOWN
            assert report(desk, caller, event) == [expected], (given_to, kind)


def test_a_report_that_is_refused_changes_nothing_at_all(desk: Desk, stream: RedisStreamState) -> None:
    desk.place(a_bid("d1", 700, caller_id="x"))
    before = {name: desk.client.dump(name) for name in desk.client.keys(f"{desk.namespace}:*")}
    for kind in EventKind:
        assert report(desk, a_caller("y"), told(kind, price_micros=3)) == [UNKNOWN]
        assert report(desk, a_caller("x", "a2"), told(kind, price_micros=3)) == [UNKNOWN]
    assert {name: desk.client.dump(name) for name in desk.client.keys(f"{desk.namespace}:*")} == before
    # Nor is the event's id used up: the one who may tell it, can.
    assert report(desk, a_caller("x"), told(EventKind.BILLING, price_micros=3)) == [ACCEPTED]
    assert desk.committed(*KEYS) == (3, 3)


def test_what_is_refused_sounds_like_what_nobody_knows(desk: Desk) -> None:
    desk.place(a_bid("d1", caller_id="x"))
    foreign, unheard = told(EventKind.CLICK, "d1"), told(EventKind.CLICK, "d9")
    assert report(desk, a_caller("y"), foreign, unheard) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("advertiser_id", ["a1", "茶" * 30_000, "\xc1", ""])
def test_the_stream_gets_the_decision_as_it_was(
    desk: Desk, stream: RedisStreamState, valkey: EmbeddedValkey, advertiser_id: str
) -> None:
    """Whatever stands in front of it in the store, and whichever script put it there."""
    bid, ranked = a_bid("d1", advertiser_id=advertiser_id, caller_id="x"), a_decision("d2", caller_id="x")
    online = open_online_state(valkey.url, namespace=desk.namespace)

    async def rank_and_report() -> Any:
        await online.record_decision(ranked, b"user")
        await desk.bids.record_notices([told(EventKind.CLICK, "d2")], NOON)
        await online.close()

    desk.place(bid)
    desk.run(rank_and_report())
    assert report(desk, a_caller("x"), told(EventKind.WIN), told(EventKind.IMPRESSION, "d2")) == [ACCEPTED] * 2
    entries = stream.read_entries(STREAM_START, 10, 0)
    assert all(isinstance(entry, StreamEntry) for entry in entries)
    assert [entry.decision for entry in entries if isinstance(entry, StreamEntry)] == [
        bid.decision,
        ranked,
        ranked,
        bid.decision,
        ranked,
    ]


def test_a_decision_from_before_callers_is_for_everybody_who_is_not_bound_to_advertisers(
    desk: Desk, stream: RedisStreamState
) -> None:
    old = a_decision("d1")
    desk.client.set(f"{desk.namespace}:decision:d1", encode_decision(old))
    assert report(desk, a_caller("x", "a1"), told(EventKind.CLICK)) == [UNKNOWN]
    assert report(desk, a_caller("x"), told(EventKind.CLICK)) == [ACCEPTED]
    assert report(desk, ANYBODY, told(EventKind.IMPRESSION)) == [ACCEPTED]
    assert [entry.decision for entry in stream.read_entries(STREAM_START, 9, 0) if isinstance(entry, StreamEntry)] == [
        old,
        old,
    ]
    assert old.ts == NOON
