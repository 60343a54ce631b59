"""Supply by targeting of simulated platforms, 7 and 14 days ahead of 28 to 120 days of log: beside last week again
and Prophet, which is told the same holidays.

Each targeting of each world is one series; its losses are taken over its mean, so that all weigh alike. Intervals by
worlds, whose targetings share their days. The worlds are people who come, visit and leave
(:mod:`adplat.flows.supply_worlds`); what was chosen in the method was chosen on worlds of other seeds.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from adplat.data import configs_folder
from adplat.domain import Figure, InternalFault
from adplat.flows.bench_forecast_baselines import last_week_again
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_process import RivalProcess
from adplat.flows.supply_worlds import SupplyWorld, draw_supply_world
from adplat.forecast import LEVELS, supply_paths
from adplat.statistics import Float64, inside_interval, pinball_losses, ratio_intervals

WORLDS, QUICK_WORLDS = 40, 4
FIRST_SEED = 1
HORIZONS = (7, 14)
RIVALS = {"seasonal_naive": "last week again", "prophet": "Prophet"}
TOLD = "supply of simulated platforms"


def supply_figures(run: BenchRun) -> list[Figure]:
    """Cost: two seconds a world, most of them Prophet's."""
    seeds = tuple(range(FIRST_SEED, FIRST_SEED + (QUICK_WORLDS if run.quick else WORLDS)))
    python = rival_python(run.cache_dir, run.progress, configs_folder() / "bench" / "forecast_rivals.lock")
    # By who tells and horizon: a loss and a share inside for each series.
    losses: dict[tuple[str, int], list[float]] = {}
    inside: dict[tuple[str, int], list[float]] = {}
    worlds: list[int] = []
    with RivalProcess(python, run.cache_dir / "rivals" / "prophet.log") as process:
        for number, seed in enumerate(seeds):
            run.progress(number, len(seeds), TOLD)
            world = draw_supply_world(seed, horizon=max(HORIZONS))
            for part in world.parts:
                worlds.append(number)
                ahead = part[world.history :]
                for who, told in _told(world, part, seed, process).items():
                    for horizon in HORIZONS:
                        days, quantiles = ahead[:horizon], told[:horizon]
                        loss = pinball_losses(days, quantiles, LEVELS).mean() / ahead.mean()
                        losses.setdefault((who, horizon), []).append(float(loss))
                        inside.setdefault((who, horizon), []).append(
                            float(inside_interval(days, quantiles[:, 0], quantiles[:, 2]).mean())
                        )
    run.progress(len(seeds), len(seeds), TOLD)
    figures = []
    for horizon in HORIZONS:
        for rival, name in RIVALS.items():
            ours, theirs = losses["ours", horizon], losses[rival, horizon]
            figures.append(
                Figure(
                    f"forecast.1.supply.pinball.{rival}.{horizon}",
                    f"simulated daily supply by targeting, {horizon} days ahead: pinball loss over the rival's",
                    float(np.sum(ours) / np.sum(theirs)),
                    "ratio",
                    "<=",
                    0.8,
                    n=len(worlds),
                    seeds=seeds,
                    interval=_interval(ours, theirs, worlds),
                    rival=name,
                    rival_value=float(np.mean(theirs)),
                )
            )
        figures.append(
            Figure(
                f"forecast.1.supply.coverage.{horizon}",
                f"days of supply between p10 and p90, {horizon} days ahead",
                float(np.mean(inside["ours", horizon])),
                "share",
                "between",
                (0.75, 0.85),
                n=len(worlds),
                seeds=seeds,
                interval=_interval(inside["ours", horizon], [1.0] * len(worlds), worlds),
                rival="Prophet",
                rival_value=float(np.mean(inside["prophet", horizon])),
            )
        )
    return figures


def _told(world: SupplyWorld, part: Float64, seed: int, process: RivalProcess) -> dict[str, Float64]:
    """``horizon x 3`` of each; rivals are given the targeting's own series, ours the platform's beside it."""
    known, horizon = part[: world.history], len(part) - world.history
    days = [world.first + timedelta(days=number) for number in range(len(part))]
    weekdays = np.array([day.weekday() for day in days])
    rng = np.random.default_rng(seed)
    paths = supply_paths(known, world.total[: world.history], weekdays, world.holidays, rng)
    asked = {
        "first": world.first.isoformat(),
        "values": known.tolist(),
        "horizon": horizon,
        "seed": seed,
        "holidays": [day.isoformat() for day, is_holiday in zip(days, world.holidays, strict=True) if is_holiday],
    }
    return {
        "ours": np.quantile(paths, LEVELS, axis=0).T,
        "seasonal_naive": last_week_again(known, horizon),
        "prophet": np.array(process.ask("forecast_prophet", **asked)["quantiles"]),
    }


def _interval(above: list[float], below: list[float], worlds: list[int]) -> tuple[float, float]:
    columns: tuple[Float64, Float64] = (np.array(above)[:, None], np.array(below)[:, None])
    (found,) = ratio_intervals(*columns, np.random.default_rng(FIRST_SEED), groups=np.array(worlds))
    if found is None:
        raise InternalFault("no losses to compare", hint="check the worlds")
    return found.low, found.high
