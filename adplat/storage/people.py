"""PeopleStore in SQL: people with what is kept of their passwords. ``sign_in_state`` has sessions, keys and tries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from adplat.domain import (
    Account,
    AuditEntry,
    ConfigRejected,
    ListRequest,
    Page,
    Role,
    SessionRules,
    TriedBy,
    TryLimit,
    UnknownReference,
    User,
    UserKey,
    UserSession,
    actor_kind,
    tried_subject,
)
from adplat.storage import people_lists as lists
from adplat.storage import sign_in_state as state
from adplat.storage.audit_trail import audit
from adplat.storage.people_tables import UserAdvertiserRow, UserRow
from adplat.storage.tables import AdvertiserRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

_COLUMNS = UserRow.__table__.columns


class SqlPeople:
    """Implements ``domain.PeopleStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: User, password_hash: str, at: datetime, by: str) -> None:
        """Raises ConfigRejected where there is one of this name, UnknownReference for an unknown advertiser."""
        values = _values_of(user) | {
            "user_id": user.user_id,
            "password_hash": password_hash,
            "password_changed": at,
            "created": at,
            "created_by": by,
        }
        with self._database.write() as connection:
            if inserted_once(connection, UserRow, values, ["user_id"]) is None:
                raise ConfigRejected(
                    "there is a person of this name", where=f"user {user.user_id}", hint="see 'adplat user list'"
                )
            _belong(connection, user)
            _tell(connection, at, by, "user add", user)

    def change(self, user: User, at: datetime, by: str) -> None:
        """Another role, name, advertisers, or disabled: then every session is over.

        Raises UnknownReference, and ConfigRejected where no admin would be left who may sign in.
        """
        row = update(UserRow).where(UserRow.user_id == user.user_id)
        with self._database.write() as connection:
            _require_an_admin_besides(connection, user)
            before = connection.execute(_by_id(user.user_id).with_for_update()).first()
            _require(before, user.user_id)
            connection.execute(row.values(_values_of(user)))
            connection.execute(delete(UserAdvertiserRow).where(UserAdvertiserRow.user_id == user.user_id))
            _belong(connection, user)
            if user.disabled is not None:
                state.end_all_sessions(connection, user.user_id, at)
            _tell(connection, at, by, "user change", user, {"role before": before.role if before else ""})

    def set_password(self, user_id: str, password_hash: str, at: datetime, by: str) -> None:
        """Another password: every session of the person is over, and tries are forgotten. Raises UnknownReference."""
        row = update(UserRow).where(UserRow.user_id == user_id)
        with self._database.write() as connection:
            changed = connection.execute(row.values(password_hash=password_hash, password_changed=at))
            _require(changed.rowcount or None, user_id)
            state.end_all_sessions(connection, user_id, at)
            state.forgive(connection, tried_subject(TriedBy.USER, user_id), "")
            audit(connection, AuditEntry(at, by, "user password", f"user {user_id}", {}, actor_kind(by)))

    def rehash(self, user_id: str, before: str, after: str) -> None:
        """The same password hashed anew, unless it was changed meanwhile."""
        row = update(UserRow).where(UserRow.user_id == user_id, UserRow.password_hash == before)
        with self._database.write() as connection:
            connection.execute(row.values(password_hash=after))

    def account(self, user_id: str) -> Account | None:
        """``None``: there is none of this name."""
        with self._database.read() as session:
            row = session.execute(_by_id(user_id)).first()
            belongs = lists.advertisers_of(session, [user_id])
            return None if row is None else lists.account_of(row, belongs.get(user_id, set()))

    def accounts(self) -> list[Account]:
        """Everybody, by name."""
        with self._database.read() as session:
            belongs = lists.advertisers_of(session)
            people = session.execute(select(*_COLUMNS))
            found = [lists.account_of(row, belongs.get(row.user_id, set())) for row in people]
        return sorted(found, key=lambda account: account.user.user_id)

    def account_page(self, request: ListRequest) -> Page[Account]:
        """A page of them, by name unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as looking:
            return lists.account_page(looking, request)

    def may_try(self, subjects: Mapping[str, TryLimit], now: datetime) -> bool:
        """Count one try of each of these, before it is known how it ends; ``False``, and none counted: too many."""
        with self._database.write() as connection:
            return state.may_try(connection, subjects, now)

    def forgive(self, user: str, address: str) -> None:
        """It was the right password: the user's tries are forgotten, and this one of the address."""
        with self._database.write() as connection:
            state.forgive(connection, user, address)

    def open_session(self, session: UserSession, *, instead_of: str = "", how: str = "") -> None:
        """Keep it, with its line in the audit trail; the session of the other hash, if it is one, is over."""
        detail = {"address": session.address} if session.address else {}
        detail |= {"by": how} if how else {}
        entry = AuditEntry(session.created, session.user_id, "sign in", f"user {session.user_id}", detail)
        with self._database.write() as connection:
            state.add_session(connection, session, instead_of)
            audit(connection, entry)

    def session(self, sha256: str) -> tuple[UserSession, User] | None:
        """With its person as it is now; ``None``: there is none."""
        with self._database.read() as looking:
            found = state.session_of(looking, sha256)
            return None if found is None else (found, _user_of(looking, found.user_id))

    def mark_seen(self, sha256: str, at: datetime) -> None:
        """It was used."""
        with self._database.write() as connection:
            state.mark_seen(connection, sha256, at)

    def end_session(self, sha256: str, at: datetime) -> None:
        """Signed out; twice is once."""
        with self._database.write() as connection:
            user_id = state.end_session(connection, sha256, at)
            if user_id is not None:
                audit(connection, AuditEntry(at, user_id, "sign out", f"user {user_id}", {}))

    def session_page(self, user_id: str, request: ListRequest, now: datetime, rules: SessionRules) -> Page[UserSession]:
        """A page of a person's sessions that hold, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as looking:
            return lists.session_page(looking, user_id, request, now, rules)

    def end_session_named(self, user_id: str, session_id: str, at: datetime) -> None:
        """One of this person's. Raises UnknownReference where there is no such session of this person."""
        entry = AuditEntry(at, user_id, "session end", f"user {user_id}", {"session": session_id})
        with self._database.write() as connection:
            if not state.end_named_session(connection, user_id, session_id, at):
                raise UnknownReference(
                    "there is no session of this id", where=session_id[:64], hint="see the list of your sessions"
                )
            audit(connection, entry)

    def end_other_sessions(self, user_id: str, but: str, at: datetime) -> int:
        """All of this person's but the one of this hash; says how many."""
        with self._database.write() as connection:
            count = state.end_all_sessions(connection, user_id, at, but=but)
            detail = {"sessions": str(count)}
            audit(connection, AuditEntry(at, user_id, "session end others", f"user {user_id}", detail))
            return count

    def known_advertisers(self, named: Collection[str]) -> frozenset[str]:
        """Those of these ids that an advertiser has."""
        with self._database.read() as looking:
            return _known(looking, named)

    def add_key(self, key: UserKey, by: str) -> None:
        """Raises UnknownReference."""
        detail = {"key": key.key_id, "name": key.name}
        entry = AuditEntry(key.created, by, "user key add", f"user {key.user_id}", detail, actor_kind(by))
        with self._database.write() as connection:
            state.add_key(connection, key)
            audit(connection, entry)

    def revoke_key(self, user_id: str, key_id: str, at: datetime, by: str) -> None:
        """Raises UnknownReference where this person has no such key."""
        entry = AuditEntry(at, by, "user key revoke", f"user {user_id}", {"key": key_id}, actor_kind(by))
        with self._database.write() as connection:
            if not state.revoke_key(connection, user_id, key_id, at):
                raise UnknownReference("there is no key of this id", where=key_id, hint="see the list of your keys")
            audit(connection, entry)

    def keys(self, user_id: str) -> list[UserKey]:
        """Of one person, oldest first, also those that are over."""
        with self._database.read() as looking:
            return state.keys_of(looking, user_id)

    def key_page(self, user_id: str, request: ListRequest) -> Page[UserKey]:
        """A page of a person's keys, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as looking:
            return lists.key_page(looking, user_id, request)

    def key(self, sha256: str) -> tuple[UserKey, User] | None:
        """With its person as it is now; ``None``: there is none."""
        with self._database.read() as looking:
            found = state.key_of(looking, sha256)
            return None if found is None else (found, _user_of(looking, found.user_id))


def _values_of(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role.value, "disabled": user.disabled}


def _known(looking: Connection | Session, named: Collection[str]) -> frozenset[str]:
    wanted = select(AdvertiserRow.advertiser_id).where(AdvertiserRow.advertiser_id.in_(sorted(named)))
    return frozenset(looking.execute(wanted).scalars())


def _belong(connection: Connection, user: User) -> None:
    """Write down to whom the person belongs. Raises UnknownReference."""
    named = sorted(user.advertisers or ())
    known = _known(connection, named)
    unknown = [name for name in named if name not in known]
    if unknown:
        raise UnknownReference(
            "no advertiser has this id", where=", ".join(unknown), hint="deploy or make the advertiser first"
        )
    if named:
        connection.execute(
            insert(UserAdvertiserRow), [{"user_id": user.user_id, "advertiser_id": name} for name in named]
        )


def _tell(
    connection: Connection, at: datetime, by: str, action: str, user: User, more: Mapping[str, str] | None = None
) -> None:
    detail = {"role": user.role.value, **(more or {})}
    if user.advertisers:
        detail["advertisers"] = " ".join(sorted(user.advertisers))
    if user.disabled is not None:
        detail["disabled"] = "yes"
    audit(connection, AuditEntry(at, by, action, f"user {user.user_id}", detail, actor_kind(by)))


def _by_id(user_id: str) -> Any:
    return select(*_COLUMNS).where(UserRow.user_id == user_id)


def _require(found: object, user_id: str) -> None:
    if found is None:
        raise UnknownReference("no person has this name", where=f"user {user_id}", hint="see 'adplat user list'")


def _require_an_admin_besides(connection: Connection, changed: User) -> None:
    """Locks all admins: of two that leave at once the second one sees that the first one left."""
    if changed.role is Role.ADMIN and changed.disabled is None:
        return
    wanted = select(UserRow.user_id).where(UserRow.role == Role.ADMIN.value, UserRow.disabled.is_(None))
    admins = set(connection.execute(wanted.order_by(UserRow.user_id).with_for_update()).scalars())
    if admins == {changed.user_id}:
        raise ConfigRejected(
            "no admin would be left", where=f"user {changed.user_id}", hint="make another one first: adplat user add"
        )


def _user_of(session: Session, user_id: str) -> User:
    row = session.execute(_by_id(user_id)).one()
    return lists.account_of(row, lists.advertisers_of(session, [user_id]).get(user_id, set())).user
