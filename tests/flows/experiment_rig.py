"""A small catalogue, kept experiments over a real database, and a lake whose arms click as often as they are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import Lake
from adplat.domain import CreativeStatus, Experiment, ExperimentBook, ExperimentState, Job, ManualClock
from adplat.flows.analyze_kept_experiment import analyze_kept_experiment
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.manage_experiments import create_experiment, start_experiment
from adplat.flows.run_jobs import run_next_job
from adplat.flows.watch_experiments import ANALYZE, WatchPlan, watch_experiments
from adplat.snapshots import ExperimentsFile
from adplat.storage import (
    Database,
    SqlAuditTrail,
    SqlCatalogue,
    SqlExperiments,
    SqlJobs,
    WorkspaceLock,
    open_database,
    upgrade_database,
)
from tests.storage.builders import NOON, a_campaign, a_creative, an_ad, an_advertiser

__all__ = ["NOON", "Rig", "a_rig", "a_setup", "shown"]
HOURLY = WatchPlan(every=timedelta(hours=1), outcomes_within=timedelta(days=7))


def a_setup(experiment_id: str = "spring", **changes: Any) -> dict[str, Any]:
    """A sequential test of three creatives of campaign k1; ``experiment`` and ``analysis`` may be changed by field."""
    experiment = {
        "experiment_id": experiment_id,
        "campaign_ids": ["k1"],
        "arms": [
            {"name": "plain", "creative_ids": ["c1"]},
            {"name": "bright", "creative_ids": ["c2"]},
            {"name": "dark", "creative_ids": ["c3"]},
        ],
    }
    analysis = {
        "metric": {"name": "ctr", "kind": "ratio"},
        "data": {"measure": "clicks", "per": "impressions"},
        "method": "sequential",
        "correction": "holm",
        "gates": {"minimum_units": 200},
    }
    plan = {"baseline": {"mean": 0.1, "std": 0.3}, "effect": 0.2, "daily_units": 5000}
    return {
        "experiment": experiment | changes.pop("experiment", {}),
        "analysis": analysis | changes.pop("analysis", {}),
        "plan": plan | changes.pop("plan", {}),
        **changes,
    }


@dataclass(frozen=True)
class Rig:
    """One workspace. ``published`` is what replicas would read."""

    folder: Path
    database: Database
    parts: ExperimentParts
    clock: ManualClock
    lake: Lake
    written: list[int] = field(default_factory=list)

    def create(self, setup: Mapping[str, Any] | None = None) -> str:
        """Keep a draft; returns its name."""
        path = self.folder / "setup.json"
        path.write_text(json.dumps(setup or a_setup()))
        return create_experiment(self.parts, path).experiment_id

    def running(self, setup: Mapping[str, Any] | None = None) -> str:
        """A draft that was started."""
        return start_experiment(self.parts, self.create(setup)).experiment_id

    def state(self, name: str = "spring") -> ExperimentState:
        return self.parts.experiments.find(name).experiment.state

    def paused(self, name: str = "spring") -> list[str]:
        return [arm.name for arm in self.parts.experiments.find(name).experiment.arms if arm.paused]

    def told(self) -> tuple[Experiment, ...]:
        """What replicas are told."""
        return (ExperimentsFile(self.folder).read() or ExperimentBook()).experiments

    def actions(self, subject: str = "spring") -> list[tuple[str, str]]:
        return [(entry.actor, entry.action) for entry in self.parts.audit.about(subject)]

    def show(self, rates: Mapping[str, float], users: int = 4000, name: str = "spring", since: str = "0h") -> None:
        """``users`` more units in every arm, a showing each, clicked by chance at the arm's rate."""
        self.written.append(len(self.written))
        shown(self.lake, name, rates, users, self.clock.now(), part=f"{name}-{len(self.written)}")

    def look(self) -> Job | None:
        """What a worker does at one moment: watch, and the next job."""
        watch_experiments(self.parts, HOURLY)
        handlers = {ANALYZE: lambda job, tell: analyze_kept_experiment(self.parts, self.lake, job, tell)}
        job = run_next_job(self.parts.jobs, handlers, "w1", self.clock, lease_s=30.0)
        return None if job is None else self.parts.jobs.find(job.job_id)


def shown(lake: Lake, name: str, rates: Mapping[str, float], users: int, at: datetime, *, part: str) -> None:
    """Rows of a lake, just before ``at``; the same for the same part."""
    rng = np.random.default_rng(sum(part.encode()))
    rows: dict[str, list[Any]] = {"decision_id": [], "user_key": [], "experiments": []}
    clicked: list[str] = []
    for arm, rate in rates.items():
        clicks = rng.random(users) < rate
        for number in range(users):
            rows["decision_id"].append(f"{part}-{arm}-{number}")
            rows["user_key"].append(f"u-{part}-{arm}-{number}")
            rows["experiments"].append([f"other:{arm}", f"{name}:{arm}"])
        clicked += [f"{part}-{arm}-{number}" for number in np.flatnonzero(clicks)]
    moment = at - timedelta(minutes=1)
    frame = pl.DataFrame(rows).with_columns(
        pl.lit(moment).alias("ts"),
        pl.col("decision_id").alias("request_id"),
        campaign_id=pl.lit("k1"),
        creative_id=pl.lit("c1"),
    )
    lake.write("impressions", frame, part)
    when = pl.lit(moment + timedelta(seconds=20)).alias("ts")
    lake.write(
        "clicks", pl.DataFrame({"decision_id": clicked}, schema={"decision_id": pl.String}).with_columns(when), part
    )


@contextmanager
def a_rig(folder: Path) -> Any:
    url = f"sqlite:///{folder / 'adplat.db'}"
    upgrade_database(url)
    with closing(open_database(url)) as database:
        catalogue = SqlCatalogue(database)
        creatives = [a_creative(f"c{number}") for number in (1, 2, 3)]
        creatives += [a_creative("c4", status=CreativeStatus.PAUSED), a_creative("c5", ad_id="ad2", campaign_id="k2")]
        catalogue.save(
            [an_advertiser()],
            [a_campaign("k1"), a_campaign("k2")],
            [an_ad("ad1", "k1"), an_ad("ad2", "k2")],
            creatives,
        )
        clock, file = ManualClock(NOON), ExperimentsFile(folder)
        parts = ExperimentParts(
            experiments=SqlExperiments(database),
            jobs=SqlJobs(database),
            audit=SqlAuditTrail(database),
            catalogue=catalogue,
            published=file.read,
            publish=file.write,
            alone=lambda: WorkspaceLock(folder / "experiments.lock"),
            clock=clock,
            by="mei",
        )
        yield Rig(folder, database, parts, clock, Lake(folder / "lake"))
