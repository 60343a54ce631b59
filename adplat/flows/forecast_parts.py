"""What the flows about kept forecasts are handed."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import AuditTrail, CatalogueStore, Clock, ForecastStore, JobQueue


@dataclass(frozen=True)
class ForecastParts:
    """The ports of one workspace; ``by`` is who asks."""

    forecasts: ForecastStore
    jobs: JobQueue
    audit: AuditTrail
    catalogue: CatalogueStore
    clock: Clock
    by: str
