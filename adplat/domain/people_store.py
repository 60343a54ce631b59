"""PeopleStore: the port to people, their sessions, their keys and their tries at passwords."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from adplat.domain.listing import ListRequest, Page
from adplat.domain.lockout import TryLimit
from adplat.domain.people import User
from adplat.domain.sessions import SessionRules, UserKey, UserSession


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what is kept of the password: its Argon2 hash, in the form that tells its own parameters."""

    user: User
    password_hash: str
    password_changed: datetime
    created: datetime
    created_by: str


class PeopleStore(Protocol):
    """One call is one transaction, its line in the audit trail included. Nobody is deleted."""

    def add(self, user: User, password_hash: str, at: datetime, by: str) -> None:
        """Raises ConfigRejected where there is one of this name, UnknownReference for an unknown advertiser."""
        ...

    def change(self, user: User, at: datetime, by: str) -> None:
        """Another role, name, advertisers, or disabled: then every session is over.

        Raises UnknownReference, and ConfigRejected where no admin would be left who may sign in.
        """
        ...

    def set_password(self, user_id: str, password_hash: str, at: datetime, by: str) -> None:
        """Another password: every session of the person is over, and tries are forgotten. Raises UnknownReference."""
        ...

    def rehash(self, user_id: str, before: str, after: str) -> None:
        """The same password hashed anew, unless it was changed meanwhile."""
        ...

    def account(self, user_id: str) -> Account | None:
        """``None``: there is none of this name."""
        ...

    def accounts(self) -> list[Account]:
        """Everybody, by name."""
        ...

    def account_page(self, request: ListRequest) -> Page[Account]:
        """A page of them, by name unless it says otherwise. Raises ConfigRejected."""
        ...

    def may_try(self, subjects: Mapping[str, TryLimit], now: datetime) -> bool:
        """Count one try of each of these, before it is known how it ends; ``False``, and none counted: too many."""
        ...

    def forgive(self, user: str, address: str) -> None:
        """It was the right password: the user's tries are forgotten, and this one of the address."""
        ...

    def open_session(self, session: UserSession, *, instead_of: str = "", how: str = "") -> None:
        """Keep it, with its line in the audit trail; the session of the other hash, if it is one, is over.

        ``how`` somebody came in, where it was not by a password.
        """
        ...

    def session(self, sha256: str) -> tuple[UserSession, User] | None:
        """With its person as it is now; ``None``: there is none."""
        ...

    def mark_seen(self, sha256: str, at: datetime) -> None:
        """It was used."""
        ...

    def end_session(self, sha256: str, at: datetime) -> None:
        """Signed out; twice is once."""
        ...

    def session_page(self, user_id: str, request: ListRequest, now: datetime, rules: SessionRules) -> Page[UserSession]:
        """A page of a person's sessions that hold, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def end_session_named(self, user_id: str, session_id: str, at: datetime) -> None:
        """One of this person's. Raises UnknownReference where there is no such session of this person."""
        ...

    def end_other_sessions(self, user_id: str, but: str, at: datetime) -> int:
        """All of this person's but the one of this hash; says how many."""
        ...

    def known_advertisers(self, named: Collection[str]) -> frozenset[str]:
        """Those of these ids that an advertiser has."""
        ...

    def add_key(self, key: UserKey, by: str) -> None:
        """Raises UnknownReference."""
        ...

    def revoke_key(self, user_id: str, key_id: str, at: datetime, by: str) -> None:
        """Raises UnknownReference where this person has no such key."""
        ...

    def keys(self, user_id: str) -> list[UserKey]:
        """Of one person, oldest first, also those that are over."""
        ...

    def key_page(self, user_id: str, request: ListRequest) -> Page[UserKey]:
        """A page of a person's keys, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def key(self, sha256: str) -> tuple[UserKey, User] | None:
        """With its person as it is now; ``None``: there is none."""
        ...
