"""Requests of the fuzz follow their seed, and every rule that a bid can break is noticed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from adplat.client.generated import bidding_pb2 as pb
from adplat.flows.bench_bidding import door_figure, fuzz_figures
from adplat.flows.bench_bidding_doors import DoorSeen, bent_message
from adplat.flows.bench_bidding_fuzz import FuzzSeen, Stock, a_request, bent, broken, broken_rules

STOCK = Stock(("a.example", "b.example"), ("IAB1-1", "IAB2-1"), ((300, 250), (320, 50)))
ASKED: dict[str, Any] = {
    "imp": [{"id": "1", "bidfloor": 2.0, "banner": {"format": [{"w": 300, "h": 250}], "battr": [3]}}],
    "badv": ["b.example"],
    "bcat": ["IAB2-1"],
    "wlang": ["zh"],
}
GOOD: dict[str, Any] = {
    "impid": "1",
    "price": 2.0,
    "w": 300,
    "h": 250,
    "adomain": ["a.example"],
    "cat": ["IAB1-1"],
    "attr": [1],
    "language": "zh",
}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"adomain": ["b.example"]}, "advertiser"),
        ({"cat": ["IAB1-1", "IAB2-1"]}, "category"),
        ({"attr": [3]}, "attribute"),
        ({"h": 50}, "size"),
        ({"language": "en"}, "language"),
        ({"price": 1.999}, "floor"),
        ({"impid": "2"}, "slot"),
    ],
)
def test_every_rule_is_noticed(change: dict[str, Any], rule: str) -> None:
    def answer(bid: dict[str, Any]) -> dict[str, Any]:
        return {"seatbid": [{"bid": [bid]}]}

    assert broken_rules(ASKED, answer(GOOD)) == []
    assert broken_rules(ASKED, answer(GOOD | change)) == [rule]


def test_requests_follow_their_seed_and_name_what_the_catalogue_has() -> None:
    made = [
        [a_request(n, STOCK, rng) for n in range(200)] for rng in (np.random.default_rng(1), np.random.default_rng(1))
    ]
    assert made[0] == made[1]
    assert {name for one in made[0] for name in one.get("badv", ())} == set(STOCK.domains)
    assert {name for one in made[0] for name in one.get("bcat", ())} == set(STOCK.categories)
    assert sum("bidfloor" in one["imp"][0] for one in made[0]) > 50


def test_odd_ones_are_still_json_and_broken_ones_are_mostly_not() -> None:
    rng = np.random.default_rng(2)
    asked = a_request(0, STOCK, rng)
    odd = [bent(asked, rng) for _ in range(200)]
    assert len({json.dumps(one) for one in odd}) > 100
    assert asked == a_request(0, STOCK, np.random.default_rng(2))
    unreadable = 0
    for _ in range(200):
        try:
            json.loads(broken(json.dumps(asked).encode(), rng))
        except ValueError:
            unreadable += 1
    assert unreadable > 120


def test_an_error_and_a_breach_make_their_figures_fail() -> None:
    errors, breaches = fuzz_figures(FuzzSeen({200: 5, 204: 3, 503: 1, 0: 1}, [("floor", "{}")]))
    assert (errors.value, errors.holds, errors.n) == (2.0, False, 10)
    assert (breaches.value, breaches.holds, breaches.n) == (1.0, False, 5)
    assert all(one.holds for one in fuzz_figures(FuzzSeen({200: 5, 400: 2}, [])))


def test_faults_missing_answers_and_stack_traces_make_a_door_s_figure_fail() -> None:
    figure = door_figure("grpc", "calls", DoorSeen({200: 5, 422: 2, 500: 1, 503: 1, 0: 1}, [b"x"]))
    assert (figure.figure_id, figure.value, figure.holds, figure.n) == ("bidding.4.grpc_errors", 4.0, False, 10)
    assert door_figure("http", "requests", DoorSeen({200: 5, 404: 1}, [])).holds
    assert not door_figure("http", "requests", DoorSeen({200: 5, 504: 1}, [])).holds
    assert door_figure("grpc", "calls", DoorSeen({200: 5, 504: 1}, [], frozenset({504}))).holds


def test_bent_messages_follow_their_seed_and_many_can_still_be_read() -> None:
    good = pb.ScoreRequest(placement="feed", creative_ids=["c1"]).SerializeToString()
    made = [
        [bent_message(good, rng) for _ in range(300)] for rng in (np.random.default_rng(1), np.random.default_rng(1))
    ]
    assert made[0] == made[1]
    assert all(one.startswith(good) and len(one) > len(good) for one in made[0])
    read = []
    for one in made[0]:
        try:
            read.append(pb.ScoreRequest.FromString(one))
        except DecodeError:
            continue
    assert 100 < len(read) < 300
    assert {message.placement for message in read} > {"feed"}
    assert max(map(len, made[0])) > 100_000
