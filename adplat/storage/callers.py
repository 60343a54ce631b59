"""CallerStore in SQL: callers with their rights, and the hashes of their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from adplat.domain import ApiKey, Caller, KeyBook, UnknownReference
from adplat.storage import rows
from adplat.storage.tables import ApiKeyRow, CallerRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import replace_rows


class SqlCallers:
    """Implements ``domain.CallerStore``. Nothing is deleted: a caller's decisions outlive its keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, caller: Caller) -> None:
        """Insert or replace."""
        with self._database.write() as connection:
            replace_rows(connection, CallerRow, [rows.caller_values(caller)])

    def add_key(self, key: ApiKey, *, replaces: ApiKey | None = None) -> None:
        """Insert; in the same transaction, the key that it ``replaces`` gets the end that is told.

        Raises UnknownReference for a caller that does not exist.
        """
        with self._database.write() as connection:
            connection.execute(insert(ApiKeyRow).values(rows.key_values(key)))
            if replaces is not None:
                ended = update(ApiKeyRow).where(ApiKeyRow.key_id == replaces.key_id)
                connection.execute(ended.values(expires=replaces.expires))

    def revoke(self, key_ids: Sequence[str], at: datetime) -> None:
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

    def book(self) -> KeyBook:
        """All callers by id, all keys oldest first; one moment's truth."""
        with self._database.read() as session:
            callers = [rows.caller_of(row) for row in session.scalars(select(CallerRow))]
            keys = [rows.key_of(row) for row in session.scalars(select(ApiKeyRow))]
        return KeyBook(
            callers=tuple(sorted(callers, key=lambda caller: caller.caller_id)),
            keys=tuple(sorted(keys, key=lambda key: (key.created, key.key_id))),
        )
