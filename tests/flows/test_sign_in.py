"""People get in with their password, session or key, and nobody else does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adplat.domain import (
    Advertiser,
    ConfigRejected,
    KeyRejected,
    NotPermitted,
    PeopleStore,
    Right,
    Role,
    SignInRefused,
    TooManyTries,
    UnknownReference,
    User,
    Viewer,
    form_token_holds,
)
from adplat.flows import sign_in as flow
from adplat.flows.manage_people import add_person, change_person, disable_person, enable_person, give_password
from adplat.flows.passwords import PasswordCost, check_password, hash_password, is_dated, password_holds
from adplat.flows.sign_in import PeopleParts, SignedIn
from adplat.storage import SqlCatalogue, SqlPeople, open_database, upgrade_database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHEAP = PasswordCost(memory_kib=8, passes=1, lanes=1)
WORDS = "four words not together"
HOUR = timedelta(hours=1)


@dataclass
class HandClock:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass
class Draws:
    """Bytes that never repeat."""

    count: int = field(default=0)

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return self.count.to_bytes(size, "little")


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    database = open_database(url)
    SqlCatalogue(database).save([Advertiser("a1", "Tea", "CNY", ""), Advertiser("a2", "Ink", "CNY", "")], [], [], [])
    yield SqlPeople(database)
    database.close()


@pytest.fixture
def parts(people: PeopleStore) -> PeopleParts:
    made = PeopleParts(people, Draws(), HandClock(), "root", cost=CHEAP)
    add_person(made, User("mei", Role.ADMIN), WORDS)
    add_person(made, User("li", Role.ADVERTISER, advertisers=frozenset({"a1", "a2"})), WORDS)
    return made


def later(parts: PeopleParts, passed: timedelta) -> None:
    assert isinstance(parts.clock, HandClock)
    parts.clock.at += passed


def enter(parts: PeopleParts, name: str = "mei", password: str = WORDS, address: str = "10.0.0.1") -> SignedIn:
    return flow.sign_in(parts, name, password, address)


def test_the_right_password_opens_a_session_with_the_persons_rights(parts: PeopleParts) -> None:
    signed = enter(parts, " LI ")
    assert signed.viewer == Viewer("li", Role.ADVERTISER, frozenset({"a1", "a2"}))
    assert flow.resume(parts, signed.secret).viewer == signed.viewer
    assert form_token_holds(signed.secret, signed.form_token)
    assert signed.secret not in repr(parts.people.session(signed.session.sha256))


def test_a_wrong_name_a_wrong_password_and_a_disabled_person_hear_the_same(parts: PeopleParts) -> None:
    disable_person(parts, "li")
    told = set()
    for name, password in (("mei", "wrong"), ("nobody", WORDS), ("li", WORDS), ("", ""), ("x" * 9999, "\ud800")):
        with pytest.raises(SignInRefused) as caught:
            enter(parts, name, password)
        told.add(str(caught.value))
    assert len(told) == 1


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password(people: PeopleStore) -> None:
    slow = PeopleParts(people, Draws(), HandClock(), "root", cost=PasswordCost(memory_kib=16_384, passes=2, lanes=1))
    add_person(slow, User("wang", Role.ANALYST), WORDS)
    took: dict[str, float] = {}
    for name in ("wang", "nobody", "wang", "nobody", "wang", "nobody"):
        start = time.process_time()
        with pytest.raises(SignInRefused):
            enter(slow, name, "wrong")
        took[name] = min(took.get(name, 9.0), time.process_time() - start)
    assert took["nobody"] > 0.5 * took["wang"] > 0.005
    assert took["wang"] > 0.5 * took["nobody"]


def test_after_five_wrong_passwords_even_the_right_one_waits_whoever_it_is(parts: PeopleParts) -> None:
    told = []
    for name in ("mei", "nobody"):
        for _ in range(5):
            with pytest.raises(SignInRefused):
                enter(parts, name, "wrong", "10.0.0.9")
        with pytest.raises(TooManyTries) as caught:
            enter(parts, name)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert enter(parts, "li").viewer.user_id == "li"  # others get in
    later(parts, timedelta(minutes=4))
    assert enter(parts).viewer.user_id == "mei"


def test_an_address_that_tries_many_names_waits_and_others_do_not(parts: PeopleParts) -> None:
    for number in range(30):
        with pytest.raises(SignInRefused):
            enter(parts, f"name{number}", "wrong", "10.6.6.6")
    with pytest.raises(TooManyTries):
        enter(parts, "mei", WORDS, "10.6.6.6")
    assert enter(parts, "mei", WORDS, "10.0.0.1")


def test_right_passwords_never_lock_anybody_out(parts: PeopleParts) -> None:
    for _ in range(60):
        enter(parts)


def test_another_password_opens_a_locked_name_again(parts: PeopleParts) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            enter(parts, "mei", "wrong")
    give_password(parts, "mei", "other words than before")
    assert enter(parts, "mei", "other words than before")


def test_a_session_ends_when_idle_and_when_it_is_old_however_much_it_is_used(parts: PeopleParts) -> None:
    idle, used = enter(parts), enter(parts)
    for _ in range(23):
        later(parts, timedelta(minutes=30))
        flow.resume(parts, used.secret)
    with pytest.raises(SignInRefused):
        flow.resume(parts, idle.secret)
    later(parts, timedelta(minutes=30))
    with pytest.raises(SignInRefused):
        flow.resume(parts, used.secret)


def test_who_signs_out_is_out_and_who_signs_in_anew_has_another_secret(parts: PeopleParts) -> None:
    before = enter(parts)
    after = flow.sign_in(parts, "mei", WORDS, "10.0.0.1", instead_of=before.secret)
    assert after.secret != before.secret and after.form_token != before.form_token
    with pytest.raises(SignInRefused):
        flow.resume(parts, before.secret)
    flow.sign_out(parts, after.secret)
    flow.sign_out(parts, after.secret)
    for secret in (after.secret, "", "x", after.session.sha256, "\ud800"):
        with pytest.raises(SignInRefused):
            flow.resume(parts, secret)


def test_another_role_and_being_disabled_hold_from_the_next_request_on(parts: PeopleParts) -> None:
    signed = enter(parts, "li")
    change_person(parts, "li", role=Role.ADVERTISER, advertisers=frozenset({"a2"}))
    assert flow.resume(parts, signed.secret).viewer.advertisers == {"a2"}
    disable_person(parts, "li")
    enable_person(parts, "li")
    with pytest.raises(SignInRefused):
        flow.resume(parts, signed.secret)


def test_ones_own_password_needs_the_old_one_and_ends_every_session(parts: PeopleParts) -> None:
    one, two = enter(parts), enter(parts)
    new = "quite other words than those"
    with pytest.raises(SignInRefused):
        flow.change_own_password(parts, "mei", "wrong", new, "10.0.0.1")
    with pytest.raises(ConfigRejected):
        flow.change_own_password(parts, "mei", WORDS, "short", "10.0.0.1")
    flow.change_own_password(parts, "mei", WORDS, new, "10.0.0.1")
    for old in (one, two):
        with pytest.raises(SignInRefused):
            flow.resume(parts, old.secret)
    with pytest.raises(SignInRefused):
        enter(parts)
    assert enter(parts, "mei", new)


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(parts: PeopleParts) -> None:
    dearer = replace(parts, cost=PasswordCost(memory_kib=16, passes=1, lanes=1))
    before = parts.people.account("mei")
    enter(dearer)
    after = parts.people.account("mei")
    assert before is not None and after is not None and before.password_hash != after.password_hash
    assert is_dated(before.password_hash, dearer.cost) and not is_dated(after.password_hash, dearer.cost)
    enter(dearer)


def test_what_is_kept_of_a_password_is_argon2id_and_accents_have_one_spelling() -> None:
    kept = hash_password("pa\u0301ssword e\u0301te\u0301", bytes(16), CHEAP)
    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert password_holds(kept, "p\u00e1ssword \u00e9t\u00e9")
    assert not password_holds(kept, "password ete") and not password_holds("rubbish", "x")
    assert hash_password("x", bytes(16), CHEAP) != hash_password("x", bytes(15) + b"1", CHEAP)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 257, "aaaaaaaaaaaaaaaa", "mei.from.tea.example"])
def test_a_weak_password_is_refused_without_being_repeated(password: str) -> None:
    with pytest.raises(ConfigRejected) as caught:
        check_password(password, "mei.from.tea.example")
    assert not password or password not in caught.value.what + caught.value.hint


def test_a_key_may_what_its_owner_may_and_no_more(parts: PeopleParts) -> None:
    li = Viewer("li", Role.ADVERTISER, frozenset({"a1", "a2"}))
    rights = frozenset({Right.SEE_REPORTS, Right.EDIT_CAMPAIGNS})
    made = flow.make_key(parts, li, "cron", rights=rights, holds_for=HOUR, advertisers=frozenset({"a1"}))
    assert flow.viewer_of_key(parts, made.secret) == Viewer("li", Role.ADVERTISER, frozenset({"a1"}), rights)
    whole = flow.make_key(parts, li, "cron", rights=rights, holds_for=HOUR)
    change_person(parts, "li", role=Role.ADVERTISER, advertisers=frozenset({"a2"}))
    assert flow.viewer_of_key(parts, whole.secret).advertisers == {"a2"}
    with pytest.raises(KeyRejected):
        flow.viewer_of_key(parts, made.secret)
    change_person(parts, "li", role=Role.READ_ONLY, advertisers=None)
    assert flow.viewer_of_key(parts, whole.secret).rights == {Right.SEE_REPORTS}
    assert flow.viewer_of_key(parts, made.secret).advertisers == {"a1"}


def test_a_key_ends_is_taken_back_and_falls_with_its_owner(parts: PeopleParts) -> None:
    mei = Viewer("mei", Role.ADMIN)
    sees = frozenset({Right.SEE_REPORTS})
    short, revoked, kept = (flow.make_key(parts, mei, "k", rights=sees, holds_for=hours * HOUR) for hours in (1, 5, 5))
    parts.people.revoke_key("mei", revoked.key.key_id, parts.clock.now(), "mei")
    later(parts, HOUR)
    for gone in (short.secret, revoked.secret, kept.key.sha256, "", "\ud800"):
        with pytest.raises(KeyRejected):
            flow.viewer_of_key(parts, gone)
    assert flow.viewer_of_key(parts, kept.secret).user_id == "mei"
    add_person(parts, User("wang", Role.ADMIN), WORDS)
    disable_person(parts, "mei")
    with pytest.raises(KeyRejected):
        flow.viewer_of_key(parts, kept.secret)


def test_a_key_with_more_than_its_owner_has_is_not_made(parts: PeopleParts) -> None:
    li = Viewer("li", Role.ADVERTISER, frozenset({"a1"}))
    sees = frozenset({Right.SEE_REPORTS})
    wrong: list[dict[str, object]] = [
        {"rights": frozenset({Right.MANAGE_PEOPLE})},
        {"rights": frozenset()},
        {"rights": sees, "advertisers": frozenset({"a2"})},
        {"rights": sees, "advertisers": frozenset()},
        {"rights": sees, "holds_for": timedelta(0)},
        {"rights": sees, "holds_for": timedelta(days=400)},
        {"rights": sees, "name": ""},
    ]
    for facts in wrong:
        told = {"name": "k", "holds_for": HOUR} | facts
        with pytest.raises(ConfigRejected):
            flow.make_key(parts, li, told.pop("name"), **told)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        flow.make_key(parts, Viewer("x", Role.READ_ONLY), "k", rights=sees, holds_for=HOUR)
    by_key = Viewer("mei", Role.ADMIN, only=frozenset({Right.SEE_REPORTS}))
    with pytest.raises(NotPermitted):
        flow.make_key(parts, by_key, "k", rights=sees, holds_for=HOUR)


def test_a_key_is_for_advertisers_that_are_there_and_seen(parts: PeopleParts) -> None:
    mei, li = Viewer("mei", Role.ADMIN), Viewer("li", Role.ADVERTISER, frozenset({"a1", "gone"}))
    sees = frozenset({Right.SEE_REPORTS})

    def refusal(viewer: Viewer, *advertisers: str) -> str:
        with pytest.raises(ConfigRejected) as caught:
            flow.make_key(parts, viewer, "k", rights=sees, holds_for=HOUR, advertisers=frozenset(advertisers))
        return str(caught.value)

    assert refusal(li, "a2") == refusal(li, "zzz") == refusal(li, "a1", "zzz") == refusal(li, "gone")
    assert "advertisers that its owner sees" in refusal(mei, "a1", "zzz")
    assert not parts.people.keys("mei") and not parts.people.keys("li")


def test_the_last_admin_stays(parts: PeopleParts) -> None:
    for leave in (
        lambda: disable_person(parts, "mei"),
        lambda: change_person(parts, "mei", role=Role.OPERATOR, advertisers=None),
    ):
        with pytest.raises(ConfigRejected, match="no admin would be left"):
            leave()
    add_person(parts, User("wang", Role.ADMIN), WORDS)
    assert disable_person(parts, "mei").disabled == NOON
    with pytest.raises(ConfigRejected):
        disable_person(parts, "wang")
    with pytest.raises(UnknownReference):
        disable_person(parts, "nobody")
