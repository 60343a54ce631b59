"""Where the audit trail grows: entries get their numbers and hashes at the end of the transaction that did the deed.

At the end, because who appends holds the head of the chain until the commit: the head is then the last lock that any
transaction takes, is held for a moment only, and two transactions cannot wait for each other because of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from adplat.domain import AuditAnchor, AuditEntry, AuditRecord, InternalFault, audit_hash
from adplat.storage.people_tables import AuditHeadRow, AuditRow

CHAIN = "audit"
# Names the statements of this module to the guard of a viewer's writes (``tenant_guard``), which lets no other append.
APPENDS = object()
_OWN = {"adplat_appends": APPENDS}


def pending_entries(connection: Connection) -> list[AuditEntry]:
    """What this transaction will append. Raises InternalFault outside ``Database.write``."""
    pending = connection.get_execution_options().get("adplat_audit")
    if not isinstance(pending, list):
        raise InternalFault("an entry of the audit trail outside a transaction", hint="use Database.write()")
    return pending


def append_entries(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Chain these entries; waits for whoever is appending at this moment."""
    if not entries:
        return
    wanted = select(AuditHeadRow.number, AuditHeadRow.sha256, AuditHeadRow.rows).where(AuditHeadRow.chain == CHAIN)
    found = connection.execute(wanted.with_for_update(), execution_options=_OWN).first()
    if found is None:
        raise InternalFault(
            "the head of the audit trail is gone", where="audit_head", hint="see 'adplat audit check'; restore a backup"
        )
    head = AuditAnchor(found.number, found.sha256, found.rows)
    values = []
    for entry in entries:
        number = head.number + 1
        record = AuditRecord(number, entry, head.sha256, audit_hash(number, entry, head.sha256))
        values.append(_values_of(record))
        head = AuditAnchor(number, record.sha256, head.rows + 1)
    connection.execute(insert(AuditRow), values, execution_options=_OWN)
    moved = update(AuditHeadRow).where(AuditHeadRow.chain == CHAIN)
    connection.execute(moved.values(number=head.number, sha256=head.sha256, rows=head.rows), execution_options=_OWN)


def _values_of(record: AuditRecord) -> dict[str, object]:
    entry = record.entry
    return {
        "audit_id": record.number,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "kind": entry.kind.value,
        "advertiser_id": entry.advertiser_id,
        "previous": record.previous,
        "sha256": record.sha256,
    }
