"""What a quality check found, for a person (text) and for a program (JSON)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adplat.domain import Finding, Severity

Cell = str | int | float | None
MOST_ROWS_SHOWN = 14
_MARKS = {Severity.BLOCK: "BLOCK", Severity.WARN: "warn ", Severity.NOTE: "note "}
_ORDER = (Severity.BLOCK, Severity.WARN, Severity.NOTE)


@dataclass(frozen=True)
class Section:
    """One small table of the report: figures behind the findings."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Checked:
    """What one check adds to the report."""

    findings: tuple[Finding, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class CheckReport:
    """All findings about one folder, worst first. ``kind`` is ``table`` or ``world``."""

    folder: str
    kind: str
    rows: int
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...] = field(default=())

    @property
    def passes(self) -> bool:
        """Whether nothing was found that would spoil a model made from this folder."""
        return all(finding.severity is not Severity.BLOCK for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "folder": self.folder,
            "kind": self.kind,
            "rows": self.rows,
            "passes": self.passes,
            "findings": [
                {
                    "check": finding.check,
                    "severity": finding.severity.value,
                    "what": finding.what,
                    "where": finding.where,
                    "hint": finding.hint,
                    "evidence": dict(finding.evidence),
                }
                for finding in self.findings
            ],
            "sections": [
                {
                    "title": section.title,
                    "columns": list(section.columns),
                    "rows": [list(row) for row in section.rows],
                }
                for section in self.sections
            ],
        }


def report_of(folder: str, kind: str, rows: int, parts: list[Checked]) -> CheckReport:
    """Put the parts together, findings worst first, otherwise in the order of the checks."""
    findings = [finding for part in parts for finding in part.findings]
    findings.sort(key=lambda finding: _ORDER.index(finding.severity))
    sections = tuple(section for part in parts for section in part.sections)
    return CheckReport(folder, kind, rows, tuple(findings), sections)


def render_check_text(report: CheckReport) -> str:
    """The report as plain text: verdict, findings, then the tables (long ones shortened in the middle)."""
    counts = [
        f"{sum(finding.severity is severity for finding in report.findings)} {severity.value}" for severity in _ORDER
    ]
    verdict = "passes" if report.passes else "does not pass"
    lines = [f"{report.folder}: {report.rows:,} rows, {verdict} ({', '.join(counts)})"]
    for finding in report.findings:
        place = f" [{finding.where}]" if finding.where else ""
        lines.append(f"  {_MARKS[finding.severity]} {finding.check}: {finding.what}{place}")
        if finding.hint:
            lines.append(f"        → {finding.hint}")
    for section in report.sections:
        lines += ["", section.title, *_table(section)]
    return "\n".join(lines)


def _table(section: Section) -> list[str]:
    rows = [[_text(cell) for cell in row] for row in section.rows]
    if len(rows) > MOST_ROWS_SHOWN:
        half = MOST_ROWS_SHOWN // 2
        rows = [*rows[:half], ["…"] * len(section.columns), *rows[-half:]]
    table = [list(section.columns), *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(section.columns))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    ]


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.4g}"
    return f"{cell:,}" if isinstance(cell, int) else cell
