"""ReportSends in SQL: what is due is queued once, and what was taken is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from adplat.domain import AuditEntry, Job, JobOrder, ReportSchedule, ReportSend, SendState
from adplat.storage.audit_trail import audit
from adplat.storage.jobs import add_job
from adplat.storage.report_tables import ReportScheduleRow, ReportSendRow
from adplat.storage.saved_reports import schedule_of, send_of
from adplat.storage.transactions import Database
from adplat.storage.upserts import keep_rows

LATEST = timedelta(days=7)
"""What could not be queued for longer than this, since no worker ran, is left out."""
_COLUMNS = ReportScheduleRow.__table__.columns


class SqlReportSends:
    """Implements ``domain.ReportSends``; takes the plain database, since the worker works for everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def order_due(self, now: datetime, order: Callable[[ReportSchedule, datetime], JobOrder]) -> list[Job]:
        """Each in a transaction of its own: the job is there and the schedule moved on, or neither."""
        queued: list[Job] = []
        due = ReportScheduleRow.is_on.is_(True), ReportScheduleRow.next_at <= now
        first = select(*_COLUMNS).where(*due).order_by(ReportScheduleRow.next_at, ReportScheduleRow.schedule_id)
        with self._database.read() as session:
            if session.execute(first.limit(1)).first() is None:  # nearly always: nothing is locked for that
                return queued
        while True:
            with self._database.write() as connection:
                found = connection.execute(first.limit(1).with_for_update(skip_locked=True)).first()
                if found is None:
                    return queued
                one = schedule_of(found)
                if one.next_at >= now - LATEST:
                    queued.append(add_job(connection, order(one, one.next_at), now))
                following = one.times.after(max(one.next_at, now - LATEST))
                moved = update(ReportScheduleRow).where(ReportScheduleRow.schedule_id == one.schedule_id)
                connection.execute(moved.values(next_at=following))

    def found(self, schedule_id: str) -> ReportSchedule | None:
        """``None``: there is none any more."""
        with self._database.read() as session:
            row = session.execute(select(*_COLUMNS).where(ReportScheduleRow.schedule_id == schedule_id)).first()
        return None if row is None else schedule_of(row)

    def taken(self, schedule_id: str, due: datetime) -> list[ReportSend]:
        """The targets that took what was due then."""
        wanted: Any = select(*ReportSendRow.__table__.columns).where(
            ReportSendRow.schedule_id == schedule_id, ReportSendRow.due == due
        )
        with self._database.read() as session:
            return [send_of(row) for row in session.execute(wanted.order_by(ReportSendRow.target))]

    def keep(self, send: ReportSend) -> None:
        """It was taken; told twice it is told once."""
        told = {name: getattr(send, name) for name in ReportSend.__dataclass_fields__}
        with self._database.write() as connection:
            keep_rows(connection, ReportSendRow, [told])

    def tell(self, schedule_id: str, state: SendState, told: str, at: datetime, entry: AuditEntry) -> None:
        """How it ended, on the schedule and in the audit trail."""
        with self._database.write() as connection:
            of = update(ReportScheduleRow).where(ReportScheduleRow.schedule_id == schedule_id)
            connection.execute(of.values(state=state.value, told=told, last_at=at))
            audit(connection, entry)

    def schedules(self, limit: int = 500) -> list[ReportSchedule]:
        """Of everybody, those that are due next first."""
        wanted = select(*_COLUMNS).order_by(ReportScheduleRow.next_at, ReportScheduleRow.schedule_id).limit(limit)
        with self._database.read() as session:
            return [schedule_of(row) for row in session.execute(wanted)]
