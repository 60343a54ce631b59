"""Decisions a second with twenty arms, propensities included: ours and each rival in turn, on the same core."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.bandit import Policy, choose_many, policy_named
from adplat.domain import Figure, SystemClock
from adplat.flows.bandit_rivals import MABWISER, VOWPAL, bandit_rivals, write_tape
from adplat.flows.bandit_tape import Tape, asked_of, known_after_warm_up, tape_of
from adplat.flows.bandit_worlds import bandit_world
from adplat.flows.bench_bandit_regret import OURS, WARM_UP
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import bandit_rivals_lock, rival_python
from adplat.flows.rival_process import RivalProcess

WORLD, SEED, DECISIONS = 1, 1, 2000
ROUNDS, QUICK_ROUNDS = 9, 3
ROUND_S = 0.5
AT_ONCE = 256
"""Ours is asked for so many decisions in one call; the rivals' packages have none that takes more than one."""
DRAWS = 1000
"""MABWiser tells no propensities: they are counted in so many of its predictions, good to 0.016."""
_TIMES = 10.0


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians over rounds, decisions a second: ours, ours one at a time, the rival's, the rival's without
    propensities; ``times`` is the median of ours over the rival's, round by round."""

    ours_per_s: float
    alone_per_s: float
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
                ours, alone, told, bare = [], [], [], []
                for _ in range(rounds):
                    ours.append(decisions_per_s(policy, tape, ROUND_S))
                    alone.append(decisions_per_s(policy, tape, ROUND_S / 5, at_once=1))
                    told.append(process.ask("time_bandit", seconds=ROUND_S, draws=draws)["per_s"])
                    bare.append(process.ask("time_bandit", seconds=ROUND_S / 5, draws=0)["per_s"])
                mine, his = float(np.median(ours)), float(np.median(told))
                times = float(np.median(np.array(ours) / np.array(told)))
                timed[rival.name] = Timed(mine, float(np.median(alone)), his, float(np.median(bare)), times)
    run.progress(len(asked), len(asked), "decisions timed")
    return [
        _figure(package, {rival.name: timed[rival.name] for rival in asked if rival.package == package}, rounds)
        for package in (VOWPAL, MABWISER)
    ]


def decisions_per_s(policy: Policy, tape: Tape, seconds: float, at_once: int = AT_ONCE) -> float:
    """So many at once; at 1 one call a decision, as a bid makes it. Contexts and names stand ready before."""
    rng = np.random.default_rng(19)
    contexts, arms = asked_of(tape, range(len(tape)))
    policy.choose(contexts[0], arms[0], rng)  # what is computed when first asked for
    parts = [slice(begin, begin + at_once) for begin in range(0, len(tape) - at_once + 1, at_once)]
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        part = parts[rows // at_once % len(parts)]
        if at_once == 1:
            policy.choose(contexts[part.start], arms[part.start], rng)
        else:
            choose_many(policy, contexts[part], arms[part], rng)
        rows += at_once
    return rows / (time.perf_counter() - start)


def _figure(package: str, timed: Mapping[str, Timed], rounds: int) -> Figure:
    fastest = min(timed, key=lambda name: timed[name].times)
    beside = ", ".join(
        f"{name} {one.told_per_s:,.0f}/s beside {one.ours_per_s:,.0f} (one at a time {one.alone_per_s:,.0f})"
        for name, one in timed.items()
    )
    if package == MABWISER:
        bare = max(one.bare_per_s for one in timed.values())
        beside += f" (by {DRAWS:,} draws; without propensities up to {bare:,.0f}/s)"
    return Figure(
        f"bandit.4.speed.{package}",
        f"decisions a second among 20 arms, propensities included, over those of {package}'s fastest policy, median of "
        f"rounds in turn, ours {AT_ONCE} in a call: {beside}",
        timed[fastest].times,
        "times",
        ">=",
        _TIMES,
        n=rounds,
        seeds=(SEED,),
        rival=fastest,
        rival_value=timed[fastest].told_per_s,
    )
