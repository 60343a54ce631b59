"""``/v1/reports``: what campaigns brought, by dimension or by attributes of users, and as files to take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from adplat.domain import (
    BreakdownQuestion,
    CountedUsers,
    Dimension,
    NotPermitted,
    ReportFile,
    ReportQuestion,
    Right,
    report_conditions,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.ask_report import found_breakdown, found_report, named, table_of
from adplat.flows.describe_delivery import delivery_document, standing_document
from adplat.flows.describe_report import (
    MEDIA_TYPES,
    breakdown_document,
    file_name,
    report_document,
    report_file,
)
from adplat.flows.export_report import record_export
from adplat.flows.report_delivery import creative_leaderboard, report_delivery, too_little
from adplat.flows.why_nothing import why_nothing
from adplat.reporting import ReportTable
from services.admin.asking import Asker, Asking, a_place_in, door_of, is_from_elsewhere
from services.admin.lists import Listed
from services.admin.problems import responses
from services.admin.report_rows import RowCursor, Rows, page_of_rows
from services.admin.report_schemas import BreakdownOut, DeliveriesOut, ReportOut, StandingsOut

router = APIRouter(prefix="/v1/reports", tags=["reports"])
Made = TypeVar("Made")
USUAL_ROWS = 500

FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {name.partition(";")[0]: {"schema": {"type": "string"}} for name in MEDIA_TYPES.values()},
    }
}
Since = Annotated[date, Query(description="the first day, such as 2026-03-01")]
Until = Annotated[date, Query(description="the day before which it ends")]
Attribute = Annotated[str, Query(min_length=1, max_length=128, description="an attribute of users, such as device")]
Counted = Annotated[CountedUsers, Query(description="who must be many: who was shown it, or who acted")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every report is asked by."""

    since: date
    until: date
    by: tuple[Dimension, ...]
    filters: tuple[str, ...]
    metrics: tuple[str, ...]

    def question(self, time_zone: str) -> ReportQuestion:
        """Raises ConfigRejected."""
        return ReportQuestion(self.since, self.until, self.by, time_zone, report_conditions(self.filters))

    def by_attribute(self, attribute: str, counted: CountedUsers) -> BreakdownQuestion:
        """Raises ConfigRejected."""
        conditions = report_conditions(self.filters)
        return BreakdownQuestion(attribute, self.since, self.until, self.by, conditions, counted)


def wanted_report(
    since: Since,
    until: Until,
    by: Annotated[list[Dimension], Query(description="what rows are told apart by; again for another")] = [],  # noqa: B006 - FastAPI copies it - FastAPI copies it
    filter_: Annotated[
        list[str], Query(alias="filter", description="FIELD OP VALUE, such as campaign=k1|k2; again for another")
    ] = [],  # noqa: B006 - the same
    metric: Annotated[list[str], Query(description="such as ctr; again for another; none: all but win_rate")] = [],  # noqa: B006
) -> Wanted:
    """Of the query."""
    return Wanted(since, until, tuple(by), tuple(filter_), tuple(metric))


Asked = Annotated[Wanted, Depends(wanted_report)]
TimeZone = Annotated[str, Query(max_length=64, description="whose days they are, such as Asia/Shanghai")]


@router.get("", responses=responses(), response_model=ReportOut)
def read_report(
    request: Request,
    asker: Asking,
    wanted: Asked,
    time_zone: TimeZone = "UTC",
    limit: Rows = USUAL_ROWS,
    cursor: RowCursor = "",
) -> Response:
    """What was counted, added up, page by page; money in micros."""
    parts = asker.may(Right.SEE_REPORTS)
    question = wanted.question(time_zone)

    def made() -> Response:
        seen = parts.reports()
        found, metrics = found_report(seen, replace(question, with_names=False), wanted.metrics)
        shown, following = page_of_rows(found, limit, cursor)
        return _json(
            report_document(named(seen, shown), metrics) | why_nothing(seen, found).document() | {"next": following}
        )

    return in_turn(request, made)


@router.get("/breakdown", responses=responses(), response_model=BreakdownOut)
def read_breakdown(
    request: Request,
    asker: Asking,
    wanted: Asked,
    attribute: Attribute,
    counted: Counted = CountedUsers.SHOWN,
    limit: Rows = USUAL_ROWS,
    cursor: RowCursor = "",
) -> Response:
    """By an attribute of users: no row, and no difference of rows of any two answers, stands for a few of them."""
    parts = asker.may(Right.SEE_REPORTS)
    question = wanted.by_attribute(attribute, counted)
    require_asked_here(request, asker)

    def made() -> Response:
        seen = parts.reports()
        found, metrics = found_breakdown(seen, question, wanted.metrics)
        shown, following = page_of_rows(found, limit, cursor)
        return _json(breakdown_document(shown, metrics) | why_nothing(seen, found).document() | {"next": following})

    return in_turn(request, made)


@router.get("/files/{kind}", responses=responses() | FILES, response_class=Response)
def take_report(
    kind: ReportFile,
    request: Request,
    asker: Asking,
    wanted: Asked,
    time_zone: TimeZone = "UTC",
    attribute: Annotated[str, Query(max_length=128, description="empty: by dimensions alone")] = "",
    counted: Counted = CountedUsers.SHOWN,
) -> Response:
    """All of it as a file, with who asked what and when; who took it stands in the audit trail."""
    seen = asker.may(Right.EXPORT_REPORTS)
    cut = wanted.by_attribute(attribute, counted) if attribute else None
    question = wanted.question(time_zone)
    if cut is not None:
        require_asked_here(request, asker)

    def made() -> ReportTable:
        parts = seen.reports()
        if cut is not None:
            return table_of(parts, found_breakdown(parts, cut, wanted.metrics, time_zone))
        return table_of(parts, found_report(parts, question, wanted.metrics))

    return taken(request, seen, made, kind, question, "report")


def taken(
    request: Request,
    seen: SeenParts,
    made: Callable[[], ReportTable],
    kind: ReportFile,
    question: ReportQuestion | BreakdownQuestion,
    subject: str,
    advertiser_id: str | None = None,
) -> Response:
    """A file to take away, once the audit trail tells of it."""
    table, content = in_turn(request, lambda: (table := made(), report_file(table, kind)))
    record_export(seen, table, content, kind, subject, advertiser_id)
    told = {"content-disposition": f'attachment; filename="{file_name(question, kind)}"'}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=told)


@router.get("/delivery", responses=responses(), response_model=DeliveriesOut)
def read_delivery(request: Request, asker: Asking, wanted: Listed) -> Response:
    """Booked, spent, expected by now and projected, of campaigns; filtered and ordered as they are."""
    seen = asker.may(Right.SEE_REPORTS)

    def made() -> Response:
        shown = seen.catalogue.campaign_page(wanted)
        found = report_delivery(seen.report, seen.campaign_totals, shown.items, seen.clock.now())
        return _json({"campaigns": [delivery_document(one) for one in found], "next": shown.next or None})

    return in_turn(request, made)


@router.get("/creatives/{campaign_id}", responses=responses(404), response_model=StandingsOut)
def read_standings(campaign_id: str, request: Request, asker: Asking, since: Since, until: Until) -> Response:
    """A campaign's creatives with intervals, how likely each is the best, and whether it tires; days of UTC."""
    seen = asker.may(Right.SEE_REPORTS)
    seen.edits.campaign(campaign_id)

    def made() -> Response:
        found = creative_leaderboard(seen.reports().breakdown.report, campaign_id, since, until)
        told = [standing_document(one) for one in found]
        return _json({"campaign": campaign_id, "too_little": too_little(found) or None, "creatives": told})

    return in_turn(request, made)


def require_asked_here(request: Request, asker: Asker) -> None:
    """What is told of users by attribute is remembered for ever: no link of another site asks in somebody's name.

    A key is sent by no link. Raises NotPermitted.
    """
    if asker.secret and is_from_elsewhere(request):
        raise NotPermitted("another site sent this", where="origin", hint="ask on the page of breakdowns")


def in_turn(request: Request, made: Callable[[], Made]) -> Made:
    """A few reports at once are added up and written. Raises Refused where no turn comes."""
    with a_place_in(door_of(request).reporting):
        return made()


def _json(document: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
