"""The page of reports: a plain form, the rows with their totals, and links to the same as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from adplat.domain import (
    ConfigRejected,
    Dimension,
    InputError,
    MetricSums,
    MetricUnit,
    Report,
    ReportFile,
    ReportMetric,
    ReportQuestion,
    Right,
    condition_from,
    dimensions_named,
)
from adplat.flows.ask_report import Metrics, found_report
from adplat.reporting import in_units
from adplat.reporting.report_files import MOST_ROWS_OF_PDF
from services.admin.pages import Browsing
from services.admin.problems import of_error
from services.admin.rendering import page
from services.admin.reports_api import in_turn

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 200
USUAL_DAYS = 7
SHOWN_METRICS = ("impressions", "clicks", "conversions", "spend", "value", "ctr", "cvr", "cpc", "cpa", "roas")
_FIELDS = 2  # for dimensions and for conditions; an address may name more

Many = Annotated[list[str], Query()]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: names of ``keys`` with their ids, where they have names."""

    keys: tuple[tuple[str, str], ...]
    currency: str
    cells: tuple[str, ...]


@router.get("/reports")
def reports(
    request: Request,
    asker: Browsing,
    since: str = "",
    until: str = "",
    by: Many = [],  # noqa: B006 - FastAPI copies it
    time_zone: str = "",
    filter: Many = [],  # noqa: B006 - as the API calls it
) -> Response:
    """Of the last days by day, where nothing else is asked for."""
    parts = asker.may(Right.SEE_REPORTS)
    today = parts.clock.now().astimezone(UTC).date()
    told: dict[str, Any] = {
        "since": since or str(today - timedelta(days=USUAL_DAYS - 1)),
        "until": until or str(today + timedelta(days=1)),
        "by": _filled(by) if since or by else ["day"],
        "time_zone": time_zone.strip() or "UTC",
        "filter": _filled(filter),
    }
    facts: dict[str, Any] = {"told": told, "dimensions": [one.value for one in Dimension], "fields": _fields(told)}
    try:
        question = ReportQuestion(
            _day(told["since"], "since"),
            _day(told["until"], "until"),
            dimensions_named(told["by"]),
            told["time_zone"],
            tuple(condition_from(one) for one in told["filter"]),
        )
        found, metrics = in_turn(request, lambda: found_report(parts.reports(), question, SHOWN_METRICS))
    except InputError as error:
        status, what, where, hint = of_error(error)
        trouble = {"what": what, "where": where, "hint": hint}
        return page(request, "reports.html", asker, status=status, shown=None, trouble_told=trouble, **facts)
    shown = {
        "metrics": metrics,
        "lines": [_line(found, row.keys, row.currency, row.sums, metrics) for row in found.rows[:MOST_SHOWN]],
        "totals": [_line(found, (), currency, sums, metrics) for currency, sums in found.totals.items()],
        "more": max(len(found.rows) - MOST_SHOWN, 0),
        "covered_to": found.covered_to,
        "files": [
            (kind.value, f"/v1/reports/files/{kind.value}?{urlencode(told, doseq=True)}")
            for kind in ReportFile
            if kind is not ReportFile.PDF or len(found.rows) <= MOST_ROWS_OF_PDF
        ],
    }
    return page(request, "reports.html", asker, shown=shown, trouble_told=None, **facts)


def _filled(told: Iterable[str]) -> list[str]:
    return [one.strip() for one in told if one.strip()]


def _fields(told: dict[str, Any]) -> dict[str, list[str]]:
    """What each field of the form holds: some for what may be asked besides."""
    return {name: [*told[name], *[""] * max(_FIELDS - len(told[name]), 0)] for name in ("by", "filter")}


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(f"{text[:32]!r} is no day", where=where, hint="write it as 2026-03-01") from None


def _line(report: Report, keys: Sequence[str], currency: str, sums: MetricSums, metrics: Metrics) -> Line:
    names = [report.labels.get(one.value, {}) for one in report.question.dimensions]
    named = tuple((names[place].get(key, ""), key) for place, key in enumerate(keys))
    return Line(named, currency, tuple(_cell(metric, sums) for metric in metrics))


def _cell(metric: ReportMetric, sums: MetricSums) -> str:
    value = in_units(metric.of(sums), metric.unit)
    if value is None:
        return "–"
    forms = {MetricUnit.COUNT: ",", MetricUnit.SHARE: ".2%", MetricUnit.MICROS: ",.2f", MetricUnit.RATIO: ".2f"}
    return format(value, forms[metric.unit])
