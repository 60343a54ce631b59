"""How often an analysis is wrong where the truth is known: false alarms, coverage, power.

Tests are simulated many at a time, from units to sums to the very functions that an analysis calls. Coverage of rates
is no simulation: all pairs of counts that can come are weighed with their probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import binom

from adplat.domain import Figure, Interval
from adplat.experiments import (
    MeanSums,
    Moments,
    RatioSums,
    adjusted_means,
    anytime_sample_ratio,
    confidence_sequence,
    effects,
    mean_moments,
    parse_plan,
    plan,
    proportion_moments,
    ratio_moments,
    sample_ratio,
    score_p_value,
    student,
)
from adplat.flows.bench_run import BenchRun
from adplat.statistics import Float64, newcombe_difference, relative_lift_interval

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
    runs, watched = (QUICK_RUNS, QUICK_WATCHED) if run.quick else (RUNS, WATCHED)
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
                share = _watched(rng, metric, batch, watched, relative=relative)
                kind = "relative" if relative else "absolute"
                what = (
                    f"{told}, {kind}, looked at after each of {LOOKS} batches of {batch} an arm: ever called different"
                )
                figures.append(
                    _bounded(f"experiments.1.false_alarms.anytime.{name}.{kind}", what, share, ALPHA, watched)
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
        found = effects(control, treatment, relative=relative)
        p_value = confidence_sequence(found, ALPHA, 5000.0, "two-sided").p_value
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


def coverage_figures() -> list[Figure]:
    """Exact coverage of the intervals of two rates with so many clicks expected in each arm."""
    figures = []
    for clicks, low, high in ((5, 0.945, 0.97), (20, 0.943, 0.957), (50, 0.943, 0.957)):
        n = round(clicks / LOW_RATE)
        for kind, interval, truth in (
            ("absolute", newcombe_difference, 0.0),
            ("relative", relative_lift_interval, 0.0),
        ):
            figures.append(
                Figure(
                    f"experiments.1.coverage.{clicks}.{kind}",
                    f"{clicks} clicks an arm at a CTR of 0.4 %, {kind} difference: coverage of 95 % intervals, exact",
                    exact_coverage(n, LOW_RATE, LOW_RATE, interval, truth),
                    "share",
                    "between",
                    (low, high),
                    n=n,
                )
            )
    return figures


def exact_coverage(n: int, base_rate: float, rate: float, interval: Callable[..., Interval], truth: float) -> float:
    """P(the interval holds the truth), by all counts but those of probability 1e-9 in all."""
    found = 0.0
    likely = [_likely(n, one) for one in (rate, base_rate)]
    for successes, chance in likely[0]:
        for base, base_chance in likely[1]:
            if not interval(successes, n, base, n).excludes(truth):
                found += chance * base_chance
    return found


def power_figures(run: BenchRun) -> list[Figure]:
    """Planned power beside the power of simulated tests of that plan."""
    runs = 10_000 if run.quick else 50_000
    base = {"metric": {"name": "revenue", "kind": "mean"}, "baseline": {"mean": 4.0, "std": 6.0}, "effect": 0.1}
    figures = []
    for method in ("fixed", "sequential"):
        looks = 1 if method == "fixed" else 14
        document = plan(parse_plan({**base, "method": method, "looks": looks}, where="bench"))
        rng = np.random.default_rng([SEED, 11, looks])
        batch = document["units"] / 2.0 / looks
        units = batch * np.arange(1, looks + 1)
        arms = [
            rng.normal(mean * batch, 6.0 * math.sqrt(batch), (runs, looks)).cumsum(axis=1) / units
            for mean in (4.0, 4.4)
        ]
        moments = [
            Moments(units, mean, np.full_like(mean, 36.0), mean, np.full_like(mean, 36.0), np.full_like(mean, 36.0))
            for mean in arms
        ]
        found = effects(moments[0], moments[1], relative=True)
        if method == "fixed":
            p_value = student(found, ALPHA, "two-sided").p_value
        else:
            p_value = confidence_sequence(found, ALPHA, document["sequential_tuning"], "two-sided").p_value
        share = float((p_value <= ALPHA).any(axis=1).mean())
        figures.append(
            Figure(
                f"experiments.1.power.{method}",
                f"{method} test of means planned for 80 %, {looks} looks: power of simulated ones less the planned",
                share - document["power"],
                "share",
                "between",
                (-0.01, 0.01),
                n=runs,
                seeds=(SEED,),
            )
        )
    return figures


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


def _likely(n: int, rate: float) -> list[tuple[int, float]]:
    low, high = (int(end) for end in binom.ppf([1e-10, 1.0 - 1e-10], n, rate))
    return [(count, float(binom.pmf(count, n, rate))) for count in range(low, high + 1)]
