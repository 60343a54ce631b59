"""Decisions, events and logged requests come out of their bytes as they went in."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import Decision, Event, InternalFault, LoggedRequest, LoggedSlot, TableRejected
from adplat.storage.payloads import (
    decode_decision,
    decode_event,
    decode_requests,
    encode_decision,
    encode_event,
    encode_request,
)

from .builders import NOON, a_click, a_decision, decisions, events


@given(decisions)
def test_any_decision_comes_back(decision: Decision) -> None:
    kept = decode_decision(encode_decision(decision))

    assert kept == decision
    assert str(kept.ts.tzinfo) == "UTC"


@given(events)
def test_any_event_comes_back(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


def test_a_logged_request_comes_back_and_what_was_not_told_is_still_not_told() -> None:
    told = LoggedRequest(
        *("r1", NOON, "u1", (LoggedSlot("feed", 0, 900, "CNY"), LoggedSlot("feed", 1)), 0.1),
        *("phone", "ios", "CHN", "44", "zh", "news.example", ("tea", "sports"), 20, 6, "first_price"),
    )
    untold = LoggedRequest("r2", NOON, "", (LoggedSlot("feed", 0),), 1.0)

    assert decode_requests(b"\x92" + encode_request(told) + encode_request(untold)) == (told, untold)


def test_numbers_as_scores_arrive_are_taken() -> None:
    decision = a_decision(p_ctr=tuple(np.array([0.03, 0.02])), position=np.int64(1), context={"hour": np.float32(3)})

    assert decode_decision(encode_decision(decision)) == a_decision(position=1, context={"hour": 3.0})


def test_a_decision_from_before_experiments_were_told_took_part_in_none() -> None:
    fields = msgspec.msgpack.decode(encode_decision(a_decision(experiments=("pictures:new",))))
    assert fields.pop("experiments") == ["pictures:new"]
    assert decode_decision(msgspec.msgpack.encode(fields)) == a_decision()


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TableRejected, match="without zone"):
        encode_decision(a_decision(ts=NOON.replace(tzinfo=None)))
    with pytest.raises(TableRejected, match="without zone"):
        encode_event(a_click(ts=NOON.replace(tzinfo=None)))


@pytest.mark.parametrize("value", [object(), 2**70, "\ud800"])
def test_a_value_without_a_place_is_refused(value: object) -> None:
    with pytest.raises(TableRejected, match="cannot be encoded"):
        encode_decision(a_decision(context={"x": value}))


@given(st.binary(max_size=60))
def test_other_bytes_are_an_internal_fault(noise: bytes) -> None:
    with pytest.raises(InternalFault):
        decode_decision(noise)
    with pytest.raises(InternalFault):
        decode_event(noise)
    if noise != b"\x90":  # no request at all
        with pytest.raises(InternalFault):
            decode_requests(noise)
