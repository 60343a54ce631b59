"""A campaign with live creatives, what users were shown and did in it as an experiment dealt them, and its analyses."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from adplat import bootstrap
from adplat.data import Lake
from adplat.domain import CreativeStatus, Job
from adplat.experiments import Assigner
from adplat.flows.analyze_kept_experiment import analyze_kept_experiment
from adplat.flows.run_jobs import run_next_job
from adplat.flows.watch_experiments import ANALYZE, WatchPlan, watch_experiments
from adplat.snapshots import ExperimentsFile
from adplat.storage import SqlCatalogue
from tests.services.admin.admins import Admin
from tests.storage.builders import a_creative

PLAN = WatchPlan(every=timedelta(hours=1), outcomes_within=timedelta(days=7))


def live_creatives(admin: Admin, *names: str, campaign_id: str = "k1") -> None:
    """Creatives of a campaign that are in service."""
    number = campaign_id[1:]
    owners = {"ad_id": f"ad{number}", "campaign_id": campaign_id, "advertiser_id": f"a{number}"}
    with closing(bootstrap.open_database(admin.settings)) as database:
        made = [replace(a_creative(name, **owners), status=CreativeStatus.LIVE) for name in names]
        SqlCatalogue(database).save([], [], [], made)


def a_setup(**changes: Any) -> dict[str, Any]:
    """A sequential test of the click rate of two creatives of k1."""
    told = {
        "experiment": {
            "experiment_id": "tea-pictures",
            "campaign_ids": ["k1"],
            "arms": [{"name": "plain", "creative_ids": ["p1"]}, {"name": "bright", "creative_ids": ["p2"]}],
        },
        "analysis": {
            "metric": {"name": "ctr", "kind": "ratio"},
            "data": {"measure": "clicks", "per": "impressions"},
            "method": "sequential",
            "gates": {"minimum_units": 200},
        },
        "plan": {"baseline": {"mean": 0.1, "std": 0.3}, "effect": 0.3, "daily_units": 4000},
    }
    return told | changes


def shown_to(
    admin: Admin, name: str, users: int, rates: Mapping[str, float], *, lost: Mapping[str, float] | None = None,
    part: str = "one", at: datetime | None = None,
) -> dict[str, int]:  # fmt: skip
    """Users meet the arm that the published book deals them, and click at its rate; ``lost``: share of an arm's users
    that never reach the lake. Says how many came to each arm."""
    book = ExperimentsFile(admin.settings.workspace).read()
    assert book is not None
    assigner, rng = Assigner(book), np.random.default_rng(sum(part.encode()))
    rows: dict[str, list[Any]] = {"decision_id": [], "user_key": [], "experiments": []}
    clicked, came = [], dict.fromkeys(rates, 0)
    for number in range(users):
        user = f"u-{part}-{number}"
        arm = assigner.units_of(user, "").arm_of(name)
        if arm is None or rng.random() < (lost or {}).get(arm.name, 0.0):
            continue
        came[arm.name] += 1
        decision = f"{part}-{number}"
        rows["decision_id"].append(decision)
        rows["user_key"].append(user)
        rows["experiments"].append([f"{name}:{arm.name}"])
        if rng.random() < rates[arm.name]:
            clicked.append(decision)
    moment = bootstrap.clock().now() if at is None else at
    lake = Lake(admin.settings.lake_folder)
    frame = pl.DataFrame(rows).with_columns(
        pl.lit(moment).alias("ts"), pl.col("decision_id").alias("request_id"), campaign_id=pl.lit("k1"),
        creative_id=pl.lit("p1"),
    )  # fmt: skip
    lake.write("impressions", frame, part)
    told = pl.DataFrame({"decision_id": clicked}, schema={"decision_id": pl.String})
    lake.write("clicks", told.with_columns(pl.lit(moment).alias("ts")), part)
    return came


def worked(admin: Admin) -> Job | None:
    """What the worker does with the next analysis that is due."""
    lake = Lake(admin.settings.lake_folder)
    with bootstrap.opened_experiments(admin.settings) as parts:
        watch_experiments(parts, PLAN)
        handlers = {ANALYZE: lambda job, tell: analyze_kept_experiment(parts, lake, job, tell)}
        job = run_next_job(parts.jobs, handlers, "w1", parts.clock, lease_s=30.0)
        return None if job is None else parts.jobs.find(job.job_id)
