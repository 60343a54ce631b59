"""Is the label there in both classes, and does its rate hold over time?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

import math

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource
from adplat.domain import Finding, Severity

CHECK = "label rate"
FAR = 6.0  # standard errors: over a few hundred periods chance alone stays below this
_DAY_S = 86_400


def check_label_rate(source: CheckSource) -> Checked:
    """One class only blocks (for the first outcome); a period far off the overall rate warns."""
    findings: list[Finding] = []
    sections: list[Section] = []
    for number, (y, outcome) in enumerate(source.outcomes()):
        rows, positives = source.one(f"SELECT count({y}), coalesce(sum({y}), 0) FROM rows")
        if positives in (0, rows):
            what = f"all {rows:,} rows have the same {outcome!r}"
            severity = Severity.WARN if number else Severity.BLOCK
            hint = "a model needs both classes; check the label or take more rows"
            findings.append(Finding(CHECK, severity, what, "rows", hint))
            continue
        rate = float(positives) / rows
        periods = _periods(source, y)
        for name, period_rows, period_positives in periods:
            findings += _far_off(outcome, name, period_rows, period_positives, rate)
        table_rows = [("all", rows, int(positives), rate)]
        table_rows += [(name, n, p, p / n) for name, n, p in periods if n]
        sections.append(Section(f"rate of {outcome}", ("period (UTC)", "rows", "positives", "rate"), tuple(table_rows)))
    return Checked(tuple(findings), tuple(sections))


def _periods(source: CheckSource, y: str) -> list[tuple[str, int, int]]:
    """``(name, rows, positives)`` by day, by hour when the rows span less than three days."""
    if not source.has_time:
        return []
    first, last = source.one("SELECT min(_t), max(_t) FROM rows WHERE isfinite(_t)")
    if first is None or not 0 <= first <= last <= 253_402_300_799:
        return []
    form = "%Y-%m-%d" if last - first >= 3 * _DAY_S else "%Y-%m-%dT%H"
    return [
        (str(name), int(rows), int(positives))
        for name, rows, positives in source.query(
            f"SELECT strftime(make_timestamp((_t * 1000000)::BIGINT), '{form}') AS period, count({y}), "
            f"coalesce(sum({y}), 0) FROM rows WHERE isfinite(_t) GROUP BY 1 ORDER BY 1"
        )
    ]


def _far_off(outcome: str, period: str, rows: int, positives: int, rate: float) -> list[Finding]:
    if rows == 0 or rows * rate < 10:
        return []
    error = math.sqrt(rate * (1.0 - rate) / rows)
    distance = (positives / rows - rate) / error
    if abs(distance) <= FAR or 0.5 <= positives / rows / rate <= 2.0:
        return []
    what = f"{outcome!r} has a rate of {positives / rows:.4f} in {period}, overall {rate:.4f}"
    hint = "look for lost or doubled events in this period"
    evidence: dict[str, float | str] = {"period": period, "rate": positives / rows, "standard_errors": distance}
    return [Finding(CHECK, Severity.WARN, what, "rows", hint, evidence)]
