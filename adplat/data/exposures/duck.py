"""One DuckDB in memory for one question, and the two guards of every query: names from the schema, values bound."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from adplat.data.exposures.question import Value
from adplat.data.lake_reading import unreadable_lake
from adplat.domain import ConfigRejected, InternalFault, in_one_line

# No extension is ever fetched, and no setting changed, by what a question says.
_CLOSED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_KINDS: dict[str, tuple[type, ...]] = {"text": (str,), "number": (int, float), "boolean": (bool,)}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


@contextmanager
def opened(root: Path, table: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is gone after the block; what it cannot read of the lake at ``root`` becomes TableRejected."""
    with tempfile.TemporaryDirectory(prefix="adplat-") as spill:
        connection = duckdb.connect(config={**_CLOSED, "temp_directory": spill})
        try:
            yield connection
        except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as reason:
            said = _one_line(reason, root)
            raise InternalFault(f"a query is wrong: {said}", where=str(root / table), hint="tell us") from reason
        except duckdb.Error as reason:
            raise unreadable_lake(root / table, _one_line(reason, root)) from None
        finally:
            connection.close()


def _one_line(reason: duckdb.Error, root: Path) -> str:
    """What went wrong, with files named from the lake on; the query stands in later lines."""
    said = str(reason).strip().partition("\n")[0].partition("LINE 1:")[0]
    return in_one_line(duckdb.Error(said), root)


class Bound:
    """The values of one query in the making; each stands in it as a parameter."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        """The place of ``value`` in the query."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def files(self, paths: Sequence[Path]) -> str:
        """The rows of these Parquet files; columns that only some have are null elsewhere."""
        # A name with a star or a bracket is that name, not a pattern.
        names = ["".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path)) for path in paths]
        return f"read_parquet({self(names)}, union_by_name = true, hive_partitioning = false)"

    def among(self, column: str, values: Sequence[Value]) -> str:
        """Whether ``column`` (already SQL) has one of the values; true or false, never null."""
        told = [self(value) for value in values if value is not None]
        parts = [f"coalesce({column} IN ({', '.join(told)}), false)"] if told else []
        if len(told) < len(values):
            parts.append(f"{column} IS NULL")
        return f"({' OR '.join(parts)})" if parts else "false"


class Columns:
    """The columns that the files have, by name."""

    def __init__(self, types: dict[str, str], table: str) -> None:
        self._types = types
        self._table = table

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def sql(self, name: str, where: str) -> str:
        """The column as it stands in a query. Raises ConfigRejected for a name that no file has."""
        if name not in self._types:
            near = get_close_matches(name, self._types, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(sorted(self._types))}"
            raise ConfigRejected(f"{self._table} have no column {name!r}", where=where, hint=hint)
        quoted = name.replace('"', '""')
        return f'"{quoted}"'

    def plain(self, name: str, where: str) -> str:
        """As ``sql``, of a column of texts, numbers or truth values."""
        column = self.sql(name, where)
        if self.kind(name) not in _KINDS:
            raise ConfigRejected(
                f"column {name!r} holds {self._types[name]}", where=where, hint="name a column of texts or numbers"
            )
        return column

    def matched(self, name: str, values: Sequence[Value], where: str) -> str:
        """As ``plain``, and the values are of the column's kind. Raises ConfigRejected."""
        column, kind = self.plain(name, where), self.kind(name)
        for value in values:
            fits = isinstance(value, _KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)
            if value is not None and not fits:
                raise ConfigRejected(
                    f"column {name!r} holds {kind}s, {value!r} is none", where=where, hint=f"give values of kind {kind}"
                )
        return column

    def names(self) -> list[str]:
        """All of them."""
        return list(self._types)

    def is_exact(self, name: str) -> bool:
        """Whether equal values are written alike: texts, truth values and whole numbers, not floats."""
        return self.kind(name) in {"text", "boolean"} or self._types[name] in _NUMBERS

    def kind(self, name: str) -> str:
        """``text``, ``number``, ``boolean``, or the stored type itself."""
        stored = self._types[name]
        if stored in {"VARCHAR"} or stored.startswith("ENUM"):
            return "text"
        if stored in {*_NUMBERS, "FLOAT", "DOUBLE"} or stored.startswith("DECIMAL"):
            return "number"
        return "boolean" if stored == "BOOLEAN" else stored


def columns_of(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], table: str) -> Columns:
    """The columns of all of these files together."""
    bound = Bound()
    rows = connection.execute(f"DESCRIBE SELECT * FROM {bound.files(paths)}", bound.values).fetchall()
    return Columns({str(row[0]): str(row[1]) for row in rows}, table)
