"""The triggers that refuse to change or remove a record of the audit trail: whether they are there."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

GUARDS = ("audit_refuses_delete", "audit_refuses_update")
_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
# One that was switched off is there and does nothing.
_POSTGRES = (
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('audit') AND NOT tgisinternal AND tgenabled <> 'D'"
)


def missing_guards(session: Session) -> tuple[str, ...]:
    """One line for each that is gone or switched off."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    found = set(session.execute(text(_SQLITE if on_sqlite else _POSTGRES)).scalars())
    return tuple(f"missing_trigger {name} audit" for name in GUARDS if name not in found)
