"""Callers and keys as words: what they hold, what they refuse, when a key is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import ANYBODY, ApiKey, Caller, ConfigRejected, key_from, key_hash
from adplat.domain.callers import LARGEST_SCOPE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.binary(min_size=38, max_size=38), st.binary(min_size=38, max_size=38))
def test_a_key_begins_with_its_id_and_two_keys_are_alike_only_where_chance_was(one: bytes, other: bytes) -> None:
    (key_id, key), (_, another) = key_from(one), key_from(other)
    assert key.startswith(f"{key_id}_")
    assert key.isascii() and " " not in key
    assert (key == another) == (one == other) == (key_hash(key) == key_hash(another))
    assert key[len(key_id) + 1 :] not in key_id


def test_a_key_has_256_bits_beside_its_id() -> None:
    assert len(key_from(bytes(38))[1]) == len("adp_") + 12 + 1 + 43
    with pytest.raises(ValueError, match="38 random bytes"):
        key_from(bytes(37))


def test_what_is_kept_is_the_sha_256_of_the_whole_key() -> None:
    assert key_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1


def test_a_key_holds_until_its_end_and_not_after_it_was_taken_back() -> None:
    def key(**ends: datetime) -> ApiKey:
        return ApiKey("adp_1", "a", "0" * 64, NOON, **ends)

    assert key().holds_at(NOON + 10_000 * HOUR)
    assert key(expires=NOON + HOUR).holds_at(NOON + HOUR - timedelta(microseconds=1))
    assert not key(expires=NOON + HOUR).holds_at(NOON + HOUR)
    assert not key(revoked=NOON + HOUR).holds_at(NOON)
    assert not key(expires=NOON + HOUR, revoked=NOON).holds_at(NOON)


def test_no_list_is_everybody_and_a_list_is_nobody_else() -> None:
    assert ANYBODY.may_see("a1") and ANYBODY.may_fill("feed")
    one = Caller("x", advertisers=frozenset({"a1"}), placements=frozenset({"feed"}))
    assert (one.may_see("a1"), one.may_see("a2"), one.may_see("")) == (True, False, False)
    assert (one.may_fill("feed"), one.may_fill("feeds")) == (True, False)


@pytest.mark.parametrize("caller_id", ["a b", "-a", ".", "é", "x" * 65, "a/b", "a\n", "adp_12", " "])
def test_an_id_that_could_be_mistaken_is_refused(caller_id: str) -> None:
    with pytest.raises(ConfigRejected, match="cannot be called so"):
        Caller(caller_id)


def test_a_scope_names_somebody_and_not_the_whole_world() -> None:
    many = frozenset(str(number) for number in range(LARGEST_SCOPE + 1))
    for names, words in ((frozenset[str](), "0 "), (many, "201 "), (frozenset({""}), "no name")):
        with pytest.raises(ConfigRejected, match=words):
            Caller("x", advertisers=names)
        with pytest.raises(ConfigRejected, match=words):
            Caller("x", placements=names)
    with pytest.raises(ConfigRejected, match="line of text"):
        Caller("x", name="a\nb")
