"""AuditTrail in SQL: rows are inserted and read, never changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.orm import Session

from adplat.domain import (
    ActorKind,
    AuditAnchor,
    AuditChain,
    AuditEntry,
    AuditRecord,
    ListRequest,
    Page,
    actor_kind,
)
from adplat.storage.audit_chain import CHAIN, pending_entries
from adplat.storage.pages import Listing, asked, choice_field, moment_field, number_field, page_of, text_field
from adplat.storage.people_tables import AuditHeadRow, AuditRow
from adplat.storage.transactions import Database

_COLUMNS = AuditRow.__table__.columns
_AT_ONCE = 1000
AUDIT_LISTING = Listing(
    "audit",
    key="number",
    order="-number",
    fields={
        "number": number_field(AuditRow.audit_id, may_order=True),
        "at": moment_field(AuditRow.at),
        "actor": text_field(AuditRow.actor),
        "kind": choice_field(AuditRow.kind, ActorKind),
        "action": text_field(AuditRow.action),
        "subject": text_field(AuditRow.subject),
        "advertiser_id": text_field(AuditRow.advertiser_id),
    },
)


def audit(connection: Connection, entry: AuditEntry) -> None:
    """Append within a transaction of another store: what was done and that it was done are then kept together.

    The entry is chained when the transaction ends (``audit_chain``).
    """
    pending_entries(connection).append(entry)


class SqlAuditTrail:
    """Who did what, append-only and chained."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, str],
        *,
        advertiser_id: str | None = None,
    ) -> None:
        """Append one entry."""
        entry = AuditEntry(at, actor, action, subject, detail, actor_kind(actor), advertiser_id)
        with self._database.write() as connection:
            audit(connection, entry)

    def entries(self, limit: int = 100) -> list[AuditEntry]:
        """The latest ``limit`` entries, newest first."""
        return self._found(select(*_COLUMNS).order_by(AuditRow.audit_id.desc()).limit(limit))

    def about(self, subject: str) -> list[AuditEntry]:
        """All entries of one subject, oldest first."""
        return self._found(select(*_COLUMNS).where(AuditRow.subject == subject).order_by(AuditRow.audit_id))

    def about_each(self, subjects: Collection[str], action: str) -> dict[str, list[AuditEntry]]:
        """Entries of this action, by subject, oldest first; one that has none is absent."""
        found: dict[str, list[AuditEntry]] = {}
        wanted = sorted(subjects)
        for first in range(0, len(wanted), _AT_ONCE):
            among = AuditRow.subject.in_(wanted[first : first + _AT_ONCE])
            rows = select(*_COLUMNS).where(among, AuditRow.action == action).order_by(AuditRow.audit_id)
            for entry in self._found(rows):
                found.setdefault(entry.subject, []).append(entry)
        return found

    def subjects_naming(self, deed: str, name: str, value: str, limit: int = 200) -> list[str]:
        """Subjects of the latest entries of this deed whose detail tells ``value`` under ``name``, newest first."""
        told = AuditRow.action == deed, AuditRow.detail[name].as_string() == value
        wanted = select(AuditRow.subject).where(*told).order_by(AuditRow.audit_id.desc()).limit(limit)
        with self._database.read() as session:
            return list(session.scalars(wanted))

    def records(self, request: ListRequest) -> Page[AuditRecord]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.execute(asked(AUDIT_LISTING, request, select(*_COLUMNS))).all()
        return page_of(AUDIT_LISTING, request, found, _record_of)

    def check(self, chain: AuditChain, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Read the whole chain and its head at one moment into ``chain``; memory does not grow with it.

        ``progress`` hears how many records of how many were read.
        """
        with self._database.read() as session:
            total = session.execute(select(func.count()).select_from(AuditRow)).scalar_one()
            while _read_more(session, chain):
                progress(chain.reached.rows, total)
            head = session.execute(
                select(AuditHeadRow.number, AuditHeadRow.sha256, AuditHeadRow.rows).where(AuditHeadRow.chain == CHAIN)
            ).first()
        chain.close(None if head is None else AuditAnchor(*head))

    def _found(self, wanted: Select[Any]) -> list[AuditEntry]:
        with self._database.read() as session:
            return [_record_of(row).entry for row in session.execute(wanted)]


def _record_of(row: Row[Any]) -> AuditRecord:
    """Raises ValueError, TypeError for what ``audit_chain`` never wrote."""
    if not isinstance(row.detail, dict):
        raise TypeError("detail")
    entry = AuditEntry(row.at, row.actor, row.action, row.subject, row.detail, ActorKind(row.kind), row.advertiser_id)
    return AuditRecord(row.audit_id, entry, row.previous, row.sha256)


def _read_more(session: Session, chain: AuditChain) -> bool:
    """The next records; ``False``: there are none."""
    after = chain.reached.number if chain.reached.rows else -(2**63)
    links = select(AuditRow.audit_id, AuditRow.previous, AuditRow.sha256)
    following = links.where(AuditRow.audit_id > after).order_by(AuditRow.audit_id).limit(_AT_ONCE)
    found = session.execute(following).all()
    if not found:
        return False
    within = select(*_COLUMNS).where(AuditRow.audit_id.between(found[0].audit_id, found[-1].audit_id))
    try:
        records = [_record_of(row) for row in session.execute(within.order_by(AuditRow.audit_id))]
    except (ValueError, TypeError, AttributeError):
        # Somebody put in what is no moment, no JSON or no kind of actor: record by record, to say which.
        for link in found:
            _read_one(session, chain, link)
    else:
        chain.read(records)
    return True


def _read_one(session: Session, chain: AuditChain, link: Row[int, str, str]) -> None:
    try:
        row = session.execute(select(*_COLUMNS).where(AuditRow.audit_id == link.audit_id)).one()
        chain.read([_record_of(row)])
    except (ValueError, TypeError, AttributeError):
        chain.skip(link.audit_id, link.previous, link.sha256)
