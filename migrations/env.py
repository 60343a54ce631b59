"""How Alembic reaches the database.

``adplat.storage`` hands a connection in and commits it. Called from the ``alembic`` command (to write a new
revision), the database named by ADPLAT_DATABASE_URL is used.
"""

import os

from alembic import context
from sqlalchemy import Connection

from adplat.storage.database_urls import database_url
from adplat.storage.tables import Base
from adplat.storage.transactions import Database


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite can alter a table only by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with Database(database_url(os.environ["ADPLAT_DATABASE_URL"])).write() as opened:
        _run(opened)
