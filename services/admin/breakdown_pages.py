"""The page of reports by an attribute of users: groups of many people, and one line for all others.

What is told is remembered for ever, so the question is asked by who sits here: a link of another site fills the form
and asks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from adplat.domain import (
    REPORT_METRICS,
    Breakdown,
    BreakdownQuestion,
    BreakdownRow,
    Comparison,
    Condition,
    CountedUsers,
    Dimension,
    InputError,
    ReportFile,
    Right,
    dimensions_named,
    report_conditions,
)
from adplat.flows.ask_report import Metrics, asked_now, found_breakdown
from adplat.flows.describe_report import breakdown_facts
from adplat.flows.report_parts import ReportParts
from adplat.flows.why_nothing import why_nothing
from adplat.reporting.report_files import MOST_ROWS_OF_PDF
from adplat.statistics import metric_interval
from services.admin import charts
from services.admin.asking import is_from_elsewhere
from services.admin.filters import Asked, Filters, day, one_of, text
from services.admin.pages import Browsing
from services.admin.rendering import language_asked, page
from services.admin.report_pages import CONDITIONS, DIMENSIONS, METRIC, day_told
from services.admin.report_view import address, cell, nothing_told
from services.admin.reports_api import in_turn
from services.admin.wording import Say, words_in

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 200
_USUAL_DAYS, _SETTLED_DAYS, _MOST_DRAWN = 28, 3, 20
QUESTION = Filters(
    (
        day("since", "report_since"),
        day("until", "report_until"),
        text("attribute", "report_attribute"),
        one_of("by", "report_by", DIMENSIONS, many=True),
        CONDITIONS,
        METRIC,
        one_of("counted", "report_counted", {one.value: f"report_counted_{one.value}" for one in CountedUsers}),
    ),
    places=(),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row; ``value`` is ``None`` for all others, ``href`` leads to the days that it is a part of."""

    keys: tuple[tuple[str, str], ...]
    value: str | None
    currency: str
    cells: tuple[str, ...]
    href: str


@router.get("/reports/breakdown")
def breakdown(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(QUESTION.asked)]) -> Response:
    """The form; and the rows, where an attribute is asked for from here and every condition is understood."""
    parts = asker.may(Right.SEE_REPORTS)
    settled = parts.clock.now().astimezone(UTC).date() - timedelta(days=_SETTLED_DAYS)
    told: dict[str, Any] = {
        "since": asked.chosen["since"] or str(settled - timedelta(days=_USUAL_DAYS)),
        "until": asked.chosen["until"] or str(settled),
        "attribute": asked.chosen["attribute"],
        "by": asked.values["by"],
        "filter": asked.values["filter"],
        "metric": asked.values["metric"],
        "counted": asked.chosen["counted"] or CountedUsers.SHOWN.value,
    }
    status = 422 if asked.is_withheld else 200
    elsewhere = is_from_elsewhere(request)
    say = words_in(language_asked(request))
    facts: dict[str, Any] = {
        "told": told,
        "kinds": list(CountedUsers),
        "query": urlencode(told, doseq=True),
        "condition": "".join([*told["filter"], *asked.unread("filter")][:1]),
        "elsewhere": elsewhere and bool(told["attribute"]),
    }

    def made() -> dict[str, Any]:
        seen = parts.reports()
        answer: dict[str, Any] = {"attributes": list(seen.attributes()), "shown": None}
        if told["attribute"] and not elsewhere and status == 200:
            found, metrics = found_breakdown(seen, _question(told), told["metric"])
            answer["shown"] = _shown(seen, found, metrics, told, say)
        return answer

    try:
        facts |= in_turn(request, made)
    except InputError as error:
        nothing: dict[str, Any] = {"shown": None, "attributes": []}
        return page(request, "breakdown.html", asker, error=error, asked=asked, **nothing, **facts)
    return page(request, "breakdown.html", asker, status=status, asked=asked, **facts)


def _question(told: dict[str, Any]) -> BreakdownQuestion:
    return BreakdownQuestion(
        told["attribute"],
        day_told(told["since"], "since"),
        day_told(told["until"], "until"),
        dimensions_named(told["by"]),
        report_conditions(told["filter"]),
        CountedUsers(told["counted"]),
    )


def _shown(seen: ReportParts, found: Breakdown, metrics: Metrics, told: dict[str, Any], say: Say) -> dict[str, Any]:
    totals = [(currency, [cell(metric, sums) for metric in metrics]) for currency, sums in sorted(found.totals.items())]
    return {
        "metrics": metrics,
        "lines": [_line(found, row, metrics) for row in found.rows[:MOST_SHOWN]],
        "totals": totals,
        "more": max(len(found.rows) - MOST_SHOWN, 0),
        "chart": _chart(found, say),
        "least": found.least_users,
        "to_come": found.days_to_come,
        "nothing": nothing_told(why_nothing(seen, found), found.question, say),
        "facts": breakdown_facts(found, asked_now(seen)),
        "files": [
            (kind.value, f"/v1/reports/files/{kind.value}?{urlencode(told, doseq=True)}")
            for kind in ReportFile
            if kind is not ReportFile.PDF or len(found.rows) <= MOST_ROWS_OF_PDF
        ],
    }


def _line(found: Breakdown, row: BreakdownRow, metrics: Metrics) -> Line:
    question = found.question
    names = [found.labels.get(one.value, {}) for one in question.dimensions]
    keys = tuple((names[place].get(key, ""), key) for place, key in enumerate(row.keys))
    pinned = dict(zip(question.dimensions, row.keys, strict=True))
    since, until = question.since, question.until
    if Dimension.DAY in pinned:
        since = day_told(pinned.pop(Dimension.DAY), "day")
        until = since + timedelta(days=1)
    told = [one.text for one in question.conditions if one.field not in {name.value for name in pinned}]
    told += [Condition(one.value, Comparison.IS, (key,)).text for one, key in pinned.items()]
    href = address("/reports", since, until, ["day"], "UTC", told)
    return Line(keys, row.value, row.currency, tuple(cell(metric, row.sums) for metric in metrics), href)


def _chart(found: Breakdown, say: Say) -> Markup:
    """Click rates with their intervals, where rows are told apart by the attribute alone."""
    ctr = REPORT_METRICS["ctr"]
    rows = []
    for row in found.rows[:_MOST_DRAWN]:
        interval = metric_interval(ctr, row.sums)
        if not found.question.dimensions and interval is not None:
            name = say("report_all_others") if row.value is None else row.value or "–"
            rows.append({"name": name, "value": interval.value, "low": interval.low, "high": interval.high})
    if len(rows) < 2 or len({row.currency for row in found.rows}) > 1:
        return Markup("")
    x = charts.Axis("value", say("ctr"), form=".2%", from_zero=False)
    words = f"{say('ctr')}, {found.question.attribute}"
    return charts.intervals(rows, charts.Axis("name", found.question.attribute, "N"), x, "low", "high", words)
