"""CallerStore in SQL: callers with their rights, and the hashes of their keys.

Each deed is written down in its own transaction: that it was done and that it is told are kept together, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, insert, select, update

from adplat.domain import ApiKey, AuditEntry, Caller, KeyBook, ListRequest, Page, UnknownReference
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, choice_field, moment_field, page_of, text_field
from adplat.storage.tables import ApiKeyRow, CallerRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import replace_rows


class _Standing(StrEnum):
    """Whether a key was taken back, as lists tell it."""

    KEPT = "kept"
    REVOKED = "revoked"


_STANDING = case((ApiKeyRow.revoked.is_(None), _Standing.KEPT.value), else_=_Standing.REVOKED.value)
CALLER_LISTING = Listing(
    "callers",
    key="caller_id",
    order="caller_id",
    fields={"caller_id": text_field(CallerRow.caller_id, may_order=True), "name": text_field(CallerRow.name)},
)
CALLER_KEY_LISTING = Listing(
    "keys of callers",
    key="key_id",
    order="-created",
    fields={
        "key_id": text_field(ApiKeyRow.key_id, may_order=True),
        "caller_id": text_field(ApiKeyRow.caller_id),
        "created_by": text_field(ApiKeyRow.created_by),
        "created": moment_field(ApiKeyRow.created, may_order=True),
        "state": choice_field(_STANDING, _Standing),
    },
)


class SqlCallers:
    """Implements ``domain.CallerStore``. Nothing is deleted: a caller's decisions outlive its keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, caller: Caller, told: AuditEntry) -> None:
        """Insert or replace."""
        with self._database.write() as connection:
            _keep(connection, caller)
            audit(connection, told)

    def add_key(
        self, key: ApiKey, told: AuditEntry, *, replaces: ApiKey | None = None, of_new: Caller | None = None
    ) -> None:
        """Insert; in the same transaction ``replaces`` gets the end that is told, and ``of_new`` is kept before.

        Raises UnknownReference for a caller that does not exist.
        """
        with self._database.write() as connection:
            if of_new is not None:
                _keep(connection, of_new)
            connection.execute(insert(ApiKeyRow).values(rows.key_values(key)))
            if replaces is not None:
                ended = update(ApiKeyRow).where(ApiKeyRow.key_id == replaces.key_id)
                connection.execute(ended.values(expires=replaces.expires))
            audit(connection, told)

    def revoke(self, key_ids: Sequence[str], at: datetime, told: AuditEntry) -> None:
        """From ``at`` on they open nothing; one that was revoked before keeps its moment. Raises UnknownReference."""
        known = select(ApiKeyRow.key_id).where(ApiKeyRow.key_id.in_(key_ids))
        over = update(ApiKeyRow).where(ApiKeyRow.key_id.in_(key_ids), ApiKeyRow.revoked.is_(None)).values(revoked=at)
        with self._database.write() as connection:
            unknown = set(key_ids) - set(connection.scalars(known))
            if unknown:
                raise UnknownReference(
                    "no key has this id", where=", ".join(sorted(unknown)), hint="see 'adplat key list'"
                )
            connection.execute(over)
            audit(connection, told)

    def book(self) -> KeyBook:
        """All callers by id, all keys oldest first; one moment's truth."""
        with self._database.read() as session:
            callers = [rows.caller_of(row) for row in session.scalars(select(CallerRow))]
            keys = [rows.key_of(row) for row in session.scalars(select(ApiKeyRow))]
        return KeyBook(
            callers=tuple(sorted(callers, key=lambda caller: caller.caller_id)),
            keys=tuple(sorted(keys, key=lambda key: (key.created, key.key_id))),
        )

    def caller(self, caller_id: str) -> Caller:
        """Raises UnknownReference."""
        with self._database.read() as session:
            row: Any = session.scalars(select(CallerRow).where(CallerRow.caller_id == caller_id)).first()
            if row is None:
                raise UnknownReference(
                    "no caller has this id", where=f"caller {caller_id[:64]}", hint="see 'adplat key list'"
                )
            return rows.caller_of(row)

    def caller_page(self, request: ListRequest) -> Page[Caller]:
        """A page of them, by id unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.scalars(asked(CALLER_LISTING, request, select(CallerRow))).all()
            return page_of(CALLER_LISTING, request, found, rows.caller_of)

    def key_page(self, request: ListRequest) -> Page[ApiKey]:
        """A page of keys, newest first unless it says otherwise, also those that are over. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.scalars(asked(CALLER_KEY_LISTING, request, select(ApiKeyRow))).all()
            return page_of(CALLER_KEY_LISTING, request, found, rows.key_of)


def _keep(connection: Connection, caller: Caller) -> None:
    replace_rows(connection, CallerRow, [rows.caller_values(caller)])
