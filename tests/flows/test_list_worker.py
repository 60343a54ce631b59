"""What a worker says of itself, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import Job, JobOrder, ManualClock, StoreUnreachable, SystemClock, Worker
from adplat.flows.list_worker import listed_worker
from adplat.flows.run_jobs import run_next_job
from adplat.storage import Database, SqlJobs, SqlWorkers, open_database, upgrade_database
from tests.storage.builders import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    with closing(open_database(url)) as opened:
        yield opened


class CountedWorkers(SqlWorkers):
    """The real list, with what it was told; ``away`` makes its database go away."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.told: list[Worker] = []
        self.away = False

    def tell(self, worker: Worker) -> None:
        if self.away:
            raise StoreUnreachable("the database does not answer", where="here", hint="start it")
        self.told.append(worker)
        super().tell(worker)


def a_job(number: int, since: datetime) -> Job:
    return Job(number, JobOrder("count", "", NOON, "mei"), NOON, heartbeat_at=since)


def test_an_idle_worker_tells_every_third_of_its_lease(database: Database) -> None:
    workers, clock = CountedWorkers(database), ManualClock(NOON)
    with listed_worker(workers, "w1", ["score", "count"], "0.1.0", clock, 30.0) as present:
        for _ in range(60):
            clock.advance(1.0)
            present(None)
        assert [int((one.seen - NOON).total_seconds()) for one in workers.told] == [0, 10, 20, 30, 40, 50, 60]
        [listed] = workers.living(clock.now())
        assert (listed.kinds, listed.started, listed.lease_until) == (
            ("count", "score"), NOON, NOON + timedelta(seconds=90)
        )  # fmt: skip
    assert workers.living(clock.now()) == []


def test_a_busy_worker_tells_of_another_job_at_most_once_a_second(database: Database) -> None:
    workers, clock = CountedWorkers(database), ManualClock(NOON)
    with listed_worker(workers, "w1", ["count"], "0.1.0", clock, 30.0) as present:
        for number in range(100):  # twenty jobs a second
            clock.advance(0.05)
            present(a_job(number, clock.now()))
        assert len(workers.told) <= 6
        clock.advance(1.0)
        present(a_job(100, clock.now()))
        [listed] = workers.living(clock.now())
        assert listed.doing is not None
        assert (listed.doing.job_id, listed.doing.kind, listed.doing.since) == (100, "count", clock.now())
        clock.advance(1.0)
        present(None)
        assert workers.living(clock.now())[0].doing is None


def test_whoever_comes_takes_those_out_whose_lease_is_over(database: Database) -> None:
    workers, clock = CountedWorkers(database), ManualClock(NOON)
    with listed_worker(workers, "w1", ["count"], "0.1.0", clock, 30.0):
        workers.tell(replace(workers.told[0], worker_id="killed"))
        clock.advance(31.0)
        with listed_worker(workers, "w2", ["count"], "0.1.0", clock, 30.0):
            assert database.row_counts()["workers"] == 1


def test_a_list_that_is_away_ends_no_job_and_is_told_when_it_is_back(database: Database) -> None:
    workers, clock = CountedWorkers(database), ManualClock(NOON)
    with listed_worker(workers, "w1", ["count"], "0.1.0", clock, 30.0) as present:
        workers.away = True
        clock.advance(60.0)
        present(None)
        assert workers.living(clock.now()) == []
        workers.away = False
        present(None)
        assert [one.worker_id for one in workers.living(clock.now())] == ["w1"]


def test_a_clock_that_was_set_back_silences_nobody(database: Database) -> None:
    workers, clock = CountedWorkers(database), ManualClock(NOON)
    with listed_worker(workers, "w1", ["count"], "0.1.0", clock, 30.0) as present:
        clock.advance(-3_600.0)
        present(None)
        assert len(workers.told) == 2


def test_a_job_in_hand_is_listed_while_it_runs_and_no_longer(database: Database) -> None:
    workers, queue, clock = SqlWorkers(database), SqlJobs(database), SystemClock()
    job = queue.add(JobOrder("count", "spring", NOON, "mei"), NOON)
    listed: list[Worker] = []

    def work(begun: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
        deadline = time.monotonic() + 30.0
        while not (listed and listed[0].doing) and time.monotonic() < deadline:
            time.sleep(0.05)
            listed[:] = workers.living(clock.now())
        return {}

    with listed_worker(workers, "w1", ["count"], "0.1.0", clock, 30.0) as present:
        run_next_job(queue, {"count": work}, "w1", clock, lease_s=30.0, present=present)
        time.sleep(1.0)
        assert run_next_job(queue, {"count": work}, "w1", clock, lease_s=30.0, present=present) is None
        assert workers.living(clock.now())[0].doing is None
    doing = listed[0].doing
    assert doing is not None and (doing.job_id, doing.kind) == (job.job_id, "count")
    assert clock.now() - doing.since < timedelta(seconds=40)
