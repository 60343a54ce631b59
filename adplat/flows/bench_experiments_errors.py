"""How often an analysis sees what is not there: false alarms of tests and of the check of their sample ratio.

Tests are simulated many at a time, from units to sums to the very functions that an analysis calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from adplat.domain import Figure
from adplat.experiments import (
    MeanSums,
    Moments,
    RatioSums,
    adjusted_means,
    anytime_sample_ratio,
    effects,
    mean_moments,
    proportion_moments,
    ratio_moments,
    sample_ratio,
    score_p_value,
    student,
    watched,
)
from adplat.flows.bench_run import BenchRun
from adplat.statistics import Float64

RUNS, QUICK_RUNS = 100_000, 10_000  # of one look; the noise of a false alarm rate is then 0.07 points
WATCHED, QUICK_WATCHED = 10_000, 1_000  # with a look after every batch
LOOKS = 250
CHUNK = 500
UNITS = 500
BATCH = 20
RATE_BATCH = 500
LOW_RATE = 0.004
SEED = 20_261
ALPHA = 0.05

Pair = tuple[Moments, Moments]


def means(rng: np.random.Generator, shape: tuple[int, ...]) -> Pair:
    """Spendings: two in three units nothing, the rest a skewed amount. ``shape`` ends with units, then looks."""

    def arm() -> Moments:
        spent = rng.gamma(1.5, 4.0, shape) * (rng.random(shape) < 1.0 / 3.0)
        return mean_moments(_units(shape), _sums(spent), _sums(spent**2))

    return arm(), arm()


def adjusted(rng: np.random.Generator, shape: tuple[int, ...]) -> Pair:
    """Means with a covariate that explains half of their variance."""

    def arm() -> MeanSums:
        before = rng.gamma(2.0, 1.0, shape)
        after = before + rng.normal(0.0, math.sqrt(2.0), shape)
        return MeanSums(
            _units(shape), _sums(after), _sums(after**2), _sums(before), _sums(before**2), _sums(before * after)
        )

    control, treatment, _ = adjusted_means(arm(), arm())
    return control, treatment


def ratios(rng: np.random.Generator, shape: tuple[int, ...]) -> Pair:
    """Clicks over impressions of users who see a few pages and like ads unequally."""

    def arm() -> Moments:
        shown = 1.0 + rng.poisson(4.0, shape).astype(np.float64)
        chances = 0.2 * rng.beta(2.0, 2.0, shape)
        clicked = rng.binomial(shown.astype(np.int64), chances).astype(np.float64)
        return ratio_moments(
            RatioSums(
                _units(shape), _sums(clicked), _sums(clicked**2), _sums(shown), _sums(shown**2), _sums(shown * clicked)
            )
        )

    return arm(), arm()


def low_rates(rng: np.random.Generator, shape: tuple[int, ...]) -> Pair:
    """A click rate of 0.4 %; the units of a batch are drawn at once, ``shape[-2]`` of them."""

    def arm() -> Moments:
        clicks = rng.binomial(shape[-2], LOW_RATE, (shape[0], shape[-1])).cumsum(axis=1).astype(np.float64)
        return proportion_moments(_units(shape), clicks)

    return arm(), arm()


METRICS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Pair]] = {
    "means": means,
    "covariate": adjusted,
    "ratios": ratios,
    "rates": low_rates,
}


def false_alarm_figures(run: BenchRun) -> list[Figure]:
    """Tests without a difference: how many say there is one."""
    figures = []
    runs, looked = (QUICK_RUNS, QUICK_WATCHED) if run.quick else (RUNS, WATCHED)
    for number, (name, metric) in enumerate(METRICS.items()):
        told = "a CTR of 0.4 %" if name == "rates" else name
        if run.wants(f"experiments.1.false_alarms.fixed.{name}"):
            units = 10 * RATE_BATCH if name == "rates" else UNITS
            share = _one_look(np.random.default_rng([SEED, number]), metric, units, runs, rates=name == "rates")
            what = f"tests of {told} without a difference, one look, called different at 5 %"
            figures.append(_alarms(f"fixed.{name}", what, share, runs))
        if run.wants(f"experiments.1.false_alarms.anytime.{name}"):
            batch = RATE_BATCH if name == "rates" else BATCH
            for relative in (False, True):
                rng = np.random.default_rng([SEED, number, relative])
                share = _watched(rng, metric, batch, looked, relative=relative)
                kind = "relative" if relative else "absolute"
                what = (
                    f"{told}, {kind}, looked at after each of {LOOKS} batches of {batch} an arm: ever called different"
                )
                figures.append(
                    _bounded(f"experiments.1.false_alarms.anytime.{name}.{kind}", what, share, ALPHA, looked)
                )
    return figures


def _one_look(
    rng: np.random.Generator,
    metric: Callable[[np.random.Generator, tuple[int, ...]], Pair],
    units: int,
    runs: int,
    *,
    rates: bool,
) -> float:
    alarms = 0
    for count in _chunks(runs):
        control, treatment = metric(rng, (count, units, 1))
        if rates:
            p_value = score_p_value(
                control.base * control.n, control.n, treatment.base * treatment.n, treatment.n, "two-sided"
            )
        else:
            p_value = student(effects(control, treatment, relative=False), ALPHA, "two-sided").p_value
        alarms += int((p_value <= ALPHA).sum())
    return alarms / runs


def _watched(
    rng: np.random.Generator,
    metric: Callable[[np.random.Generator, tuple[int, ...]], Pair],
    batch: int,
    runs: int,
    *,
    relative: bool,
) -> float:
    alarms = 0
    for count in _chunks(runs, 100):
        control, treatment = metric(rng, (count, batch, LOOKS))
        p_value = watched(control, treatment, ALPHA, 5000.0, "two-sided", relative=relative).p_value
        alarms += int((p_value <= ALPHA).any(axis=1).sum())
    return alarms / runs


def sample_ratio_figures(run: BenchRun) -> list[Figure]:
    """Fair assignments that are called unfair at 0.001: at one look, and ever in 100 days."""
    runs, days = (5_000 if run.quick else 50_000), 100
    rng = np.random.default_rng([SEED, 7])
    daily = rng.binomial(400, 0.5, (runs, days)).cumsum(axis=1)
    total = 400 * np.arange(1, days + 1)
    once = ever = 0
    for first in daily:
        counts = np.stack([first, total - first], axis=1)
        once += sample_ratio(counts[-1].tolist(), [0.5, 0.5]).flagged
        ever += anytime_sample_ratio(counts.tolist(), [0.5, 0.5]).flagged
    said = "fair assignments of 40,000 units called unfair at 0.001"
    return [
        Figure(
            "experiments.1.sample_ratio.fixed",
            f"{said}, one look",
            once / runs,
            "share",
            "<=",
            0.001 + 3.0 * math.sqrt(0.001 / runs),
            n=runs,
            seeds=(SEED,),
        ),
        _bounded(
            "experiments.1.sample_ratio.anytime", f"{said}, looked at daily for {days} days", ever / runs, 0.001, runs
        ),
    ]


def _alarms(name: str, what: str, share: float, runs: int) -> Figure:
    return Figure(
        f"experiments.1.false_alarms.{name}",
        what,
        share,
        "share",
        "between",
        (ALPHA - 0.0045, ALPHA + 0.0045),
        n=runs,
        seeds=(SEED,),
    )


def _bounded(name: str, what: str, share: float, most: float, runs: int) -> Figure:
    return Figure(name, what, share, "share", "<=", most, n=runs, seeds=(SEED,))


def _units(shape: tuple[int, ...]) -> Float64:
    """Units so far at each look, for shapes ``(tests, units of a batch, looks)``."""
    return np.broadcast_to(float(shape[-2]) * np.arange(1, shape[-1] + 1), (shape[0], shape[-1]))


def _sums(values: Float64) -> Float64:
    total: Float64 = values.sum(axis=1).cumsum(axis=1)
    return total


def _chunks(runs: int, size: int = CHUNK) -> Iterator[int]:
    for start in range(0, runs, size):
        yield min(size, runs - start)
