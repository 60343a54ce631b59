"""The default policy beside Vowpal Wabbit and MABWiser: clicks lost to the best creative, over worlds and seeds.

Twice: with the model's predictions as they are, and with predictions that belong to other creatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.bandit import policy_named
from adplat.domain import Figure, SystemClock
from adplat.flows.bandit_rivals import bandit_rivals, rival_places
from adplat.flows.bandit_tape import Int64, Tape, play_tape, shuffled, tape_of
from adplat.flows.bandit_worlds import bandit_world
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import bandit_rivals_lock, rival_python
from adplat.statistics import Float64

OURS, UNIFORM = "thompson-with-prior", "uniform"
CONTENT, USELESS = "content", "useless"
WORLDS, QUICK_WORLDS = 20, 2
SEEDS, QUICK_SEEDS = 10, 1
DECISIONS, QUICK_DECISIONS = 5000, 1000
WARM_UP = 2000
LATE_SHARE = 1.0 / 3.0
"""The last third of a run is its steady state."""
_RESAMPLES = 4000


@dataclass(frozen=True)
class WorldResult:
    """One world in one condition; ``regret`` by player in clicks a run, one number a seed, ``late`` its true rates."""

    world: int
    condition: str
    regret: dict[str, Float64]
    late: dict[str, Float64]


def regret_figures(run: BenchRun) -> list[Figure]:
    """Regret beside the better rival in both conditions, and the steady state beside random creatives.

    About a minute a world on one core, two at a time; half of that where worlds and rivals are cached. Raises
    MissingInput where the rivals cannot be installed.
    """
    python = rival_python(run.cache_dir, run.progress, bandit_rivals_lock())
    worlds = range(1, 1 + (QUICK_WORLDS if run.quick else WORLDS))
    seeds = tuple(range(1, 1 + (QUICK_SEEDS if run.quick else SEEDS)))
    parts = [
        Part(f"world {world}", play_world, (world, seeds, (OURS,), python, run.cache_dir, run.quick))
        for world in worlds
    ]
    found = run_parts(parts, run.progress, "worlds played")
    return figures_of([result for results in found.values() for result in results], seeds)


def play_world(
    world: int, seeds: Sequence[int], policies: Sequence[str], python: Path | None, cache_dir: Path, quick: bool
) -> list[WorldResult]:
    """Both conditions of one world: ``policies`` of ours, uniform, and every rival where there is ``python``."""
    drawn = bandit_world(world, cache_dir, SystemClock(), quick=quick)
    decisions = QUICK_DECISIONS if quick else DECISIONS
    true = {seed: tape_of(drawn, _key(world, seed), decisions, WARM_UP) for seed in seeds}
    results = []
    for condition in (CONTENT, USELESS):
        tapes = true if condition == CONTENT else {seed: shuffled(tape, seed) for seed, tape in true.items()}
        places = {
            (name, seed): play_tape(tape, policy_named(name), np.random.default_rng([world, seed, 17]))
            for name in (*policies, UNIFORM)
            for seed, tape in tapes.items()
        }
        if python is not None:
            places |= rival_places(python, bandit_rivals(), tapes, drawn.names, cache_dir)
        results.append(_result(world, condition, tapes, places))
    return results


def _key(world: int, seed: int) -> int:
    """Runs of different worlds share nothing, and a world's runs go through its campaigns in turn."""
    return 1000 * world + seed


def _result(world: int, condition: str, tapes: dict[int, Tape], places: dict[tuple[str, int], Int64]) -> WorldResult:
    regret: dict[str, list[float]] = {}
    late: dict[str, list[float]] = {}
    for (name, seed), chosen in places.items():
        tape = tapes[seed]
        rates = tape.chances()[np.arange(len(tape)), chosen]
        regret.setdefault(name, []).append(float(tape.regret(chosen).sum()))
        late.setdefault(name, []).append(float(rates[-round(LATE_SHARE * len(tape)) :].mean()))
    return WorldResult(world, condition, _arrays(regret), _arrays(late))


def _arrays(lists: dict[str, list[float]]) -> dict[str, Float64]:
    return {name: np.array(values) for name, values in lists.items()}


def figures_of(results: Sequence[WorldResult], seeds: Sequence[int]) -> list[Figure]:
    """The claims from all worlds in both conditions."""
    content = [result for result in results if result.condition == CONTENT]
    useless = [result for result in results if result.condition == USELESS]
    return [
        _regret_figure(content, seeds, "the model's predictions", 0.8),
        _regret_figure(useless, seeds, "predictions of other creatives (vectors right)", 1.02),
        _steady_state(content, seeds),
    ]


def _regret_figure(results: Sequence[WorldResult], seeds: Sequence[int], told: str, target: float) -> Figure:
    players = [name for name in results[0].regret if name not in (OURS, UNIFORM)]
    means = {name: np.array([result.regret[name].mean() for result in results]) for name in (OURS, UNIFORM, *players)}
    better = min(players, key=lambda name: float(means[name].mean()))
    ratios = means[OURS] / means[better]
    nearest = means[OURS] / np.min([means[name] for name in players], axis=0)
    beside = ", ".join(f"{name} {values.mean():.1f}" for name, values in means.items())
    worst = results[int(np.argmax(ratios))].world
    return Figure(
        f"bandit.4.{results[0].condition}.regret",
        f"{told}: regret of {OURS} over that of the better rival, median over worlds; worst {ratios.max():.3f} "
        f"(world {worst}), beside each world's own best rival median {np.median(nearest):.3f}, worst "
        f"{nearest.max():.3f}; clicks lost a run: {beside}",
        float(np.median(ratios)),
        "ratio",
        "<=",
        target,
        n=len(results) * len(seeds),
        seeds=tuple(seeds),
        interval=_median_interval(ratios),
        rival=better,
        rival_value=1.0,
    )


def _steady_state(results: Sequence[WorldResult], seeds: Sequence[int]) -> Figure:
    lifts = np.array([result.late[OURS].mean() / result.late[UNIFORM].mean() - 1.0 for result in results])
    return Figure(
        "bandit.4.steady_state",
        f"true click rate of {OURS} over that of random creatives less one, last third of a run, median over worlds; "
        f"worst {lifts.min():.2f}",
        float(np.median(lifts)),
        "share",
        ">=",
        0.3,
        n=len(results) * len(seeds),
        seeds=tuple(seeds),
        interval=_median_interval(lifts),
        rival="random creatives",
        rival_value=0.0,
    )


def _median_interval(values: Float64) -> tuple[float, float]:
    """95 % bootstrap of the median over worlds."""
    rng = np.random.default_rng(0)
    medians = np.median(rng.choice(values, (_RESAMPLES, len(values))), axis=1)
    low, high = np.quantile(medians, (0.025, 0.975))
    return float(low), float(high)
