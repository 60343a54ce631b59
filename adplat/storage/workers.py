"""WorkerList in SQL: a row for each worker, replaced each time it tells that it is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from adplat.domain import JobInHand, Worker
from adplat.storage.tables import WorkerRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import replace_rows

_COLUMNS = WorkerRow.__table__.columns


class SqlWorkers:
    """Implements ``domain.WorkerList``. Rows of the dead stay until ``forget``, and are shown to nobody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, worker: Worker) -> None:
        """It is there: one statement in one transaction, found by its key."""
        doing = worker.doing
        row = {
            "worker_id": worker.worker_id,
            "kinds": sorted(worker.kinds),
            "version": worker.version,
            "started": worker.started,
            "seen": worker.seen,
            "lease_until": worker.lease_until,
            "job_id": None if doing is None else doing.job_id,
            "job_kind": None if doing is None else doing.kind,
            "job_since": None if doing is None else doing.since,
        }
        with self._database.write() as connection:
            replace_rows(connection, WorkerRow, [row])

    def leave(self, worker_id: str) -> None:
        """It ended in order."""
        with self._database.write() as connection:
            connection.execute(delete(WorkerRow).where(WorkerRow.worker_id == worker_id))

    def forget(self, now: datetime) -> int:
        """Whose lease is over leaves the list."""
        with self._database.write() as connection:
            return connection.execute(delete(WorkerRow).where(WorkerRow.lease_until < now)).rowcount

    def living(self, now: datetime) -> list[Worker]:
        """The one that started first before the others."""
        living = select(*_COLUMNS).where(WorkerRow.lease_until >= now)
        with self._database.read() as session:
            found = session.execute(living.order_by(WorkerRow.started, WorkerRow.worker_id)).all()
        return [_worker_of(row) for row in found]

    def kinds_taken(self, now: datetime) -> frozenset[str]:
        """By any that lives."""
        with self._database.read() as session:
            found = session.scalars(select(WorkerRow.kinds).where(WorkerRow.lease_until >= now)).all()
        return frozenset(str(kind) for kinds in found for kind in kinds)


def _worker_of(row: Row[Any]) -> Worker:
    doing = None if row.job_id is None else JobInHand(row.job_id, row.job_kind, row.job_since)
    return Worker(row.worker_id, tuple(row.kinds), row.version, row.started, row.seen, row.lease_until, doing)
