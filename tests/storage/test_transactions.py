"""A write is whole or did not happen, and driver errors leave as words of the error tree."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert, make_url, select, text

import adplat.storage
from adplat.domain import JobOrder, StoreUnreachable, TableRejected
from adplat.storage import Database, SqlAuditTrail, SqlJobs, open_database, transactions
from adplat.storage.people_tables import AuditRow
from adplat.storage.tables import AdvertiserRow

from .builders import NOON, moments


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    adplat.storage.upgrade_database(url)
    return open_database(url)


ROW = {"advertiser_id": "a1", "name": "n", "currency": "CNY", "domain": ""}


def test_an_error_inside_a_write_undoes_all_of_it(database: Database) -> None:
    with pytest.raises(RuntimeError, match="half way"), database.write() as connection:
        connection.execute(insert(AdvertiserRow).values(**ROW))
        raise RuntimeError("half way")

    assert database.row_counts()["advertisers"] == 0


def test_what_a_read_does_is_not_kept(database: Database) -> None:
    with database.read() as session:
        session.execute(insert(AdvertiserRow).values(**ROW))

    assert database.row_counts()["advertisers"] == 0


def test_a_read_sees_one_moment_while_others_write(database: Database) -> None:
    with database.read() as session:
        before = session.execute(select(AdvertiserRow)).all()
        with database.write() as connection:
            connection.execute(insert(AdvertiserRow).values(**ROW))
        assert session.execute(select(AdvertiserRow)).all() == before

    assert database.row_counts()["advertisers"] == 1


def test_sqlite_runs_with_a_write_ahead_log_and_foreign_keys(sqlite: Database) -> None:
    with sqlite.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() >= 5000


def test_whoever_meets_a_new_file_while_another_writes_it_waits(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()

    with Database(make_url(f"sqlite:///{file}")).read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"

    release.join()


def test_a_locked_file_is_told_as_unreachable(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "SQLITE_BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(sqlite.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnreachable, match="locked"), sqlite.write():
        pass

    other.execute("ROLLBACK")
    other.close()


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(TableRejected, match="without zone"):
        SqlAuditTrail(database).record(NOON.replace(tzinfo=None), "", "", "", {})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments)
def test_a_time_comes_back_as_the_same_instant_in_utc(database: Database, moment: datetime) -> None:
    SqlAuditTrail(database).record(moment, "", "", "", {})
    with database.read() as session:
        kept = session.scalars(select(AuditRow.at).order_by(AuditRow.audit_id.desc()).limit(1)).one()

    assert kept == moment
    assert str(kept.tzinfo) == "UTC"


def test_only_one_module_ends_a_transaction() -> None:
    folder = Path(adplat.storage.__file__).parent
    ends = re.compile(r"\.(commit|rollback|begin)\(")

    assert {file.name for file in folder.glob("*.py") if ends.search(file.read_text())} == {"transactions.py"}


@pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)
def test_json_is_read_as_it_was_written_halves_of_letters_and_large_numbers_too(own_url: str) -> None:
    told = {"half": "a\udfffb", "whole": "😀茶", "large": 2**70, "small": 0.1, "none": None, "deep": [{"a": [1, -0.0]}]}
    with closing(open_database(own_url)) as database:
        order = JobOrder("look", "x", NOON, "setup", payload=told)
        kept = SqlJobs(database).add(order, NOON)
        assert SqlJobs(database).find(kept.job_id).order.payload == told
