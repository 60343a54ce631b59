"""The audit trail in SQL: one chain whoever writes, and no record is changed unseen; on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adplat.domain import (
    CHAIN_START,
    ActorKind,
    AdplatError,
    AuditAnchor,
    AuditChain,
    AuditEntry,
    ConfigRejected,
    JobOrder,
    ListRequest,
    condition_from,
)
from adplat.storage import (
    Database,
    SqlAuditTrail,
    SqlJobs,
    check_database,
    downgrade_database,
    open_database,
    upgrade_database,
)
from adplat.storage.audit_trail import audit
from adplat.storage.database_urls import database_url

from .builders import NOON


def checked(database: Database, anchors: dict[int, str] | None = None) -> AuditChain:
    chain = AuditChain(anchors or {})
    SqlAuditTrail(database).check(chain)
    return chain


def fill(database: Database, count: int = 6) -> None:
    trail = SqlAuditTrail(database)
    for number in range(count):
        trail.record(NOON + timedelta(minutes=number), "mei", "pause", f"k{number}", {"reason": "春季"})


@contextmanager
def without_guards(database: Database) -> Iterator[Any]:
    """As somebody who may do anything with the database."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            return
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in ("audit_refuses_update", "audit_refuses_delete"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        for statement in found:
            connection.execute(text(statement))


def test_records_are_chained_in_the_order_of_their_transactions(database: Database) -> None:
    fill(database)
    chain = checked(database)
    assert (chain.faults, chain.reached.rows, chain.reached.number) == ([], 6, 6)
    found = SqlAuditTrail(database).records(ListRequest(order="number")).items
    assert [record.number for record in found] == [1, 2, 3, 4, 5, 6]
    assert found[0].previous == CHAIN_START and found[1].previous == found[0].sha256
    assert found[0].entry == AuditEntry(NOON, "mei", "pause", "k0", {"reason": "春季"})


def test_an_entry_and_its_deed_are_kept_together_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as connection:
        audit(connection, AuditEntry(NOON, "mei", "pause", "k1", {}))
        raise RuntimeError("half way")
    assert checked(database).reached == AuditAnchor()
    fill(database, 1)
    assert checked(database).reached.number == 1


def test_many_threads_make_one_chain(database: Database) -> None:
    failures: list[BaseException] = []

    def act(name: str) -> None:
        queue = SqlJobs(database)
        try:
            for number in range(8):
                queue.add(JobOrder("kind", f"{name}{number}", NOON, name), NOON)
                with database.write() as connection:
                    audit(connection, AuditEntry(NOON, name, "one", str(number), {}))
                    audit(connection, AuditEntry(NOON, name, "two", str(number), {}))
        except BaseException as error:  # noqa: BLE001  # a thread's error has to be carried to the test
            failures.append(error)

    threads = [threading.Thread(target=act, args=(f"t{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    chain = checked(database)
    assert (chain.faults, chain.reached.rows) == ([], 5 * 8 * 3)


APPENDER = """
import sys
from datetime import UTC, datetime
from adplat.storage import SqlAuditTrail, open_database
trail = SqlAuditTrail(open_database(sys.argv[1]))
for number in range(15):
    trail.record(datetime(2026, 3, 1, tzinfo=UTC), sys.argv[2], "act", str(number), {})
"""


def test_many_processes_make_one_chain(database: Database, url: str) -> None:
    running = [subprocess.Popen([sys.executable, "-c", APPENDER, url, f"p{number}"]) for number in range(3)]
    assert [child.wait(timeout=300) for child in running] == [0, 0, 0]
    chain = checked(database)
    assert (chain.faults, chain.reached.rows) == ([], 45)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'li' WHERE audit_id = 3",
        "UPDATE audit SET sha256 = sha256",
        "DELETE FROM audit WHERE audit_id = 6",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_record(database: Database, statement: str) -> None:
    fill(database)
    with pytest.raises(AdplatError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))
    assert checked(database).reached.rows == 6


def test_the_database_refuses_to_empty_it_at_once(database: Database) -> None:
    fill(database)
    at_once = {"sqlite": "DELETE FROM audit", "postgresql": "TRUNCATE audit"}[database.engine.dialect.name]
    with pytest.raises(AdplatError, match="append-only"), database.write() as connection:
        connection.execute(text(at_once))
    assert checked(database).reached.rows == 6


MOVE = "UPDATE audit SET audit_id = {to} WHERE audit_id = {of}"
COPY = (
    "INSERT INTO audit (audit_id, at, actor, action, subject, detail, kind, advertiser_id, previous, sha256)"
    " SELECT {to}, at, actor, action, subject, detail, kind, advertiser_id, previous, sha256 FROM audit"
    " WHERE audit_id = {of}"
)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE audit SET actor = 'li' WHERE audit_id = 3"], "record 3 was changed"),
        (
            ["UPDATE audit SET at = (SELECT at FROM audit WHERE audit_id = 1) WHERE audit_id = 3"],
            "record 3 was changed",
        ),
        (["UPDATE audit SET detail = '{}' WHERE audit_id = 6"], "record 6 was changed"),
        (["UPDATE audit SET advertiser_id = 'a9' WHERE audit_id = 1"], "record 1 was changed"),
        (["UPDATE audit SET kind = 'ghost' WHERE audit_id = 2"], "record 2 was changed: it cannot be read"),
        (["UPDATE audit SET detail = '[]' WHERE audit_id = 2"], "record 2 was changed: it cannot be read"),
        (["DELETE FROM audit WHERE audit_id = 3"], "record 4 does not follow the one before it (2)"),
        (["DELETE FROM audit WHERE audit_id = 1"], "record 2 does not follow the one before it (0)"),
        (["DELETE FROM audit WHERE audit_id > 4"], "the chain ends at record 4 of 4, its head says 6 of 6"),
        (["DELETE FROM audit"], "the chain ends at record 0 of 0, its head says 6 of 6"),
        ([COPY.format(to=7, of=6)], "record 7 does not follow the one before it (6)"),
        ([COPY.format(to=0, of=1)], "record 1 does not follow the one before it (0)"),
        (
            [MOVE.format(to=to, of=of) for to, of in ((99, 2), (2, 3), (3, 99))],
            "record 2 does not follow the one before it (1)",
        ),
        (["DELETE FROM audit_head"], "the head of the chain is gone"),
        (["UPDATE audit_head SET rows = 5"], "the chain ends at record 6 of 6, its head says 6 of 5"),
    ],
)
def test_what_was_done_past_the_guards_is_told(database: Database, statements: list[str], fault: str) -> None:
    fill(database)
    with without_guards(database) as connection:
        for statement in statements:
            connection.execute(text(statement))
    chain = checked(database)
    assert chain.fault_count
    assert fault in chain.faults


def test_a_value_that_is_no_moment_is_refused_or_told_and_the_rest_is_read(database: Database) -> None:
    fill(database)
    spoilt = text("UPDATE audit SET at = 'noon', detail = 'x' WHERE audit_id = 4")
    if database.engine.dialect.name == "postgresql":
        with pytest.raises(AdplatError), without_guards(database) as connection:
            connection.execute(spoilt)
        assert checked(database).faults == []
        return
    with without_guards(database) as connection:
        connection.execute(spoilt)
    chain = checked(database)
    assert chain.faults == ["record 4 was changed: it cannot be read"]
    assert chain.reached.rows == 6


def test_a_cut_tail_whose_head_was_moved_is_told_by_an_anchor_alone(database: Database) -> None:
    fill(database)
    anchor = checked(database).reached
    with without_guards(database) as connection:
        kept = connection.execute(text("SELECT sha256 FROM audit WHERE audit_id = 4")).scalar_one()
        connection.execute(text("DELETE FROM audit WHERE audit_id > 4"))
        connection.execute(text("UPDATE audit_head SET number = 4, rows = 4, sha256 = :kept"), {"kept": kept})
    assert checked(database).faults == []
    assert checked(database, {anchor.number: anchor.sha256}).faults == ["record 6, which was anchored, is gone"]


def test_nothing_is_done_any_more_where_the_head_is_gone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    with pytest.raises(AdplatError, match="head of the audit trail"):
        fill(database, 1)


def test_a_guard_that_is_gone_is_drift(own_url: str) -> None:
    database = Database(database_url(own_url))
    on_postgres = database.engine.dialect.name == "postgresql"
    with database.write() as connection:
        gone = "DROP TRIGGER audit_refuses_update"
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_refuses_update" if on_postgres else gone))
    database.close()
    assert check_database(own_url).drift == ("missing_trigger audit_refuses_update audit",)


def test_guards_that_are_gone_or_switched_off_are_made_anew_as_the_migration_made_them(own_url: str) -> None:
    database = Database(database_url(own_url))
    fill(database)
    on_postgres = database.engine.dialect.name == "postgresql"
    made = "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE tgrelid = 'audit'::regclass ORDER BY 1"
    made = made if on_postgres else "SELECT sql, name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    with database.read() as session:
        before = session.execute(text(made)).all()
    with database.write() as connection:
        if on_postgres:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_refuses_update"))
            connection.execute(text("DROP TRIGGER audit_refuses_delete ON audit"))
        else:
            connection.execute(text("DROP TRIGGER audit_refuses_update"))
            connection.execute(text("DROP TRIGGER audit_refuses_delete"))
    upgraded = upgrade_database(own_url)
    assert upgraded.passes and upgraded.mended == ("audit_refuses_delete", "audit_refuses_update")
    with database.read() as session:
        assert session.execute(text(made)).all() == before
    for deed in ("UPDATE audit SET actor = 'li'", "DELETE FROM audit"):
        with pytest.raises(AdplatError, match="append-only"), database.write() as connection:
            connection.execute(text(deed))
    assert upgrade_database(own_url).mended == ()
    database.close()


def test_a_guard_that_fires_for_replication_alone_is_drift(own_url: str) -> None:
    database = Database(database_url(own_url))
    if database.engine.dialect.name == "postgresql":
        with database.write() as connection:
            connection.execute(text("ALTER TABLE audit ENABLE REPLICA TRIGGER audit_refuses_delete"))
        assert check_database(own_url).drift == ("missing_trigger audit_refuses_delete audit",)
        assert upgrade_database(own_url).mended == ("audit_refuses_delete",)
    assert check_database(own_url).passes
    database.close()


def test_records_are_found_by_who_what_and_when_page_by_page(database: Database) -> None:
    trail = SqlAuditTrail(database)
    for number in range(30):
        actor = f"job {number}" if number % 3 == 0 else "mei"
        trail.record(NOON + timedelta(hours=number), actor, f"act {number % 2}", "k1", {}, advertiser_id="a1")
    jobs = ListRequest([condition_from("kind=job"), condition_from(f"at>={NOON + timedelta(hours=9)}")], limit=4)
    seen = []
    while True:
        page = trail.records(jobs)
        seen += [record.number for record in page.items]
        trail.record(NOON + timedelta(days=9), "job 99", "later", "k2", {})  # newest first: it stands before the page
        if not page.next:
            break
        jobs = ListRequest(jobs.conditions, limit=4, cursor=page.next)
    assert seen == [28, 25, 22, 19, 16, 13, 10]
    assert all(
        one.entry.kind is ActorKind.PERSON for one in trail.records(ListRequest([condition_from("actor=mei")])).items
    )
    with pytest.raises(ConfigRejected, match="no field 'detail'"):
        trail.records(ListRequest([condition_from("detail~x")]))


def test_rows_of_the_version_before_are_chained_and_belong_to_whom_they_are_about(empty_url: str) -> None:
    """Up, down, up with data in it, the numbers of the old version with gaps."""
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0008")
    database = Database(database_url(empty_url))
    old = "INSERT INTO audit (audit_id, at, actor, action, subject, detail) VALUES "
    moment = (
        "'2026-03-01 12:00:00.123456'"
        if database.engine.dialect.name == "sqlite"
        else "'2026-03-01 12:00:00.123456+00'"
    )
    with database.write() as connection:
        for statement in (
            "INSERT INTO advertisers VALUES ('a1', 'Tea', 'CNY', '')",
            "INSERT INTO campaigns VALUES ('k1', 'a1', 'S', 'live', '', NULL, NULL, '2026-03-01 12:00:00+00', NULL,"
            " 'cpm', 1, 0, '{}', 'UTC', '[]', 0, 0)",
            """INSERT INTO experiments VALUES ('e1', 'draft', '{"experiment": {"campaign_ids": ["k1"]}}', '[]', NULL,"""
            " '', '2026-03-01 12:00:00+00', 'mei', NULL, NULL, NULL)",
            """INSERT INTO experiments VALUES ('e2', 'draft', '{"experiment": {"campaign_ids": []}}', '[]', NULL,"""
            " '', '2026-03-01 12:00:00+00', 'mei', NULL, NULL, NULL)",
            "INSERT INTO jobs (job_id, kind, subject, payload, run_after, most_attempts, created_at, created_by, state,"
            " attempts, progress, error, worker_id) VALUES (7, 'analyze-experiment', 'e1', '{}',"
            " '2026-03-01 12:00:00+00', 5, '2026-03-01 12:00:00+00', 'worker', 'queued', 0, 0, '', '')",
            old + f"""(2, {moment}, 'mei', 'experiment start', 'e1', '{{"reason": "春", "n": 1.5}}')""",
            old + f"(5, {moment}, 'mei', 'experiment start', 'e2', '{{}}')",
            old + f"(9, {moment}, 'job 7', 'job done', 'job 7', '{{}}')",
        ):
            connection.exec_driver_sql(statement)

    for _ in range(2):
        assert upgrade_database(empty_url).passes
        opened = open_database(empty_url)
        chain = checked(opened)
        assert (chain.faults, chain.reached.rows, chain.reached.number) == ([], 3, 9)
        found = SqlAuditTrail(opened).records(ListRequest(order="number")).items
        assert [(one.entry.kind.value, one.entry.advertiser_id) for one in found] == [
            ("person", "a1"),
            ("person", None),
            ("job", "a1"),
        ]
        with opened.read() as session:
            owners = session.execute(text("SELECT experiment_id, advertiser_id FROM experiments ORDER BY 1")).all()
            assert [tuple(row) for row in owners] == [("e1", "a1"), ("e2", None)]
            assert session.execute(text("SELECT advertiser_id FROM jobs")).scalar_one() == "a1"
        opened.close()
        downgrade_database(empty_url, "0008")
        with database.read() as session:
            assert session.execute(text("SELECT count(*) FROM audit")).scalar_one() == 3
    # The old version numbers its rows itself, and goes on behind those of the new one.
    with database.write() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO audit (at, actor, action, subject, detail) VALUES ({moment}, 'li', 'x', 'y', '{{}}')"  # noqa: S608
        )
    assert upgrade_database(empty_url).passes
    opened = open_database(empty_url)
    fill(opened, 1)
    chain = checked(opened)
    assert (chain.faults, chain.reached.number) == ([], 11)
    opened.close()
    database.close()
