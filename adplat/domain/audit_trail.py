"""The port of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from adplat.domain.audit import AuditChain, AuditEntry, AuditRecord
from adplat.domain.listing import ListRequest, Page


class AuditTrail(Protocol):
    """Who did what, append-only."""

    def record(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, str],
        *,
        advertiser_id: str | None = None,
    ) -> None:
        """Append one entry; that advertiser's people may read it."""
        ...

    def about(self, subject: str) -> list[AuditEntry]:
        """All entries of one subject, oldest first."""
        ...

    def about_each(self, subjects: Collection[str], action: str) -> Mapping[str, Sequence[AuditEntry]]:
        """Entries of this action, by subject, oldest first; one that has none is absent."""
        ...

    def subjects_naming(self, deed: str, name: str, value: str, limit: int = 200) -> list[str]:
        """Subjects of the latest entries of this deed whose detail tells ``value`` under ``name``, newest first."""
        ...

    def records(self, request: ListRequest) -> Page[AuditRecord]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def check(self, chain: AuditChain, progress: Callable[[int, int], None] = ...) -> None:
        """Read the whole chain and its head into ``chain``; ``progress`` hears how many of how many were read."""
        ...
