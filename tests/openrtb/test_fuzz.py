"""Whatever arrives is read or refused; nothing else may come out."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import InputError, Opportunity
from adplat.openrtb import opportunity_of, read_response
from tests.openrtb.builders import NATIVE_REQUEST, NOON, imp, typical_banner_request


def whole_request() -> dict[str, Any]:
    """A request with everything that we read, so that a change anywhere matters."""
    told = typical_banner_request()
    told["imp"].append(imp(id="2", native={"request": json.dumps(NATIVE_REQUEST), "battr": [1]}, qty={"multiplier": 1}))
    told["imp"].append(imp(id="3", native={"request": {"native": copy.deepcopy(NATIVE_REQUEST)}}))
    told["device"]["sua"] = {"browsers": [{"brand": "B"}], "platform": {"brand": "P"}, "mobile": 1}
    told["site"]["content"] = {"cat": ["IAB1"], "language": "en"}
    return told


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside ``value``."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for name, member in inner for place in places(member, (*here, name)))]


_PLACES = [place for place in places(whole_request()) if place]

_NUMBERS = st.one_of(
    st.integers(),
    st.integers(-(10**60), 10**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 1, 2, 3, 500, -1, 1.0, 0.03]),
)
_SCALARS = st.one_of(
    st.none(), st.booleans(), _NUMBERS, st.text(max_size=12), st.sampled_from(["NaN", "USD", "1", "{}"])
)
_OUR_NAMES = sorted({name for place in _PLACES for name in place if isinstance(name, str)})
_NAMES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(_OUR_NAMES),
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_NAMES, inner, max_size=5)),
    max_leaves=25,
)


def changed(told: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    for place, value in changes:
        holder: Any = told
        try:
            for name in place[:-1]:
                holder = holder[name]
            holder[place[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return told


def read_or_refused(body: bytes) -> Opportunity | None:
    try:
        seen = opportunity_of(body, NOON)
    except InputError as refused:
        assert refused.where
        assert refused.hint
        return None
    for slot in seen.slots:
        assert slot.formats
        assert slot.floor is None or slot.floor.amount_micros >= 0
        assert all(size.width_px > 0 and size.height_px > 0 for size in slot.sizes)
    assert all(value != "" for value in seen.facts.values())
    return seen


@given(_JSON)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_or_refused(value: Any) -> None:
    read_or_refused(json.dumps(value).encode())


@given(st.lists(st.tuples(st.sampled_from(_PLACES), _JSON), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_request_that_was_changed_anywhere_is_read_or_refused(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    read_or_refused(json.dumps(changed(whole_request(), changes)).encode())


@given(st.dictionaries(st.text(max_size=8).map("x_".__add__), _JSON, max_size=4), st.sampled_from(_PLACES))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_members_that_we_do_not_know_change_nothing(members: dict[str, Any], place: tuple[Any, ...]) -> None:
    told = whole_request()
    holder: Any = told
    for name in place:
        holder = holder[name]
    if isinstance(holder, dict):
        holder.update(members)
    assert read_or_refused(json.dumps(told).encode()) == read_or_refused(json.dumps(whole_request()).encode())


@given(st.integers(0, 4000), st.binary(max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_request_that_was_cut_or_overwritten_is_read_or_refused(place: int, put: bytes) -> None:
    body = json.dumps(whole_request()).encode()
    read_or_refused(body[: place % len(body)])
    read_or_refused(body[: place % len(body)] + put + body[place % len(body) + len(put) :])


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refused(body)


@given(_JSON)
@settings(deadline=None)
def test_any_json_is_a_response_or_refused(value: Any) -> None:
    try:
        read_response(json.dumps(value).encode())
    except InputError as refused:
        assert refused.hint
