"""INSERT … ON CONFLICT for both databases: replace, add to, or leave the row that is already there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from adplat.storage.tables import Base


def replace_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or overwrite every other column of the row with the same key; the last of equal keys wins."""
    if rows:
        insert, keys, others = _insert(connection, table)
        statement = insert.on_conflict_do_update(
            index_elements=keys, set_={name: insert.excluded[name] for name in others}
        )
        connection.execute(statement, rows)


def add_rows(connection: Connection, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or add every other column to the row with the same key."""
    if rows:
        insert, keys, others = _insert(connection, table)
        columns = table.__table__.columns
        statement = insert.on_conflict_do_update(
            index_elements=keys, set_={name: columns[name] + insert.excluded[name] for name in others}
        )
        connection.execute(statement, rows)


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
