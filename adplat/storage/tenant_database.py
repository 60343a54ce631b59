"""The database as one viewer sees it: the same handle, with rows of others and raw text out of reach.

Every store takes it in the place of ``Database`` and needs to know nothing of viewers::

    SqlCatalogue(seen_by(database, viewer)).campaigns()      # the viewer's campaigns
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event, text

from adplat.domain import InternalFault, NotPermitted, Viewer
from adplat.storage.audit_chain import pending_entries
from adplat.storage.database_urls import sqlite_file
from adplat.storage.tenancy import require_every_rule
from adplat.storage.tenant_guard import TenantGuard
from adplat.storage.transactions import Database


class TenantDatabase(Database):
    """Made by ``seen_by``. Cheap: it shares the connections of the database it was made from."""

    def __init__(self, database: Database, viewer: Viewer, schema: str) -> None:
        require_every_rule()
        self.viewer = viewer
        self.url, self.place = database.url, database.place
        guard = TenantGuard(viewer, schema)
        # Options make an engine of its own over the same connections: its listeners hear this viewer alone, and
        # nobody can take them off by another option.
        self.engine = database.engine.execution_options(adplat_tenant=(viewer, schema))
        event.listen(self.engine, "before_execute", guard.before_execute, retval=True)
        event.listen(self.engine, "before_cursor_execute", guard.before_cursor_execute)
        self._looking = self._look_once()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As ``Database.write``; what is audited must be the viewer's own deed. Raises NotPermitted."""
        if not self.viewer.may_change:
            raise NotPermitted(
                "this role changes nothing", where=f"user {self.viewer.user_id}", hint="ask an admin for another role"
            )
        with super().write() as connection:
            yield connection
            for entry in pending_entries(connection):
                if entry.actor != self.viewer.user_id:
                    raise InternalFault(
                        "an entry of the audit trail in another one's name",
                        where=f"{entry.actor} for {self.viewer.user_id}",
                        hint="give the store the viewer's user_id as the one who acts",
                    )

    def close(self) -> None:
        """Nothing: the connections belong to the database that it was made from."""


def seen_by(database: Database, viewer: Viewer) -> TenantDatabase:
    """The database as this viewer sees it."""
    return TenantDatabase(database, viewer, real_schema(database))


def real_schema(database: Database) -> str:
    """The schema with the real tables: ``main`` of SQLite; of PostgreSQL the one that this connection finds first."""
    if sqlite_file(database.url) is not None:
        return "main"
    if database.schema is None:
        with database.read() as session:
            database.schema = str(session.execute(text("SELECT current_schema()")).scalar_one())
    return database.schema
