"""The whole loop on a small world: build, train, deploy, serve, play, learn, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from adplat.ctr import KeptBundle, Overrides, TrainingOutcome, read_train_config, train_bundle
from adplat.data import Tables, load_training_tables, read_config, read_feature_schema
from adplat.domain import ArmStatistics, Clock, InternalFault, Progress
from adplat.features import EncoderConfig
from adplat.flows.measure_new_creatives import measure_new_creatives, new_creatives
from adplat.flows.play_public import AdServer, PlayLog, play_public
from adplat.simulator import World, WorldConfig, build_world, write_world

MULTIMODAL, ID_ONLY, LIGHTGBM = "multimodal", "ID-only", "LightGBM"


@dataclass(frozen=True)
class DemoPlan:
    """Which world, which model, how many requests; every random thing follows from ``seed``."""

    world_config: Path
    train_config: Path
    folder: Path
    requests: int = 20_000
    seed: int = 1


@dataclass(frozen=True)
class DemoParts:
    """The real parts that the demo is played with, handed in by ``bootstrap``.

    ``deploy(bundle, catalogue folder)`` puts a bundle into service; ``serve()`` runs the service as long as the
    block lasts; ``counted(impressions)`` waits until that many impressions are counted and gives all totals.
    """

    deploy: Callable[[Path, Path], None]
    serve: Callable[[], AbstractContextManager[AdServer]]
    counted: Callable[[int], Mapping[str, ArmStatistics]]
    clock: Clock


@dataclass(frozen=True)
class Learned:
    """What was trained, and how well it did on later rows and on new creatives."""

    world: World
    world_folder: Path
    outcome: TrainingOutcome
    id_only: TrainingOutcome
    new: frozenset[str]
    on_new: Mapping[str, Mapping[str, float]]

    def on_later(self) -> dict[str, dict[str, Any]]:
        """Metrics on the later part of the log, by model."""
        rivals = {LIGHTGBM: self.outcome.baselines["lightgbm"]} if "lightgbm" in self.outcome.baselines else {}
        return {MULTIMODAL: self.outcome.metrics, ID_ONLY: self.id_only.metrics, **rivals}


@dataclass(frozen=True)
class DemoOutcome:
    """Everything that the report shows."""

    plan: DemoPlan
    learned: Learned
    log: PlayLog
    counted: Mapping[str, ArmStatistics]


def run_demo(plan: DemoPlan, parts: DemoParts, progress: Progress, tell: Callable[[Learned], None]) -> DemoOutcome:
    """Run the loop once. ``tell`` hears of the models as soon as they are judged. Raises InputError."""
    learned = learn_world(plan, parts.clock, progress)
    tell(learned)
    parts.deploy(Path(learned.outcome.bundle.path), learned.world_folder)
    public = learned.world.public(plan.seed)
    with parts.serve() as server:
        rng = np.random.default_rng([plan.seed, 7])
        log = play_public(public, server, plan.requests, rng, progress, salt=str(plan.seed))
        counted = parts.counted(len(log))
    seen = sum(arm.impressions for arm in counted.values())
    if seen != len(log):
        raise InternalFault(
            f"{len(log)} impressions were kept and {seen} are counted",
            where=str(plan.folder / "service"),
            hint="please report it with serve.log and worker.log",
        )
    return DemoOutcome(plan, learned, log, counted)


def learn_world(plan: DemoPlan, clock: Clock, progress: Progress, *, with_rivals: bool = True) -> Learned:
    """Build the world, train the multimodal model and its ID-only twin, judge both on new creatives."""
    world = build_world(read_config(plan.world_config, WorldConfig), plan.seed)
    folder = plan.folder / "world"
    write_world(world, folder, progress)
    config, schema_path = read_train_config(plan.train_config)
    # The twin below is the ID-only baseline, trained as a bundle so that it can be asked about new creatives too.
    config = replace(config, baselines=("lightgbm",) if with_rivals else ())
    config = Overrides(seed=plan.seed).applied_to(config)
    schema = read_feature_schema(schema_path)
    tables: Tables = load_training_tables(schema, config.data, folder)
    bundles, cache = plan.folder / "bundles", plan.folder / "cache"
    outcome = train_bundle(config, schema, tables, bundles, cache, progress, clock)
    without_content = replace(config, encoders=EncoderConfig(image="none", text="none"), baselines=())
    id_only = train_bundle(without_content, schema, tables, bundles, cache, progress, clock)
    opened = {
        MULTIMODAL: KeptBundle.open(Path(outcome.bundle.path)),
        ID_ONLY: KeptBundle.open(Path(id_only.bundle.path)),
    }
    new = new_creatives(world, tables.rows)
    on_new = measure_new_creatives(world, folder, opened, new, cache, plan.seed, progress)
    return Learned(world, folder, outcome, id_only, new, on_new)
