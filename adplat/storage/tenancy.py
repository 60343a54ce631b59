"""Whose rows are whose: every table has one rule here, and a table without one lets nobody in.

A viewer never sees a table itself, but its *shadow*: a common table expression of the same name in front of the
viewer's statement, with the rows that exist for this viewer. Databases take a name for the expression before they
take it for the table, wherever in the statement it stands: in joins, subqueries, aggregates, ``EXISTS``. What no
statement names otherwise than by that name cannot be seen otherwise; ``tenant_guard`` refuses those that try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, MetaData, Table, false, select
from sqlalchemy.sql.selectable import ForUpdateArg

from adplat.domain import InternalFault, Role, Viewer
from adplat.storage.people_tables import (
    AuditHeadRow,
    AuditRow,
    PasswordTryRow,
    UserAdvertiserRow,
    UserKeyRow,
    UserRow,
    UserSessionRow,
)
from adplat.storage.report_tables import ReportScheduleRow, ReportSendRow, SavedReportRow
from adplat.storage.tables import (
    AdRow,
    AdvertiserRow,
    ApiKeyRow,
    Base,
    BundleRow,
    CallerRow,
    CampaignDayRow,
    CampaignHourRow,
    CampaignRow,
    CampaignTotalRow,
    CreativeRow,
    DailyMetricRow,
    DeploymentRow,
    DraftMakingRow,
    DraftParentRow,
    DraftReviewRow,
    DraftRow,
    ExperimentResultRow,
    ExperimentRow,
    ForecastScoreRow,
    HourlyMetricRow,
    JobRow,
    KeptForecastRow,
    PlacementDayRow,
    ReleasedBreakdownRow,
    ReportZoneRow,
    StreamCoverageRow,
    WorkerRow,
)


@dataclass(frozen=True, slots=True)
class Owned:
    """A row belongs to the advertiser in ``column``; where that is NULL, to nobody, and staff alone sees it.

    ``refers`` names columns that are no foreign keys and yet name rows of other tables, where they are not empty.
    """

    column: str = "advertiser_id"
    refers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnedThrough:
    """A row belongs to whom the row of ``parent`` belongs whose ``key`` is in ``column``; no key: its primary one."""

    column: str
    parent: str
    key: str = ""


class Reach(StrEnum):
    """Of tables that belong to no advertiser: everybody reads them, whoever sees all advertisers, or admins alone."""

    SHARED = "shared"
    STAFF = "staff"
    ADMIN = "admin"


Rule = Owned | OwnedThrough | Reach

_RULES: dict[type[Base], Rule] = {
    AdvertiserRow: Owned(),
    CampaignRow: Owned(),
    AdRow: OwnedThrough("campaign_id", "campaigns"),
    CreativeRow: Owned(),
    HourlyMetricRow: Owned(),
    DailyMetricRow: Owned(),
    CampaignHourRow: Owned(),
    CampaignDayRow: Owned(),
    CampaignTotalRow: Owned(),
    PlacementDayRow: Owned(),
    ReleasedBreakdownRow: Owned(),
    ReportZoneRow: Reach.SHARED,
    SavedReportRow: Owned(),
    ReportScheduleRow: Owned(),
    ReportSendRow: OwnedThrough("schedule_id", "report_schedules"),
    ExperimentRow: Owned(),
    ExperimentResultRow: OwnedThrough("experiment_id", "experiments"),
    JobRow: Owned(),
    KeptForecastRow: Owned(refers={"campaign_id": "campaigns"}),
    ForecastScoreRow: OwnedThrough("forecast_id", "kept_forecasts"),
    DraftRow: Owned(refers={"campaign_id": "campaigns", "creative_id": "creatives"}),
    DraftMakingRow: OwnedThrough("draft_id", "drafts", key="draft_id"),
    DraftParentRow: OwnedThrough("draft_id", "drafts", key="draft_id"),
    DraftReviewRow: OwnedThrough("draft_id", "drafts", key="draft_id"),
    AuditRow: Owned(),
    StreamCoverageRow: Reach.SHARED,
    BundleRow: Reach.STAFF,
    DeploymentRow: Reach.STAFF,
    WorkerRow: Reach.STAFF,
    CallerRow: Reach.ADMIN,
    ApiKeyRow: Reach.ADMIN,
    UserRow: Reach.ADMIN,
    UserAdvertiserRow: Reach.ADMIN,
    UserSessionRow: Reach.ADMIN,
    UserKeyRow: Reach.ADMIN,
    PasswordTryRow: Reach.ADMIN,
    AuditHeadRow: Reach.ADMIN,
}
TENANCY: Mapping[str, Rule] = MappingProxyType({str(row.__tablename__): rule for row, rule in _RULES.items()})
"""The rule of every table, by its name."""

APPEND_ONLY = frozenset({"audit", "audit_head"})
"""What no viewer writes, whatever the role: ``audit_chain`` alone does."""

OWN_ROWS = "adplat_own_rows"
OWN_ROWS_ALONE = object()
"""The option, and its value, of an upsert that changes no row that is there but the viewer's (``upserts``)."""


def rule_of(name: str) -> Rule:
    """Raises InternalFault for a table of which nobody said whose it is."""
    rule = TENANCY.get(name)
    if rule is None:
        raise InternalFault(
            "nobody said whose rows these are",
            where=f"table {name}",
            hint="give it a rule in adplat/storage/tenancy.py",
        )
    return rule


def require_every_rule() -> None:
    """Raises InternalFault where some table has no rule."""
    for name in Base.metadata.tables:
        rule_of(name)


def narrowed_tables(viewer: Viewer) -> frozenset[str]:
    """Those that this viewer sees as a shadow, because some rows, or all, do not exist for it."""
    return frozenset(name for name, rule in TENANCY.items() if _narrows(rule, viewer))


def is_closed(name: str, viewer: Viewer) -> bool:
    """Whether no row of it exists for this viewer."""
    rule = rule_of(name)
    return isinstance(rule, Reach) and _narrows(rule, viewer)


def shadow(name: str, viewer: Viewer, schema: str, lock: ForUpdateArg | None) -> CTE:
    """The rows of a table that exist for this viewer, under its name.

    ``lock``: how the statement locks what it reads. PostgreSQL locks nothing through an expression by itself: the lock
    stands inside it, over all the viewer's rows of the table and in the order of their key, lest two of them wait for
    each other.
    """
    table = real_table(name, schema)
    wanted = select(table).where(owned(table, viewer, schema))
    if lock is None:
        return wanted.cte(name).prefix_with("NOT MATERIALIZED")
    locked = wanted.order_by(*key_columns(table)).with_for_update(
        nowait=lock.nowait, read=lock.read, skip_locked=lock.skip_locked, key_share=lock.key_share
    )
    return locked.cte(name)


def owned(table: Table, viewer: Viewer, schema: str) -> ColumnElement[bool]:
    """What is true of the rows that exist for this viewer; ``table`` is the one of ``real_table``, or its twin here."""
    rule = rule_of(table.name)
    if isinstance(rule, Reach) or viewer.advertisers is None:
        return false()
    if isinstance(rule, Owned):
        return table.c[rule.column].in_(sorted(viewer.advertisers))
    parent = real_table(rule.parent, schema)
    key = parent.c[rule.key] if rule.key else key_columns(parent)[0]
    return table.c[rule.column].in_(select(key).where(owned(parent, viewer, schema)))


def key_columns(table: Table) -> list[Column[Any]]:
    """Its primary key."""
    return list(table.primary_key.columns)


def real_table(name: str, schema: str) -> Table:
    """The table itself, named so that no shadow hides it."""
    return _real_tables(schema)[name]


@lru_cache(maxsize=8)
def _real_tables(schema: str) -> Mapping[str, Table]:
    metadata = MetaData(schema=schema)
    return {
        table.name: Table(
            table.name,
            metadata,
            *(Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns),
        )
        for table in Base.metadata.sorted_tables
    }


def _narrows(rule: Rule, viewer: Viewer) -> bool:
    is_scoped = viewer.advertisers is not None
    if rule is Reach.ADMIN:
        return is_scoped or viewer.role is not Role.ADMIN
    return is_scoped and rule is not Reach.SHARED
