"""Does the same decision, the same row or the same key stand there twice?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from adplat.data.check_report import Checked
from adplat.data.checks.source import CheckSource, quoted
from adplat.domain import Finding, Severity

CHECK = "duplicates"
MANY = 0.05


def check_duplicates(source: CheckSource) -> Checked:
    """A decision or a side-table key that stands twice blocks; repeated rows block when many and timed."""
    return Checked((*_decisions(source), *_rows(source), *_keys(source)))


def row_hash(source: CheckSource, table: str) -> str:
    """SQL that hashes a whole row, the decision id left out (two ids for one event are still one event)."""
    names = [quoted(name) for name in source.columns[table] if name != "decision_id"]
    return f"hash({', '.join(names)})"


def _decisions(source: CheckSource) -> list[Finding]:
    if "decision_id" not in source.columns["rows"]:
        return []
    total, different = source.one("SELECT count(decision_id), count(DISTINCT decision_id) FROM rows")
    if total == different:
        return []
    what = f"{total - different:,} rows repeat a decision_id"
    hint = "keep each decision once; a part may have been written twice under two names"
    return [Finding(CHECK, Severity.BLOCK, what, "rows", hint, {"rows": float(total - different)})]


def _rows(source: CheckSource) -> list[Finding]:
    repeated = source.one(
        f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM rows GROUP BY {row_hash(source, 'rows')})"
    )[0]
    share = float(repeated) / source.rows if source.rows else 0.0
    if not repeated:
        return []
    # Without a time, equal rows may be honest repetitions (the same user sees the same thing again).
    if source.has_time:
        severity = Severity.BLOCK if share > MANY else Severity.WARN
    else:
        severity = Severity.WARN if share > MANY else Severity.NOTE
    what = f"{int(repeated):,} rows ({share:.2%}) are exact copies of another row"
    hint = "remove copies that are not separate events"
    return [Finding(CHECK, severity, what, "rows", hint, {"rows": float(repeated), "share": share})]


def _keys(source: CheckSource) -> list[Finding]:
    findings = []
    for side in source.schema.tables:
        table = f"side_{side.name}"
        if side.key not in source.columns.get(table, {}):
            continue
        key = quoted(side.key)
        twice = source.one(f"SELECT count({key}) - count(DISTINCT {key}) FROM {quoted(table)}")[0]
        if twice:
            what = f"{twice:,} rows of table {side.name!r} repeat a {side.key}"
            findings.append(Finding(CHECK, Severity.BLOCK, what, side.file, "keep one row per key"))
    return findings
