"""A worker's way through the queue: leases kept, bad ends told, cancelled jobs let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from sqlalchemy import create_engine, text

from adplat.domain import (
    ConfigRejected,
    InternalFault,
    Job,
    JobOrder,
    JobState,
    ManualClock,
    StoreUnreachable,
    SystemClock,
    TableRejected,
    wait_before_retry_s,
)
from adplat.flows.run_jobs import run_next_job
from adplat.storage import SqlJobs, open_database, upgrade_database
from tests.storage.builders import NOON

Tell = Callable[[float], None]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SqlJobs]:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    with closing(open_database(url)) as database:
        yield SqlJobs(database)


def ordered(queue: SqlJobs, **facts: Any) -> Job:
    return queue.add(JobOrder("count", "spring", NOON, "mei", {"to": 3}, **facts), NOON)


def test_the_handler_is_told_the_job_and_its_result_is_kept(queue: SqlJobs) -> None:
    job = ordered(queue)
    told: list[Job] = []

    def count(begun: Job, tell: Tell) -> Mapping[str, Any]:
        tell(0.5)
        told.append(begun)
        return {"counted": begun.order.payload["to"]}

    assert run_next_job(queue, {"count": count}, "w1", ManualClock(NOON), lease_s=30.0) is not None
    done = queue.find(job.job_id)
    assert (done.state, done.result, done.worker_id) == (JobState.DONE, {"counted": 3}, "w1")
    assert told[0].attempts == 1
    assert run_next_job(queue, {"count": count}, "w1", ManualClock(NOON), lease_s=30.0) is None


def test_a_job_of_a_kind_without_a_handler_is_left_in_the_queue(queue: SqlJobs) -> None:
    ordered(queue)
    assert run_next_job(queue, {"other": lambda job, tell: {}}, "w1", ManualClock(NOON), lease_s=30.0) is None
    assert queue.find(1).state is JobState.QUEUED


def test_a_bad_end_is_tried_again_with_growing_waits_until_it_was_tried_often_enough(queue: SqlJobs) -> None:
    ordered(queue, most_attempts=3)
    clock = ManualClock(NOON)

    def spoil(job: Job, tell: Tell) -> Mapping[str, Any]:
        raise TableRejected("a part is\ndamaged", where="lake", hint="write it again")

    waits = []
    for _ in range(2):
        run_next_job(queue, {"count": spoil}, "w1", clock, lease_s=30.0)
        waiting = queue.find(1)
        assert waiting.state is JobState.QUEUED and waiting.error == "a part is damaged (lake): write it again"
        waits.append((waiting.order.run_after - clock.now()).total_seconds())
        clock.advance(waits[-1])
    run_next_job(queue, {"count": spoil}, "w1", clock, lease_s=30.0)
    assert queue.find(1).state is JobState.FAILED
    assert waits == [10.0, 20.0]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            TableRejected("it is damaged", where="/srv/lake/clicks", hint="write it again"),
            "it is damaged: write it again",
        ),
        (
            TableRejected("rows of /srv/lake/clicks are cut", where="lake", hint="write it again"),
            "rows of clicks are cut (lake): write it again",
        ),
    ],
)
def test_what_a_job_died_of_does_not_say_where_the_server_keeps_its_files(
    queue: SqlJobs, reason: Exception, told: str
) -> None:
    ordered(queue)

    def spoil(job: Job, tell: Tell) -> Mapping[str, Any]:
        raise reason

    run_next_job(queue, {"count": spoil}, "w1", ManualClock(NOON), lease_s=30.0)
    assert queue.find(1).error == told


def test_what_a_second_try_cannot_heal_is_not_tried_again(queue: SqlJobs) -> None:
    ordered(queue)

    def refuse(job: Job, tell: Tell) -> Mapping[str, Any]:
        raise ConfigRejected("no such metric", hint="name one")

    run_next_job(queue, {"count": refuse}, "w1", ManualClock(NOON), lease_s=30.0)
    assert (queue.find(1).state, queue.find(1).attempts) == (JobState.FAILED, 1)


def test_a_fault_of_a_handler_ends_its_job_and_not_the_worker(queue: SqlJobs) -> None:
    ordered(queue, most_attempts=1)

    def divide(job: Job, tell: Tell) -> Mapping[str, Any]:
        return {"share": 1 / 0}

    assert run_next_job(queue, {"count": divide}, "w1", ManualClock(NOON), lease_s=30.0) is not None
    assert (queue.find(1).state, queue.find(1).error) == (
        JobState.FAILED,
        "this is a fault of adplat: the server's log has it whole as job-1-1",
    )


def the_database_refuses(folder: Path) -> None:
    with create_engine("sqlite://").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE advertisers (advertiser_id TEXT PRIMARY KEY, name TEXT)")
        for _ in range(2):
            connection.execute(text("INSERT INTO advertisers VALUES (:id, :name)"), {"id": "a7", "name": "Secret Tea"})


def a_file_is_away(folder: Path) -> None:
    (folder / "lake" / "part.parquet").read_bytes()


def polars_cannot_read(folder: Path) -> None:
    (folder / "part.parquet").write_bytes(b"PAR1 not a table PAR1")
    pl.scan_parquet(folder / "part.parquet").collect()


def polars_knows_no_column(folder: Path) -> None:
    pl.DataFrame({"a7": [1]}).select("Secret Tea")


def duckdb_cannot_read(folder: Path) -> None:
    duckdb.read_parquet(str(folder / "secret.parquet")).fetchall()


def our_own_query_is_wrong(folder: Path) -> None:
    raise InternalFault("a query is wrong: no column a7 in SELECT a7", where=str(folder), hint="tell us")


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        (the_database_refuses, "the database did not take what was asked of it"),
        (a_file_is_away, "a file or connection failed (No such file or directory)"),
        (polars_cannot_read, "a table could not be read or made"),
        (polars_knows_no_column, "a table could not be read or made"),
        (duckdb_cannot_read, "a table could not be read or made"),
        (our_own_query_is_wrong, "this is a fault of adplat"),
    ],
)
def test_of_an_error_that_is_not_of_our_tree_a_job_tells_a_kind_and_a_number_and_the_log_all_of_it(
    queue: SqlJobs,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    foreign: Callable[[Path], None],
    said: str,
) -> None:
    ordered(queue, most_attempts=2)
    clock, raised = ManualClock(NOON), list[Exception]()

    def spoil(job: Job, tell: Tell) -> Mapping[str, Any]:
        try:
            foreign(tmp_path)
        except Exception as reason:
            raised.append(reason)
            raise
        return {}

    for attempt in (1, 2):
        run_next_job(queue, {"count": spoil}, "w1", clock, lease_s=30.0)
        error = queue.find(1).error
        assert error == f"{said}: the server's log has it whole as job-1-{attempt}"
        [line] = [one for one in caplog.records if f"job-1-{attempt}" in one.getMessage()]
        assert getattr(line, "reason", None) == " ".join(str(raised[-1]).split())
        assert line.exc_info is not None and line.exc_info[1] is raised[-1]
        for inner in (str(tmp_path), "INSERT", "SELECT", "parameters", "a7", "Secret"):
            assert inner not in error
        clock.advance(3600.0)
    assert queue.find(1).state is JobState.FAILED


def test_where_a_file_lies_stands_in_the_log_alone(queue: SqlJobs, caplog: pytest.LogCaptureFixture) -> None:
    ordered(queue)

    def spoil(job: Job, tell: Tell) -> Mapping[str, Any]:
        raise TableRejected("it is damaged", where="/srv/lake/clicks", hint="write it again")

    run_next_job(queue, {"count": spoil}, "w1", ManualClock(NOON), lease_s=30.0)
    [line] = caplog.records
    assert getattr(line, "reason", None) == "it is damaged (/srv/lake/clicks): write it again"


def test_a_job_whose_database_goes_away_is_left_to_its_lease(queue: SqlJobs) -> None:
    ordered(queue)

    def lose(job: Job, tell: Tell) -> Mapping[str, Any]:
        raise StoreUnreachable("the database does not answer", hint="start it")

    with pytest.raises(StoreUnreachable):
        run_next_job(queue, {"count": lose}, "w1", ManualClock(NOON), lease_s=30.0)
    assert queue.find(1).state is JobState.RUNNING
    assert queue.take(["count"], "w2", NOON + timedelta(seconds=31), 30.0) is not None


def test_a_job_longer_than_its_lease_is_kept_by_its_heartbeat_and_nobody_else_gets_it(queue: SqlJobs) -> None:
    ordered(queue)
    stolen: list[Job | None] = []

    def work(job: Job, tell: Tell) -> Mapping[str, Any]:
        for step in range(12):
            tell(step / 12)
            time.sleep(0.1)
            stolen.append(queue.take(["count"], "thief", SystemClock().now(), 30.0))
        return {"progress": queue.find(job.job_id).progress}

    run_next_job(queue, {"count": work}, "w1", SystemClock(), lease_s=0.45)
    assert set(stolen) == {None}
    done = queue.find(1)
    assert done.state is JobState.DONE and done.result is not None and done.result["progress"] > 0.3


def test_a_running_job_that_is_cancelled_ends_at_its_next_word_and_its_result_counts_for_nothing(
    queue: SqlJobs,
) -> None:
    ordered(queue)
    reached: list[float] = []

    def work(job: Job, tell: Tell) -> Mapping[str, Any]:
        queue.cancel(job.job_id, SystemClock().now(), "li")
        for step in range(100):
            tell(step / 100)
            reached.append(step)
            time.sleep(0.05)
        return {}

    run_next_job(queue, {"count": work}, "w1", SystemClock(), lease_s=0.3)
    assert len(reached) < 50
    assert (queue.find(1).state, queue.find(1).result) == (JobState.CANCELLED, None)


def test_no_thread_is_left_behind(queue: SqlJobs) -> None:
    ordered(queue)
    before = threading.active_count()
    run_next_job(queue, {"count": lambda job, tell: {}}, "w1", ManualClock(NOON), lease_s=30.0)
    assert threading.active_count() == before


def test_waits_before_a_retry_double_up_to_ten_minutes() -> None:
    assert [wait_before_retry_s(number) for number in (1, 2, 3, 6, 7, 1000)] == [10, 20, 40, 320, 600, 600]


def test_whoever_waits_sees_the_progress_move_long_before_a_third_of_the_lease(queue: SqlJobs) -> None:
    job = ordered(queue)
    seen: list[float] = []

    def halves(begun: Job, tell: Tell) -> Mapping[str, Any]:
        for progress in (0.25, 0.75):
            tell(progress)
            deadline = time.monotonic() + 30.0
            while queue.find(job.job_id).progress < progress and time.monotonic() < deadline:
                time.sleep(0.02)
            seen.append(queue.find(job.job_id).progress)
        return {}

    run_next_job(queue, {"count": halves}, "w1", SystemClock(), lease_s=3_600.0)
    assert seen == [0.25, 0.75]
    assert queue.find(job.job_id).progress == 1.0
