"""How long it takes to analyse a thousand creatives, to bound a test with looks, and to assign a request."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from adplat.domain import Experiment, ExperimentArm, ExperimentBook, Figure
from adplat.experiments import Assigner, analyze, first_boundary_state, next_look, parse_spec

CREATIVES = 1000
ROUNDS = 5
UNITS = 20_000
LOOKS = 20
RUNNING = 10
REQUESTS = 2_000


def speed_figures() -> list[Figure]:
    """Medians of rounds, wall clock."""
    documents = many_creatives()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for document in documents:
            analyze(parse_spec(document, where="bench"))
        seconds.append(time.perf_counter() - start)
    first, later = boundary_seconds()
    assigned = assignment_us()
    return [
        Figure(
            "experiments.2.sums",
            f"{CREATIVES:,} creatives against a control by {len(documents)} metrics, from sums to documents",
            statistics.median(seconds),
            "s",
            "<=",
            1.0,
            n=ROUNDS,
            interval=(min(seconds), max(seconds)),
        ),
        Figure(
            "experiments.2.boundary.first",
            f"group-sequential boundaries of {LOOKS} looks from nothing",
            first,
            "s",
            "<=",
            15.0,
            n=1,
        ),
        Figure(
            "experiments.2.boundary.resumed",
            f"the boundary of one more look from the state of {LOOKS - 1}",
            statistics.median(later) * 1000.0,
            "ms",
            "<=",
            10.0,
            n=len(later),
            interval=(min(later) * 1000.0, max(later) * 1000.0),
        ),
        Figure(
            "experiments.2.assignment",
            f"one request's arm in one of {RUNNING} experiments (two arms, a layer each, traffic 0.9, a holdout)",
            statistics.median(assigned),
            "µs",
            "<=",
            2.0,
            n=len(assigned),
            interval=(min(assigned), max(assigned)),
        ),
    ]


def assignment_us() -> list[float]:
    """Microseconds an experiment and request, by round."""
    arms = (ExperimentArm("control"), ExperimentArm("treatment", 2.0))
    names = [f"experiment-{number}" for number in range(RUNNING)]
    assigner = Assigner(ExperimentBook(tuple(Experiment(name, arms, layer=name, traffic=0.9) for name in names), 0.05))
    users = [f"u{number:012d}" for number in range(REQUESTS)]
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for user in users:
            units = assigner.units_of(user, "")
            for name in names:
                units.arm_of(name)
        rounds.append((time.perf_counter() - start) * 1e6 / (REQUESTS * RUNNING))
    return rounds


def boundary_seconds() -> tuple[float, list[float]]:
    """From nothing, and the last look again and again."""
    fractions = np.linspace(1.0 / LOOKS, 1.0, LOOKS).tolist()
    start = time.perf_counter()
    state = first_boundary_state(np.array([0.05]), two_sided=True, spending="obrien-fleming")
    for fraction in fractions[:-1]:
        state = next_look(state, fraction)
    next_look(state, fractions[-1])
    first = time.perf_counter() - start
    later = []
    for _ in range(50):
        start = time.perf_counter()
        next_look(state, fractions[-1])
        later.append(time.perf_counter() - start)
    return first, later


def many_creatives() -> list[dict[str, Any]]:
    """Two rates, a mean, a mean with a covariate and a ratio of the same creatives."""
    rng = np.random.default_rng(5)
    documents = []
    for name, kind, extra in (
        ("ctr", "proportion", ""),
        ("cvr", "proportion", ""),
        ("revenue", "mean", ""),
        ("adjusted", "mean", "covariate"),
        ("clicks_per_view", "ratio", "denominator"),
    ):
        arms: list[dict[str, Any]] = []
        for number, clicks in enumerate(rng.binomial(UNITS, 0.01, CREATIVES + 1).tolist()):
            arm: dict[str, Any] = {"name": f"creative {number}", "n": UNITS, "sum": clicks}
            if kind != "proportion":
                arm["sum_squares"] = clicks * 1.5
            if extra:
                arm[extra] = {"sum": 3.0 * UNITS, "sum_squares": 12.0 * UNITS, "sum_products": 3.5 * clicks}
            arms.append(arm)
        documents.append({"metric": {"name": name, "kind": kind}, "arms": arms, "correction": "bh"})
    return documents
