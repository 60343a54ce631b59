"""Experiments, changed from the command line or from a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import actor, clock, lock_workspace
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_audit, open_catalogue, open_database, open_jobs

if TYPE_CHECKING:
    from adplat.flows.admin_parts import SeenParts
    from adplat.flows.experiment_parts import ExperimentParts


@contextmanager
def opened_experiments(settings: Settings) -> Iterator[ExperimentParts]:
    """Experiments, their jobs and what replicas are told of them. Raises StoreUnreachable."""
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.snapshots import ExperimentsFile
    from adplat.storage import SqlExperiments

    file = ExperimentsFile(settings.workspace)
    with closing(open_database(settings)) as database:
        yield ExperimentParts(
            experiments=SqlExperiments(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            published=file.read,
            publish=file.write,
            alone=lambda: lock_workspace(settings, "experiments"),
            clock=clock(),
            by=actor(settings),
            holdout=settings.experiment_holdout,
            layer_holdouts=settings.layer_holdouts,
        )


def experiment_parts_of(settings: Settings, seen: SeenParts) -> ExperimentParts:
    """What a person changes experiments with. Several may at once: each waits a little for its turn."""
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.snapshots import ExperimentsFile
    from adplat.storage import held_soon

    file = ExperimentsFile(settings.workspace)
    return ExperimentParts(
        experiments=seen.experiments,
        jobs=seen.jobs,
        audit=seen.audit,
        catalogue=seen.catalogue,
        published=file.read,
        publish=file.write,
        alone=lambda: held_soon(lock_workspace(settings, "experiments")),
        clock=seen.clock,
        by=seen.by,
        holdout=settings.experiment_holdout,
        layer_holdouts=settings.layer_holdouts,
    )
