"""Are all columns there, of a usable type, and filled?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource, is_number, quoted
from adplat.data.schema_fit import columns_read
from adplat.domain import Finding, Severity

CHECK = "schema"
MANY_NULLS = 0.5


def check_columns(source: CheckSource) -> Checked:
    """Missing columns and wrong types block; so do empty keys, times and labels; half-empty features warn."""
    findings: list[Finding] = []
    table_rows: list[tuple[str, str, str, float]] = []
    outcomes = {outcome.column: ("integer", "number", "boolean") for outcome in source.schema.outcomes}
    for table in ["rows", *source.held_out]:
        wanted = {**columns_read(source.schema), **outcomes}
        findings += _columns(source, table, wanted, table_rows)
    for side in source.schema.tables:
        table = f"side_{side.name}"
        if table in source.columns:
            findings += _columns(source, table, columns_read(source.schema, side.name), table_rows)
    findings += _empty_tables(source)
    findings += _unread(source)
    section = Section("columns that the schema reads", ("table", "column", "type", "null share"), tuple(table_rows))
    return Checked(tuple(findings), (section,))


def _columns(
    source: CheckSource,
    table: str,
    wanted: dict[str, tuple[str, ...]],
    table_rows: list[tuple[str, str, str, float]],
) -> list[Finding]:
    present, where = source.columns[table], source.files[table].name
    findings = []
    for name in wanted:
        if name not in present:
            findings.append(
                Finding(CHECK, Severity.BLOCK, f"no column {name!r}", where, "add it, or change the schema")
            )
    found = {name: usable for name, usable in wanted.items() if name in present}
    for name, usable in found.items():
        if _kind(present[name]) not in usable:
            what = f"column {name!r} holds {present[name]} instead of {' or '.join(usable)}"
            findings.append(Finding(CHECK, Severity.BLOCK, what, where, "convert the column"))
    if not found:
        return findings
    # NaN counts as missing: it carries as little as a null.
    counted = ", ".join(f"count(*) FILTER ({_missing(name, present[name])})" for name in found)
    total, *nulls = source.one(f"SELECT count(*), {counted} FROM {quoted(table)}")
    for name, missing in zip(found, nulls, strict=True):
        share = missing / total if total else 0.0
        table_rows.append((table.removeprefix("side_"), name, present[name], share))
        if missing:
            findings += _null_finding(source, table, name, missing, share)
    return findings


def _null_finding(source: CheckSource, table: str, name: str, missing: int, share: float) -> list[Finding]:
    schema, where = source.schema, source.files[table].name
    is_rows = not table.startswith("side_")
    label = is_rows and name == schema.outcomes[0].column
    key = (is_rows and name in (schema.time, schema.item)) or (
        not is_rows and name in {side.key for side in schema.tables if table == f"side_{side.name}"}
    )
    what = f"column {name!r} is empty in {missing:,} rows ({share:.1%})"
    evidence: dict[str, float | str] = {"rows": float(missing), "share": share}
    if label or key:
        return [Finding("nulls", Severity.BLOCK, what, where, "drop or fill these rows", evidence)]
    severity = Severity.WARN if share >= MANY_NULLS else Severity.NOTE
    hint = "a feature this empty teaches little; fill it or leave it out" if share >= MANY_NULLS else ""
    return [Finding("nulls", severity, what, where, hint, evidence)]


def _empty_tables(source: CheckSource) -> list[Finding]:
    return [
        Finding(CHECK, Severity.BLOCK, "the table has no rows", source.files[table].name, "give rows")
        for table in source.columns
        if table in source.files and source.one(f"SELECT count(*) FROM {quoted(table)}")[0] == 0
    ]


def _unread(source: CheckSource) -> list[Finding]:
    schema = source.schema
    read = {*columns_read(schema), *(name for outcome in schema.outcomes for name in outcome.tells), *schema.ignored}
    unread = sorted(set(source.columns["rows"]) - read)
    if not unread or source.kind == "world":
        return []
    what = f"{len(unread)} columns are not read by the schema: {', '.join(unread[:8])}"
    return [Finding(CHECK, Severity.NOTE, what, source.files["rows"].name)]


def _missing(name: str, sql_type: str) -> str:
    test = f"{quoted(name)} IS NULL"
    return f"{test} OR isnan({quoted(name)})" if sql_type in ("FLOAT", "DOUBLE") else test


def _kind(sql_type: str) -> str:
    if sql_type in ("FLOAT", "DOUBLE") or sql_type.startswith("DECIMAL"):
        return "number"
    if is_number(sql_type):
        return "integer"
    if sql_type.startswith(("TIMESTAMP", "DATE", "TIME")):
        return "time"
    return {"VARCHAR": "text", "BOOLEAN": "boolean"}.get(sql_type.split("(", maxsplit=1)[0], "any")
