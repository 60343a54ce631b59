"""SavedReports and ReportSchedules in SQL, as one person meets them.

Whose advertiser a row is of, the tenancy says; that a report which is not shared is its owner's alone, and a schedule
always, stands here. An admin meets all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, or_, select, true, update

from adplat.domain import (
    AuditEntry,
    ConfigRejected,
    HookBody,
    ListRequest,
    NotPermitted,
    Page,
    ReportFile,
    ReportSchedule,
    ReportSend,
    Right,
    SavedReport,
    SendState,
    SendTo,
    UnknownReference,
    Viewer,
    question_from,
    times_from,
    times_told,
)
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, choice_field, moment_field, page_of, text_field
from adplat.storage.report_tables import ReportScheduleRow, ReportSendRow, SavedReportRow
from adplat.storage.tables import Base
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

Thing = TypeVar("Thing", SavedReport, ReportSchedule)
_REPORT, _SCHEDULE = SavedReportRow.__table__.columns, ReportScheduleRow.__table__.columns

SAVED_REPORT_LISTING = Listing(
    "saved reports",
    key="report_id",
    order="-created",
    fields={
        "report_id": text_field(SavedReportRow.report_id, may_order=True),
        "name": text_field(SavedReportRow.name, may_order=True),
        "owner": text_field(SavedReportRow.owner),
        "advertiser_id": text_field(SavedReportRow.advertiser_id),
        "created": moment_field(SavedReportRow.created, may_order=True),
    },
)
SCHEDULE_LISTING = Listing(
    "report schedules",
    key="schedule_id",
    order="-created",
    fields={
        "schedule_id": text_field(ReportScheduleRow.schedule_id, may_order=True),
        "report_id": text_field(ReportScheduleRow.report_id),
        "owner": text_field(ReportScheduleRow.owner),
        "advertiser_id": text_field(ReportScheduleRow.advertiser_id),
        "state": choice_field(ReportScheduleRow.state, SendState),
        "created": moment_field(ReportScheduleRow.created, may_order=True),
        "next_at": moment_field(ReportScheduleRow.next_at, may_order=True),
    },
)


class SqlSavedReports:
    """Implements ``domain.SavedReports``; ``database`` is the viewer's (``seen_by``)."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database, self._viewer = database, viewer
        self._met = _own(SavedReportRow.owner, viewer, or_(SavedReportRow.is_shared))

    def add(self, made: SavedReport, entry: AuditEntry) -> bool:
        """``False``: the id is taken."""
        return _add(self._database, SavedReportRow, report_values(made), "report_id", entry)

    def find(self, report_id: str) -> SavedReport:
        """Raises UnknownReference."""
        with self._database.read() as session:
            return report_of(_one(session.execute(self._by_id(report_id)).first(), "saved report", report_id))

    def count(self) -> int:
        """How many the viewer has made."""
        return _count(self._database, SavedReportRow.owner == self._viewer.user_id)

    def report_page(self, request: ListRequest) -> Page[SavedReport]:
        """A page of them; see the port."""
        with self._database.read() as session:
            found = session.execute(asked(SAVED_REPORT_LISTING, request, select(*_REPORT).where(self._met))).all()
        return page_of(SAVED_REPORT_LISTING, request, found, report_of)

    def change(
        self,
        report_id: str,
        step: Callable[[SavedReport], SavedReport],
        entry: Callable[[SavedReport, SavedReport], AuditEntry],
    ) -> SavedReport:
        """What ``step`` makes of it; see the port."""
        with self._database.write() as connection:
            before = self._mine(connection, report_id)
            return _changed(connection, before, step(before), report_values, SavedReportRow.report_id, entry)

    def remove(
        self, report_id: str, check: Callable[[SavedReport], None], entry: Callable[[SavedReport], AuditEntry]
    ) -> None:
        """With its schedules; see the port."""
        with self._database.write() as connection:
            before = self._mine(connection, report_id)
            check(before)
            hanging = select(ReportScheduleRow.schedule_id).where(ReportScheduleRow.report_id == report_id)
            for schedule_id in connection.execute(hanging).scalars().all():
                _remove_schedule(connection, schedule_id)
            connection.execute(delete(SavedReportRow).where(SavedReportRow.report_id == report_id))
            audit(connection, entry(before))

    def _by_id(self, report_id: str) -> Select[Any]:
        return select(*_REPORT).where(SavedReportRow.report_id == report_id, self._met)

    def _mine(self, connection: Connection, report_id: str) -> SavedReport:
        found = connection.execute(self._by_id(report_id).with_for_update()).first()
        before = report_of(_one(found, "saved report", report_id))
        if before.owner != self._viewer.user_id and not _is_admin(self._viewer):
            raise NotPermitted(
                "it is somebody else's report", where=f"saved report {report_id[:64]}", hint="save one of your own"
            )
        return before


class SqlReportSchedules:
    """Implements ``domain.ReportSchedules``; ``database`` is the viewer's (``seen_by``)."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database, self._viewer = database, viewer
        self._met = _own(ReportScheduleRow.owner, viewer)

    def add(self, made: ReportSchedule, entry: AuditEntry) -> bool:
        """``False``: the id is taken. Raises UnknownReference."""
        return _add(self._database, ReportScheduleRow, schedule_values(made), "schedule_id", entry)

    def find(self, schedule_id: str) -> ReportSchedule:
        """Raises UnknownReference."""
        with self._database.read() as session:
            return schedule_of(_one(session.execute(self._by_id(schedule_id)).first(), "schedule", schedule_id))

    def count(self) -> int:
        """How many the viewer has made."""
        return _count(self._database, ReportScheduleRow.owner == self._viewer.user_id)

    def schedule_page(self, request: ListRequest) -> Page[ReportSchedule]:
        """A page of them; see the port."""
        with self._database.read() as session:
            found = session.execute(asked(SCHEDULE_LISTING, request, select(*_SCHEDULE).where(self._met))).all()
        return page_of(SCHEDULE_LISTING, request, found, schedule_of)

    def change(
        self,
        schedule_id: str,
        step: Callable[[ReportSchedule], ReportSchedule],
        entry: Callable[[ReportSchedule, ReportSchedule], AuditEntry],
    ) -> ReportSchedule:
        """What ``step`` makes of it; see the port."""
        with self._database.write() as connection:
            before = self._locked(connection, schedule_id)
            return _changed(connection, before, step(before), schedule_values, ReportScheduleRow.schedule_id, entry)

    def remove(
        self, schedule_id: str, check: Callable[[ReportSchedule], None], entry: Callable[[ReportSchedule], AuditEntry]
    ) -> None:
        """See the port."""
        with self._database.write() as connection:
            before = self._locked(connection, schedule_id)
            check(before)
            _remove_schedule(connection, schedule_id)
            audit(connection, entry(before))

    def sends(self, schedule_ids: Sequence[str], limit: int = 50) -> list[ReportSend]:
        """What was taken, newest first."""
        met = select(ReportScheduleRow.schedule_id).where(ReportScheduleRow.schedule_id.in_(schedule_ids), self._met)
        wanted = select(*ReportSendRow.__table__.columns).where(ReportSendRow.schedule_id.in_(met))
        with self._database.read() as session:
            found = session.execute(wanted.order_by(ReportSendRow.due.desc(), ReportSendRow.target).limit(limit)).all()
        return [send_of(row) for row in found]

    def _by_id(self, schedule_id: str) -> Select[Any]:
        return select(*_SCHEDULE).where(ReportScheduleRow.schedule_id == schedule_id, self._met)

    def _locked(self, connection: Connection, schedule_id: str) -> ReportSchedule:
        found = connection.execute(self._by_id(schedule_id).with_for_update()).first()
        return schedule_of(_one(found, "schedule", schedule_id))


def report_values(one: SavedReport) -> dict[str, Any]:
    """The row."""
    return {
        "report_id": one.report_id,
        "owner": one.owner,
        "advertiser_id": one.advertiser_id,
        "name": one.name,
        "is_shared": one.is_shared,
        "question": one.question.told(),
        "files": [kind.value for kind in one.files],
        "created": one.created,
        "changed": one.changed,
    }


def report_of(row: Row[Any]) -> SavedReport:
    """Of the row."""
    return SavedReport(
        report_id=row.report_id,
        owner=row.owner,
        advertiser_id=row.advertiser_id,
        name=row.name,
        question=question_from(row.question),
        created=row.created,
        changed=row.changed,
        is_shared=row.is_shared,
        files=tuple(ReportFile(kind) for kind in row.files),
    )


def schedule_values(one: ReportSchedule) -> dict[str, Any]:
    """The row."""
    return {
        "schedule_id": one.schedule_id,
        "report_id": one.report_id,
        "owner": one.owner,
        "advertiser_id": one.advertiser_id,
        "times": times_told(one.times),
        "file": one.to.file.value,
        "recipients": list(one.to.recipients),
        "language": one.to.language,
        "webhook": one.to.webhook,
        "body": one.to.body.value,
        "scope": None if one.scope is None else list(one.scope),
        "secret_number": one.secret_number,
        "is_on": one.is_on,
        "created": one.created,
        "next_at": one.next_at,
        "state": one.state.value,
        "told": one.told,
        "last_at": one.last_at,
    }


def schedule_of(row: Row[Any]) -> ReportSchedule:
    """Of the row."""
    to = SendTo(ReportFile(row.file), tuple(row.recipients), row.language, row.webhook, HookBody(row.body))
    return ReportSchedule(
        schedule_id=row.schedule_id,
        report_id=row.report_id,
        owner=row.owner,
        advertiser_id=row.advertiser_id,
        times=times_from(row.times),
        to=to,
        created=row.created,
        next_at=row.next_at,
        is_on=row.is_on,
        scope=None if row.scope is None else tuple(row.scope),
        secret_number=row.secret_number,
        state=SendState(row.state),
        told=row.told,
        last_at=row.last_at,
    )


def send_of(row: Row[Any]) -> ReportSend:
    """Of the row."""
    return ReportSend(row.schedule_id, row.due, row.target, row.at, row.sha256, row.row_count)


def _is_admin(viewer: Viewer) -> bool:
    return viewer.may(Right.MANAGE_PEOPLE)


def _own(owner: Any, viewer: Viewer, *others: ColumnElement[bool]) -> ColumnElement[bool]:
    return true() if _is_admin(viewer) else or_(owner == viewer.user_id, *others)


def _count(database: Database, condition: ColumnElement[bool]) -> int:
    with database.read() as session:
        return int(session.execute(select(func.count()).where(condition)).scalar_one())


def _add(database: Database, table: type[Base], values: dict[str, Any], key: str, entry: AuditEntry) -> bool:
    with database.write() as connection:
        if inserted_once(connection, table, values, [key]) is None:
            return False
        audit(connection, entry)
    return True


def _changed(
    connection: Connection,
    before: Thing,
    after: Thing,
    values_of: Callable[[Thing], dict[str, Any]],
    key: Any,
    entry: Callable[[Thing, Thing], AuditEntry],
) -> Thing:
    old, new = values_of(before), values_of(after)
    changed = {name: value for name, value in new.items() if old[name] != value}
    if key.key in changed:
        raise ConfigRejected("an id stays", where=key.key, hint="make another one")
    if changed:
        connection.execute(update(key.class_).where(key == old[key.key]).values(changed))
        audit(connection, entry(before, after))
    return after


def _remove_schedule(connection: Connection, schedule_id: str) -> None:
    connection.execute(delete(ReportSendRow).where(ReportSendRow.schedule_id == schedule_id))
    connection.execute(delete(ReportScheduleRow).where(ReportScheduleRow.schedule_id == schedule_id))


def _one(row: Row[Any] | None, kind: str, named: str) -> Row[Any]:
    if row is None:
        raise UnknownReference(f"no {kind} has this id", where=f"{kind} {named[:64]}", hint="see the list")
    return row
