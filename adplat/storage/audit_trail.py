"""AuditTrail in SQL: rows are inserted and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from adplat.domain import AuditEntry
from adplat.storage.tables import AuditRow
from adplat.storage.transactions import Database


def audit(connection: Connection, entry: AuditEntry) -> None:
    """Append within a transaction of another store: what was done and that it was done are then kept together."""
    values = {"at": entry.at, "actor": entry.actor, "action": entry.action, "subject": entry.subject}
    connection.execute(insert(AuditRow).values(**values, detail=dict(entry.detail)))


class SqlAuditTrail:
    """Who did what, append-only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, str]) -> None:
        """Append one entry."""
        with self._database.write() as connection:
            audit(connection, AuditEntry(at, actor, action, subject, detail))

    def entries(self, limit: int = 100) -> list[AuditEntry]:
        """The latest ``limit`` entries, newest first."""
        return self._found(select(AuditRow).order_by(AuditRow.audit_id.desc()).limit(limit))

    def about(self, subject: str) -> list[AuditEntry]:
        """All entries of one subject, oldest first."""
        return self._found(select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.audit_id))

    def _found(self, wanted: Select[Any]) -> list[AuditEntry]:
        with self._database.read() as session:
            return [
                AuditEntry(row.at, row.actor, row.action, row.subject, row.detail) for row in session.scalars(wanted)
            ]
