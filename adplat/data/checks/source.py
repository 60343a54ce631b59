"""The folder under check as DuckDB tables.

``rows`` has every column of the rows plus ``_row`` (file order), ``_t`` (unix seconds, null without time) and
``_y0, _y1 …`` (0/1 per outcome of the schema). ``held_<name>`` are the same for held-out files,
``side_<name>`` the side tables. ``facts`` has the categorical and numeric features as ``f0, f1 …``, side
tables joined, on at most a million rows taken by hash of ``_row``.
"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from adplat.data.lake import LAKE_COLUMNS, Lake, require_lake
from adplat.data.tables import table_columns
from adplat.domain import Feature, FeatureKind, FeatureSchema, MissingInput, TableRejected, in_one_line

MOST_FACTS = 1_000_000
_NUMERIC_TYPES = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    *("FLOAT", "DOUBLE", "DECIMAL"),
)
_MEMORY = "2GB"


@dataclass
class CheckSource:
    """An open folder. ``columns`` gives DuckDB types by column for each table that was found."""

    connection: duckdb.DuckDBPyConnection
    schema: FeatureSchema
    root: Path
    kind: str
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    facts: list[tuple[str, Feature]] = field(default_factory=list)
    rows: int = 0
    has_time: bool = False

    @property
    def held_out(self) -> list[str]:
        """Names of the tables of held-out rows."""
        return [name for name in self.columns if name.startswith("held_")]

    def outcomes(self) -> list[tuple[str, str]]:
        """``(column _yN, outcome name)`` of the outcomes whose column is there."""
        return [
            (f"_y{number}", outcome.name)
            for number, outcome in enumerate(self.schema.outcomes)
            if outcome.column in self.columns["rows"]
        ]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and fetch all rows. Raises TableRejected when the data cannot be read."""
        try:
            return self.connection.execute(sql).fetchall()
        except duckdb.Error as reason:
            raise _unreadable(self.root, reason) from None

    def one(self, sql: str) -> tuple[Any, ...]:
        """Run a query that gives exactly one row."""
        return self.query(sql)[0]


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def is_number(sql_type: str) -> bool:
    """Whether a DuckDB type is numeric (booleans are not)."""
    return sql_type.startswith(_NUMERIC_TYPES)


@contextmanager
def open_source(folder: Path, schema: FeatureSchema) -> Iterator[CheckSource]:
    """Load a table folder or a world folder for checking; temporary files go when the block ends.

    Raises MissingInput without rows, TableRejected on a damaged file.
    """
    with TemporaryDirectory(prefix="adplat-check-") as scratch:
        connection = duckdb.connect(
            str(Path(scratch) / "check.duckdb"),
            config={"memory_limit": _MEMORY, "temp_directory": scratch, "autoinstall_known_extensions": "false"},
        )
        try:
            kind = "world" if (folder / "lake").is_dir() else "table"
            source = CheckSource(connection, schema, folder, kind)
            if kind == "world":
                _load_lake(source)
            else:
                _load_files(source)
            _load_side_tables(source)
            source.rows = int(source.one("SELECT count(*) FROM rows")[0])
            _make_facts(source)
            yield source
        finally:
            connection.close()


def _load_files(source: CheckSource) -> None:
    for stem, table in (("rows", "rows"), ("train", "rows"), ("valid", "held_valid"), ("test", "held_test")):
        for suffix in (".parquet", ".csv"):
            path = source.root / f"{stem}{suffix}"
            if path.exists() and table not in source.files:
                source.files[table] = path
                _load_rows(source, table, _reader(path))
    if "rows" not in source.files:
        raise MissingInput(
            "the folder has no rows.parquet and no lake",
            where=str(source.root),
            hint="give a folder made by 'adplat data import' or 'adplat simulate'",
        )


def _load_lake(source: CheckSource) -> None:
    lake = require_lake(source.root)
    source.files["rows"] = lake.root / "impressions"
    for table in ("impressions", "clicks", "conversions"):
        _make(source, table, _lake_reader(lake, table))
    joined = """
        (SELECT i.*, (c.ts IS NOT NULL)::TINYINT AS click, (v.ts IS NOT NULL)::TINYINT AS conversion,
                epoch(v.ts) - epoch(coalesce(c.ts, i.ts)) AS conversion_delay_s
         FROM impressions i
         LEFT JOIN (SELECT decision_id, min(ts) AS ts FROM clicks GROUP BY 1) c USING (decision_id)
         LEFT JOIN (SELECT decision_id, min(ts) AS ts FROM conversions GROUP BY 1) v USING (decision_id))"""
    _load_rows(source, "rows", joined)


def _lake_reader(lake: Lake, table: str) -> str:
    if not lake.parts(table):
        empty = ", ".join(
            f"NULL::{'TIMESTAMPTZ' if name == 'ts' else 'VARCHAR'} AS {quoted(name)}" for name in LAKE_COLUMNS[table]
        )
        return f"(SELECT {empty} WHERE false)"
    pattern = str(lake.root / table / "hour=*" / "part-*.parquet").replace("'", "''")
    return f"read_parquet('{pattern}', hive_partitioning=false, union_by_name=true)"


def _load_rows(source: CheckSource, table: str, reader: str) -> None:
    """Make ``table`` with ``_row``, ``_t`` and the outcome columns added."""
    _make(source, f"raw_{table}", reader)
    types = source.columns.pop(f"raw_{table}")
    schema = source.schema
    added = ["row_number() OVER () - 1 AS _row"]
    moment = _seconds(types.get(schema.time, ""), quoted(schema.time))
    source.has_time |= table == "rows" and moment != "NULL"
    added.append(f"({moment})::DOUBLE AS _t")
    for number, outcome in enumerate(schema.outcomes):
        known = is_number(types.get(outcome.column, "")) or types.get(outcome.column) == "BOOLEAN"
        value = f"({quoted(outcome.column)}::DOUBLE >= {outcome.at_least})::INTEGER" if known else "NULL::INTEGER"
        added.append(f"{value} AS _y{number}")
    _run(source, f"CREATE TABLE {table} AS SELECT *, {', '.join(added)} FROM raw_{table}")
    _run(source, f"DROP TABLE raw_{table}")
    source.columns[table] = types


def _seconds(sql_type: str, column: str) -> str:
    if is_number(sql_type):
        return column
    if sql_type.startswith(("TIMESTAMP", "DATE")):
        return f"epoch({column})"
    return f"epoch(try_cast({column} AS TIMESTAMPTZ))" if sql_type == "VARCHAR" else "NULL"


def _load_side_tables(source: CheckSource) -> None:
    for side in source.schema.tables:
        path = source.root / side.file
        if path.exists():
            source.files[f"side_{side.name}"] = path
            _make(source, f"side_{side.name}", _reader(path))


def _make_facts(source: CheckSource) -> None:
    """Join the usable categorical and numeric features; side tables contribute one row per key."""
    selected, joins = ["r._row", "r._t", *(f"r.{column}" for column, _ in source.outcomes())], []
    usable_tables = set()
    for side in source.schema.tables:
        name = f"side_{side.name}"
        if side.key in source.columns.get(name, {}) and side.row_key in source.columns["rows"]:
            usable_tables.add(side.name)
            unique = f"(SELECT DISTINCT ON ({quoted(side.key)}) * FROM {quoted(name)})"
            key = f"CAST({quoted(name)}.{quoted(side.key)} AS VARCHAR)"
            joins.append(f"LEFT JOIN {unique} AS {quoted(name)} ON {key} = CAST(r.{quoted(side.row_key)} AS VARCHAR)")
    for feature in source.schema.features:
        table = f"side_{feature.table}" if feature.table else "rows"
        if feature.kind not in (FeatureKind.CATEGORICAL, FeatureKind.NUMERIC):
            continue
        column_type = source.columns.get(table, {}).get(feature.columns[0])
        numeric = feature.kind is FeatureKind.NUMERIC
        usable = column_type is not None and (is_number(column_type) or not numeric)
        if not usable or (feature.table and feature.table not in usable_tables):
            continue
        origin = quoted(table) if feature.table else "r"
        alias = f"f{len(source.facts)}"
        target = "DOUBLE" if numeric else "VARCHAR"
        selected.append(f"CAST({origin}.{quoted(feature.columns[0])} AS {target}) AS {alias}")
        source.facts.append((alias, feature))
    step = -(-source.rows // MOST_FACTS)
    kept = f"WHERE hash(r._row) % {step} = 0" if step > 1 else ""
    _run(source, f"CREATE TABLE facts AS SELECT {', '.join(selected)} FROM rows r {' '.join(joins)} {kept}")


def _reader(path: Path) -> str:
    table_columns(path)  # refuses an empty or damaged file with a better line than DuckDB's
    text = str(path).replace("'", "''")
    if path.suffix == ".csv":
        return f"read_csv('{text}', header=true, sample_size=-1)"
    return f"read_parquet('{text}', hive_partitioning=false)"


def _make(source: CheckSource, table: str, reader: str) -> None:
    _run(source, f"CREATE TABLE {quoted(table)} AS SELECT * FROM {reader}")
    described = source.query(f"DESCRIBE {quoted(table)}")
    source.columns[table] = {str(row[0]): str(row[1]) for row in described}


def _run(source: CheckSource, sql: str) -> None:
    try:
        source.connection.execute(sql)
    except duckdb.Error as reason:
        raise _unreadable(source.root, reason) from None


def _unreadable(root: Path, reason: duckdb.Error) -> TableRejected:
    return TableRejected(
        f"cannot be read: {in_one_line(reason, root, 200)}", where=str(root), hint="write the damaged file again"
    )
