"""forecast.4: how soon is a plan answered, and does a larger lake make it slower?

Two lakes of one market: its own, and the same with its opportunities told three times, each time of other people (the
catalogue, the auctions and what was shown are the same). Of either, sample, landscape and past are made and loaded as
the forecasting service does; then the same plans are asked of both in turn, one after another.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import Lake, read_table
from adplat.domain import BidStrategy, BidStrategyKind, Figure, FrequencyCap, Refused, Targeting
from adplat.flows.bench_run import BenchRun
from adplat.flows.campaign_sources import CampaignSources, campaign_sources
from adplat.flows.forecast_campaign import Respond, forecast_plan, moment_after
from adplat.flows.forecast_response import catalogue_of_creatives, responses_by_history
from adplat.flows.response_by_history import HistoryWord
from adplat.flows.response_evidence import read_response_past
from adplat.forecast import CampaignCorrection, CampaignPlan, PlanResponse
from adplat.simulator import WorldConfig, build_world, write_world
from adplat.statistics import Float64, bootstrap_interval

COPIES, QUICK_COPIES = 2, 1
PLANS, QUICK_PLANS = 60, 12
IMPRESSIONS, QUICK_IMPRESSIONS = 950_000, 60_000
DAYS, START = 56, date(2026, 7, 6)
MOST_SECONDS, MOST_TIMES = 1.0, 1.25
LIKE_ITSELF = "the same market"


def bench_forecast_interactive(run: BenchRun) -> Sequence[Figure]:
    """Point 4. Cost: three minutes, most of them for the market itself, which is cached, and for its two samples."""
    if not run.wants("forecast.4"):
        return []
    small, large = _lakes(run)
    desks = [_Desk(folder, run) for folder in (small, large)]
    seconds = np.array(
        [[desk.answered_in_s(plan) for desk in desks] for plan in _plans(desks[0], QUICK_PLANS if run.quick else PLANS)]
    )
    return figures_of(seconds, [desk.sources.sample.opportunities for desk in desks])


def figures_of(seconds: Float64, opportunities: Sequence[float]) -> list[Figure]:
    """Of ``(plans, 2)`` seconds, in the smaller and in the larger lake."""
    count, rng = len(seconds), np.random.default_rng(4)
    late = bootstrap_interval(lambda told: float(np.quantile(told, 0.95)), [seconds[:, 1]], rng)
    growth = bootstrap_interval(lambda told: float(np.median(told)), [seconds[:, 1] / seconds[:, 0]], rng)
    what = f"a plan of 1 to 14 days, asked of a lake of {opportunities[1]:,.0f} logged opportunities"
    return [
        Figure(
            "forecast.4.answered",
            f"{what}, sample loaded: 95th percentile (median {float(np.median(seconds[:, 1])):.2f} s)",
            late.value,
            "s",
            "<=",
            MOST_SECONDS,
            count,
            interval=(late.low, late.high),
        ),
        Figure(
            "forecast.4.growth",
            f"the same plan, {opportunities[1] / opportunities[0]:.1f} times the opportunities told: median time",
            growth.value,
            "times",
            "<=",
            MOST_TIMES,
            count,
            interval=(growth.low, growth.high),
            rival=LIKE_ITSELF,
            rival_value=float(np.median(seconds[:, 0])),
        ),
    ]


class _Desk:
    """What the service keeps loaded of one folder."""

    def __init__(self, folder: Path, run: BenchRun) -> None:
        run.progress(0, 1, f"loading {folder.name}")
        self.sources: CampaignSources = campaign_sources(folder, run.progress)
        past = read_response_past(self.sources.lake, moment_after(self.sources.sample))
        if past is None:
            raise RuntimeError("the market has no clicks")
        self.catalogue = catalogue_of_creatives(folder)
        self._past, self._word = past, HistoryWord(past, self.catalogue)
        run.progress(1, 1, f"loading {folder.name}")

    def answered_in_s(self, plan: CampaignPlan) -> float:
        """Seconds for the whole document."""
        begun = time.perf_counter()
        forecast_plan(plan, self.sources, self._respond(plan), CampaignCorrection(), where="plan")
        return time.perf_counter() - begun

    def _respond(self, plan: CampaignPlan) -> Respond:
        def respond(openings: pl.DataFrame, as_of: datetime) -> PlanResponse | Refused:
            return responses_by_history(self._past, self.catalogue, self._word, plan, openings, as_of)

        return respond


def _plans(desk: _Desk, count: int) -> list[CampaignPlan]:
    rng = np.random.default_rng(44)
    places = sorted(desk.sources.sample.texts["placement"].values)
    creatives = desk.catalogue["creative_id"].to_list()
    first = desk.sources.sample.data_to.date() + timedelta(days=1)
    plans = []
    for number in range(count):
        aimed = rng.permutation(places)[: rng.integers(1, len(places) + 1)].tolist() if rng.random() < 0.7 else []
        begins = first + timedelta(days=int(rng.integers(0, 4)))
        start = int(rng.integers(0, len(creatives) - 4))
        plans.append(
            CampaignPlan(
                name=f"plan {number}",
                start=begins,
                end=begins + timedelta(days=int(rng.integers(0, 14))),
                bid=BidStrategy(BidStrategyKind.CPM, int(rng.uniform(4e6, 2e7))),
                daily_budget_micros=int(10.0 ** rng.uniform(6.5, 8.5)),
                time_zone="Asia/Shanghai",
                targeting=Targeting(placements=tuple(aimed)),
                frequency_caps=[FrequencyCap(int(rng.integers(1, 5)), 86_400)] if rng.random() < 0.3 else [],
                creatives=creatives[start : start + int(rng.integers(1, 5))],
            )
        )
    return plans


def _lakes(run: BenchRun) -> tuple[Path, Path]:
    """The market's folder, and a second one with more opportunities; both are made once a cache."""
    impressions = QUICK_IMPRESSIONS if run.quick else IMPRESSIONS
    copies = QUICK_COPIES if run.quick else COPIES
    config = WorldConfig(
        name="interactive",
        start=START,
        seed=44,
        days=DAYS,
        advertisers=12,
        creatives_per_campaign=6,
        users=20_000,
        impressions=impressions,
    )
    small = run.cache_dir / f"forecast-market-{impressions}"
    large = run.cache_dir / f"forecast-market-{impressions}-{copies}"
    if not (large / "whole").exists():
        for folder in (small, large):
            shutil.rmtree(folder, ignore_errors=True)
        write_world(build_world(config), small, run.progress)
        shutil.copytree(small, large, copy_function=os.link)
        _tell_again(Lake(large / "lake"), copies, run)
        (large / "whole").touch()
    return small, large


def _tell_again(lake: Lake, copies: int, run: BenchRun) -> None:
    files = lake.files("requests")
    for number, path in enumerate(files):
        run.progress(number, len(files), "telling opportunities again")
        rows = read_table(path)
        part = path.stem.removeprefix("part-")
        hour = path.parent.name
        for copy in range(1, copies + 1):
            other = rows.with_columns(
                pl.col("request_id") + f"-{copy}",
                user_key=pl.when(pl.col("user_key") == "").then(pl.lit("")).otherwise(pl.col("user_key") + f"-{copy}"),
            )
            lake.write("requests", other, f"{part}-{hour.removeprefix('hour=')}-{copy}")
    run.progress(len(files), len(files), "telling opportunities again")
