"""What goes live beyond SQL is told twice: that it begins, before anything moves, and how it ended.

A kill in between leaves ``promote begun`` (``rollback begun``, ``deploy begun``) without its end in the audit trail, so
that no bundle goes live untold. The end is written in the transaction of the registry's history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from adplat.domain import AdplatError, AuditEntry, AuditTrail, BundleDeployment, Clock, actor_kind

_LONGEST_ERROR = 500


@contextmanager
def told_deployment(
    audit: AuditTrail, clock: Clock, by: str, action: str, bundle_id: str, detail: Mapping[str, str]
) -> Iterator[None]:
    """Say that it begins; where the block raises, say that it failed, and why."""
    audit.record(clock.now(), by, f"{action} begun", bundle_id, detail)
    try:
        yield
    except Exception as error:
        # What is no error of ours is told by its kind alone: its words may hold anything.
        why = str(error)[:_LONGEST_ERROR] if isinstance(error, AdplatError) else type(error).__name__
        audit.record(clock.now(), by, f"{action} failed", bundle_id, {"error": why})
        raise


def end_of(deployment: BundleDeployment, by: str, action: str, detail: Mapping[str, str]) -> AuditEntry:
    """The entry that tells how it ended: this bundle is live."""
    return AuditEntry(deployment.at, by, action, deployment.bundle_id, detail, actor_kind(by))
