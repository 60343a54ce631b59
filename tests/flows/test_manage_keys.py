"""Keys made, replaced and taken back: what is kept, what is published, what is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from adplat.domain import (
    Advertiser,
    Caller,
    ConfigRejected,
    KeyBook,
    ManualClock,
    Permission,
    UnknownReference,
    key_hash,
)
from adplat.flows.describe_keys import keys_document
from adplat.flows.manage_keys import (
    KeyParts,
    MadeKey,
    change_caller,
    create_caller,
    create_key,
    publish_keys,
    revoke_keys,
    rotate_key,
)
from adplat.snapshots import KeyFile
from adplat.storage import SqlAuditTrail, SqlCallers, SqlCatalogue, SqlPeople, open_database, upgrade_database
from tests.flows.small_shop import NOON

SELLER = Caller("seller", "A seller", frozenset({Permission.BID, Permission.RECORD}))
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    parts: KeyParts
    clock: ManualClock
    audit: SqlAuditTrail
    file: KeyFile

    @property
    def published(self) -> KeyBook:
        book = self.file.read()
        assert book is not None
        return book

    def holding(self) -> set[str]:
        """Ids of the published keys that hold now."""
        return {key.key_id for key in self.published.keys if key.holds_at(self.clock.now())}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    database = open_database(url)
    clock, audit, file = ManualClock(NOON), SqlAuditTrail(database), KeyFile(tmp_path)
    known = SqlPeople(database).known_advertisers
    SqlCatalogue(database).save([Advertiser("a1", "A tea house", "CNY")], [], [], [])
    parts = KeyParts(SqlCallers(database), file.write, Random(7).randbytes, clock, "mei", known)
    yield Desk(parts, clock, audit, file)
    database.close()


def test_a_new_caller_gets_a_key_of_which_only_the_hash_is_kept(desk: Desk, tmp_path: Path) -> None:
    made = create_caller(desk.parts, SELLER)
    assert (made.caller, made.key.created, made.key.created_by) == (SELLER, NOON, "mei")
    assert made.key.sha256 == key_hash(made.secret)
    assert list(desk.published.keys) == [made.key]
    secret = made.secret.removeprefix(f"{made.key.key_id}_")
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
    assert secret not in str(keys_document(desk.published, NOON)) + str(desk.audit.entries())
    assert made.key.sha256 not in str(keys_document(desk.published, NOON))


def test_a_caller_may_have_several_keys_and_every_step_leaves_a_trace(desk: Desk) -> None:
    one, two = create_caller(desk.parts, SELLER), create_key(desk.parts, "seller", holds_for=2 * HOUR)
    assert desk.holding() == {one.key.key_id, two.key.key_id}
    desk.clock.advance(2 * 3600)
    assert desk.holding() == {one.key.key_id}
    revoke_keys(desk.parts, "seller")
    assert desk.holding() == set()
    assert len(desk.published.keys) == 2  # that keys were made is not forgotten
    assert [entry.action for entry in desk.audit.entries()] == ["key revoke", "key create", "key create"]


def test_an_old_key_holds_for_a_while_beside_the_one_that_takes_its_place(desk: Desk) -> None:
    old = create_caller(desk.parts, SELLER)
    new = rotate_key(desk.parts, old.key.key_id, old_holds_for=HOUR)
    assert new.caller == SELLER
    assert desk.holding() == {old.key.key_id, new.key.key_id}
    desk.clock.advance(3600)
    assert desk.holding() == {new.key.key_id}
    with pytest.raises(ConfigRejected, match="the key is over"):
        rotate_key(desk.parts, old.key.key_id, old_holds_for=HOUR)


def test_rotating_never_lengthens_the_life_of_the_old_key(desk: Desk) -> None:
    old = create_caller(desk.parts, SELLER, holds_for=HOUR)
    rotate_key(desk.parts, old.key.key_id, old_holds_for=24 * HOUR)
    assert desk.published.keys[0].expires == NOON + HOUR
    at_once = rotate_key(desk.parts, old.key.key_id, old_holds_for=timedelta(0))
    assert old.key.key_id not in desk.holding()
    assert at_once.key.key_id in desk.holding()


def test_a_key_in_the_place_of_one_holds_for_as_long_as_that_was_made_for_unless_told(desk: Desk) -> None:
    day = timedelta(days=1)
    old = create_caller(desk.parts, SELLER, holds_for=30 * day)
    desk.clock.advance((20 * day).total_seconds())
    now = desk.clock.now()
    assert rotate_key(desk.parts, old.key.key_id, old_holds_for=HOUR, holds_for=2 * day).key.expires == now + 2 * day
    month = create_key(desk.parts, "seller", holds_for=30 * day)
    desk.clock.advance((20 * day).total_seconds())
    assert rotate_key(desk.parts, month.key.key_id, old_holds_for=HOUR).key.expires == now + 50 * day
    endless = create_key(desk.parts, "seller")
    assert rotate_key(desk.parts, endless.key.key_id, old_holds_for=HOUR).key.expires is None


def test_other_rights_keep_the_keys_and_the_name(desk: Desk) -> None:
    made = create_caller(desk.parts, SELLER)
    change_caller(desk.parts, Caller("seller", permissions=frozenset({Permission.BID}), advertisers=frozenset({"a1"})))
    [caller] = desk.published.callers
    assert (caller.name, caller.permissions, caller.advertisers) == ("A seller", {Permission.BID}, {"a1"})
    assert list(desk.published.keys) == [made.key]


def test_another_name_of_a_caller_is_told_with_the_one_before_and_the_same_one_is_not(desk: Desk) -> None:
    create_caller(desk.parts, replace(SELLER, name=""))
    for name in ("A seller", "Börse", "Börse", ""):
        change_caller(desk.parts, replace(SELLER, name=name))
    told = [entry.detail for entry in desk.audit.about("seller") if entry.action == "key allow"]
    assert [one.get("name") for one in told] == ["– → A seller", "A seller → Börse", None, None]
    assert {one["may"] for one in told} == {"bid record"}


def test_one_key_is_revoked_by_its_id_and_the_others_hold(desk: Desk) -> None:
    one, two = create_caller(desk.parts, SELLER), create_key(desk.parts, "seller")
    [over] = revoke_keys(desk.parts, one.key.key_id)
    assert (over.key_id, over.revoked) == (one.key.key_id, NOON)
    assert desk.holding() == {two.key.key_id}


def test_before_the_first_key_nothing_is_published(desk: Desk) -> None:
    assert publish_keys(desk.parts) == KeyBook()
    assert desk.file.read() is None


def test_what_was_lost_is_published_again_from_the_database(desk: Desk) -> None:
    made = create_caller(desk.parts, SELLER)
    desk.file.path.unlink()
    publish_keys(desk.parts)
    assert list(desk.published.keys) == [made.key]


def test_whoever_is_killed_before_the_replicas_hear_of_it_has_told_what_was_done(desk: Desk) -> None:
    made = create_caller(desk.parts, SELLER)

    class Killed(BaseException):
        pass

    def killed(_book: KeyBook) -> None:
        raise Killed

    dying = replace(desk.parts, publish=killed)
    for deed in (
        lambda: create_key(dying, "seller"),
        lambda: rotate_key(dying, made.key.key_id, old_holds_for=HOUR),
        lambda: change_caller(dying, replace(SELLER, permissions=frozenset({Permission.BID}))),
        lambda: create_caller(dying, Caller("late", permissions=frozenset({Permission.SCORE}))),
        lambda: revoke_keys(dying, made.key.key_id),
    ):
        with pytest.raises(Killed):
            deed()
    told = [(one.actor, one.action, one.subject) for one in desk.audit.entries()]
    assert told[:5] == [
        ("mei", "key revoke", made.key.key_id),
        ("mei", "key create", "late"),
        ("mei", "key allow", "seller"),
        ("mei", "key rotate", "seller"),
        ("mei", "key create", "seller"),
    ]
    assert desk.audit.entries()[1].detail["may"] == "score"
    assert list(desk.published.keys) == [made.key]  # what holds is as before
    publish_keys(desk.parts)
    assert len(desk.published.keys) == 4 and made.key.key_id not in desk.holding()


def test_what_makes_no_sense_is_refused_and_changes_nothing(desk: Desk) -> None:
    made = create_caller(desk.parts, SELLER)
    before = desk.published

    def refused(kind: type[Exception], words: str) -> object:
        return pytest.raises(kind, match=words)

    with pytest.raises(ConfigRejected, match="there is a caller"):
        create_caller(desk.parts, replace(SELLER, name="another"))
    with pytest.raises(ConfigRejected, match="without a right"):
        create_caller(desk.parts, Caller("idle", permissions=frozenset()))
    with pytest.raises(ConfigRejected, match="without an id"):
        create_caller(desk.parts, Caller(""))
    stray = frozenset({"a1", "a99", "a98"})
    with pytest.raises(ConfigRejected, match="no advertiser has this id: a98, a99"):
        create_caller(desk.parts, Caller("stray", advertisers=stray))
    with pytest.raises(ConfigRejected, match="no advertiser has this id: a98, a99"):
        change_caller(desk.parts, replace(SELLER, advertisers=stray))
    with pytest.raises(ConfigRejected, match="over at once"):
        create_key(desk.parts, "seller", holds_for=timedelta(0))
    with pytest.raises(ConfigRejected, match="in the past"):
        rotate_key(desk.parts, made.key.key_id, old_holds_for=-HOUR)
    for unknown in (
        lambda: create_key(desk.parts, "stranger"),
        lambda: change_caller(desk.parts, Caller("stranger")),
        lambda: rotate_key(desk.parts, "adp_0", old_holds_for=HOUR),
        lambda: revoke_keys(desk.parts, "adp_0"),
    ):
        with pytest.raises(UnknownReference):
            unknown()
    assert desk.published == before
    assert isinstance(made, MadeKey)
