"""What the flows about kept drafts are handed."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import AuditTrail, CatalogueStore, Clock, DraftStore, JobQueue, ObjectStore

DRAFT = "draft-creatives"
"""Ordered by people (``draft_orders.py``) and named here, where it costs an idle process nothing."""
RELEASE = "release-drafts"
"""The same of ``release_orders.py``."""


@dataclass(frozen=True)
class DraftParts:
    """The ports of one workspace; ``by`` is who asks."""

    drafts: DraftStore
    jobs: JobQueue
    audit: AuditTrail
    catalogue: CatalogueStore
    objects: ObjectStore
    clock: Clock
    by: str
