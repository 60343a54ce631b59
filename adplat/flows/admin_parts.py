"""What the flows and pages of people are handed: everything of a workspace, each time as one viewer sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from adplat.domain import (
    AlertLimits,
    AuditTrail,
    BundleRegistry,
    CallerStore,
    CatalogueEdits,
    CatalogueStore,
    Clock,
    DraftStore,
    ExperimentStore,
    ForecastStore,
    JobQueue,
    ObjectStore,
    PlacementRules,
    Report,
    ReportQuestion,
    ReportSchedules,
    SavedReports,
    Viewer,
)
from adplat.flows.draft_parts import DraftParts
from adplat.flows.manage_keys import KeyParts
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
        reports: opens what whole reports stand on, the lake too; the bundle that is live is looked up for them.
        sending: what the workspace allows of sendings.
        limits: from where on something is an alert.
    """

    viewer: Viewer
    catalogue: CatalogueStore
    edits: CatalogueEdits
    report: Callable[[ReportQuestion], Report]
    drafts: DraftStore
    experiments: ExperimentStore
    forecasts: ForecastStore
    jobs: JobQueue
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
    limits: AlertLimits = field(default_factory=AlertLimits)

    @property
    def by(self) -> str:
        """Who acts."""
        return self.viewer.user_id

    def draft_parts(self) -> DraftParts:
        """For the flows about drafts."""
        return DraftParts(self.drafts, self.jobs, self.audit, self.catalogue, self.objects, self.clock, self.by)


@dataclass(frozen=True)
class AdminParts:
    """Who comes is asked of ``people``, which sees everything; all else goes through ``seen``.

    ``trail`` is the whole audit trail: to hold it against its hashes, and to tell of those who may write nothing.
    """

    people: PeopleParts
    seen: Callable[[Viewer], SeenParts]
    trail: AuditTrail
