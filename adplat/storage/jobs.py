"""JobQueue in SQL.

Who takes a job locks its row, and others skip locked rows (PostgreSQL); on SQLite a writer has the whole file for the
moment. All that is said of a job afterwards is a compare-and-set on its worker, its state and its attempt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select, update

from adplat.domain import (
    ActorKind,
    AuditEntry,
    ConfigRejected,
    Job,
    JobOrder,
    JobState,
    ListRequest,
    Page,
    UnknownReference,
    actor_kind,
)
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import (
    Listing,
    asked,
    choice_field,
    counted_by,
    moment_field,
    number_field,
    page_of,
    text_field,
)
from adplat.storage.tables import JobRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

_NOBODY: dict[str, Any] = {"worker_id": "", "lease_until": None}
_COLUMNS = JobRow.__table__.columns


JOB_LISTING = Listing(
    "jobs",
    key="job_id",
    order="-job_id",
    fields={
        "job_id": number_field(JobRow.job_id, may_order=True),
        "kind": text_field(JobRow.kind),
        "subject": text_field(JobRow.subject),
        "state": choice_field(JobRow.state, JobState),
        "created_at": moment_field(JobRow.created_at, may_order=True),
        "created_by": text_field(JobRow.created_by),
        "advertiser_id": text_field(JobRow.advertiser_id),
    },
)


class SqlJobs:
    """Implements ``domain.JobQueue``. Jobs that are over stay as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, order: JobOrder, now: datetime) -> Job:
        """Queue it; or the job that an order of the same kind and key already made."""
        with self._database.write() as connection:
            return add_job(connection, order, now)

    def take(self, kinds: Sequence[str], worker_id: str, now: datetime, lease_s: float) -> Job | None:
        """The due job that has waited longest, or one whose worker was lost.

        One that was lost in its last attempt is given up on the way.
        """
        due = and_(JobRow.state == JobState.QUEUED.value, JobRow.run_after <= now)
        lost = and_(JobRow.state == JobState.RUNNING.value, JobRow.lease_until < now)
        free = select(*_COLUMNS).where(JobRow.kind.in_(kinds), or_(due, lost))
        oldest = free.order_by(JobRow.run_after, JobRow.job_id).limit(1).with_for_update(skip_locked=True)
        with self._database.write() as connection:
            while (found := connection.execute(oldest).first()) is not None:
                job = rows.job_of(found)
                if job.state is JobState.RUNNING:
                    _audit(connection, job, now, "job lost", job.worker_id, {"attempt": str(job.attempts)})
                    if job.attempts >= job.order.most_attempts:
                        error = f"its worker was lost {job.attempts} times, the last one {job.worker_id}"
                        _change(connection, job, now, JobState.FAILED, error=error, ended_at=now, **_NOBODY)
                        continue
                begun: dict[str, Any] = {
                    "state": JobState.RUNNING.value,
                    "attempts": job.attempts + 1,
                    "progress": 0.0,
                    "worker_id": worker_id,
                    "lease_until": now + timedelta(seconds=lease_s),
                    "heartbeat_at": now,
                }
                taken = update(JobRow).where(JobRow.job_id == job.job_id).values(begun).returning(*_COLUMNS)
                return rows.job_of(connection.execute(taken).one())
        return None

    def beat(self, begun: Job, now: datetime, lease_s: float, progress: float) -> bool:
        """Still at work: the lease is extended. ``False``: the job is not, or no longer, this worker's."""
        told = {"heartbeat_at": now, "lease_until": now + timedelta(seconds=lease_s), "progress": progress}
        with self._database.write() as connection:
            return connection.execute(_of_attempt(begun).values(told)).rowcount == 1

    def finish(self, begun: Job, now: datetime, result: Mapping[str, Any]) -> bool:
        """It is done."""
        with self._database.write() as connection:
            values = {"result": dict(result), "progress": 1.0, "error": ""}
            return _change(connection, begun, now, JobState.DONE, ended_at=now, lease_until=None, **values)

    def give_back(self, begun: Job, now: datetime, error: str, retry_at: datetime | None) -> bool:
        """It ended badly: once more from ``retry_at`` on, or failed (``None``, or it began often enough)."""
        again = retry_at is not None and begun.attempts < begun.order.most_attempts
        with self._database.write() as connection:
            if again:
                return _change(connection, begun, now, JobState.QUEUED, error=error, run_after=retry_at, **_NOBODY)
            return _change(connection, begun, now, JobState.FAILED, error=error, ended_at=now, lease_until=None)

    def cancel(self, job_id: int, now: datetime, by: str) -> Job:
        """Nobody wants it any more; a worker that is at it hears of it at its next heartbeat."""
        open_states = [JobState.QUEUED.value, JobState.RUNNING.value]
        wanted = update(JobRow).where(JobRow.job_id == job_id, JobRow.state.in_(open_states))
        ended = wanted.values(state=JobState.CANCELLED.value, ended_at=now, lease_until=None).returning(*_COLUMNS)
        with self._database.write() as connection:
            found = connection.execute(ended).first()
            if found is not None:
                job = rows.job_of(found)
                _audit(connection, job, now, "job cancel", by, {}, actor_kind(by))
                return job
            over = _one(connection.execute(_by_id(job_id)).first(), job_id)
        raise ConfigRejected(
            f"the job is {over.state.value}, and only a queued or running one can be cancelled",
            where=f"job {job_id}",
            hint="nothing is to be done",
        )

    def find(self, job_id: int) -> Job:
        """Raises UnknownReference."""
        with self._database.read() as session:
            return _one(session.execute(_by_id(job_id)).first(), job_id)

    def latest(self, kind: str, subject: str) -> Job | None:
        """The one ordered last about this subject."""
        about = select(*_COLUMNS).where(JobRow.kind == kind, JobRow.subject == subject)
        with self._database.read() as session:
            found = session.execute(about.order_by(JobRow.job_id.desc()).limit(1)).first()
            return None if found is None else rows.job_of(found)

    def job_page(self, request: ListRequest) -> Page[Job]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.execute(asked(JOB_LISTING, request, select(*_COLUMNS))).all()
        return page_of(JOB_LISTING, request, found, rows.job_of)

    def untaken(self, kinds: Collection[str], due: datetime) -> dict[str, int]:
        """How many queued jobs that were due before this moment are of none of these kinds, by kind."""
        waiting = JobRow.state == JobState.QUEUED.value, JobRow.run_after < due
        with self._database.read() as session:
            return counted_by(session, JobRow.kind, *waiting, JobRow.kind.not_in(sorted(kinds)))

    def jobs(self, states: Sequence[JobState] = (), *, kind: str = "", limit: int = 100) -> list[Job]:
        """Newest first; of all states and kinds where none are named."""
        wanted = select(*_COLUMNS).order_by(JobRow.job_id.desc()).limit(limit)
        if states:
            wanted = wanted.where(JobRow.state.in_([state.value for state in states]))
        if kind:
            wanted = wanted.where(JobRow.kind == kind)
        with self._database.read() as session:
            return [rows.job_of(row) for row in session.execute(wanted)]


def add_job(connection: Connection, order: JobOrder, now: datetime) -> Job:
    """``SqlJobs.add`` within a transaction of another store."""
    values = rows.job_values(order) | {
        "created_at": now,
        "state": JobState.QUEUED.value,
        "attempts": 0,
        "progress": 0.0,
        "error": "",
        "worker_id": "",
    }
    made = inserted_once(connection, JobRow, values, ["kind", "idempotency_key"])
    if made is not None:
        job = rows.job_of(made)
        _audit(connection, job, now, "job add", order.by, {}, actor_kind(order.by))
        return job
    same = select(*_COLUMNS).where(JobRow.kind == order.kind, JobRow.idempotency_key == order.idempotency_key)
    return rows.job_of(connection.execute(same).one())


def _change(connection: Connection, begun: Job, now: datetime, state: JobState, **values: Any) -> bool:
    done = connection.execute(_of_attempt(begun).values(state=state.value, **values)).rowcount == 1
    if done:
        action = {JobState.QUEUED: "job retry", JobState.DONE: "job done", JobState.FAILED: "job failed"}[state]
        told = {"error": str(values["error"])} if values.get("error") else {}
        _audit(connection, begun, now, action, begun.worker_id, told)
    return done


def _of_attempt(begun: Job) -> Any:
    """The row, if the attempt that ``take`` gave is still the one that counts."""
    return update(JobRow).where(
        JobRow.job_id == begun.job_id,
        JobRow.state == JobState.RUNNING.value,
        JobRow.worker_id == begun.worker_id,
        JobRow.attempts == begun.attempts,
    )


def _audit(
    connection: Connection,
    job: Job,
    now: datetime,
    action: str,
    actor: str,
    told: Mapping[str, str],
    kind: ActorKind = ActorKind.JOB,
) -> None:
    detail = {"kind": job.order.kind, "subject": job.order.subject, **told}
    owner = job.order.advertiser_id
    audit(connection, AuditEntry(now, actor, action, f"job {job.job_id}", detail, kind, owner))


def _by_id(job_id: int) -> Select[Any]:
    return select(*_COLUMNS).where(JobRow.job_id == job_id)


def _one(found: Row[Any] | None, job_id: int) -> Job:
    if found is None:
        raise UnknownReference("no job has this id", where=f"job {job_id}", hint="see 'adplat job list'")
    return rows.job_of(found)
