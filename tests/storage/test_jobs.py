"""Jobs in SQL, on both databases: taken once, kept by a heartbeat, free again when their worker is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adplat.domain import ConfigRejected, Job, JobOrder, JobQueue, JobState, UnknownReference
from adplat.storage import Database, SqlAuditTrail, SqlJobs, downgrade_database, open_database, upgrade_database
from adplat.storage.database_urls import database_url

from .builders import NOON

LEASE_S = 30.0
KINDS = ["analyze"]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def an_order(subject: str = "春", **facts: Any) -> JobOrder:
    return JobOrder("analyze", subject, **({"run_after": NOON, "by": "mei"} | facts))


def taken(queue: JobQueue, worker: str = "w1", at: datetime = NOON) -> Job:
    job = queue.take(KINDS, worker, at, LEASE_S)
    assert job is not None
    return job


def actions(database: Database) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.actor, entry.subject) for entry in SqlAuditTrail(database).entries()][::-1]


def test_jobs_of_kinds_that_nobody_takes_are_counted_once_they_are_due(database: Database) -> None:
    queue: JobQueue = SqlJobs(database)
    for number, kind in enumerate(["analyze", "score", "score", "draft"]):
        queue.add(JobOrder(kind, f"x{number}", run_after=after(number), by="mei"), NOON)

    assert queue.untaken([], after(9)) == {"analyze": 1, "score": 2, "draft": 1}
    assert queue.untaken(["draft", "analyze"], after(9)) == {"score": 2}
    assert queue.untaken([], after(2)) == {"analyze": 1, "score": 1}
    taken(queue)
    assert queue.untaken([], after(1)) == {}


def test_a_job_goes_from_the_queue_to_done_and_every_step_is_audited(database: Database) -> None:
    queue: JobQueue = SqlJobs(database)
    made = queue.add(an_order(payload={"days": [1, 2], "name": "茶"}), NOON)
    assert made == Job(1, an_order(payload={"days": [1, 2], "name": "茶"}), NOON)

    begun = taken(queue)
    assert (begun.state, begun.attempts, begun.worker_id) == (JobState.RUNNING, 1, "w1")
    assert begun.lease_until == after(LEASE_S)
    assert queue.beat(begun, after(20), LEASE_S, 0.5)
    now = queue.find(made.job_id)
    assert (now.progress, now.heartbeat_at, now.lease_until) == (0.5, after(20), after(50))
    assert queue.finish(begun, after(40), {"rows": 3})

    done = queue.find(made.job_id)
    assert (done.state, done.result, done.progress, done.ended_at) == (JobState.DONE, {"rows": 3}, 1.0, after(40))
    assert done.lease_until is None
    assert queue.take(KINDS, "w1", after(100), LEASE_S) is None
    assert actions(database) == [("job add", "mei", "job 1"), ("job done", "w1", "job 1")]


def test_nothing_is_taken_before_its_time_and_of_kinds_that_nobody_asked_for(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(run_after=after(60)), NOON)
    queue.add(replace(an_order(), kind="export"), NOON)
    assert queue.take(KINDS, "w1", after(59), LEASE_S) is None
    assert taken(queue, at=after(60)).order.kind == "analyze"


def test_the_job_that_was_due_first_is_taken_first(database: Database) -> None:
    queue = SqlJobs(database)
    for subject, wait_s in (("late", 20), ("early", 5), ("middle", 10)):
        queue.add(an_order(subject, run_after=after(wait_s)), NOON)
    assert [taken(queue, at=after(60)).order.subject for _ in range(3)] == ["early", "middle", "late"]


def test_an_order_given_twice_is_one_job_also_when_it_is_over(database: Database) -> None:
    queue = SqlJobs(database)
    first = queue.add(an_order(idempotency_key="look 1"), NOON)
    assert queue.add(an_order(idempotency_key="look 1", by="li"), after(5)) == first
    queue.finish(taken(queue), after(6), {})
    assert queue.add(an_order(idempotency_key="look 1"), after(7)).state is JobState.DONE
    queue.add(replace(an_order(idempotency_key="look 1"), kind="export"), NOON)
    queue.add(an_order(), NOON)
    queue.add(an_order(), NOON)
    assert len(queue.jobs()) == 4
    assert [action for action, *_ in actions(database)].count("job add") == 4


def test_a_job_whose_worker_is_silent_is_taken_again_after_its_lease_and_the_first_one_has_no_say(
    database: Database,
) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    lost = taken(queue)
    assert queue.take(KINDS, "w2", after(LEASE_S), LEASE_S) is None, "the lease ends after its last moment"
    again = taken(queue, "w2", after(LEASE_S + 1))
    assert (again.job_id, again.attempts, again.worker_id) == (lost.job_id, 2, "w2")

    assert not queue.beat(lost, after(32), LEASE_S, 0.9)
    assert not queue.finish(lost, after(32), {"from": "the dead"})
    assert not queue.give_back(lost, after(32), "late", after(40))
    assert queue.find(lost.job_id) == again
    assert queue.finish(again, after(33), {"from": "the living"})
    assert ("job lost", "w1", "job 1") in actions(database)


def test_the_same_worker_has_no_say_in_an_attempt_that_is_no_longer_the_latest(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    lost = taken(queue)
    taken(queue, "w1", after(31))
    assert not queue.finish(lost, after(32), {})


def test_a_heartbeat_keeps_a_job_beyond_its_first_lease(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    begun = taken(queue)
    assert queue.beat(begun, after(29), LEASE_S, 0.1)
    assert queue.take(KINDS, "w2", after(58), LEASE_S) is None


def test_a_job_that_ends_badly_is_tried_again_later_and_in_the_end_fails(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(most_attempts=2), NOON)
    assert queue.give_back(taken(queue), after(1), "the lake is away", after(11))
    waiting = queue.find(1)
    assert (waiting.state, waiting.error, waiting.worker_id) == (JobState.QUEUED, "the lake is away", "")
    assert queue.take(KINDS, "w1", after(10), LEASE_S) is None
    assert queue.give_back(taken(queue, at=after(11)), after(12), "still away", after(30))
    failed = queue.find(1)
    assert (failed.state, failed.error, failed.attempts, failed.ended_at) == (
        JobState.FAILED,
        "still away",
        2,
        after(12),
    )
    assert queue.take(KINDS, "w1", after(100), LEASE_S) is None
    assert [action for action, *_ in actions(database)] == ["job add", "job retry", "job failed"]


def test_what_no_second_try_can_heal_fails_at_once(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    assert queue.give_back(taken(queue), after(1), "no such metric", None)
    assert queue.find(1).state is JobState.FAILED


def test_a_job_whose_workers_are_lost_every_time_is_given_up_and_the_next_one_taken(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order("deadly", most_attempts=2), NOON)
    taken(queue)
    taken(queue, at=after(31))
    queue.add(an_order("harmless", run_after=after(40)), NOON)
    assert taken(queue, "w2", after(62)).order.subject == "harmless"
    deadly = queue.find(1)
    assert (deadly.state, deadly.ended_at) == (JobState.FAILED, after(62))
    assert "2 times" in deadly.error


def test_a_cancelled_job_is_not_taken_and_a_running_one_hears_of_it(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order("waits"), NOON)
    assert queue.cancel(1, after(1), "li").state is JobState.CANCELLED
    queue.add(an_order("runs"), NOON)
    begun = taken(queue, at=after(2))
    assert begun.order.subject == "runs"
    queue.cancel(begun.job_id, after(3), "li")
    assert not queue.beat(begun, after(4), LEASE_S, 0.5)
    assert not queue.finish(begun, after(5), {})
    assert queue.find(begun.job_id).state is JobState.CANCELLED
    assert ("job cancel", "li", "job 2") in actions(database)


def test_what_is_over_or_unknown_cannot_be_cancelled(database: Database) -> None:
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    queue.finish(taken(queue), NOON, {})
    with pytest.raises(ConfigRejected, match="the job is done"):
        queue.cancel(1, NOON, "li")
    with pytest.raises(UnknownReference, match="no job has this id"):
        queue.cancel(2, NOON, "li")
    with pytest.raises(UnknownReference):
        queue.find(2)


def test_jobs_are_listed_newest_first_by_state_and_kind(database: Database) -> None:
    queue = SqlJobs(database)
    for number in range(3):
        queue.add(an_order(f"s{number}"), NOON)
    queue.add(replace(an_order("s1"), kind="export"), NOON)
    taken(queue)
    assert [job.job_id for job in queue.jobs()] == [4, 3, 2, 1]
    assert [job.job_id for job in queue.jobs(limit=2)] == [4, 3]
    assert [job.job_id for job in queue.jobs([JobState.QUEUED], kind="analyze")] == [3, 2]
    assert [job.job_id for job in queue.jobs([JobState.RUNNING, JobState.QUEUED])] == [4, 3, 2, 1]
    latest = queue.latest("analyze", "s1")
    assert latest is not None and latest.job_id == 2
    assert queue.latest("analyze", "nothing") is None


def test_many_workers_at_once_take_every_job_exactly_once(url: str) -> None:
    database = open_database(url)
    queue = SqlJobs(database)
    for number in range(40):
        queue.add(an_order(f"s{number}"), NOON)
    got: list[tuple[str, int]] = []

    def work(worker: str) -> None:
        own = open_database(url)
        while (job := SqlJobs(own).take(KINDS, worker, NOON, LEASE_S)) is not None:
            got.append((worker, job.job_id))
        own.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(job for _, job in got) == Counter(range(1, 41))
    assert all(queue.find(job).worker_id == worker for worker, job in got)
    database.close()


TAKES_AND_KEEPS = """
import sys, time
from datetime import UTC, datetime
from adplat.storage import SqlJobs, open_database
queue = SqlJobs(open_database(sys.argv[1]))
job = queue.take(["analyze"], "doomed", datetime.now(UTC), 1.0)
while True:
    queue.beat(job, datetime.now(UTC), 1.0, 0.3)
    print("beat", flush=True)
    time.sleep(0.1)
"""


def test_a_worker_killed_with_sigkill_leaves_its_job_to_the_next_one_and_not_before(url: str) -> None:
    database = open_database(url)
    queue = SqlJobs(database)
    queue.add(an_order(), NOON)
    child = subprocess.Popen([sys.executable, "-c", TAKES_AND_KEEPS, url], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        for _ in range(15):  # beyond the first lease: the heartbeat is what keeps it
            assert child.stdout.readline() == "beat\n"
        assert queue.take(KINDS, "next", datetime.now(UTC), LEASE_S) is None
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    until = time.monotonic() + 10
    while (job := queue.take(KINDS, "next", datetime.now(UTC), LEASE_S)) is None:
        assert time.monotonic() < until, "the job was not set free"
        time.sleep(0.05)
    assert (job.attempts, job.worker_id, job.progress) == (2, "next", 0.0)
    assert queue.finish(job, datetime.now(UTC), {"rows": 1})
    database.close()


def test_what_stood_in_version_0004_is_kept_when_jobs_and_experiments_come(empty_url: str) -> None:
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0004")
    database = Database(database_url(empty_url))
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO audit (at, actor, action, subject, detail)"
                " VALUES ('2026-03-01 12:00:00+00', 'li', 'deploy', 'b1', '{}')"
            )
        )
        connection.execute(text("INSERT INTO advertisers VALUES ('a1', 'Tea House', 'CNY', 'tea.example')"))
    assert upgrade_database(empty_url).passes
    assert SqlAuditTrail(database).entries()[0].subject == "b1"
    assert database.row_counts()["advertisers"] == 1
    assert SqlJobs(database).add(an_order(), NOON).job_id == 1
    database.close()
