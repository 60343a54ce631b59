"""Reading a database URL, and telling about it without telling its password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adplat.domain import ConfigRejected

_WHERE = "ADPLAT_DATABASE_URL"
_HINT = "use sqlite:////full/path/adplat.db or postgresql://user:password@host/database"


def database_url(url: str) -> URL:
    """Parse and normalise: ``postgresql://`` and ``postgres://`` run on psycopg. Raises ConfigRejected."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text itself may hold a password, so it is not repeated.
        raise ConfigRejected("the database URL cannot be read", where=_WHERE, hint=_HINT) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise ConfigRejected(f"no database of kind {parsed.drivername!r} is known", where=_WHERE, hint=_HINT)
    if parsed.get_backend_name() == "sqlite" and sqlite_file(parsed) is None:
        raise ConfigRejected("an SQLite database in memory would be lost at once", where=_WHERE, hint=_HINT)
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; ``None`` in memory or on another database."""
    if url.get_backend_name() != "sqlite" or not url.database or ":memory:" in url.database:
        return None
    return Path(url.database)


def place_of(url: URL) -> str:
    """Where the database is, for messages: no user, no password, no query."""
    file = sqlite_file(url)
    if file is not None:
        return str(file)
    host = url.host or url.query.get("host", "local socket")
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL at {host}{port}, database {url.database or ''}".rstrip()
