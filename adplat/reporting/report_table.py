"""A report as a table to take away: cells of known units, and facts that make every figure traceable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adplat.domain import MICROS_PER_UNIT, MetricUnit

ReportCell = str | int | float | None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``unit`` is ``None`` for a column of texts; ``micros`` stand in cells as micros, and in files as whole units."""

    name: str
    label: str
    unit: MetricUnit | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """``facts`` tell who asked what and when, by label; ``totals`` are rows like the others, shown apart."""

    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[ReportCell, ...], ...]
    totals: tuple[tuple[ReportCell, ...], ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def in_units(cell: ReportCell, unit: MetricUnit | None) -> ReportCell:
    """The cell as a file tells it: money in units of its currency, exact to the micro."""
    if unit is MetricUnit.MICROS and isinstance(cell, int | float):
        return cell / MICROS_PER_UNIT
    return cell
