"""Decisions a second with twenty arms, propensities included: ours and each rival in turn, on the same core."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.bandit import Context, Policy, policy_named
from adplat.domain import Figure, SystemClock
from adplat.flows.bandit_rivals import MABWISER, VOWPAL, bandit_rivals, write_tape
from adplat.flows.bandit_tape import Tape, known_after_warm_up, tape_of
from adplat.flows.bandit_worlds import bandit_world
from adplat.flows.bench_bandit_regret import OURS, WARM_UP
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import bandit_rivals_lock, rival_python
from adplat.flows.rival_process import RivalProcess

WORLD, SEED, DECISIONS = 1, 1, 2000
ROUNDS, QUICK_ROUNDS = 9, 3
ROUND_S = 0.5
DRAWS = 1000
"""MABWiser tells no propensities: they are counted in so many of its predictions, good to 0.016."""
_TIMES = 10.0


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians over rounds, decisions a second: ours, the rival's, the rival's without propensities; ``times`` is the
    median of ours over the rival's, round by round."""

    ours_per_s: float
    told_per_s: float
    bare_per_s: float
    times: float


def speed_figures(run: BenchRun) -> list[Figure]:
    """Each policy of a rival beside ours; the fastest of a package is its figure. Nothing is cached but the world."""
    python = rival_python(run.cache_dir, run.progress, bandit_rivals_lock())
    drawn = bandit_world(WORLD, run.cache_dir, SystemClock(), quick=run.quick)
    tape = tape_of(drawn, SEED, DECISIONS, WARM_UP)
    policy = policy_named(OURS).update(known_after_warm_up(tape))
    rounds = QUICK_ROUNDS if run.quick else ROUNDS
    # Policies that always show the same arm have no propensities to tell.
    asked = [
        rival for rival in bandit_rivals() if rival.package == VOWPAL or rival.name in ("mab_lin_ts", "mab_thompson")
    ]
    timed: dict[str, Timed] = {}
    with tempfile.TemporaryDirectory(prefix="adplat-bandit-") as place:
        path = Path(place) / "tape.npz"
        write_tape(tape, drawn.names, path)
        for number, rival in enumerate(asked):
            run.progress(number, len(asked), f"decisions timed: {rival.name}")
            with RivalProcess(python, Path(place) / "rival.log") as process:
                process.ask("open_bandit", **rival.request(path, SEED))
                draws = DRAWS if rival.package == MABWISER else 0
                ours, told, bare = [], [], []
                for _ in range(rounds):
                    ours.append(decisions_per_s(policy, tape, ROUND_S))
                    told.append(process.ask("time_bandit", seconds=ROUND_S, draws=draws)["per_s"])
                    bare.append(process.ask("time_bandit", seconds=ROUND_S / 5, draws=0)["per_s"])
                mine, his = float(np.median(ours)), float(np.median(told))
                times = float(np.median(np.array(ours) / np.array(told)))
                timed[rival.name] = Timed(mine, his, float(np.median(bare)), times)
    run.progress(len(asked), len(asked), "decisions timed")
    return [
        _figure(package, {rival.name: timed[rival.name] for rival in asked if rival.package == package}, rounds)
        for package in (VOWPAL, MABWISER)
    ]


def decisions_per_s(policy: Policy, tape: Tape, seconds: float) -> float:
    """One call a decision, as the service makes it; contexts and names stand ready before the clock starts."""
    rng = np.random.default_rng(19)
    ready = [
        (Context(tape.p_ctr[asked, live], vectors=tape.vectors[live]), [f"c{arm}" for arm in live])
        for asked, live in zip(tape.asked, tape.live, strict=True)
    ]
    policy.choose(*ready[0], rng)  # what is computed when first asked for
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        context, arms = ready[rows % len(ready)]
        policy.choose(context, arms, rng)
        rows += 1
    return rows / (time.perf_counter() - start)


def _figure(package: str, timed: Mapping[str, Timed], rounds: int) -> Figure:
    fastest = min(timed, key=lambda name: timed[name].times)
    beside = ", ".join(f"{name} {one.told_per_s:,.0f}/s beside {one.ours_per_s:,.0f}" for name, one in timed.items())
    if package == MABWISER:
        bare = max(one.bare_per_s for one in timed.values())
        beside += f" (by {DRAWS:,} draws; without propensities up to {bare:,.0f}/s)"
    return Figure(
        f"bandit.4.speed.{package}",
        f"decisions a second among 20 arms, propensities included, over those of {package}'s fastest policy, median of "
        f"rounds in turn: {beside}",
        timed[fastest].times,
        "times",
        ">=",
        _TIMES,
        n=rounds,
        seeds=(SEED,),
        rival=fastest,
        rival_value=timed[fastest].told_per_s,
    )
