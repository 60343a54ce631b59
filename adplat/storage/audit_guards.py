"""The triggers that refuse to change or remove a record of the audit trail: whether they are there, and made anew.

They are made by migration 0009. What removes them by hand leaves no revision behind, so no migration brings them back.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
# One that was switched off, or fires for replication alone, is there and does nothing.
_POSTGRES = (
    "SELECT tgname FROM pg_trigger"
    " WHERE tgrelid = to_regclass('audit') AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
)
_REFUSES = "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
_REFUSAL = (
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
)
_EACH = "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
# On SQLite, and on PostgreSQL.
GUARDS = {
    "audit_refuses_delete": (f"BEFORE DELETE ON audit {_REFUSES}", f"BEFORE DELETE OR TRUNCATE ON audit {_EACH}"),
    "audit_refuses_update": (f"BEFORE UPDATE ON audit {_REFUSES}", f"BEFORE UPDATE ON audit {_EACH}"),
}


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """Names of those that are gone or switched off."""
    found = set(connection.execute(text(_SQLITE if _is_sqlite(connection) else _POSTGRES)).scalars())
    return tuple(name for name in GUARDS if name not in found)


def mend_guards(connection: Connection) -> tuple[str, ...]:
    """Make those anew that are gone or switched off; their names."""
    missing = missing_guards(connection)
    if missing and not _is_sqlite(connection):
        connection.execute(text(_REFUSAL))
    for name in missing:
        on_sqlite, on_postgres = GUARDS[name]
        if _is_sqlite(connection):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            connection.execute(text(f"CREATE TRIGGER {name} {on_sqlite}"))
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON audit"))
            connection.execute(text(f"CREATE TRIGGER {name} {on_postgres}"))
    return missing


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
