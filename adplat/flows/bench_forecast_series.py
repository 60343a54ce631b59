"""A real daily series, 120 days ahead from many past days: beside last week again, and beside Prophet."""

from __future__ import annotations

import numpy as np

from adplat.data import configs_folder
from adplat.domain import Figure, InternalFault
from adplat.flows.bench_forecast_baselines import last_week_again
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_process import RivalProcess
from adplat.flows.series_file import read_series
from adplat.forecast import LEVELS, forecast_series
from adplat.statistics import Float64, inside_interval, pinball_losses, ratio_intervals

HORIZON = 120
FIRST_ORIGIN, EVERY_DAYS, QUICK_EVERY_DAYS = 240, 10, 60
BLOCKS = 4
SEED = 1
RIVALS = {"seasonal_naive": "last week again", "prophet": "Prophet"}
TOLD = "120 days ahead from past days"


def series_figures(run: BenchRun) -> list[Figure]:
    """Intervals by blocks of origins: neighbours share most of their days."""
    series = read_series(real_data_folder() / "upworthy" / "daily_pageviews.csv")
    every = QUICK_EVERY_DAYS if run.quick else EVERY_DAYS
    origins = np.arange(FIRST_ORIGIN, len(series.values) - HORIZON + 1, every)
    losses: dict[str, list[float]] = {who: [] for who in ("ours", *RIVALS)}
    inside: dict[str, list[float]] = {who: [] for who in ("ours", *RIVALS)}
    lock = configs_folder() / "bench" / "forecast_rivals.lock"
    python = rival_python(run.cache_dir, run.progress, lock)
    with RivalProcess(python, run.cache_dir / "rivals" / "prophet.log") as process:
        for number, origin in enumerate(origins):
            run.progress(number, len(origins), TOLD)
            known, ahead = series.values[:origin], series.values[origin : origin + HORIZON]
            asked = {
                "first": series.first.date().isoformat(),
                "values": known.tolist(),
                "horizon": HORIZON,
                "seed": SEED,
            }
            told = {
                "ours": forecast_series(known, HORIZON, 1),
                "seasonal_naive": last_week_again(known, HORIZON),
                "prophet": np.array(process.ask("forecast_prophet", **asked)["quantiles"]),
            }
            for who, quantiles in told.items():
                losses[who].append(float(pinball_losses(ahead, quantiles, LEVELS).mean()))
                inside[who].append(float(inside_interval(ahead, quantiles[:, 0], quantiles[:, 2]).mean()))
    run.progress(len(origins), len(origins), TOLD)
    blocks = np.arange(len(origins)) * BLOCKS // len(origins)
    figures = [
        Figure(
            f"forecast.1.series.pinball.{rival}",
            "daily page views, 120 days ahead: pinball loss over the rival's",
            float(np.sum(losses["ours"]) / np.sum(losses[rival])),
            "ratio",
            "<=",
            0.8,
            n=len(origins),
            seeds=(SEED,),
            interval=_interval(losses["ours"], losses[rival], blocks),
            rival=told_rival,
            rival_value=float(np.mean(losses[rival])),
        )
        for rival, told_rival in RIVALS.items()
    ]
    figures.append(
        Figure(
            "forecast.1.series.coverage",
            "days between p10 and p90",
            float(np.mean(inside["ours"])),
            "share",
            "between",
            (0.75, 0.85),
            n=len(origins),
            seeds=(SEED,),
            interval=_interval(inside["ours"], [1.0] * len(origins), blocks),
            rival="Prophet",
            rival_value=float(np.mean(inside["prophet"])),
        )
    )
    return figures


def _interval(above: list[float], below: list[float], blocks: np.ndarray) -> tuple[float, float]:
    columns: tuple[Float64, Float64] = (np.array(above)[:, None], np.array(below)[:, None])
    (found,) = ratio_intervals(*columns, np.random.default_rng(SEED), groups=blocks)
    if found is None:
        raise InternalFault("no losses to compare", hint="check the series")
    return found.low, found.high
