"""INSERT … ON CONFLICT for both databases: replace, add to, or leave the row that is already there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from adplat.storage.tables import Base
from adplat.storage.tenancy import OWN_ROWS, OWN_ROWS_ALONE, owned


def replace_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or overwrite every other column of the row with the same key; the last of equal keys wins."""
    if rows:
        insert, keys, others = _insert(connection, table)
        statement = insert.on_conflict_do_update(
            index_elements=keys,
            set_={name: insert.excluded[name] for name in others},
            where=_of_viewer(connection, table),
        )
        connection.execute(statement, rows, execution_options={OWN_ROWS: OWN_ROWS_ALONE})


def add_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or add every other column to the row with the same key."""
    if rows:
        insert, keys, others = _insert(connection, table)
        columns = table.__table__.columns
        statement = insert.on_conflict_do_update(
            index_elements=keys,
            set_={name: columns[name] + insert.excluded[name] for name in others},
            where=_of_viewer(connection, table),
        )
        connection.execute(statement, rows, execution_options={OWN_ROWS: OWN_ROWS_ALONE})


def keep_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert; a row with the same key stays as it is."""
    if rows:
        insert, keys, _ = _insert(connection, table)
        connection.execute(insert.on_conflict_do_nothing(index_elements=keys), rows)


def inserted_once(
    connection: Connection, table: type[Base], row: dict[str, Any], unique: Sequence[str]
) -> Row[Any] | None:
    """Insert one row and give it back; ``None`` where one with the same ``unique`` columns is there already."""
    insert, _, _ = _insert(connection, table)
    statement = insert.values(row).on_conflict_do_nothing(index_elements=list(unique))
    return connection.execute(statement.returning(*table.__table__.columns)).first()


def _of_viewer(connection: Connection, table: type[Base]) -> ColumnElement[bool] | None:
    """What a viewer's upsert may change (``TenantDatabase``); ``None``: everything."""
    tenant = connection.get_execution_options().get("adplat_tenant")
    if tenant is None or tenant[0].advertisers is None:
        return None
    viewer, schema = tenant
    return owned(Base.metadata.tables[table.__tablename__], viewer, schema)


def _insert(
    connection: Connection, table: type[Base]
) -> tuple[postgresql.Insert | sqlite.Insert, list[str], list[str]]:
    insert: postgresql.Insert | sqlite.Insert = (
        sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    )
    columns = table.__table__.columns
    keys = [column.name for column in columns if column.primary_key]
    others = [column.name for column in columns if not column.primary_key]
    return insert, keys, others
