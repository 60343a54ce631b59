"""Lists of people, of their sessions and of their keys, page after page; each within a look of ``SqlPeople``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from adplat.domain import Account, ListRequest, Page, Role, SessionRules, User, UserKey, UserSession
from adplat.storage import sign_in_state as state
from adplat.storage.pages import Listing, asked, choice_field, moment_field, page_of, text_field
from adplat.storage.people_tables import UserAdvertiserRow, UserKeyRow, UserRow, UserSessionRow

_USER = UserRow.__table__.columns
_SESSION = UserSessionRow.__table__.columns
_KEY = UserKeyRow.__table__.columns


class _Standing(StrEnum):
    """Whether somebody may sign in, or a key was taken back, as lists tell it."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class _KeyStanding(StrEnum):
    KEPT = "kept"
    REVOKED = "revoked"


_STANDING = case((UserRow.disabled.is_(None), _Standing.ENABLED.value), else_=_Standing.DISABLED.value)
_KEY_STANDING = case((UserKeyRow.revoked.is_(None), _KeyStanding.KEPT.value), else_=_KeyStanding.REVOKED.value)
PEOPLE_LISTING = Listing(
    "people",
    key="user_id",
    order="user_id",
    fields={
        "user_id": text_field(UserRow.user_id, may_order=True),
        "name": text_field(UserRow.name),
        "role": choice_field(UserRow.role, Role),
        "state": choice_field(_STANDING, _Standing),
        "created": moment_field(UserRow.created, may_order=True),
    },
)
SESSION_LISTING = Listing(
    "sessions",
    key="session",
    order="-created",
    fields={
        "session": text_field(UserSessionRow.sha256, may_order=True),
        "created": moment_field(UserSessionRow.created, may_order=True),
        "seen": moment_field(UserSessionRow.seen),
        "address": text_field(UserSessionRow.address),
    },
)
KEY_LISTING = Listing(
    "keys",
    key="key_id",
    order="-created",
    fields={
        "key_id": text_field(UserKeyRow.key_id, may_order=True),
        "name": text_field(UserKeyRow.name),
        "state": choice_field(_KEY_STANDING, _KeyStanding),
        "created": moment_field(UserKeyRow.created, may_order=True),
        "expires": moment_field(UserKeyRow.expires),
    },
)


def account_page(looking: Session, request: ListRequest) -> Page[Account]:
    """People, by name unless it says otherwise. Raises ConfigRejected."""
    found = looking.execute(asked(PEOPLE_LISTING, request, select(*_USER))).all()
    belongs = advertisers_of(looking, [row.user_id for row in found])
    return page_of(PEOPLE_LISTING, request, found, lambda row: account_of(row, belongs.get(row.user_id, set())))


def session_page(
    looking: Session, user_id: str, request: ListRequest, now: datetime, rules: SessionRules
) -> Page[UserSession]:
    """Those of one person that hold, newest first unless it says otherwise. Raises ConfigRejected."""
    used = UserSessionRow.seen > now - timedelta(seconds=rules.idle_s)
    holds = UserSessionRow.ended.is_(None) & (UserSessionRow.expires > now) & used
    wanted = select(*_SESSION).where(UserSessionRow.user_id == user_id, holds)
    found = looking.execute(asked(SESSION_LISTING, request, wanted)).all()
    return page_of(SESSION_LISTING, request, found, lambda row: UserSession(**row._mapping))


def key_page(looking: Session, user_id: str, request: ListRequest) -> Page[UserKey]:
    """Of one person, newest first unless it says otherwise, also those that are over. Raises ConfigRejected."""
    wanted = select(*_KEY).where(UserKeyRow.user_id == user_id)
    return page_of(KEY_LISTING, request, looking.execute(asked(KEY_LISTING, request, wanted)).all(), state.key_from_row)


def advertisers_of(looking: Session, user_ids: Iterable[str] | None = None) -> dict[str, set[str]]:
    """To whom these people belong; ``None``: everybody."""
    wanted = select(UserAdvertiserRow.user_id, UserAdvertiserRow.advertiser_id)
    if user_ids is not None:
        wanted = wanted.where(UserAdvertiserRow.user_id.in_(list(user_ids)))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, advertiser_id in looking.execute(wanted):
        found[name].add(advertiser_id)
    return found


def account_of(row: Row[Any], advertisers: set[str]) -> Account:
    """A row of ``users`` and to whom the person belongs."""
    role = Role(row.role)
    scope = frozenset(advertisers) if role is Role.ADVERTISER else None
    user = User(row.user_id, role, row.name, scope, row.disabled)
    return Account(user, row.password_hash, row.password_changed, row.created, row.created_by)
