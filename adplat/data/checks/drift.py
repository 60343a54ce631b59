"""Do the features look the same early and late?

Population stability index, ``PSI = Σ (late − early) · ln(late / early)`` over bins: the tenths of the early part
for numbers, the 50 most frequent early values and the rest for categories, missing as a bin of its
own. The usual reading: below 0.1 stable, above 0.25 another population. (Siddiqi 2006, ch. 5)
"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

import math
from collections.abc import Sequence

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource
from adplat.domain import FeatureKind, Finding, Severity

CHECK = "drift"
SHIFTED = 0.25
_FLOOR = 1e-4
_TOP = 50
_TWO_WEEKS_S = 14 * 86_400


def check_drift(source: CheckSource) -> Checked:
    """Warn for every feature whose two halves differ by a PSI above 0.25 and well above chance."""
    if source.has_time:
        early = f"_t < {_finite(source.one('SELECT quantile_cont(_t, 0.5) FROM facts WHERE isfinite(_t)')[0])}"
    else:
        early = f"_row < {source.rows // 2}"
    before, after = source.one(f"SELECT count(*) FILTER ({early}), count(*) FILTER (NOT ({early})) FROM facts")
    if not before or not after:
        return Checked()
    span = source.one("SELECT max(_t) - min(_t) FROM facts")[0] if source.has_time else math.inf
    findings, table_rows = [], []
    for alias, feature in source.facts:
        numeric = feature.kind is FeatureKind.NUMERIC
        bins = _numeric_bins(source, alias, early) if numeric else _category_bins(source, alias, early)
        psi = stability_index([low for low, _ in bins], [high for _, high in bins])
        # With k bins and no change at all, PSI is about (k − 1)(1/n + 1/m) by chance.
        by_chance = (len(bins) - 1) * (1.0 / before + 1.0 / after)
        table_rows.append((feature.name, psi, by_chance))
        # The halves of less than two weeks hold different weekdays; that is the calendar, not drift.
        calendar = "weekday" in feature.columns and span < _TWO_WEEKS_S
        if psi > SHIFTED and psi > 3.0 * by_chance and not calendar:
            what = f"feature {feature.name!r} differs between the first and second half (PSI {psi:.2f})"
            hint = "train on recent rows, or leave out what only grows with time"
            findings.append(Finding(CHECK, Severity.WARN, what, feature.table or "rows", hint, {"psi": psi}))
    halves = "in time" if source.has_time else "in file order"
    section = Section(f"drift between the halves {halves}", ("feature", "PSI", "by chance"), tuple(table_rows))
    return Checked(tuple(findings), (section,) if table_rows else ())


def stability_index(early: Sequence[int], late: Sequence[int]) -> float:
    """PSI of two histograms over the same bins; empty bins count as a share of 0.0001."""
    before, after = sum(early), sum(late)
    total = 0.0
    for low, high in zip(early, late, strict=True):
        p, q = max(low / before, _FLOOR), max(high / after, _FLOOR)
        total += (q - p) * math.log(q / p)
    return total


def _numeric_bins(source: CheckSource, alias: str, early: str) -> list[tuple[int, int]]:
    tenths = source.one(
        f"SELECT quantile_disc({alias}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) "
        f"FROM facts WHERE {early} AND isfinite({alias})"
    )[0]
    edges = sorted({float(edge) for edge in tenths or []})
    cell = " + ".join([f"({alias} > {edge!r})::INTEGER" for edge in edges]) or "0"
    return _counts(source, f"CASE WHEN {alias} IS NULL OR isnan({alias}) THEN -1 ELSE {cell} END", early)


def _category_bins(source: CheckSource, alias: str, early: str) -> list[tuple[int, int]]:
    ranked = (
        f"SELECT {alias} AS k FROM facts WHERE {early} AND {alias} IS NOT NULL "
        f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {_TOP}"
    )
    cell = f"CASE WHEN {alias} IS NULL THEN '-' WHEN {alias} IN ({ranked}) THEN 'v' || {alias} ELSE '+' END"
    return _counts(source, cell, early)


def _counts(source: CheckSource, cell: str, early: str) -> list[tuple[int, int]]:
    return [
        (int(before), int(after))
        for before, after in source.query(
            f"SELECT count(*) FILTER ({early}), count(*) FILTER (NOT ({early})) "
            f"FROM (SELECT *, {cell} AS cell FROM facts) GROUP BY cell ORDER BY cell"
        )
    ]


def _finite(value: float | None) -> str:
    return repr(float(value)) if value is not None else "NULL"
