"""Callers and keys in SQL, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adplat.domain import (
    ApiKey,
    AuditEntry,
    Caller,
    CallerStore,
    KeyBook,
    ListRequest,
    Permission,
    UnknownReference,
    condition_from,
)
from adplat.storage import Database, SqlCallers

from .builders import NOON

SELLER = Caller("seller", "Große Börse", frozenset({Permission.BID, Permission.RECORD}), None, frozenset({"feed"}))
SHOP = Caller("shop", permissions=frozenset({Permission.SCORE}), advertisers=frozenset({"a2", "a1"}))
KEY = ApiKey("adp_1", "seller", "1" * 64, NOON, "mei")
TOLD = AuditEntry(NOON, "mei", "a deed", "seller", {})
OTHER = ApiKey("adp_0", "seller", "0" * 64, NOON + timedelta(hours=1), "mei", NOON + timedelta(days=1))


def filled(database: Database) -> SqlCallers:
    callers = SqlCallers(database)
    callers.save(SHOP, TOLD)
    callers.save(SELLER, TOLD)
    callers.add_key(KEY, TOLD)
    callers.add_key(OTHER, TOLD)
    return callers


def test_what_was_saved_comes_back_callers_by_id_and_keys_by_age(database: Database) -> None:
    store: CallerStore = SqlCallers(database)
    assert store.book() == KeyBook()
    assert filled(database).book() == KeyBook((SELLER, SHOP), (KEY, OTHER))


def test_a_caller_saved_again_has_its_new_rights_and_its_old_keys(database: Database) -> None:
    callers = filled(database)
    changed = replace(SELLER, advertisers=frozenset({"a9"}), placements=None)
    callers.save(changed, TOLD)
    assert callers.book() == KeyBook((changed, SHOP), (KEY, OTHER))


def test_a_key_that_replaces_another_ends_it_in_the_same_step(database: Database) -> None:
    callers = filled(database)
    ends = replace(KEY, expires=NOON + timedelta(hours=2))
    new = ApiKey("adp_2", "seller", "2" * 64, NOON + timedelta(hours=2))
    callers.add_key(new, TOLD, replaces=ends)
    assert callers.book().keys == (ends, OTHER, new)
    with pytest.raises(UnknownReference):
        callers.add_key(replace(new, key_id="adp_3"), TOLD, replaces=replace(ends, expires=NOON))  # the hash is taken
    assert callers.book().keys == (ends, OTHER, new)


def test_a_revoked_key_keeps_the_moment_at_which_it_was_first_revoked(database: Database) -> None:
    callers = filled(database)
    callers.revoke(["adp_1"], NOON, TOLD)
    callers.revoke(["adp_1", "adp_0"], NOON + timedelta(hours=3), TOLD)
    assert [key.revoked for key in callers.book().keys] == [NOON, NOON + timedelta(hours=3)]


def test_an_unknown_key_revokes_nothing(database: Database) -> None:
    callers = filled(database)
    with pytest.raises(UnknownReference, match="no key has this id"):
        callers.revoke(["adp_1", "adp_9"], NOON, TOLD)
    assert callers.book().keys == (KEY, OTHER)


def test_a_key_of_nobody_is_refused(database: Database) -> None:
    with pytest.raises(UnknownReference):
        SqlCallers(database).add_key(KEY, TOLD)


def test_a_deed_and_its_line_in_the_trail_are_kept_together_or_neither(database: Database) -> None:
    callers = filled(database)
    assert database.row_counts()["audit"] == 4
    with pytest.raises(UnknownReference):
        callers.add_key(replace(KEY, caller_id="nobody", key_id="adp_7", sha256="7" * 64), TOLD)
    with pytest.raises(UnknownReference):
        callers.add_key(KEY, TOLD, of_new=Caller("late"))  # the id is taken, so the caller is not kept either
    assert callers.book() == KeyBook((SELLER, SHOP), (KEY, OTHER))
    assert database.row_counts()["audit"] == 4


def test_callers_and_keys_are_listed_page_after_page(database: Database) -> None:
    callers = filled(database)
    first = callers.caller_page(ListRequest(limit=1))
    assert first.items == (SELLER,)
    assert callers.caller_page(ListRequest(limit=1, cursor=first.next)).items == (SHOP,)
    assert callers.caller("shop") == SHOP
    with pytest.raises(UnknownReference):
        callers.caller("nobody")
    callers.revoke(["adp_1"], NOON, TOLD)
    wanted = [condition_from("caller_id=seller"), condition_from("state=kept")]
    assert callers.key_page(ListRequest(wanted)).items == (OTHER,)
    newest = callers.key_page(ListRequest(limit=1))
    assert newest.items == (OTHER,)
    assert callers.key_page(ListRequest(limit=1, cursor=newest.next)).items == (replace(KEY, revoked=NOON),)
