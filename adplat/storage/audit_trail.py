"""AuditTrail in SQL: rows are inserted and read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from adplat.storage.tables import AuditRow
from adplat.storage.transactions import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str]


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
        wanted = select(AuditRow).order_by(AuditRow.audit_id.desc()).limit(limit)
        with self._database.read() as session:
            return [
                AuditEntry(row.at, row.actor, row.action, row.subject, row.detail) for row in session.scalars(wanted)
            ]
