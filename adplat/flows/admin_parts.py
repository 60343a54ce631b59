"""What the flows and pages of people are handed: everything of a workspace, each time as one viewer sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adplat.domain import (
    AuditTrail,
    BundleRegistry,
    CatalogueEdits,
    CatalogueStore,
    Clock,
    DeliveryReader,
    DraftStore,
    ExperimentStore,
    ForecastStore,
    JobQueue,
    ObjectStore,
    PlacementRules,
    ReportSchedules,
    SavedReports,
    Viewer,
)
from adplat.flows.draft_parts import DraftParts
from adplat.flows.report_parts import ReportParts
from adplat.flows.sending_rules import SendingRules
from adplat.flows.sign_in import PeopleParts


@dataclass(frozen=True)
class SeenParts:
    """The ports of one workspace as one viewer sees it; objects alone are not narrowed, for their names are hashes.

    Args:
        draw: random bytes.
        secret: of the workspace; ids that follow from an idempotency key follow from it too.
        reports: opens what reports stand on; the bundle that is live is looked up for those who ask for one.
        sending: what the workspace allows of sendings.
    """

    viewer: Viewer
    catalogue: CatalogueStore
    edits: CatalogueEdits
    delivery: DeliveryReader
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
    reports: Callable[[], ReportParts]
    saved: SavedReports
    schedules: ReportSchedules
    sending: SendingRules

    @property
    def by(self) -> str:
        """Who acts."""
        return self.viewer.user_id

    def draft_parts(self) -> DraftParts:
        """For the flows about drafts."""
        return DraftParts(self.drafts, self.jobs, self.audit, self.catalogue, self.objects, self.clock, self.by)


@dataclass(frozen=True)
class AdminParts:
    """Who comes is asked of ``people``, which sees everything; all else goes through ``seen``."""

    people: PeopleParts
    seen: Callable[[Viewer], SeenParts]
