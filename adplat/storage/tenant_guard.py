"""What a viewer's statements may be: each is looked at before it is sent, as a tree, and once more as it is sent.

Reads get the shadows of the tables they name (``tenancy``). Refused are statements that could name a table past its
shadow: raw text, tables of another schema, functions that may run text of their own. Writes go to
``tenant_writes``. Whatever is neither, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Delete, Insert, Select, Table, TextClause, Update
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.functions import Function, FunctionElement
from sqlalchemy.sql.selectable import TableClause, TextualSelect

from adplat.domain import InternalFault, Viewer
from adplat.storage.audit_chain import APPENDS
from adplat.storage.tables import Base
from adplat.storage.tenancy import OWN_ROWS, OWN_ROWS_ALONE, narrowed_tables, rule_of, shadow
from adplat.storage.tenant_writes import guarded_write

_FUNCTIONS = frozenset(
    {
        "avg",
        "char_length",
        "coalesce",
        "count",
        "date_trunc",
        "julianday",
        "length",
        "lower",
        "max",
        "min",
        "nullif",
        "rank",
        "round",
        "row_number",
        "strftime",
        "substr",
        "sum",
        "total",
        "upper",
    }
)
_HARMLESS_TEXT = frozenset({"*", "1"})  # what COUNT(*) and EXISTS bring with them
_WORDS_OF_TEXT = ("_hints", "_statement_hints", "_prefixes", "_suffixes")
_OPENS_TRANSACTION = frozenset({"BEGIN", "BEGIN IMMEDIATE"})  # transactions.py on SQLite
_EXPRESSION = re.compile(r"\s*(?P<name>\w+) AS (?:NOT MATERIALIZED )?\s*\(")


class TenantGuard:
    """Stands between one viewer and the database; ``schema`` is where the real tables are."""

    def __init__(self, viewer: Viewer, schema: str) -> None:
        self._viewer = viewer
        self._schema = schema
        self._narrowed = narrowed_tables(viewer)
        names = "|".join(sorted(self._narrowed)) or r"(?!)"
        self._named = re.compile(rf"\b(?:{names})\b")
        self._past_shadow = re.compile(rf'\b{schema}"?\s*\.\s*"?(?:{names})\b')
        self._own = {"adplat_guard": self}

    def before_execute(
        self,
        connection: Connection,
        statement: Any,
        many: Sequence[Mapping[str, Any]],
        params: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> tuple[Any, Any, Any]:
        """The statement that is sent instead. Raises InternalFault, NotPermitted, UnknownReference."""
        if options.get("adplat_appends") is APPENDS or options.get("adplat_guard") is self:
            return statement, many, params
        if isinstance(statement, Select | CompoundSelect):
            tables = self._tables_of(statement)
            statement = self._shadowed(statement, tables)
        elif isinstance(statement, Insert | Update | Delete) and connection.get_execution_options().get(
            "adplat_writes"
        ):
            if options.get(OWN_ROWS) is not OWN_ROWS_ALONE:
                self._look_at_write(statement)
            rows = list(many) or [params]
            statement = guarded_write(
                connection, statement, rows, viewer=self._viewer, schema=self._schema, unguarded=self._own
            )
        else:
            raise _refused(f"{type(statement).__name__} is no statement for a viewer")
        return statement, many, params

    def before_cursor_execute(
        self, _connection: Connection, _cursor: Any, text: str, _params: Any, context: Any, _many: bool
    ) -> None:
        """The last look, at what is really sent: no narrowed table is named before or beside its shadow."""
        compiled = None if context is None else context.compiled
        if compiled is None:
            if text not in _OPENS_TRANSACTION:
                raise _refused("raw text")
            return
        options = context.execution_options
        if options.get("adplat_appends") is APPENDS or options.get("adplat_guard") is self:
            return
        if isinstance(compiled.statement, UpdateBase):
            if (
                self._viewer.advertisers is not None
                and "DO UPDATE" in text
                and options.get(OWN_ROWS) is not OWN_ROWS_ALONE
            ):
                raise _refused("an upsert that is not one of upserts.py")
        else:
            shadowed, rest = _leading_expressions(text, self._narrowed)
            if not set(self._named.findall(rest)) <= shadowed or self._past_shadow.search(rest):
                raise _refused("a table is named past its shadow")

    def _shadowed(self, statement: Any, tables: Iterable[str]) -> Any:
        names = sorted(self._narrowed & set(tables))
        if not names:
            return statement
        lock = statement._for_update_arg
        own = statement.add_cte(*(shadow(name, self._viewer, self._schema, lock) for name in names))
        # PostgreSQL lets an expression see those before it alone: the shadows come before the statement's own.
        count = len(statement._independent_ctes)
        own._independent_ctes = own._independent_ctes[count:] + own._independent_ctes[:count]
        own._independent_ctes_opts = own._independent_ctes_opts[count:] + own._independent_ctes_opts[:count]
        return own

    def _tables_of(self, statement: Any) -> set[str]:
        """Every table that it may name. Raises InternalFault where it could name one past its shadow."""
        names: set[str] = set()
        for element in visitors.iterate(statement):
            if any(getattr(element, words, None) for words in _WORDS_OF_TEXT):
                raise _refused("raw text")
            if isinstance(element, UpdateBase):
                raise _refused("a read that writes")
            _refuse_text(element)
            if isinstance(element, TableClause):
                names.add(_known_table(element).name)
                # A column may have the name of a table, and the last look knows them by their names alone.
                names.update(column.name for column in element.columns if column.name in self._narrowed)
        return names

    def _look_at_write(self, statement: Any) -> None:
        for element in visitors.iterate(statement):
            _refuse_text(element)
            if isinstance(element, Select | CompoundSelect) and self._narrowed:
                raise _refused("a write that reads")
            if isinstance(element, Table):
                _known_table(element)


def _leading_expressions(text: str, narrowed: frozenset[str]) -> tuple[set[str], str]:
    """The shadows that stand in front of a statement, and all that follows."""
    names: set[str] = set()
    opening = re.match(r"\s*WITH (?:RECURSIVE )?", text)
    rest = text
    position = opening.end() if opening else 0
    while opening and (found := _EXPRESSION.match(text, position)) and found["name"] in narrowed - names:
        names.add(found["name"])
        position = _closing(text, found.end())
        rest = text[position:]
        if not rest.startswith(","):
            break
        position += 1
    return names, rest


def _closing(text: str, start: int) -> int:
    """Behind the parenthesis that closes the one before ``start``; shadows hold no quoted text."""
    depth = 1
    for position in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def _refuse_text(element: Any) -> None:
    if isinstance(element, TextClause | TextualSelect):
        raise _refused("raw text")
    if isinstance(element, ColumnClause) and element.is_literal and str(element.name) not in _HARMLESS_TEXT:
        raise _refused("raw text")
    if isinstance(element, FunctionElement):
        name = str(getattr(element, "name", "")).lower()
        in_schema = isinstance(element, Function) and bool(element.packagenames)
        if name not in _FUNCTIONS or in_schema:
            raise _refused(f"the function {name[:64]!r}")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("adplat_writes"))


def _known_table(element: TableClause) -> Table:
    if not isinstance(element, Table) or element.metadata is not Base.metadata or element.schema is not None:
        raise _refused("a table that is not one of ours")
    rule_of(element.name)
    return element


def _refused(what: str) -> InternalFault:
    return InternalFault(
        f"a viewer's statement was refused: {what}",
        where="TenantDatabase",
        hint="write it with the tables of adplat.storage, or give the reading to a store of its own",
    )
