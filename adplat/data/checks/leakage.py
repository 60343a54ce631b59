"""Does the answer stand among the inputs, or the examination among the lessons?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from adplat.data.check_report import Checked, Section
from adplat.data.checks.duplicates import row_hash
from adplat.data.checks.source import CheckSource, quoted
from adplat.domain import FeatureKind, Finding, Severity

CHECK = "leakage"
KNOWS_THE_LABEL = 0.995
SUSPICIOUS = 0.98
FEW_POSITIVES = 5
SHARED_ROWS = 0.01


def check_leakage(source: CheckSource) -> Checked:
    """Single-feature AUC above 0.995, a decision on both sides of a split, or training on the future block."""
    findings, section = _features(source)
    for table in source.held_out:
        findings += _shared(source, table)
        findings += _future(source, table)
    return Checked(tuple(findings), (section,) if section.rows else ())


def _features(source: CheckSource) -> tuple[list[Finding], Section]:
    findings: list[Finding] = []
    table_rows: list[tuple[str, str, float | None]] = []
    for y, outcome in source.outcomes():
        for alias, feature in source.facts:
            auc = _auc(source, alias, y, numeric=feature.kind is FeatureKind.NUMERIC)
            table_rows.append((feature.name, outcome, auc))
            if auc is None or auc <= SUSPICIOUS:
                continue
            severity = Severity.BLOCK if auc > KNOWS_THE_LABEL else Severity.WARN
            what = f"feature {feature.name!r} alone tells {outcome!r} with an AUC of {auc:.4f}"
            hint = "it is likely written after the outcome; put it under 'ignored'"
            findings.append(Finding(CHECK, severity, what, feature.table or "rows", hint, {"auc": auc}))
    return findings, Section("single-feature AUC", ("feature", "outcome", "AUC"), tuple(table_rows))


def _auc(source: CheckSource, alias: str, y: str, *, numeric: bool) -> float | None:
    """How well one feature orders the label, 0.5 to 1; ``None`` with too few rows of a class.

    A number is ranked as it stands (missing lowest). A category is ranked by its positive rate on one
    half of the rows, judged on the other half, so that a nearly unique id does not look like an oracle.
    """
    if numeric:
        scored = f"SELECT CASE WHEN isnan({alias}) THEN NULL ELSE {alias} END AS v, {y} AS y FROM facts"
        present = f"SELECT ({alias} IS NULL OR isnan({alias}))::INTEGER AS v, {y} AS y FROM facts"
        found = [value for value in (_ranked(source, scored), _ranked(source, present)) if value is not None]
        return max(found, default=None)
    learned = "hash(_row + 7) % 2 = 0"
    return _ranked(
        source,
        f"""WITH base AS (SELECT avg({y}) AS rate FROM facts WHERE {learned}),
             told AS (SELECT {alias} AS k, (sum({y}) + any_value(rate)) / (count({y}) + 1) AS score
                      FROM facts, base WHERE {learned} GROUP BY {alias})
             SELECT coalesce(told.score, base.rate) AS v, {y} AS y
             FROM facts CROSS JOIN base LEFT JOIN told ON {alias} IS NOT DISTINCT FROM told.k
             WHERE NOT ({learned})""",
    )


def _ranked(source: CheckSource, scored: str) -> float | None:
    """AUC by the rank-sum formula over distinct values: Σ p·(below + n/2) / (P·N), ties counted half."""
    positives, negatives, wins = source.one(
        f"""WITH scored AS ({scored}),
             grouped AS (SELECT v, sum(y)::DOUBLE AS p, (count(y) - sum(y))::DOUBLE AS n
                         FROM scored WHERE y IS NOT NULL GROUP BY v),
             summed AS (SELECT p, n, sum(n) OVER (ORDER BY v NULLS FIRST ROWS UNBOUNDED PRECEDING) - n AS below
                        FROM grouped)
             SELECT coalesce(sum(p), 0), coalesce(sum(n), 0), coalesce(sum(p * (below + n / 2)), 0) FROM summed"""
    )
    if min(positives, negatives) < FEW_POSITIVES:
        return None
    auc = float(wins / (positives * negatives))
    return max(auc, 1.0 - auc)


def _shared(source: CheckSource, table: str) -> list[Finding]:
    where = source.files[table].name
    held = int(source.one(f"SELECT count(*) FROM {table}")[0])
    if "decision_id" in source.columns["rows"] and "decision_id" in source.columns[table]:
        shared = source.one(f"SELECT count(*) FROM {table} WHERE decision_id IN (SELECT decision_id FROM rows)")[0]
        if shared:
            what = f"{shared:,} decisions stand in training and held-out rows"
            hint = "split again; a decision belongs to one side"
            return [Finding(CHECK, Severity.BLOCK, what, where, hint, {"rows": float(shared)})]
    if set(source.columns["rows"]) != set(source.columns[table]) or not held:
        return []
    names = [name for name in source.columns["rows"] if name != "decision_id"]
    held_hash = f"hash({', '.join(quoted(name) for name in names)})"
    shared = source.one(
        f"SELECT count(*) FROM {table} WHERE {held_hash} IN (SELECT {row_hash(source, 'rows')} FROM rows)"
    )[0]
    share = shared / held
    if not shared:
        return []
    severity = Severity.NOTE
    if source.has_time:
        severity = Severity.BLOCK
    elif share > SHARED_ROWS:
        severity = Severity.WARN
    what = f"{shared:,} held-out rows ({share:.1%}) are exact copies of training rows"
    evidence: dict[str, float | str] = {"rows": float(shared), "share": share}
    return [Finding(CHECK, severity, what, where, "split again without copies", evidence)]


def _future(source: CheckSource, table: str) -> list[Finding]:
    if not source.has_time:
        return []
    later, start = source.one(
        f"SELECT count(*) FILTER (rows._t > held.start), any_value(held.start) "
        f"FROM rows, (SELECT min(_t) AS start FROM {table}) AS held"
    )
    share = later / source.rows if source.rows and start is not None else 0.0
    if not later:
        return []
    severity = Severity.BLOCK if share > SHARED_ROWS else Severity.WARN
    what = f"{later:,} training rows ({share:.1%}) are later than the first held-out row"
    evidence: dict[str, float | str] = {"rows": float(later), "share": share}
    hint = "split by time, so that the future does not teach the past"
    return [Finding(CHECK, severity, what, source.files[table].name, hint, evidence)]
