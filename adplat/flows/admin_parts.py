"""What the flows and pages of people are handed: everything of a workspace, each time as one viewer sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from adplat.data import Lake
from adplat.domain import (
    AlertLimits,
    AuditTrail,
    BundleRegistry,
    CallerStore,
    CatalogueEdits,
    CatalogueStore,
    Clock,
    Dimension,
    DraftStore,
    ExperimentStore,
    ForecastStore,
    JobQueue,
    LiveBundles,
    MetricSums,
    NotPermitted,
    ObjectStore,
    PlacementRules,
    Report,
    ReportQuestion,
    ReportSchedules,
    SavedReports,
    ServingReplica,
    Viewer,
    WorkerList,
)
from adplat.flows.draft_parts import DraftParts
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.manage_keys import KeyParts
from adplat.flows.prepare_forecasts import PreparedForecasts
from adplat.flows.report_parts import ReportParts
from adplat.flows.sending_rules import SendingRules
from adplat.flows.sign_in import PeopleParts


@dataclass(frozen=True)
class SeenParts:
    """The ports of one workspace as one viewer sees it; objects alone are not narrowed, for their names are hashes.

    Args:
        draw: random bytes.
        secret: of the workspace; ids that follow from an idempotency key follow from it too.
        keys: callers and their keys, for one who changes them at a time.
        report: answers a question from what was counted.
        campaign_totals: all that ever was counted of these campaigns, by id.
        names: what those of these ids are called that there are; of advertisers, campaigns or creatives.
        shown_since: campaigns that were shown in an hour or later.
        last_counted: the last day before one with anything counted, of one advertiser or (empty) of all.
        reports: opens what whole reports stand on, the lake too; the bundle that is live is looked up for them.
        sending: what the workspace allows of sendings.
        live: which bundle is live, pointed to, looking on; nothing for who does not see all advertisers.
        replicas: what those of the bidding service last said that they serve from; ``None``: nobody can tell.
        limits: from where on something is an alert.
        lake: what happened; it knows no viewer, so whoever asks it names campaigns that the viewer sees.
        belief: the document of ``adplat bandit show`` for one campaign; ``None`` where nobody serves. Likewise.
        kinds_taken: the kinds of jobs that some living worker takes, for who sees no workers too.
        running: what replicas are told of experiments, for those who see all advertisers.
    """

    viewer: Viewer
    catalogue: CatalogueStore
    edits: CatalogueEdits
    report: Callable[[ReportQuestion], Report]
    campaign_totals: Callable[[Collection[str]], Mapping[str, MetricSums]]
    names: Callable[[Dimension, set[str]], Mapping[str, str]]
    shown_since: Callable[[datetime], Collection[str]]
    last_counted: Callable[[date, str], date | None]
    drafts: DraftStore
    experiments: ExperimentStore
    forecasts: ForecastStore
    jobs: JobQueue
    workers: WorkerList
    kinds_taken: Callable[[datetime], frozenset[str]]
    bundles: BundleRegistry
    audit: AuditTrail
    people: PeopleParts
    objects: ObjectStore
    placements: Mapping[str, PlacementRules]
    clock: Clock
    draw: Callable[[int], bytes]
    secret: bytes
    callers: CallerStore
    keys: Callable[[], AbstractContextManager[KeyParts]]
    reports: Callable[[], ReportParts]
    saved: SavedReports
    schedules: ReportSchedules
    sending: SendingRules
    live: Callable[[], LiveBundles]
    replicas: Callable[[], Sequence[ServingReplica] | None]
    lake: Lake
    belief: Callable[[str], dict[str, Any] | None]
    running: Callable[[SeenParts], ExperimentParts]
    limits: AlertLimits = field(default_factory=AlertLimits)

    @property
    def by(self) -> str:
        """Who acts."""
        return self.viewer.user_id

    def draft_parts(self) -> DraftParts:
        """For the flows about drafts."""
        return DraftParts(self.drafts, self.jobs, self.audit, self.catalogue, self.objects, self.clock, self.by)

    def forecast_parts(self) -> ForecastParts:
        """For the flows about kept forecasts."""
        return ForecastParts(self.forecasts, self.jobs, self.audit, self.catalogue, self.clock, self.by)

    def experiment_parts(self) -> ExperimentParts:
        """For the flows that change experiments.

        Layers and their buckets are everybody's, and what one starts is published with all that run: so whoever sees
        some advertisers alone changes none. Raises NotPermitted.
        """
        if self.viewer.advertisers is not None:
            raise NotPermitted(
                "experiments share their layers with those of all advertisers",
                where="advertisers",
                hint="take a key that is not of some advertisers alone",
            )
        return self.running(self)


@dataclass(frozen=True)
class AdminParts:
    """Who comes is asked of ``people``, which sees everything; all else goes through ``seen``.

    ``trail`` is the whole audit trail: to hold it against its hashes, and to tell of those who may write nothing.
    ``desk`` makes forecasts from the log of everybody, of plans that the viewer may make.
    """

    people: PeopleParts
    seen: Callable[[Viewer], SeenParts]
    trail: AuditTrail
    desk: PreparedForecasts
