"""What an analysis promises of truths that are there: coverage of rates, power as planned.

Coverage is no simulation: all pairs of counts that can come are weighed with their probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import binom

from adplat.domain import Figure, Interval
from adplat.experiments import Moments, confidence_sequence, effects, parse_plan, plan, student
from adplat.flows.bench_experiments_errors import ALPHA, LOW_RATE, SEED
from adplat.flows.bench_run import BenchRun
from adplat.statistics import newcombe_difference, relative_lift_interval


def coverage_figures() -> list[Figure]:
    """Exact coverage of the intervals of two rates with so many clicks expected in each arm, and of unequal ones."""
    figures = []
    for clicks, low, high in ((5, 0.945, 0.97), (20, 0.943, 0.957), (50, 0.943, 0.957)):
        n = round(clicks / LOW_RATE)
        for name, interval in (("absolute", newcombe_difference), ("relative", relative_lift_interval)):
            for growth in (1.0, 1.5):
                truth = growth - 1.0 if name == "relative" else LOW_RATE * (growth - 1.0)
                figures.append(
                    Figure(
                        f"experiments.1.coverage.{clicks}.{name}.{'equal' if growth == 1.0 else 'unequal'}",
                        f"{clicks} clicks in the control, {growth:g} times as many in the treatment, CTR 0.4 %, {name} "
                        "difference: exact coverage of 95 % intervals",
                        exact_coverage(n, LOW_RATE, LOW_RATE * growth, interval, truth),
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


def _likely(n: int, rate: float) -> list[tuple[int, float]]:
    low, high = (int(end) for end in binom.ppf([1e-10, 1.0 - 1e-10], n, rate))
    return [(count, float(binom.pmf(count, n, rate))) for count in range(low, high + 1)]
