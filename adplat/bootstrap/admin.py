"""Everything that the admin's pages and its API stand on, as each person sees it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from adplat.bootstrap.experiments import experiment_parts_of
from adplat.bootstrap.forecasts import forecast_desk, require_opportunities
from adplat.bootstrap.machine import clock
from adplat.bootstrap.now_serving import bandit_belief, live_bundles, serving_replicas
from adplat.bootstrap.people import one_key_desk
from adplat.bootstrap.reports import report_parts
from adplat.bootstrap.sending import admin_secret, sending_rules
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_audit, open_database, open_objects

if TYPE_CHECKING:
    from adplat.domain import Viewer
    from adplat.flows.admin_parts import AdminParts, SeenParts


@contextmanager
def opened_admin(settings: Settings) -> Iterator[AdminParts]:
    """People, and everything else of a workspace as each of them sees it. Raises StoreUnreachable."""
    from adplat import storage
    from adplat.data import Lake, load_placements
    from adplat.flows.admin_parts import AdminParts, SeenParts
    from adplat.flows.prepare_forecasts import PreparedForecasts
    from adplat.flows.sign_in import PeopleParts

    placements, objects, now = load_placements(), open_objects(settings), clock()
    secret, rules = admin_secret(settings), sending_rules(settings)
    with closing(open_database(settings)) as database:

        def seen(viewer: Viewer) -> SeenParts:
            mine = storage.seen_by(database, viewer)
            return SeenParts(
                viewer=viewer,
                catalogue=storage.SqlCatalogue(mine),
                edits=storage.SqlCatalogueEdits(mine),
                report=storage.SqlReports(mine).report,
                campaign_totals=storage.SqlReports(mine).campaign_totals,
                names=storage.SqlReports(mine).names,
                shown_since=storage.SqlReports(mine).shown_since,
                last_counted=storage.SqlReports(mine).last_counted,
                drafts=storage.SqlDrafts(mine),
                experiments=storage.SqlExperiments(mine),
                forecasts=storage.SqlForecasts(mine),
                jobs=storage.SqlJobs(mine),
                workers=storage.SqlWorkers(mine),
                kinds_taken=storage.SqlWorkers(database).kinds_taken,
                bundles=storage.SqlBundleRegistry(mine),
                audit=storage.SqlAuditTrail(mine),
                people=PeopleParts(storage.SqlPeople(mine), secrets.token_bytes, now, viewer.user_id),
                objects=objects,
                placements=placements,
                clock=now,
                draw=secrets.token_bytes,
                secret=secret,
                callers=storage.SqlCallers(mine),
                keys=partial(one_key_desk, settings, mine, viewer.user_id),
                reports=partial(report_parts, settings, database, viewer),
                saved=storage.SqlSavedReports(mine, viewer),
                schedules=storage.SqlReportSchedules(mine, viewer),
                sending=rules,
                live=partial(live_bundles, settings, database, viewer),
                replicas=partial(serving_replicas, settings, viewer),
                lake=Lake(settings.lake_folder),
                belief=partial(bandit_belief, settings),
                running=partial(experiment_parts_of, settings),
                limits=settings.alert_limits,
            )

        desk = PreparedForecasts(
            partial(forecast_desk, settings),
            partial(require_opportunities, settings),
            60.0 * settings.forecast_refresh_minutes,
        )
        people = PeopleParts(storage.SqlPeople(database), secrets.token_bytes, now, "admin")
        yield AdminParts(people, seen, open_audit(database), desk)
