"""The list of workers, on both databases: told, replaced, left in order, and gone when a lease is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adplat.domain import JobInHand, Worker
from adplat.storage import Database, SqlWorkers

from .builders import NOON

LEASE = timedelta(seconds=30)


def a_worker(name: str, *kinds: str, seen_s: float = 0.0) -> Worker:
    seen = NOON + timedelta(seconds=seen_s)
    return Worker(name, kinds, "0.1.0", NOON, seen, seen + LEASE)


def test_a_worker_is_listed_as_it_told_last(database: Database) -> None:
    workers = SqlWorkers(database)
    idle = a_worker("host:1:ab", "draft", "score")
    busy = replace(idle, seen=NOON + LEASE, lease_until=NOON + 2 * LEASE, doing=JobInHand(7, "draft", NOON + LEASE))
    workers.tell(idle)
    assert workers.living(NOON) == [idle]
    workers.tell(busy)
    assert workers.living(NOON + LEASE) == [busy]
    assert database.row_counts()["workers"] == 1


def test_one_that_says_nothing_more_is_gone_when_its_lease_is_over_and_not_before(database: Database) -> None:
    workers = SqlWorkers(database)
    workers.tell(a_worker("killed", "draft"))
    workers.tell(a_worker("alive", "score", seen_s=20.0))
    assert workers.kinds_taken(NOON + LEASE) == {"draft", "score"}
    after = NOON + LEASE + timedelta(seconds=1)
    assert [one.worker_id for one in workers.living(after)] == ["alive"]
    assert workers.kinds_taken(after) == {"score"}
    assert (workers.forget(NOON + LEASE), workers.forget(after), workers.forget(after)) == (0, 1, 0)
    assert database.row_counts()["workers"] == 1


def test_one_that_ended_in_order_is_gone_at_once_and_takes_no_other_along(database: Database) -> None:
    workers = SqlWorkers(database)
    first, second = a_worker("first", "draft"), replace(a_worker("second", "draft"), started=NOON + LEASE)
    workers.tell(second)
    workers.tell(first)
    assert [one.worker_id for one in workers.living(NOON)] == ["first", "second"]
    workers.leave("first")
    workers.leave("first")
    assert workers.living(NOON) == [second]
