"""The benchmark of splits pays by true curves, and its brute force is the best there is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from adplat.domain import Interval
from adplat.flows.bench_forecast_split import Outcomes, best_of_all, figures_of, hill_and_slsqp, split_world
from adplat.flows.split_worlds import KINDS, SplitWorld


def test_brute_force_is_the_best_of_all_splits() -> None:
    rng = np.random.default_rng(1)
    outcomes = [np.concatenate([[0.0], np.cumsum(rng.uniform(0, 1, 6))]) for _ in range(3)]
    every = max(
        sum(own[at] for own, at in zip(outcomes, parts, strict=True))
        for parts in itertools.product(range(7), repeat=3)
        if sum(parts) <= 6
    )
    assert best_of_all(outcomes) == pytest.approx(every)


def test_worlds_have_all_kinds_of_curves_and_replays_near_them() -> None:
    worlds = [SplitWorld.drawn(np.random.default_rng([1, number])) for number in range(60)]
    assert {curve.kind for world in worlds for curve in world.curves} == set(KINDS)
    ratios = [
        clicks[-1] / float(curve.outcome(spends[-1]))
        for world in worlds
        for curve, spends, clicks in zip(world.curves, world.spends_micros, world.clicks, strict=True)
    ]
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.05)
    assert 0.08 < np.std(ratios) < 0.2


def test_a_world_is_split_as_well_as_by_brute_force_and_the_rival_spends_the_same() -> None:
    world = SplitWorld.drawn(np.random.default_rng(3))
    found = split_world(world)
    assert found.fitted >= found.brute * 0.999
    assert found.ours <= found.best * 1.01
    assert hill_and_slsqp(world).sum() == pytest.approx(world.budget_micros)


def test_figures_hold_where_they_should_and_fail_where_they_should() -> None:
    good = Outcomes(100.0, 100.0, 98.0, 80.0, 90.0, 95.0, 100.0, Interval(9.0, 5.0, 12.0), 0.1)
    bad = Outcomes(90.0, 100.0, 70.0, 80.0, 90.0, 95.0, 100.0, Interval(9.0, 5.0, 12.0), 5.0)
    off = replace(good, gain=Interval(9.0, 8.5, 12.0))
    assert all(figure.holds for figure in figures_of([good] * 38 + [off] * 2))
    failed = {figure.figure_id for figure in figures_of([good] * 10 + [bad] * 10) if not figure.holds}
    assert failed >= {
        "forecast.5.optimiser.worst",
        "forecast.5.true.equal",
        "forecast.5.true.proportional",
        "forecast.5.true.hill",
        "forecast.5.gain.inside",
        "forecast.5.gain.wrong",
        "forecast.5.speed",
    }
