"""The page of reports: a plain form, totals beside those of the days before, days drawn, rows, and all as files."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    REPORT_METRICS,
    ConfigRejected,
    Dimension,
    InputError,
    Report,
    ReportFile,
    ReportQuestion,
    Right,
    dimensions_named,
    metrics_named,
    report_conditions,
)
from adplat.domain.report_days import report_zone
from adplat.domain.reports import FILTERS
from adplat.flows.ask_report import Metrics, asked_now, found_report
from adplat.flows.describe_report import report_facts
from adplat.flows.report_parts import ReportParts
from adplat.flows.why_nothing import why_nothing
from adplat.reporting.report_files import MOST_ROWS_OF_PDF
from services.admin.asking import Asker
from services.admin.filters import Asked, Field, Filters, day, one_of
from services.admin.pages import Browsing
from services.admin.rendering import language_asked, page
from services.admin.report_view import day_chart, days_of, in_order, line_of, nothing_told, tiles_of
from services.admin.reports_api import in_turn
from services.admin.wording import words_in

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 200
USUAL_DAYS = 7
SHOWN_METRICS = ("impressions", "clicks", "conversions", "spend", "value", "ctr", "cvr", "cpc", "cpa", "roas")
_FIELDS = 2  # for dimensions and for conditions; an address may name more
DIMENSIONS = {one.value: one.value for one in Dimension}
METRICS = {one: one for one in REPORT_METRICS}


def _condition(told: str, _: Asker) -> str:
    return ReportQuestion(date(2026, 1, 1), date(2026, 1, 2), conditions=report_conditions([told])).conditions[0].text


CONDITIONS = Field(
    "filter", "condition", "filter_may_condition", _condition, {one.value: "" for one in FILTERS}, many=True,
    longest=2000, withholds=True,
)  # fmt: skip
METRIC = one_of("metric", "report_metrics", METRICS, many=True)
QUESTION = Filters(
    (
        day("since", "report_since"),
        day("until", "report_until"),
        one_of("by", "report_by", DIMENSIONS, many=True),
        Field("time_zone", "time_zone", "filter_may_zone", lambda told, _: report_zone(told).key),
        CONDITIONS,
        METRIC,
        Field("order", "gallery_order", "filter_may_column", lambda told, _: told),
        one_of("chart", "report_chart_of", METRICS),
    ),
    places=(),
)


@router.get("/reports")
def reports(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(QUESTION.asked)]) -> Response:
    """Of the last days by day, where nothing else is asked for; nothing where a condition is not understood."""
    parts = asker.may(Right.SEE_REPORTS)
    today = parts.clock.now().astimezone(UTC).date()
    chosen, by = asked.chosen, asked.values["by"]
    told: dict[str, Any] = {
        "since": chosen["since"] or str(today - timedelta(days=USUAL_DAYS - 1)),
        "until": chosen["until"] or str(today + timedelta(days=1)),
        "by": by if chosen["since"] or by else ["day"],
        "time_zone": chosen["time_zone"] or "UTC",
        "filter": asked.values["filter"],
        "metric": asked.values["metric"],
    }
    if chosen["order"].removeprefix("-") not in {"", *told["by"], *REPORT_METRICS}:
        asked.miss("order")
    order, chart = asked.chosen["order"], chosen["chart"]
    facts: dict[str, Any] = {
        "told": told,
        "dimensions": [one.value for one in Dimension],
        "fields": _fields(told | {"filter": [*told["filter"], *asked.unread("filter")]}),
        "chart": chart,
        "order": order,
        "metrics": [REPORT_METRICS[name] for name in SHOWN_METRICS],
        "query": urlencode(told, doseq=True),
    }
    language = language_asked(request)
    if asked.is_withheld:
        return page(request, "reports.html", asker, status=422, asked=asked, shown=None, **facts)

    def made() -> dict[str, Any]:
        question = asked_question(told)
        seen = parts.reports()
        found, metrics = found_report(seen, question, told["metric"] or SHOWN_METRICS)
        return _shown(seen, found, metrics, told, order, chart, language)

    try:
        shown = in_turn(request, made)
    except InputError as error:
        return page(request, "reports.html", asker, error=error, asked=asked, shown=None, **facts)
    return page(request, "reports.html", asker, asked=asked, shown=shown, **facts)


def _shown(
    seen: ReportParts, found: Report, metrics: Metrics, told: dict[str, Any], order: str, chart: str, language: str
) -> dict[str, Any]:
    say = words_in(language)
    rows = in_order(found, order)
    days = days_of(seen.breakdown.report, found) if found.rows else None
    spent = any(sums.spend_micros for sums in found.totals.values())
    drawn = metrics_named([chart or ("spend" if spent else "impressions")])[0]
    return {
        "metrics": metrics,
        "lines": [line_of(found, row.keys, row.currency, row.sums, metrics) for row in rows[:MOST_SHOWN]],
        "totals": [line_of(found, (), currency, sums, metrics) for currency, sums in found.totals.items()],
        "tiles": tiles_of(found, days, metrics, say, language),
        "before": _before(found.question) if days is not None and days.before is not None else None,
        "drawn": drawn,
        "chart": day_chart(days, drawn, say, language),
        "days": [line_of(found, (), currency, sums, (drawn,)) for (_, currency), sums in sorted(days.now.items())]
        if days
        else [],
        "day_names": [day for day, _ in sorted(days.now)] if days else [],
        "more": max(len(rows) - MOST_SHOWN, 0),
        "nothing": nothing_told(why_nothing(seen, found), found.question, say),
        "facts": report_facts(found, asked_now(seen)),
        "files": [
            (kind.value, f"/v1/reports/files/{kind.value}?{urlencode(told, doseq=True)}")
            for kind in ReportFile
            if kind is not ReportFile.PDF or len(rows) <= MOST_ROWS_OF_PDF
        ],
    }


def _before(question: ReportQuestion) -> tuple[date, date]:
    """As many days, the last of them the one before the first."""
    return question.since - timedelta(days=question.days), question.since - timedelta(days=1)


def asked_question(told: dict[str, Any]) -> ReportQuestion:
    """What the fields say. Raises ConfigRejected."""
    return ReportQuestion(
        day_told(told["since"], "since"),
        day_told(told["until"], "until"),
        dimensions_named(told["by"]),
        told["time_zone"],
        report_conditions(told["filter"]),
    )


def _fields(told: dict[str, Any]) -> dict[str, list[str]]:
    """What each field of the form holds: some for what may be asked besides."""
    return {name: [*told[name], *[""] * max(_FIELDS - len(told[name]), 0)] for name in ("by", "filter")}


def day_told(text: str, where: str) -> date:
    """Raises ConfigRejected."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(f"{text[:32]!r} is no day", where=where, hint="write it as 2026-03-01") from None
