"""The database handle, and the one place where a transaction is committed or rolled back.

A store calls ``with database.write() as connection`` or ``with database.read() as session`` exactly once per
port call.
Driver errors leave here as words of the error tree:

=========================================  =====================
the database does not answer, is locked    StoreUnreachable
a foreign key that names nothing           UnknownReference
a value that no column can hold            TableRejected
=========================================  =====================
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from adplat.domain import AuditEntry, InputError, StoreUnreachable, TableRejected, UnknownReference
from adplat.storage.audit_chain import append_entries
from adplat.storage.database_urls import place_of, sqlite_file
from adplat.storage.tables import Base

SQLITE_BUSY_TIMEOUT_MS = 15_000
_SORTERS = 2
_BETWEEN_TRIES_S = 0.01
POSTGRES_CONNECT_TIMEOUT_S = 5

_SERVER_HINT = "start it or mend ADPLAT_DATABASE_URL; without that variable an SQLite file is used"
_FILE_HINT = "see that the file is an SQLite database, can be written to, and is held by no hanging process"


class Database:
    """One SQL database. Safe to share between threads; open one per process."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.place = place_of(url)
        self.schema: str | None = None  # where PostgreSQL has the tables, once somebody asked
        self.engine = _engine(url)
        self._looking = self._look_once()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A look at one moment, whatever others write meanwhile; nothing done inside is kept."""
        with self._translated(), Session(self._looking) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back by any error inside."""
        pending: list[AuditEntry] = []
        with (
            self._translated(),
            self.engine.connect().execution_options(adplat_writes=True, adplat_audit=pending) as connection,
            connection.begin(),
        ):
            yield connection
            append_entries(connection, pending)

    def row_counts(self) -> dict[str, int]:
        """Rows by table name."""
        with self.read() as session:
            return {
                table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in Base.metadata.sorted_tables
            }

    def ping(self) -> None:
        """Raises StoreUnreachable."""
        with self.read() as session:
            session.execute(select(1))

    def close(self) -> None:
        """Give the connections back; the handle may be used again."""
        self.engine.dispose()

    def _look_once(self) -> Engine:
        # PostgreSQL would else look anew at every statement; SQLite has one look a transaction anyway.
        is_file = sqlite_file(self.url) is not None
        return self.engine if is_file else self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise translated(error, self.url) from error
        except OverflowError as error:
            raise TableRejected(
                "a number is too large for the database", where=self.place, hint="keep it below 2^63"
            ) from error


def translated(error: SQLAlchemyError, url: URL) -> InputError:
    """The error tree's word for a driver error, in one line."""
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    place = place_of(url)
    line = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    if isinstance(error, IntegrityError):
        return UnknownReference(
            f"a row refers to something that is not in the database: {line}",
            where=place,
            hint="save advertisers before campaigns, campaigns before ads, ads before creatives",
        )
    if isinstance(error, DataError) or not isinstance(error, DBAPIError):
        return TableRejected(f"the database refuses a value: {line}", where=place, hint="mend the value and save again")
    return StoreUnreachable(
        f"the database does not answer: {line}",
        where=place,
        hint=_FILE_HINT if sqlite_file(url) else _SERVER_HINT,
    )


def _engine(url: URL) -> Engine:
    if sqlite_file(url) is None:
        return create_engine(
            url,
            pool_pre_ping=True,
            json_deserializer=_read_json,
            connect_args={"connect_timeout": POSTGRES_CONNECT_TIMEOUT_S, "application_name": "adplat"},
        )
    # No pool: opening a file is cheap, and a pooled handle would outlive the thread that may use it.
    engine = create_engine(url, poolclass=NullPool, json_deserializer=_read_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _read_json(told: str | bytes) -> Any:
    """What a column of JSON holds; a list of campaigns has thousands of them, and Python's own reader takes longer."""
    try:
        return msgspec.json.decode(told)
    except msgspec.DecodeError:  # what Python writes besides: half of a surrogate pair, a number that is none
        return json.loads(told)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own implicit BEGIN comes too late (before the first write, not the first read) and never
    # before DDL; with it switched off, _begin_sqlite says when a transaction starts.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is too much to be sorted in the page cache is sorted by helpers; nothing smaller starts one.
    cursor.execute(f"PRAGMA threads = {_SORTERS}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Keep a write-ahead log. A new file is switched to it once, alone, and for that SQLite does not wait by itself."""
    deadline = time.monotonic() + SQLITE_BUSY_TIMEOUT_MS / 1000.0
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_BETWEEN_TRIES_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock before it reads, so that two writers queue instead of one failing halfway.
    writes = connection.get_execution_options().get("adplat_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
