"""Touches are bounded and kept with whom they belong to; conversions wait until they are settled, once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from hypothesis import HealthCheck, given, settings

from adplat.domain import (
    STREAM_START,
    ConversionState,
    Credit,
    EventKind,
    StoreUnreachable,
    StreamEntry,
    StreamPosition,
    Touch,
    UserConversion,
    WaitingConversion,
)
from adplat.storage import EmbeddedValkey, RedisConversionState, RedisStreamState, open_conversion_state
from adplat.storage.stream_state import MOST_TOUCHES

from .builders import NOON, a_click, a_decision, ids

_numbers = itertools.count()
CONVERTED = EventKind.CONVERSION
SALE = a_click("order-1", "", kind=CONVERTED, user_key="u1", advertiser_id="a1", ts=NOON + timedelta(hours=1))


@pytest.fixture
def state(valkey: EmbeddedValkey, namespace: str) -> Iterator[RedisConversionState]:
    opened = open_conversion_state(valkey.url, namespace=namespace)
    yield opened
    opened.close()


def a_touch(number: int, **facts: object) -> Touch:
    ts = NOON + timedelta(seconds=number)
    told = Touch(f"e{number}", EventKind.CLICK, ts, f"d{number}", "u1", "a1", "k1", "c1", 604_800, 1_000 + number)
    return replace(told, **facts)  # type: ignore[arg-type]


def a_sale(number: int = 1, **facts: object) -> WaitingConversion:
    return WaitingConversion(StreamPosition(number), replace(SALE, **facts))  # type: ignore[arg-type]


def keep(stream: RedisStreamState, *kept: Touch | WaitingConversion) -> None:
    touches = [one for one in kept if isinstance(one, Touch)]
    sales = [one for one in kept if isinstance(one, WaitingConversion)]
    folded = stream.folded_to()
    assert stream.fold(folded, StreamPosition(folded.milliseconds + 1), {}, {}, (), touches, sales)


def test_it_is_the_port_and_knows_of_nothing_at_first(state: RedisConversionState) -> None:
    port: ConversionState = state
    assert port.due(2**45, 10) == []
    assert port.touches_before([a_sale()]) == [[]]
    assert port.known_decisions([]) == set()
    assert port.settle([]) == 0
    assert port.count_waiting() == 0


def test_touches_come_back_as_they_were_in_order_of_time(stream: RedisStreamState, state: RedisConversionState) -> None:
    touches = [a_touch(n, ts=NOON + timedelta(microseconds=n), event_id=f"e{n}") for n in (3, 1, 2)]
    keep(stream, *touches, a_touch(9, ts=SALE.ts + timedelta(microseconds=1)))
    keep(stream, *touches)
    assert state.touches_before([a_sale()]) == [sorted(touches, key=lambda touch: touch.ts)]


def test_two_clicks_on_one_decision_are_two_touches(stream: RedisStreamState, state: RedisConversionState) -> None:
    keep(stream, a_touch(1), a_touch(1, event_id="again", ts=NOON + timedelta(seconds=9)))
    [touches] = state.touches_before([a_sale()])
    assert [touch.event_id for touch in touches] == ["e1", "again"]


def test_of_each_user_and_advertiser_the_newest_are_kept(stream: RedisStreamState, state: RedisConversionState) -> None:
    many = [a_touch(n) for n in range(MOST_TOUCHES + 5)]
    keep(stream, *many[::-1], a_touch(0, user_key="u2"), a_touch(0, advertiser_id="a2"))
    mine, other_user, other_advertiser = state.touches_before(
        [a_sale(), a_sale(user_key="u2"), a_sale(advertiser_id="a2")]
    )
    assert mine == many[5:]
    assert [len(other_user), len(other_advertiser)] == [1, 1]


def test_users_without_a_name_do_not_share_their_touches(stream: RedisStreamState, state: RedisConversionState) -> None:
    keep(stream, *(a_touch(n, user_key="") for n in range(MOST_TOUCHES + 5)))
    decisions = [a_decision(f"d{n}", user_key="") for n in (0, 7)]
    named = [WaitingConversion(StreamPosition(1), a_click(kind=CONVERTED, ts=SALE.ts), one) for one in decisions]
    assert [[touch.decision_id for touch in touches] for touches in state.touches_before(named)] == [["d0"], ["d7"]]


def test_touches_are_forgotten_a_day_after_the_decision_s_own_time(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    keep(stream, a_touch(1))
    with redis.Redis.from_url(valkey.url) as client:
        [key] = client.keys(f"{namespace}:touches:*")
        assert 7 * 86_400 < client.ttl(key) <= 8 * 86_400


def test_what_waits_comes_by_its_moment_and_may_be_postponed(
    stream: RedisStreamState, state: RedisConversionState
) -> None:
    named = WaitingConversion(StreamPosition(2), a_click("e", kind=CONVERTED, ts=NOON), a_decision("d1"))
    sales = [a_sale(1), named, a_sale(3)]
    keep(stream, *sales)
    assert state.due(2, 10) == sales[:2]
    assert state.due(9, 1) == sales[:1]
    state.postpone({StreamPosition(1): 50, StreamPosition(99): 50})
    assert state.due(49, 10) == sales[1:]
    assert state.due(50, 10) == [*sales[1:], sales[0]]
    assert state.count_waiting() == 3


def test_a_settled_conversion_stands_on_the_stream_once_with_its_credit(
    stream: RedisStreamState, state: RedisConversionState
) -> None:
    named = WaitingConversion(StreamPosition(2), a_click("e", kind=CONVERTED, ts=NOON), a_decision("d1"))
    keep(stream, a_sale(1), named)
    credited = [(StreamPosition(1), Credit.UNATTRIBUTED, ""), (StreamPosition(2), Credit.CLICK, "d1")]
    assert [state.settle(credited), state.settle(credited)] == [2, 0]
    first, second = stream.read_entries(STREAM_START, 10, 0)
    assert first == UserConversion(first.position, SALE, Credit.UNATTRIBUTED)
    assert second == StreamEntry(second.position, a_decision("d1"), named.event, credit=Credit.CLICK)
    assert (state.count_waiting(), state.due(2**45, 10)) == (0, [])


def test_a_decision_that_is_forgotten_meanwhile_leaves_the_conversion_waiting(
    stream: RedisStreamState, state: RedisConversionState
) -> None:
    keep(stream, a_sale(1))
    assert state.settle([(StreamPosition(1), Credit.CLICK, "forgotten")]) == 0
    assert state.due(2**45, 10) == [a_sale(1)]
    assert stream.length() == 0


def test_a_fold_that_lost_its_race_keeps_nothing(stream: RedisStreamState, state: RedisConversionState) -> None:
    assert not stream.fold(StreamPosition(5), StreamPosition(6), {}, {}, (), [a_touch(1)], [a_sale(1)])
    assert state.touches_before([a_sale()]) == [[]]
    assert state.count_waiting() == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids, ids, ids, ids)
def test_any_two_owners_are_apart(
    stream: RedisStreamState, state: RedisConversionState, user: str, advertiser: str, other: str, another: str
) -> None:
    tag = f"{next(_numbers)}"
    keep(stream, a_touch(1, user_key=user + tag, advertiser_id=advertiser))
    found, elsewhere = state.touches_before(
        [
            a_sale(user_key=user + tag, advertiser_id=advertiser),
            a_sale(user_key=other + tag, advertiser_id=another),
        ]
    )
    assert len(found) == 1
    assert bool(elsewhere) == ((user, advertiser) == (other, another))


def test_a_server_that_is_away_is_said_so(short_folder: object) -> None:
    state = open_conversion_state(f"unix://{short_folder}/nobody.sock")
    for ask in (
        lambda: state.due(1, 1),
        lambda: state.touches_before([a_sale()]),
        lambda: state.settle([(StreamPosition(1), Credit.CLICK, "")]),
        lambda: state.postpone({StreamPosition(1): 1}),
        state.count_waiting,
    ):
        with pytest.raises(StoreUnreachable):
            ask()
    state.close()
