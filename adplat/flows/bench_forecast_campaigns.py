"""Campaigns that have not run, told and then played (``forecast.1.campaigns``): coverage, sharpness, and two rivals."""

from __future__ import annotations

from functools import partial

import numpy as np

from adplat.domain import TOLD_LEVELS, Figure, InternalFault, Metric
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_run import BenchRun
from adplat.flows.campaign_trial import KNOWING, KNOWN, Trial, try_campaigns
from adplat.flows.campaign_worlds import WorldCampaigns, forecast_world
from adplat.statistics import Float64, inside_interval, pinball_losses, ratio_intervals

PREFIX = "forecast.1.campaigns"
HISTORY, HELD_OUT = range(100, 140), range(1, 57)
"""Seeds of the markets that teach, and of those that are told."""
CAMPAIGNS = 130
QUICK_MARKETS, QUICK_CAMPAIGNS = 2, 30
RIVALS = {"trees": "LightGBM quantiles on the plans", "raw": "the replay without correction"}
INTERVALS = (("80", 0.1, 0.9, 0.8), ("95", 0.025, 0.975, 0.95))
LEVELS = np.array(TOLD_LEVELS)
OVERALL, IN_SLICE = 0.02, 0.05
TOLD = "markets simulated and told"


def bench_forecast_campaigns(run: BenchRun) -> list[Figure]:
    """Cost: some 15 s of one core a market, two at a time; then some three minutes of one core."""
    if not run.wants(PREFIX):
        return []
    markets, campaigns = (None, CAMPAIGNS) if not run.quick else (QUICK_MARKETS, QUICK_CAMPAIGNS)
    history, held_out = HISTORY[:markets], HELD_OUT[:markets]
    parts = [Part(f"market {seed}", forecast_world, (seed, campaigns)) for seed in (*history, *held_out)]
    worlds: dict[str, WorldCampaigns] = run_parts(parts, run.progress, TOLD)
    trial = try_campaigns(
        [worlds[f"market {seed}"] for seed in history], [worlds[f"market {seed}"] for seed in held_out]
    )
    return trial_figures(trial, (history[0], history[-1], held_out[0], held_out[-1]))


def trial_figures(trial: Trial, seeds: tuple[int, ...]) -> list[Figure]:
    """All figures of a trial; intervals take whole markets."""
    made = partial(_share, trial, seeds)
    figures = []
    for metric in Metric:
        chosen = trial.below_budget if metric is Metric.SPEND else np.ones(len(trial.markets), dtype=np.bool_)
        which = f"{metric}, plans not told to spend their budget" if metric is Metric.SPEND else str(metric)
        for place, (name, low, high, share) in enumerate(INTERVALS):
            target = (share - OVERALL, share + OVERALL)
            what = f"{which}: inside the {name} % interval, whole numbers in proportion"
            figures.append(made(f"{metric}.coverage{name}", what, trial.parts[metric][:, place], chosen, target))
            told = trial.told["ours", metric][:, [TOLD_LEVELS.index(low), TOLD_LEVELS.index(high)]]
            inside = inside_interval(trial.actual[metric], *told.T)
            what = f"{which}: between the told ends of the {name} % interval"
            figures.append(made(f"{metric}.inside{name}", what, inside, chosen, (share - OVERALL, 1.0)))
        figures += [_pinball(trial, seeds, metric, rival) for rival in RIVALS]
        if metric in KNOWN:
            figures.append(_floor(trial, seeds, metric))
        figures.append(_wape(trial, seeds, metric))
    for name, chosen in trial.slices.items():
        if chosen.any():
            figures += [_worst(trial, seeds, name, chosen, place) for place in range(len(INTERVALS))]
    return figures


def _share(
    trial: Trial,
    seeds: tuple[int, ...],
    name: str,
    what: str,
    values: Float64,
    chosen: np.ndarray,
    target: tuple[float, float],
) -> Figure:
    ones = np.ones((int(chosen.sum()), 1))
    value, interval = _ratio(values[chosen][:, None], ones, trial.markets[chosen])
    return Figure(
        f"{PREFIX}.{name}", what, value, "share", "between", target, n=len(ones), seeds=seeds, interval=interval
    )


def _worst(trial: Trial, seeds: tuple[int, ...], name: str, chosen: np.ndarray, place: int) -> Figure:
    """The metric whose coverage in a slice is furthest from what it should be."""
    level, _, _, share = INTERVALS[place]
    found = []
    for metric in Metric:
        rows = chosen & trial.below_budget if metric is Metric.SPEND else chosen
        if rows.any():
            found.append((abs(float(trial.parts[metric][rows, place].mean()) - share), metric, rows))
    _, metric, rows = max(found, key=lambda one: one[0])
    what = f"{name.replace('_', ' ')}: inside the {level} % interval, the worst metric ({metric})"
    target = (share - IN_SLICE, share + IN_SLICE)
    return _share(trial, seeds, f"slice.{name}.coverage{level}", what, trial.parts[metric][:, place], rows, target)


def _pinball(trial: Trial, seeds: tuple[int, ...], metric: Metric, rival: str) -> Figure:
    actual = trial.actual[metric]
    ours, theirs = (pinball_losses(actual, trial.told[who, metric], LEVELS) for who in ("ours", rival))
    value, interval = _ratio(ours[:, None], theirs[:, None], trial.markets)
    return Figure(
        f"{PREFIX}.{metric}.pinball.{rival}",
        f"{metric}: pinball loss over the rival's",
        value,
        "ratio",
        "<=",
        0.8,
        n=len(actual),
        seeds=seeds,
        interval=interval,
        rival=RIVALS[rival],
        rival_value=float(theirs.mean()),
    )


def _floor(trial: Trial, seeds: tuple[int, ...], metric: Metric) -> Figure:
    """What no forecast can go below, over the raw replay; where it is above the aim, nobody reaches that."""
    actual = trial.actual[metric]
    least, raw = (pinball_losses(actual, trial.told[who, metric], LEVELS) for who in (KNOWING, "raw"))
    value, interval = _ratio(least[:, None], raw[:, None], trial.markets)
    return Figure(
        f"{PREFIX}.{metric}.floor.raw",
        f"{metric}: pinball loss of one who knows each showing and its true chance, over the rival's",
        value,
        "ratio",
        "<=",
        0.8,
        n=len(actual),
        seeds=seeds,
        interval=interval,
        rival=RIVALS["raw"],
        rival_value=float(raw.mean()),
    )


def _wape(trial: Trial, seeds: tuple[int, ...], metric: Metric) -> Figure:
    actual, middle = trial.actual[metric], TOLD_LEVELS.index(0.5)
    ours, trees = (np.abs(trial.told[who, metric][:, middle] - actual) for who in ("ours", "trees"))
    value, interval = _ratio(ours[:, None], actual[:, None], trial.markets)
    return Figure(
        f"{PREFIX}.{metric}.wape",
        f"{metric}: sum of misses of the median over the sum of what happened",
        value,
        "share",
        "<=",
        float(trees.sum() / actual.sum()),
        n=len(actual),
        seeds=seeds,
        interval=interval,
        rival=RIVALS["trees"],
        rival_value=float(trees.sum() / actual.sum()),
    )


def _ratio(above: Float64, below: Float64, markets: np.ndarray) -> tuple[float, tuple[float, float]]:
    (interval,) = ratio_intervals(above, below, np.random.default_rng(1), groups=markets)
    if interval is None:
        raise InternalFault("nothing to compare with", hint="tell more campaigns")
    return float(above.sum() / below.sum()), (interval.low, interval.high)
