"""A viewer's writes: only rows that are its own before, only rows that are its own afterwards, and no word of others.

Who sees every advertiser may write whatever table is open to the role. Who sees some:

* changes and removes only rows that exist for the viewer (a condition is added to the statement);
* adds rows and gives them columns only as told values, so that they can be looked at: the owner must be one of the
  viewer's, every reference must name a row that exists for the viewer, and no row of others may be replaced.

A row of somebody else and one that there is not are refused with the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, Connection, Delete, Insert, Select, Table, Update, select

from adplat.domain import InternalFault, NotPermitted, UnknownReference, Viewer
from adplat.storage.tables import Base
from adplat.storage.tenancy import (
    APPEND_ONLY,
    Owned,
    OwnedThrough,
    Reach,
    Rule,
    is_closed,
    key_columns,
    owned,
    real_table,
    rule_of,
)

_AT_ONCE = 500


def guarded_write(
    connection: Connection,
    statement: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    viewer: Viewer,
    schema: str,
    unguarded: Mapping[str, Any],
) -> Any:
    """The statement that may be sent instead; ``unguarded`` lets this module's own look at the real tables pass.

    Raises NotPermitted, UnknownReference; InternalFault for a statement that cannot be looked at.
    """
    table = Base.metadata.tables[statement.table.name]
    if table.name in APPEND_ONLY:
        raise InternalFault("the audit trail is written by audit() alone", where=table.name, hint="call it instead")
    rule = rule_of(table.name)
    if is_closed(table.name, viewer):
        raise NotPermitted(
            f"{table.name} are not this viewer's to change", where=f"user {viewer.user_id}", hint="ask an admin"
        )
    if viewer.advertisers is None:
        return statement
    if not isinstance(rule, Owned | OwnedThrough):
        raise NotPermitted(
            f"{table.name} belong to nobody alone", where=f"user {viewer.user_id}", hint="ask somebody of the staff"
        )
    if isinstance(statement, Delete):
        return statement.where(owned(table, viewer, schema))
    told = [_told_values(statement, row) for row in rows]
    _require_references(connection, table, told, rule, viewer)
    if isinstance(statement, Update):
        _require_owner(table, [row for row in told if _owner_column(rule) in row], rule, viewer)
        if any(column.name in row for row in told for column in key_columns(table)):
            raise _unreadable("it gives a row another key")
        return statement.where(owned(table, viewer, schema))
    _require_owner(table, told, rule, viewer)
    _require_no_other(connection, table, told, viewer, schema, unguarded)
    return statement


def _told_values(statement: Insert | Update, params: Mapping[str, Any]) -> dict[str, Any]:
    """Column by column what one row is given. Raises InternalFault where it is computed by the database."""
    several = getattr(statement, "_multi_values", None)
    ordered = getattr(statement, "_ordered_values", None)
    if several or ordered or getattr(statement, "select", None) is not None:
        raise _unreadable("its values cannot be looked at")
    told: dict[str, Any] = {}
    for column, value in (statement._values or {}).items():
        if not isinstance(value, BindParameter) or value.callable is not None:
            raise _unreadable("a value is computed by the database")
        told[getattr(column, "name", str(column))] = params.get(value.key, value.value)
    return told | dict(params)


def _require_owner(table: Table, told: Iterable[Mapping[str, Any]], rule: Owned | OwnedThrough, viewer: Viewer) -> None:
    """Through a parent: that it is there stands in ``_require_references``, here that it is told at all."""
    for row in told:
        owner = row.get(rule.column)
        if owner is None or (isinstance(rule, Owned) and not viewer.may_see(str(owner))):
            raise _stranger(table)


def _require_references(
    connection: Connection, table: Table, told: Sequence[Mapping[str, Any]], rule: Owned | OwnedThrough, viewer: Viewer
) -> None:
    """Whatever a row names exists for the viewer; looked up through the shadows."""
    for column, target in _references(table, rule):
        named = {row[column] for row in told if row.get(column) not in {None, ""}}
        if target.table.name == table.name:
            continue
        if is_closed(target.table.name, viewer):
            raise _stranger(table)
        if named - _found(connection, target, named, select(target)):
            raise _stranger(table)


def _require_no_other(
    connection: Connection,
    table: Table,
    told: Sequence[Mapping[str, Any]],
    viewer: Viewer,
    schema: str,
    unguarded: Mapping[str, Any],
) -> None:
    """No row of these keys belongs to somebody else. A key that has the owner in it cannot be anybody else's."""
    keys = key_columns(table)
    rule = rule_of(table.name)
    if any(column.name == _owner_column(rule) for column in keys):
        return
    if len(keys) != 1:
        raise _unreadable("a key of several columns without the owner")
    named = {row[keys[0].name] for row in told if row.get(keys[0].name) is not None}
    real = real_table(table.name, schema)
    others = select(*key_columns(real)).where(~owned(real, viewer, schema))
    if _found(connection, key_columns(real)[0], named, others, unguarded):
        raise _stranger(table)


def _found(
    connection: Connection,
    key: Column[Any],
    named: set[Any],
    wanted: Select[Any],
    options: Mapping[str, Any] | None = None,
) -> set[Any]:
    found: set[Any] = set()
    ordered = sorted(named)
    for start in range(0, len(ordered), _AT_ONCE):
        within = wanted.where(key.in_(ordered[start : start + _AT_ONCE]))
        for row in connection.execute(within, execution_options=dict(options or {})):
            found.add(row[0])
    return found


def _references(table: Table, rule: Owned | OwnedThrough) -> list[tuple[str, Column[Any]]]:
    told = [(key.parent.name, key.column) for key in table.foreign_keys]
    named = rule.refers if isinstance(rule, Owned) else {}
    return told + [(column, key_columns(Base.metadata.tables[parent])[0]) for column, parent in named.items()]


def _owner_column(rule: Rule) -> str:
    return "" if isinstance(rule, Reach) else rule.column


def _stranger(table: Table) -> UnknownReference:
    return UnknownReference(
        "it names what is not there, or not yours", where=table.name, hint="name your own, or give it a new id"
    )


def _unreadable(why: str) -> InternalFault:
    return InternalFault(
        f"a viewer's write was refused: {why}", where="TenantDatabase", hint="give told values, row by row"
    )
