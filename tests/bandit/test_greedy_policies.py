"""Policies that draw nothing but their exploration: epsilon-greedy and UCB1."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit import EpsilonGreedy, Ucb1
from adplat.bandit.greedy import shared_by_leaders
from tests.bandit.builders import choose, never_shown, shown

ARMS = [
    shown(1000, clicks=20, expected=0.0),
    shown(1000, clicks=30, expected=0.0),
    shown(1000, clicks=10, expected=0.0),
]
P_CTR = np.full(3, 0.02)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_epsilon_greedy_gives_every_arm_its_part_of_epsilon_and_the_best_the_rest() -> None:
    choice = choose(EpsilonGreedy(epsilon=0.3, exploration_floor=0.01), P_CTR, ARMS, rng())
    assert choice.propensities == pytest.approx([0.1, 0.8, 0.1], abs=1e-12)
    floored = EpsilonGreedy(epsilon=0.0, exploration_floor=0.01)
    assert choose(floored, P_CTR, ARMS, rng()).propensities == pytest.approx([0.01, 0.98, 0.01])
    assert choose(EpsilonGreedy(epsilon=1.0), P_CTR, ARMS, rng()).propensities == pytest.approx([1 / 3] * 3)


def test_epsilon_greedy_tries_what_was_never_shown() -> None:
    choice = choose(EpsilonGreedy(epsilon=0.0, exploration_floor=0.0), P_CTR, [*ARMS[:2], never_shown()], rng())
    assert choice.propensities.tolist() == [0.0, 0.0, 1.0]


# The lead passes from the best known to the least known arm at a width of 0.2232.
@pytest.mark.parametrize(("width", "leader"), [(0.01, 2), (0.22, 2), (0.226, 0), (1.0, 0)])
def test_ucb1_is_the_formula(width: float, leader: int) -> None:
    clicks_of = {100: 10, 1000: 150, 5000: 900}
    bounds = [clicks / n + width * np.sqrt(2 * np.log(6100) / n) for n, clicks in clicks_of.items()]
    arms = [shown(impressions, clicks=clicks, expected=0.0) for impressions, clicks in clicks_of.items()]
    choice = choose(Ucb1(width=width, exploration_floor=0.0), P_CTR, arms, rng())
    assert choice.propensities[leader] == 1.0
    assert choice.order.tolist() == np.argsort(bounds)[::-1].tolist()


def test_ucb1_shows_the_unknown_first_and_shares_between_ties() -> None:
    choice = choose(Ucb1(exploration_floor=0.01), np.full(4, 0.02), [*ARMS[:2], never_shown(), never_shown()], rng())
    assert choice.propensities == pytest.approx([0.01, 0.01, 0.49, 0.49], abs=1e-12)


@pytest.mark.parametrize("scores", [[0.3, 0.1 + 0.2, 0.1], [np.inf, np.inf, 9.0], [-1.0, -1.0, -2.0], [0.0, 0.0, -1.0]])
def test_what_rounding_parts_is_a_tie(scores: list[float]) -> None:
    assert shared_by_leaders(np.array(scores)).tolist() == [0.5, 0.5, 0.0]
