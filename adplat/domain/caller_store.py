"""The port of callers and their API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from adplat.domain.audit import AuditEntry
from adplat.domain.callers import ApiKey, Caller, KeyBook
from adplat.domain.listing import ListRequest, Page


class CallerStore(Protocol):
    """Callers and their API keys; one call is one transaction, with ``told`` in the audit trail. Nothing is deleted."""

    def save(self, caller: Caller, told: AuditEntry) -> None:
        """Insert or replace."""
        ...

    def add_key(
        self, key: ApiKey, told: AuditEntry, *, replaces: ApiKey | None = None, of_new: Caller | None = None
    ) -> None:
        """Insert; the key that it ``replaces`` is changed to this, and ``of_new`` is kept before.

        Raises UnknownReference.
        """
        ...

    def revoke(self, key_ids: Sequence[str], at: datetime, told: AuditEntry) -> None:
        """From ``at`` on they open nothing; one that was revoked before keeps its moment. Raises UnknownReference."""
        ...

    def book(self) -> KeyBook:
        """All callers by id, all keys oldest first; one moment's truth."""
        ...

    def caller(self, caller_id: str) -> Caller:
        """Raises UnknownReference."""
        ...

    def caller_page(self, request: ListRequest) -> Page[Caller]:
        """A page of them, by id unless it says otherwise. Raises ConfigRejected."""
        ...

    def key_page(self, request: ListRequest) -> Page[ApiKey]:
        """A page of keys, newest first unless it says otherwise, also those that are over. Raises ConfigRejected."""
        ...
