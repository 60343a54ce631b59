"""Bringing a database to the shape that the code expects, and saying whether it has it.

The revisions lie in the ``migrations`` package beside ``adplat``, in a checkout and in an installed wheel alike.
"""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

import adplat
from adplat.domain import InputError, InternalFault, StoreUnreachable
from adplat.storage.audit_guards import mend_guards, missing_guards
from adplat.storage.database_urls import database_url, sqlite_file
from adplat.storage.tables import Base
from adplat.storage.transactions import Database

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)
_UPGRADE_HINT = "run `adplat db upgrade`"
_ROWS_LOOKED_AT = 1000  # of each index; SQLite's own advice is 100 to 1,000
_POSTGRES_LOCK = 0x61_64_70_6C_61_74  # "adplat": any number that nobody else locks


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """What ``adplat db check`` found. ``drift`` names differences between the tables and the code.

    ``mended`` names triggers of the audit trail that an upgrade made anew.
    """

    place: str
    revision: str
    head: str
    drift: tuple[str, ...]
    mended: tuple[str, ...] = ()

    @property
    def is_at_head(self) -> bool:
        """Whether every migration was applied."""
        return self.revision == self.head

    @property
    def passes(self) -> bool:
        """At head, and nothing differs."""
        return self.is_at_head and not self.drift


def open_database(url: str) -> Database:
    """Connect and make sure that the database is at head.

    ``sqlite:////full/path/adplat.db`` (WAL, foreign keys on) or ``postgresql://user:password@host/name``.
    Raises StoreUnreachable when nothing answers, ConfigRejected on a URL of another kind, and InputError when the
    database is not at head.
    """
    database = Database(database_url(url))
    _require_file(database)
    revision, head = _current_revision(database), _script_head()
    if revision != head:
        database.close()
        raise _not_at_head(database.place, revision, head)
    return database


def upgrade_database(url: str) -> DatabaseCheck:
    """Apply every missing migration in one transaction; an SQLite file and its folder are made when absent.

    Triggers of the audit trail that somebody removed are made anew.
    Two processes may call this at once: the second waits and finds nothing to do.
    """
    mended = _migrate(url, "head", down=False)
    return replace(check_database(url), mended=mended)


def downgrade_database(url: str, revision: str) -> None:
    """Go back to ``revision`` (``base`` is an empty database). Data of removed tables is lost."""
    _migrate(url, revision, down=True)


def check_database(url: str) -> DatabaseCheck:
    """Compare the database with the migrations and with the tables in code; changes nothing."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(database_url(url))
    _require_file(database)
    revision, head = _current_revision(database), _script_head()
    drift: tuple[str, ...] = ()
    if revision == head:
        with database.read() as session:
            context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
            drift = tuple(_told(difference) for difference in compare_metadata(context, Base.metadata))
            drift += tuple(f"missing_trigger {name} audit" for name in missing_guards(session.connection()))
    database.close()
    return DatabaseCheck(database.place, revision, head, drift)


def migrations_folder() -> Path:
    """Where the revisions lie. Raises InternalFault when the installation lacks them."""
    # Beside the package first: a folder called "migrations" is common, and the one in the current folder is not ours.
    beside = Path(adplat.__file__).parent.parent / "migrations"
    if (beside / "env.py").is_file():
        return beside
    spec = importlib.util.find_spec("migrations")
    for place in spec.submodule_search_locations or () if spec else ():
        if (Path(place) / "env.py").is_file():
            return Path(place)
    raise InternalFault("the migrations are not installed", where=str(beside), hint="install adplat again")


def _look_at_tables(connection: Connection) -> None:
    """Tell SQLite how its tables are filled, from some rows of each index: milliseconds, however many there are.

    Without it the days of one campaign are looked for among the days of all. PostgreSQL does so by itself.
    """
    connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS_LOOKED_AT}")
    connection.exec_driver_sql("ANALYZE")


def _migrate(url: str, revision: str, *, down: bool) -> tuple[str, ...]:
    """Triggers of the audit trail that were made anew."""
    from alembic import command
    from alembic.util import CommandError

    database = Database(database_url(url))
    file = sqlite_file(database.url)
    if file is not None and not down:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(
                f"the database's folder cannot be made: {error.strerror}",
                where=str(file.parent),
                hint="give a folder that can be written to",
            ) from error
    config = _config()
    mended: tuple[str, ...] = ()
    try:
        with database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
            config.attributes["connection"] = connection
            (command.downgrade if down else command.upgrade)(config, revision)
            if not down:
                mended = mend_guards(connection)
            if connection.dialect.name == "sqlite" and not down:
                _look_at_tables(connection)
    except CommandError as error:
        raise InputError(
            f"the database cannot be brought to {revision}: {error}",
            where=database.place,
            hint="it may have been made by a newer adplat; install that version",
        ) from error
    finally:
        database.close()
    if mended:
        log.warning("triggers of the audit trail were gone, and are made anew: %s", ", ".join(mended))
    return mended


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _script_head() -> str:
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise InternalFault("there are no migrations", where=str(migrations_folder()), hint="install adplat again")
    return head


def _current_revision(database: Database) -> str:
    """The revision that the database says it has; empty for a database that was never upgraded."""
    from alembic.migration import MigrationContext

    def read(connection: Connection) -> str:
        return MigrationContext.configure(connection).get_current_revision() or ""

    with database.read() as session:
        return read(session.connection())


def _require_file(database: Database) -> None:
    file = sqlite_file(database.url)
    # SQLite would make an empty file at the first look.
    if file is not None and not file.exists():
        raise InputError("there is no database", where=str(file), hint=_UPGRADE_HINT)


def _not_at_head(place: str, revision: str, head: str) -> InputError:
    state = f"at revision {revision}" if revision else "empty"
    return InputError(f"the database is {state}, the code expects {head}", where=place, hint=_UPGRADE_HINT)


def _told(difference: object) -> str:
    """One line for one difference as Alembic reports it: a tuple, or a list of tuples for one column."""
    parts = difference if isinstance(difference, list | tuple) else (difference,)
    return " ".join(_told(part) if isinstance(part, list | tuple) else str(part) for part in parts)
