"""What the flows about kept experiments are handed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from adplat.domain import (
    AuditTrail,
    CatalogueStore,
    Clock,
    ConfigRejected,
    ExperimentBook,
    ExperimentState,
    ExperimentStore,
    InternalFault,
    JobQueue,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExperimentParts:
    """The ports of one workspace; ``by`` is who asks.

    Args:
        alone: a block that one process of the workspace is in at a time. Raises WorkspaceBusy.
        published: what replicas were told last; ``publish`` tells them anew.
        holdout: share of all units that no experiment touches; ``layer_holdouts`` the same for single layers.
    """

    experiments: ExperimentStore
    jobs: JobQueue
    audit: AuditTrail
    catalogue: CatalogueStore
    published: Callable[[], ExperimentBook | None]
    publish: Callable[[ExperimentBook], None]
    alone: Callable[[], AbstractContextManager[object]]
    clock: Clock
    by: str
    holdout: float = 0.0
    layer_holdouts: Mapping[str, float] = field(default_factory=dict)

    def running_book(self) -> ExperimentBook:
        """What stands in SQL, as replicas are told it."""
        running = self.experiments.experiments([ExperimentState.RUNNING])
        return ExperimentBook(tuple(one.experiment for one in running), self.holdout, self.layer_holdouts)


def publish_experiments(parts: ExperimentParts) -> bool:
    """Tell the replicas which experiments run, if they were told otherwise; says whether they were. Call it alone.

    Whoever was killed between SQL and file has changed what is true and not yet what holds; each next step, and every
    look of the worker, mends that.
    """
    book = parts.running_book()
    try:
        if book == (parts.published() or ExperimentBook()):
            return False
    except (InternalFault, ConfigRejected):
        log.exception("what was published before is replaced")
    parts.publish(book)
    return True
