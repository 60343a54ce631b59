"""Creative A/B tests: are they right as often as they say, and how long do they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adplat.domain import Figure
from adplat.flows.bench_experiments_adaptive import adaptive_figures
from adplat.flows.bench_experiments_agreement import agreement_figures
from adplat.flows.bench_experiments_errors import false_alarm_figures, sample_ratio_figures
from adplat.flows.bench_experiments_promises import coverage_figures, power_figures
from adplat.flows.bench_experiments_rows import rows_figures
from adplat.flows.bench_experiments_speed import speed_figures
from adplat.flows.bench_run import BenchRun

STEPS = 8


def bench_experiments(run: BenchRun) -> Sequence[Figure]:
    """Cost: about six minutes, most of it simulated tests that are looked at after every batch."""
    figures: list[Figure] = []
    parts: tuple[tuple[str, str, Callable[[], list[Figure]]], ...] = (
        (
            "experiments.1.agreement",
            "the same sums through statsmodels and tea-tasting",
            lambda: agreement_figures(run),
        ),
        ("experiments.1.coverage", "coverage of rates", coverage_figures),
        ("experiments.1.adaptive", "arms that a bandit moved", lambda: adaptive_figures(run)),
        ("experiments.1.power", "planned power", lambda: power_figures(run)),
        ("experiments.1.sample_ratio", "fair assignments", lambda: sample_ratio_figures(run)),
        ("experiments.1.false_alarms", "tests without a difference", lambda: false_alarm_figures(run)),
        ("experiments.2", "speed", speed_figures),
        ("experiments.2.rows", "a million rows", lambda: rows_figures(run)),
    )
    for number, (prefix, told, part) in enumerate(parts):
        run.progress(number, STEPS, told)
        if run.wants(prefix):
            figures += part()
    run.progress(STEPS, STEPS, "done")
    return figures
