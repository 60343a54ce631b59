"""A workspace to be looked at: some weeks of a simulated market, with everything in it that pages show.

What is delivered is the simulator's log, counted as the worker would have; each of its rows stands for ``EACH`` alike,
so that figures have the size of a small market's. Experiments are analysed by the platform itself, over that log.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.data import Lake
from adplat.domain import (
    ArmStatistics,
    Budget,
    CampaignStatus,
    Money,
    StreamPosition,
)
from adplat.flows.manage_people import add_person
from adplat.simulator import WorldConfig
from adplat.snapshots import DeploymentPointer
from adplat.storage import SqlCatalogue, SqlMetricsLedger
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace
from tests.services.admin.admins import CHEAP, WORDS
from tests.services.admin.believable_works import (
    ADVERTISER,
    ARMS,
    PEOPLE,
    TRIALS,
    draft_some,
    forecast_one,
    hand_in_some,
    try_out,
)

DAYS, EACH = 28, 60
PAUSED, ENDED, ENDED_FOR = "k0006", "k0005", timedelta(days=3)


@dataclass(frozen=True)
class Believable:
    """Where it is; ids of what pages are looked at with, by the names that routes have for them."""

    settings: Settings
    ids: dict[str, str]


def a_believable_workspace(folder: Path, now: datetime) -> Believable:
    """Takes about a minute."""
    start = (now + timedelta(hours=8)).date() - timedelta(days=DAYS - 1)
    world = WorldConfig(
        name="market", start=start, days=DAYS, advertisers=4, campaigns_per_advertiser=2, creatives_per_campaign=8,
        new_creatives_per_campaign=2, users=3000, impressions=120_000, click_rate=0.02, conversion_base=-3.2,
    )  # fmt: skip
    real = a_real_workspace(folder, world, actor="olga")
    arms = _arms(real)
    showings = _log(real, arms, now)
    with closing(bootstrap.open_database(real.settings)) as database:
        _count(SqlMetricsLedger(database), showings, now)
        _settle(SqlCatalogue(database), showings)
    with bootstrap.opened_people(real.settings) as people:
        for user in PEOPLE:
            add_person(replace(people, cost=CHEAP), user, WORDS)
    held, draft_id = hand_in_some(real), draft_some(real, now)
    for trial in TRIALS:
        try_out(real.settings, trial, arms[trial.name], now)
    forecast_id = forecast_one(real.settings, now)
    ids = {"advertiser_id": ADVERTISER, "campaign_id": "k0000", "creative_id": held, "draft_id": draft_id}
    ids |= {"experiment_id": TRIALS[0].name, "job_id": "1", "user_id": "mei", "forecast_id": forecast_id}
    ids["bundle_id"] = DeploymentPointer(real.settings.workspace).read().bundle_id
    return Believable(real.settings, ids)


def _arms(real: RealWorkspace) -> dict[str, dict[str, list[str]]]:
    """Of each trial: what was clicked least often, and most often."""
    lake = Lake(real.world_dir / "lake")
    clicks = lake.scan("clicks").with_columns(clicked=1)
    rates: pl.DataFrame = (
        lake.scan("impressions")
        .join(clicks, on="decision_id", how="left")
        .group_by("campaign_id", "creative_id")
        .agg(pl.col("clicked").fill_null(0).mean())
        .sort("clicked")
        .collect()
    )
    found = {}
    for trial in TRIALS:
        ordered = rates.filter(campaign_id=trial.campaign_id)["creative_id"].to_list()
        half = len(ordered) // 2
        found[trial.name] = {ARMS[0]: ordered[:half], ARMS[1]: ordered[half:]}
    return found


def _log(real: RealWorkspace, arms: dict[str, dict[str, list[str]]], now: datetime) -> pl.DataFrame:
    """The world's log up to now becomes the workspace's lake; campaigns on trial show each reader one arm alone."""
    arm_of = {one: f"{name}:{arm}" for name, told in arms.items() for arm, ids in told.items() for one in ids}
    spans = {trial.name: trial.span(now) for trial in TRIALS}
    for file in sorted((real.world_dir / "lake").rglob("*.parquet")):
        rows = pl.read_parquet(file)
        if "ts" in rows.columns:
            rows = rows.filter(pl.col("ts") < now)
        if "campaign_id" in rows.columns:
            rows = rows.filter((pl.col("campaign_id") != ENDED) | (pl.col("ts") < now - ENDED_FOR))
        if file.parent.parent.name == "impressions":
            told = [_exposed(row, arm_of, spans) for row in rows.iter_rows(named=True)]
            rows = rows.with_columns(experiments=pl.Series([one[1] for one in told], dtype=pl.List(pl.String)))
            rows = rows.filter(pl.Series([one[0] for one in told], dtype=pl.Boolean))
        if rows.height:
            place = real.settings.lake_folder / file.relative_to(real.world_dir / "lake")
            place.parent.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(place)
    lake = Lake(real.settings.lake_folder)
    clicks = lake.scan("clicks").group_by("decision_id").agg(clicks=pl.len())
    sales = lake.scan("conversions").group_by("decision_id").agg(sales=pl.len(), value=pl.col("value_micros").sum())
    found: pl.DataFrame = (
        lake.scan("impressions")
        .join(clicks, on="decision_id", how="left")
        .join(sales, on="decision_id", how="left")
        .group_by(
            pl.col("ts").dt.truncate("1h").alias("hour"), "advertiser_id", "campaign_id", "creative_id", "placement"
        )
        .agg(pl.len().alias("shown"), pl.col("price_micros", "clicks", "sales", "value").sum())
        .collect()
    )
    return found


def _exposed(row: dict[str, Any], arm_of: dict[str, str], spans: dict[str, Any]) -> tuple[bool, list[str]]:
    """Whether the row stays, and what it tells of experiments."""
    told = arm_of.get(row["creative_id"], "")
    name, _, arm = told.partition(":")
    if not told or not spans[name][0] <= row["ts"] < spans[name][1]:
        return True, []
    whole = hashlib.sha256(f"{name} {row['user_key']}".encode()).digest()
    return ARMS[whole[0] % 2] == arm, [told]


def _count(ledger: SqlMetricsLedger, showings: pl.DataFrame, now: datetime) -> None:
    mean = showings["clicks"].sum() / showings["shown"].sum()
    rng = np.random.default_rng(7)
    cells, spent = {}, {}
    for row in showings.iter_rows(named=True):
        cell = (row["hour"], row["advertiser_id"], row["campaign_id"], row["creative_id"], row["placement"])
        shown, clicks, sales = (int(rng.poisson(EACH * row[name])) for name in ("shown", "clicks", "sales"))
        value = row["value"] // max(row["sales"], 1) * sales
        cells[cell] = ArmStatistics(shown, clicks, sales, 1.04 * mean * shown, value)
        spent[cell] = EACH * row["price_micros"]
    assert ledger.add(ledger.covered_to(), StreamPosition(int(now.timestamp() * 1000), 0), cells, spent)


def _settle(catalogue: SqlCatalogue, showings: pl.DataFrame) -> None:
    """Budgets of the size of what is spent; one campaign that pauses, one that is over."""
    spent: dict[str, int] = defaultdict(int)
    for row in showings.iter_rows(named=True):
        spent[row["campaign_id"]] += EACH * row["price_micros"] // DAYS
    changed = []
    for place, one in enumerate(catalogue.campaigns()):
        daily = round(spent[one.campaign_id] * (1.05 + 0.1 * (place % 4)) / 50e6) * 50_000_000
        status = {PAUSED: CampaignStatus.PAUSED, ENDED: CampaignStatus.ENDED}.get(one.campaign_id, one.status)
        money = Budget(Money(max(daily, 50_000_000), "CNY"), Money(max(daily, 50_000_000) * 45, "CNY"))
        end = one.flight.start + timedelta(days=45)
        changed.append(replace(one, budget=money, status=status, flight=replace(one.flight, end=end)))
    catalogue.save([], changed, [], [])
