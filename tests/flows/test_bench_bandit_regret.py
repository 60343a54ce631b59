"""Figures of point 4 from what worlds gave."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.flows.bench_bandit_regret import CONTENT, OURS, UNIFORM, USELESS, WorldResult, figures_of


def a_result(world: int, condition: str, ours: float, good: float, bad: float, late: float = 0.08) -> WorldResult:
    regret = {OURS: ours, UNIFORM: 300.0, "good": good, "bad": bad}
    return WorldResult(
        world,
        condition,
        {name: np.array([value - 5.0, value + 5.0]) for name, value in regret.items()},
        {OURS: np.array([late, late]), UNIFORM: np.array([0.05, 0.05])},
    )


def test_the_claim_is_against_the_rival_that_is_better_over_all_worlds() -> None:
    results = [
        a_result(1, CONTENT, 70.0, 100.0, 200.0),
        a_result(2, CONTENT, 75.0, 100.0, 90.0),
        a_result(3, CONTENT, 130.0, 100.0, 200.0),
        a_result(1, USELESS, 103.0, 100.0, 200.0),
        a_result(2, USELESS, 101.0, 100.0, 200.0),
        a_result(3, USELESS, 99.0, 100.0, 200.0),
    ]
    figures = {figure.figure_id: figure for figure in figures_of(results, (1, 2))}
    content = figures["bandit.4.content.regret"]
    assert content.rival == "good"
    assert content.value == pytest.approx(0.75)
    assert content.holds
    assert "worst 1.300 (world 3)" in content.what
    # World 2 has a rival of its own that is better there: 75 / 90.
    assert "median 0.833" in content.what
    assert content.n == 6
    assert content.interval is not None
    assert content.interval[0] <= 0.75 <= content.interval[1]
    useless = figures["bandit.4.useless.regret"]
    assert useless.value == pytest.approx(1.01)
    assert useless.holds
    assert figures["bandit.4.steady_state"].value == pytest.approx(0.6)


def test_what_falls_short_does_not_hold() -> None:
    results = [a_result(1, CONTENT, 90.0, 100.0, 200.0, late=0.06), a_result(1, USELESS, 105.0, 100.0, 200.0)]
    assert [figure.holds for figure in figures_of(results, (1, 2))] == [False, False, False]
