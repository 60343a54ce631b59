"""Why a report has no rows: ids under its conditions that nobody has, and when something was last counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from adplat.domain import Breakdown, Comparison, Dimension, Report
from adplat.flows.report_parts import ReportParts


@dataclass(frozen=True, slots=True)
class WhyNothing:
    """Of a report without rows; of one that has some it says nothing.

    ``unknown_ids``: by dimension, ids that conditions name and nothing has that the viewer sees: whether another one's
    has it is not told. Metrics may still know them, when rows are there: the catalogue may have lost them.
    ``last_counted_day``: the last day of UTC with anything counted that the viewer sees, whatever the conditions;
    ``None``: there is no such day.
    """

    unknown_ids: Mapping[str, tuple[str, ...]]
    last_counted_day: date | None

    def document(self) -> dict[str, Any]:
        """Its fields of the report's document."""
        return {"unknown_ids": self.unknown_ids, "last_counted_day": self.last_counted_day}


def why_nothing(parts: ReportParts, told: Report | Breakdown) -> WhyNothing:
    """Asks nothing of a report that has rows."""
    if told.rows:
        return WhyNothing({}, None)
    unknown: dict[str, tuple[str, ...]] = {}
    for one in told.question.conditions:
        dimension = Dimension(one.field)
        if one.comparison is Comparison.IS and dimension is not Dimension.PLACEMENT:
            known = parts.names(dimension, set(one.values))
            absent = tuple(value for value in one.values if value not in known)
            if absent:
                unknown[one.field] = unknown.get(one.field, ()) + absent
    return WhyNothing(unknown, parts.last_counted(date.max, ""))
