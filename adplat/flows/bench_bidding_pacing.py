"""Pacing and frequency in the simulator: whole days with a spike of traffic, and bidders that race for people.

Bounds: no campaign spends more than 0.5 % above its day's budget; one whose budget the market holds spends at least
98 % of it; no window of a person holds more showings than its cap allows.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from adplat.data import configs_folder, read_config, write_bytes
from adplat.domain import Figure
from adplat.flows.bench_bidding_day import CURVE_S, CampaignDay, PacedDay, paced_day
from adplat.flows.bench_bidding_frequency import CAPS, RaceLog, RaceOrder, count_caps, met_another, race
from adplat.flows.bench_bidding_market import (
    Supply,
    budgets_of,
    planned_campaigns,
    serving_of,
    supply_of,
    with_campaigns,
)
from adplat.flows.bench_parts import LANES, Part, run_parts
from adplat.flows.bench_run import BenchRun, BidStores
from adplat.reporting import PacedMoney, draw_paced_day
from adplat.simulator import Spike, WorldConfig, build_world, market_day

SEEDS, QUICK_SEEDS = (1, 2, 3, 4), (1,)
REQUESTS, QUICK_REQUESTS = 30_000, 8_000
RACE_S, QUICK_RACE_S = 60.0, 10.0
OVERSPEND, UNDERSPEND = 0.005, 0.02
# Below the cache; the page on the market shows it.
PICTURE = Path("benchmarks") / "paced_day.png"
SPIKE_AT_H, SPIKE_MINUTES, SPIKE_FACTOR = 14.5, 20, 5


@dataclass(frozen=True)
class DayOrder:
    """One day of about ``requests`` requests and those of its spike, to be played over the Redis at ``url``."""

    workspace: Path
    stores: BidStores
    url: str
    seed: int
    requests: int


@dataclass(frozen=True)
class DaySeen:
    """A day, and what its market held for each campaign."""

    seed: int
    day: PacedDay
    supply: Mapping[str, Supply]

    @property
    def allowed(self) -> list[CampaignDay]:
        """Campaigns whose budget the market held, whatever the others did."""
        budgets = {one.campaign_id: one.budget_micros for one in self.day.campaigns}
        return [
            one for one in self.day.campaigns if self.supply[one.campaign_id].left_micros(budgets) >= one.budget_micros
        ]


def pacing_figures(run: BenchRun, place: Path, workspace: Path) -> list[Figure]:
    """Play the days and the race that were asked for. ``place`` is for what Redis keeps meanwhile.

    Cost: linear in seeds and requests; about three minutes, a third of it the race.
    """
    figures: list[Figure] = []

    def told(done: int, total: int, _: str) -> None:
        run.progress(done, total, "days under pacing, and bidders that race for the same people")

    with ExitStack() as stack:
        stores = run.bid_stores
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="adp-", dir=place)))
        url = stack.enter_context(stores.running(folder))
        if any(run.wants(name) for name in ("bidding.3.overspend", "bidding.3.underspend", "bidding.3.miscounted")):
            seeds, requests = (QUICK_SEEDS, QUICK_REQUESTS) if run.quick else (SEEDS, REQUESTS)
            orders = [DayOrder(workspace, stores, url, seed, requests) for seed in seeds]
            days = run_parts([Part(f"day {one.seed}", play_day, (one,)) for one in orders], told)
            figures += day_figures(list(days.values()))
            write_bytes(run.cache_dir / PICTURE, picture_of(days[f"day {seeds[0]}"]))
        if run.wants("bidding.3.frequency"):
            seconds = QUICK_RACE_S if run.quick else RACE_S
            order = RaceOrder(workspace, stores, url, "race", time.time(), seconds)
            logs = run_parts([Part(f"bidder {number}", race, (order, number)) for number in range(LANES)], told)
            figures.append(frequency_figure(list(logs.values())))
    return figures


def play_day(order: DayOrder) -> DaySeen:
    """Make the market of a day, give every campaign its budget, and play."""
    config = read_config(configs_folder() / "worlds" / "small.yaml", WorldConfig)
    world = build_world(replace(config, impressions=order.requests * config.days))
    start = world.config.log_end
    spike = Spike(start + timedelta(hours=SPIKE_AT_H), timedelta(minutes=SPIKE_MINUTES), SPIKE_FACTOR)
    market = market_day(world, order.seed, start, spike)
    deployed = serving_of(order.workspace)
    supply = supply_of(with_campaigns(deployed, planned_campaigns(start)), market)
    serving = with_campaigns(deployed, planned_campaigns(start, budgets_of(supply)))
    namespace = f"day{order.seed}"

    async def play() -> PacedDay:
        state = order.stores.open_bids(order.url, namespace)
        with closing(order.stores.open_upkeep(order.url, namespace)) as upkeep:
            try:
                return await paced_day(serving, market, state, upkeep, start, order.seed)
            finally:
                await state.close()

    return DaySeen(order.seed, asyncio.run(play()), supply)


def day_figures(seen: Sequence[DaySeen]) -> list[Figure]:
    """The worst campaign of all days decides; the mean over campaigns and days stands beside it."""
    every = [one for day in seen for one in day.day.campaigns]
    allowed = [one for day in seen for one in day.allowed]
    over = [max(one.spent_micros / one.budget_micros - 1.0, 0.0) for one in every]
    under = [max(1.0 - one.spent_micros / one.budget_micros, 0.0) for one in allowed]
    fewest = min(one.showings for one in allowed)
    requests = sum(sum(day.day.requests_by_step) for day in seen)
    seeds = tuple(day.seed for day in seen)
    told = (
        f"{len(seen)} simulated days of {requests // len(seen):,} requests, {SPIKE_FACTOR} times the traffic for "
        f"{SPIKE_MINUTES} minutes, late and silent notices"
    )
    return [
        Figure(
            "bidding.3.overspend",
            f"{told}; budget overspent, worst campaign (mean {statistics.fmean(over):.3%})",
            max(over),
            "share",
            "<=",
            OVERSPEND,
            n=len(over),
            seeds=seeds,
        ),
        Figure(
            "bidding.3.underspend",
            f"the same, where supply allows, {fewest:,} showings and more; budget left over, worst campaign "
            f"(mean {statistics.fmean(under):.3%})",
            max(under),
            "share",
            "<=",
            UNDERSPEND,
            n=len(under),
            seeds=seeds,
        ),
        Figure(
            "bidding.3.miscounted",
            "the same: campaigns of which Redis counts another spend than the market charged",
            float(sum(one.spent_micros != one.counted_micros for one in every)),
            "campaigns",
            "<=",
            0.0,
            n=len(every),
            seeds=seeds,
        ),
    ]


def picture_of(seen: DaySeen) -> bytes:
    """Money against its plan over the day; a budget that supply does not allow keeps its plan, and cannot follow it."""
    return draw_paced_day(
        seen.day.requests_by_step,
        [
            PacedMoney(
                one.campaign_id,
                np.array(one.charged_micros) / one.budget_micros,
                np.array(one.planned_micros) / one.budget_micros,
            )
            for one in seen.day.campaigns
        ],
        step_s=CURVE_S,
        form="png",
    )


def frequency_figure(logs: Sequence[RaceLog]) -> Figure:
    """Breaches, found by a plain count over everything that was shown."""
    showings = [one for log in logs for one in log.showings]
    capped = sum(bool(CAPS[one.campaign_id]) for one in showings)
    count = count_caps(showings, CAPS)
    requests = sum(len(log.under_way) for log in logs)
    return Figure(
        "bidding.3.frequency",
        f"{len(logs)} processes race for the same people: {requests:,} requests, {met_another(logs):,} beside another "
        f"of the same person; {capped:,} showings with a cap, {count.full:,} windows just full; windows above a cap",
        float(count.breaches),
        "windows",
        "<=",
        0.0,
        n=capped,
    )
