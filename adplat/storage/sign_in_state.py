"""Sessions, personal keys and tries at passwords in SQL; each step within a transaction of ``SqlPeople``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from adplat.domain import Right, TryLimit, UserKey, UserSession
from adplat.domain.sessions import SESSION_ID_LENGTH
from adplat.storage.people_tables import PasswordTryRow, UserKeyRow, UserSessionRow
from adplat.storage.upserts import keep_rows, replace_rows

_SESSION = UserSessionRow.__table__.columns
_KEY = UserKeyRow.__table__.columns
# A score has faded to nothing, and nobody asks for a session, so long after.
_TRIES_KEPT, _SESSIONS_KEPT = timedelta(days=1), timedelta(days=30)


def may_try(connection: Connection, subjects: Mapping[str, TryLimit], now: datetime) -> bool:
    """Count one try of each; ``False``, and none counted, where one of them has tried too often."""
    names = sorted(subjects)
    # The rows are made first and locked in one order: of two that try at once, the second one sees the first one's.
    keep_rows(connection, PasswordTryRow, [{"subject": name, "score": 0.0, "at": now} for name in names])
    wanted = select(PasswordTryRow.subject, PasswordTryRow.score, PasswordTryRow.at)
    locked = wanted.where(PasswordTryRow.subject.in_(names)).order_by(PasswordTryRow.subject).with_for_update()
    scores = {row.subject: subjects[row.subject].score_at(row.score, row.at, now) for row in connection.execute(locked)}
    # Somebody's row may have been cleared between the two statements: it had faded to nothing.
    if any(scores.get(name, 0.0) > subjects[name].most - 1.0 for name in names):
        return False
    tried = [{"subject": name, "score": scores.get(name, 0.0) + 1.0, "at": now} for name in names]
    replace_rows(connection, PasswordTryRow, tried)
    old = PasswordTryRow.at < now - _TRIES_KEPT
    connection.execute(delete(PasswordTryRow).where(old))
    return True


def forgive(connection: Connection, user: str, address: str) -> None:
    """The user's tries are forgotten, and the last one of the address."""
    connection.execute(delete(PasswordTryRow).where(PasswordTryRow.subject == user))
    row = update(PasswordTryRow).where(PasswordTryRow.subject == address, PasswordTryRow.score >= 1.0)
    connection.execute(row.values(score=PasswordTryRow.score - 1.0))


def add_session(connection: Connection, session: UserSession, instead_of: str) -> None:
    """Keep it, end the other, and forget those that were over long ago."""
    values = {column.name: getattr(session, column.name) for column in _SESSION}
    if instead_of:
        end_session(connection, instead_of, session.created)
    connection.execute(delete(UserSessionRow).where(UserSessionRow.expires < session.created - _SESSIONS_KEPT))
    connection.execute(insert(UserSessionRow).values(values))


def session_of(looking: Session, sha256: str) -> UserSession | None:
    """``None``: there is none."""
    row = looking.execute(select(*_SESSION).where(UserSessionRow.sha256 == sha256)).first()
    return None if row is None else UserSession(**row._mapping)


def mark_seen(connection: Connection, sha256: str, at: datetime) -> None:
    """It was used; a clock that went back changes nothing."""
    row = update(UserSessionRow).where(UserSessionRow.sha256 == sha256, UserSessionRow.seen < at)
    connection.execute(row.values(seen=at))


def end_session(connection: Connection, sha256: str, at: datetime) -> str | None:
    """Whose it was; ``None``: it was over, or is none."""
    row = update(UserSessionRow).where(UserSessionRow.sha256 == sha256, UserSessionRow.ended.is_(None))
    return connection.execute(row.values(ended=at).returning(UserSessionRow.user_id)).scalars().first()


def end_all_sessions(connection: Connection, user_id: str, at: datetime, *, but: str = "") -> int:
    """Of one person, ``but`` the one of this hash; says how many."""
    row = update(UserSessionRow).where(UserSessionRow.user_id == user_id, UserSessionRow.ended.is_(None))
    return connection.execute(row.where(UserSessionRow.sha256 != but).values(ended=at)).rowcount


def end_named_session(connection: Connection, user_id: str, session_id: str, at: datetime) -> bool:
    """Whether this person has one of this id (``UserSession.session_id``); one that was over keeps its moment."""
    named = func.substr(UserSessionRow.sha256, 1, SESSION_ID_LENGTH) == session_id
    of_person = (UserSessionRow.user_id == user_id) & named
    connection.execute(update(UserSessionRow).where(of_person, UserSessionRow.ended.is_(None)).values(ended=at))
    return connection.execute(select(UserSessionRow.sha256).where(of_person)).first() is not None


def add_key(connection: Connection, key: UserKey) -> None:
    """Raises UnknownReference for a person that there is not."""
    values = {column.name: getattr(key, column.name) for column in _KEY}
    values["rights"] = sorted(right.value for right in key.rights)
    values["advertisers"] = None if key.advertisers is None else sorted(key.advertisers)
    connection.execute(insert(UserKeyRow).values(values))


def revoke_key(connection: Connection, user_id: str, key_id: str, at: datetime) -> bool:
    """Whether there is one; one that was revoked before keeps its moment."""
    of_person = (UserKeyRow.user_id == user_id) & (UserKeyRow.key_id == key_id)
    connection.execute(update(UserKeyRow).where(of_person, UserKeyRow.revoked.is_(None)).values(revoked=at))
    return connection.execute(select(UserKeyRow.key_id).where(of_person)).first() is not None


def keys_of(looking: Session, user_id: str) -> list[UserKey]:
    """Oldest first."""
    wanted = select(*_KEY).where(UserKeyRow.user_id == user_id).order_by(UserKeyRow.created, UserKeyRow.key_id)
    return [key_from_row(row) for row in looking.execute(wanted)]


def key_of(looking: Session, sha256: str) -> UserKey | None:
    """``None``: there is none."""
    row = looking.execute(select(*_KEY).where(UserKeyRow.sha256 == sha256)).first()
    return None if row is None else key_from_row(row)


def key_from_row(row: Row[Any]) -> UserKey:
    """A row of ``user_keys``."""
    return UserKey(
        key_id=row.key_id,
        user_id=row.user_id,
        name=row.name,
        sha256=row.sha256,
        # A right that a later version took away is none.
        rights=frozenset(Right(name) for name in row.rights if name in set(Right)),
        advertisers=None if row.advertisers is None else frozenset(row.advertisers),
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
    )
