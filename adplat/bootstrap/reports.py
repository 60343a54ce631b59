"""Reports, as a viewer sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import actor, clock
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_bundles, open_database, seen_by
from adplat.domain import Progress

if TYPE_CHECKING:
    from adplat.domain import Viewer
    from adplat.flows.report_parts import ReportParts
    from adplat.storage import Database


@contextmanager
def opened_reports(settings: Settings, viewer: Viewer | None = None) -> Iterator[ReportParts]:
    """Reports of a workspace as a viewer sees them; ``None``: all of it, for who runs this machine."""
    with closing(open_database(settings)) as database:
        yield report_parts(settings, database, viewer)


def report_parts(settings: Settings, database: Database, viewer: Viewer | None) -> ReportParts:
    """The same over a database that is open, and is nobody's view."""
    from adplat.data import Lake, auction_counts, audience_rows, user_attributes
    from adplat.flows.report_breakdown import LEAST, BreakdownParts
    from adplat.flows.report_parts import ReportParts
    from adplat.storage import SqlCatalogue, SqlReleasedCuts, SqlReports

    lake = Lake(settings.lake_folder)
    seen = database if viewer is None else seen_by(database, viewer)
    reports = SqlReports(seen)
    live = open_bundles(database).deployed()
    return ReportParts(
        breakdown=BreakdownParts(
            report=reports.report,
            # Everybody's: what was told to one must be remembered when another one asks.
            cuts=SqlReleasedCuts(database),
            audience=partial(audience_rows, lake),
            clock=clock(),
            least_users=LEAST,
        ),
        campaigns=SqlCatalogue(seen).campaigns,
        campaign_totals=reports.campaign_totals,
        names=reports.names,
        last_counted=reports.last_counted,
        auctions=partial(auction_counts, lake),
        by=actor(settings) if viewer is None else viewer.user_id,
        bundle_id="" if live is None else live.bundle_id,
        attributes=partial(user_attributes, lake, newest=20),
    )


def kept_report_zones(
    settings: Settings, add: str = "", progress: Progress | None = None, made: Callable[[str], None] | None = None
) -> list[str]:
    """The zones whose days are kept, after ``add`` is one of them; ``made`` as of ``open_database``.

    Raises ConfigRejected.
    """
    from adplat.storage import keep_zone, kept_zones

    with closing(open_database(settings, made)) as database:
        if add:
            keep_zone(database, add, progress)
        return kept_zones(database)
