"""People, sessions, keys and tries at passwords, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adplat.domain import (
    ConfigRejected,
    ListRequest,
    Page,
    PeopleStore,
    Right,
    Role,
    SessionRules,
    TryLimit,
    UnknownReference,
    User,
    UserKey,
    UserSession,
    condition_from,
)
from adplat.storage import Database, SqlAuditTrail, SqlCatalogue, SqlPeople

from .builders import NOON, an_advertiser

MEI = User("mei", Role.ANALYST, "梅")
TEA = User("li@tea.example", Role.ADVERTISER, "", frozenset({"a1", "a2"}))
HOUR = timedelta(hours=1)


@pytest.fixture
def people(database: Database) -> PeopleStore:
    SqlCatalogue(database).save([an_advertiser("a1"), an_advertiser("a2")], [], [], [])
    store = SqlPeople(database)
    store.add(MEI, "hash 1", NOON, "root")
    store.add(TEA, "hash 2", NOON, "mei")
    return store


def a_session(sha256: str = "s1", user_id: str = "mei") -> UserSession:
    return UserSession(sha256, user_id, NOON, NOON, NOON + HOUR, "127.0.0.1")


def test_people_come_back_with_their_advertisers(people: PeopleStore) -> None:
    assert [account.user for account in people.accounts()] == [TEA, MEI]
    found = people.account("mei")
    assert found is not None and (found.user, found.password_hash, found.created_by) == (MEI, "hash 1", "root")
    assert people.account("nobody") is None


def test_a_name_is_taken_once_and_an_advertiser_must_be_there(people: PeopleStore, database: Database) -> None:
    with pytest.raises(ConfigRejected, match="person of this name"):
        people.add(MEI, "other", NOON, "root")
    with pytest.raises(UnknownReference, match="a9"):
        people.add(User("x", Role.ADVERTISER, advertisers=frozenset({"a9", "a1"})), "h", NOON, "root")
    assert people.account("x") is None
    assert database.row_counts()["user_advertisers"] == 2


def test_another_role_takes_the_advertisers_with_it(people: PeopleStore) -> None:
    people.change(User("li@tea.example", Role.ANALYST), NOON, "mei")
    people.change(User("mei", Role.ADVERTISER, advertisers=frozenset({"a1"})), NOON, "mei")
    assert [(one.user.role, one.user.advertisers) for one in people.accounts()] == [
        (Role.ANALYST, None),
        (Role.ADVERTISER, {"a1"}),
    ]
    with pytest.raises(UnknownReference):
        people.change(User("nobody", Role.ANALYST), NOON, "mei")


def test_every_deed_stands_in_the_audit_trail_and_no_hash_of_a_password(
    people: PeopleStore, database: Database
) -> None:
    people.change(replace(MEI, disabled=NOON), NOON, "root")
    people.set_password("mei", "hash 9", NOON, "root")
    people.open_session(a_session())
    people.end_session("s1", NOON)
    entries = SqlAuditTrail(database).entries()
    assert [(entry.actor, entry.action) for entry in reversed(entries)] == [
        ("root", "user add"),
        ("mei", "user add"),
        ("root", "user change"),
        ("root", "user password"),
        ("mei", "sign in"),
        ("mei", "sign out"),
    ]
    assert "hash" not in str(entries)


def test_a_password_ends_every_session_and_being_disabled_too(people: PeopleStore) -> None:
    for end in (
        lambda: people.set_password("mei", "hash 2", NOON + HOUR, "mei"),
        lambda: people.change(replace(MEI, disabled=NOON + HOUR), NOON + HOUR, "root"),
    ):
        name = f"s{id(end)}"
        people.open_session(a_session(name))
        people.open_session(a_session(f"tea {name}", "li@tea.example"))
        end()
        found, other = people.session(name), people.session(f"tea {name}")
        assert found is not None and found[0].ended == NOON + HOUR
        assert other is not None and other[0].ended is None


def test_the_last_admin_stays_even_where_two_leave_at_once(people: PeopleStore) -> None:
    admins = [User(name, Role.ADMIN) for name in ("ada", "bob")]
    for one in admins:
        people.add(one, "hash", NOON, "setup")
    wait, refused = threading.Barrier(2), []

    def leave(user: User) -> None:
        wait.wait()
        try:
            people.change(replace(user, disabled=NOON), NOON, user.user_id)
        except ConfigRejected:
            refused.append(user.user_id)

    leaving = [threading.Thread(target=leave, args=(one,)) for one in admins]
    for one in leaving:
        one.start()
    for one in leaving:
        one.join()
    assert len(refused) == 1
    assert [one.user.user_id for one in people.accounts() if one.user.role is Role.ADMIN and not one.user.disabled] == (
        refused
    )
    with pytest.raises(ConfigRejected, match="no admin would be left"):
        people.change(User(refused[0], Role.OPERATOR), NOON, "setup")


def asked_all(page: Callable[[ListRequest], Page[Any]], *conditions: str, limit: int = 1) -> list[Any]:
    """Every item of a list, page after page."""
    found, cursor = [], ""
    while True:
        shown = page(ListRequest([condition_from(one) for one in conditions], limit=limit, cursor=cursor))
        found += shown.items
        cursor = shown.next
        if not cursor:
            return found


def test_people_are_listed_page_after_page_with_their_advertisers_and_filtered(people: PeopleStore) -> None:
    people.add(User("zoe", Role.READ_ONLY, disabled=NOON), "h", NOON, "mei")
    users = [one.user for one in asked_all(people.account_page)]
    assert users == [TEA, MEI, User("zoe", Role.READ_ONLY, disabled=NOON)]
    assert [one.user for one in asked_all(people.account_page, "role=analyst|advertiser")] == [TEA, MEI]
    assert [one.user.user_id for one in asked_all(people.account_page, "state=disabled")] == ["zoe"]
    assert [one.user.user_id for one in asked_all(people.account_page, "user_id~TEA")] == ["li@tea.example"]
    with pytest.raises(ConfigRejected, match="no field 'password_hash'"):
        people.account_page(ListRequest([condition_from("password_hash~a")]))


def test_a_person_lists_the_sessions_that_hold_and_ends_one_or_all_others(
    people: PeopleStore, database: Database
) -> None:
    rules = SessionRules()
    hashes = [letter * 64 for letter in "abcd"]
    for count, sha256 in enumerate(hashes):
        begun = NOON + timedelta(minutes=count)
        people.open_session(replace(a_session(sha256), created=begun, seen=begun))
    people.open_session(a_session("e" * 64, "li@tea.example"))

    def held(user_id: str, now: datetime = NOON + timedelta(minutes=5)) -> list[str]:
        return [one.sha256 for one in asked_all(lambda asked: people.session_page(user_id, asked, now, rules))]

    assert held("mei") == hashes[::-1]
    assert held("mei", NOON + HOUR) == []  # they are over, or were not used for too long
    with pytest.raises(UnknownReference):
        people.end_session_named("mei", "e" * 16, NOON)  # somebody else's
    for none in ("", "a", "%", "a" * 64):
        with pytest.raises(UnknownReference):
            people.end_session_named("mei", none, NOON)
    people.end_session_named("mei", "b" * 16, NOON + HOUR)
    assert held("mei") == [hashes[3], hashes[2], hashes[0]]
    assert people.end_other_sessions("mei", hashes[0], NOON + HOUR) == 2
    assert (held("mei"), held("li@tea.example")) == ([hashes[0]], ["e" * 64])
    told = [entry.action for entry in SqlAuditTrail(database).entries(2)]
    assert told == ["session end others", "session end"]


def test_a_person_lists_own_keys_newest_first(people: PeopleStore) -> None:
    keys = [
        UserKey(f"adp_{n}", "mei", f"cron {n}", str(n) * 64, frozenset({Right.SEE_REPORTS}), None, NOON, NOON + HOUR)
        for n in range(3)
    ]
    for key in keys:
        people.add_key(key, "mei")
    people.add_key(replace(keys[0], key_id="adp_9", sha256="9" * 64, user_id="li@tea.example"), "li@tea.example")
    people.revoke_key("mei", "adp_1", NOON, "mei")
    assert [one.key_id for one in asked_all(lambda asked: people.key_page("mei", asked))] == ["adp_2", "adp_1", "adp_0"]
    kept = asked_all(lambda asked: people.key_page("mei", asked), "state=kept")
    assert [one.key_id for one in kept] == ["adp_2", "adp_0"]


def test_a_session_comes_back_with_its_person_as_it_is_now(people: PeopleStore) -> None:
    people.open_session(a_session())
    people.mark_seen("s1", NOON + timedelta(minutes=5))
    people.mark_seen("s1", NOON)
    people.change(replace(MEI, role=Role.READ_ONLY), NOON, "root")
    found = people.session("s1")
    assert found == (replace(a_session(), seen=NOON + timedelta(minutes=5)), replace(MEI, role=Role.READ_ONLY))
    assert people.session("s2") is None


def test_a_new_session_takes_the_place_of_the_one_before(people: PeopleStore) -> None:
    people.open_session(a_session("s1"))
    people.open_session(a_session("s2"), instead_of="s1")
    one, two = people.session("s1"), people.session("s2")
    assert one is not None and one[0].ended is not None
    assert two is not None and two[0].ended is None


def test_only_the_hash_that_was_meant_is_replaced(people: PeopleStore) -> None:
    people.rehash("mei", "another", "hash 3")
    people.rehash("li@tea.example", "hash 2", "hash 3")
    assert [account.password_hash for account in people.accounts()] == ["hash 3", "hash 1"]


def test_keys_come_back_and_belong_to_their_person(people: PeopleStore) -> None:
    key = UserKey(
        "adp_1", "mei", "cron", "1" * 64, frozenset({Right.SEE_REPORTS}), frozenset({"a1"}), NOON, NOON + HOUR
    )
    people.add_key(key, "mei")
    assert people.keys("mei") == [key] and people.keys("li@tea.example") == []
    assert people.key("1" * 64) == (key, MEI)
    with pytest.raises(UnknownReference):
        people.revoke_key("li@tea.example", "adp_1", NOON, "li@tea.example")
    people.revoke_key("mei", "adp_1", NOON, "mei")
    people.revoke_key("mei", "adp_1", NOON + HOUR, "mei")
    assert people.keys("mei") == [replace(key, revoked=NOON)]
    with pytest.raises(UnknownReference):
        people.add_key(replace(key, key_id="adp_2", sha256="2" * 64, user_id="nobody"), "mei")


LIMITS = {"user x": TryLimit(3.0, 60.0), "address y": TryLimit(10.0, 60.0)}


def test_tries_add_up_fade_and_are_forgiven(people: PeopleStore) -> None:
    assert [people.may_try(LIMITS, NOON) for _ in range(4)] == [True, True, True, False]
    assert not people.may_try(LIMITS, NOON + timedelta(seconds=20))
    # 3 · 2^(−t/60) ≤ 2 from 35.1 s on; a refused try did not count.
    assert people.may_try(LIMITS, NOON + timedelta(seconds=36))
    people.forgive("user x", "address y")
    assert [people.may_try(LIMITS, NOON + timedelta(seconds=36)) for _ in range(4)] == [True, True, True, False]


def test_an_address_that_tries_many_names_is_refused_all_of_them(people: PeopleStore) -> None:
    tried = [
        people.may_try({f"user {number}": TryLimit(3.0, 60.0), "address y": TryLimit(10.0, 60.0)}, NOON)
        for number in range(12)
    ]
    assert tried == [True] * 10 + [False] * 2


def test_many_tries_at_once_are_many(people: PeopleStore) -> None:
    passed: list[bool] = []
    failures: list[BaseException] = []

    def attempt() -> None:
        try:
            for _ in range(4):
                passed.append(people.may_try({"user x": TryLimit(3.0, 6e9), "address y": TryLimit(99.0, 6e9)}, NOON))
        except BaseException as error:  # noqa: BLE001  # a thread's error has to be carried to the test
            failures.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (sum(passed), len(passed)) == (3, 20)


def test_tries_that_have_faded_leave_no_row(people: PeopleStore, database: Database) -> None:
    for number in range(5):
        people.may_try({f"user {number}": TryLimit(3.0, 60.0)}, NOON)
    people.may_try(LIMITS, NOON + timedelta(days=2))
    assert database.row_counts()["password_tries"] == 2
