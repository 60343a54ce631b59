"""Top-two Thompson sampling against the draws that it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.bandit import BetaThompson, TopTwoThompson
from adplat.bandit.top_two_thompson import top_two_weights
from tests.bandit.builders import choose, shown


def drawn_until_it_disagrees(best: np.ndarray, leader_share: float, draws: int) -> np.ndarray:
    """Shares of what Russo's algorithm chooses when worlds are drawn again until another arm is best."""
    rng = np.random.default_rng(3)
    counts = np.zeros(len(best))
    for _ in range(draws):
        chosen = leader = rng.choice(len(best), p=best)
        if rng.random() >= leader_share:
            while chosen == leader:
                chosen = rng.choice(len(best), p=best)
        counts[chosen] += 1
    return counts / draws


@pytest.mark.parametrize("leader_share", [0.5, 0.8])
def test_it_is_the_share_of_repeated_draws(leader_share: float) -> None:
    best = np.array([0.5, 0.3, 0.15, 0.05])
    found = top_two_weights(best, np.zeros(4), leader_share)
    assert found == pytest.approx(
        drawn_until_it_disagrees(best, leader_share, 20_000), abs=0.014
    )  # four standard errors


@given(raw=st.lists(st.floats(1e-300, 1.0), min_size=2, max_size=12), leader_share=st.floats(0.0, 1.0))
def test_shares_stay_probabilities_and_nobody_gets_more_than_leaders_and_challengers_do(
    raw: list[float], leader_share: float
) -> None:
    best = np.array(raw) / np.sum(raw)
    found = top_two_weights(best, best, leader_share)
    assert found.sum() == pytest.approx(1.0, abs=1e-9)
    assert (found >= leader_share * best - 1e-12).all()
    assert (found <= leader_share * best + (1 - leader_share) + 1e-9).all()


def test_beside_a_certain_leader_the_next_best_is_the_challenger() -> None:
    assert top_two_weights(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.1, 0.2]), 0.5).tolist() == [0.5, 0.0, 0.5]
    assert top_two_weights(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.2, 0.2]), 0.5).tolist() == [0.5, 0.25, 0.25]
    almost = top_two_weights(np.array([1.0, 3e-20, 1e-20]), np.zeros(3), 0.5)
    assert almost == pytest.approx([0.5, 0.375, 0.125], rel=1e-9)


def test_it_keeps_comparing_where_thompson_has_settled() -> None:
    arms = [
        shown(100_000, clicks=3000, expected=0.0),
        shown(100_000, clicks=2600, expected=0.0),
        shown(100_000, clicks=900, expected=0.0),
    ]
    found = choose(TopTwoThompson(exploration_floor=0.0), np.full(3, 0.02), arms, np.random.default_rng(0)).propensities
    assert found == pytest.approx([0.5, 0.5, 0.0], abs=1e-3)
    settled = choose(BetaThompson(exploration_floor=0.0), np.full(3, 0.02), arms, np.random.default_rng(0))
    assert settled.propensities[0] > 0.999
