"""Learning how far the model may be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit import DEFAULT_PRIOR_STRENGTH, learn_prior_strength
from adplat.domain import ArmStatistics
from tests.bandit.builders import never_shown, shown


def past_creatives(strength: float, count: int, expected: float, seed: int) -> list[ArmStatistics]:
    """Creatives whose true factors scatter as Gamma(strength, strength) around the model."""
    rng = np.random.default_rng(seed)
    factors = rng.gamma(strength, 1 / strength, count)
    return [shown(2000, clicks=int(rng.poisson(f * expected)), expected=expected) for f in factors]


@pytest.mark.parametrize("strength", [1.5, 5.0, 20.0, 80.0])
def test_the_true_strength_is_found_again(strength: float) -> None:
    found = learn_prior_strength(past_creatives(strength, 600, 60.0, 1))
    assert found == pytest.approx(strength, rel=0.3)


def test_a_useless_model_is_hardly_trusted_and_a_perfect_one_very_much() -> None:
    rng = np.random.default_rng(2)
    true = 0.02 * np.exp(rng.normal(0, 0.8, 300))
    clicks = rng.poisson(true * 2000)
    for told, low, high in ((rng.permutation(true), 0.5, 2.5), (true, 60.0, 1000.0)):
        arms = [shown(2000, clicks=int(c), expected=float(2000 * p)) for c, p in zip(clicks, told, strict=True)]
        assert low <= learn_prior_strength(arms) <= high


def test_little_to_learn_from_stays_near_the_default() -> None:
    assert learn_prior_strength([]) == DEFAULT_PRIOR_STRENGTH
    assert learn_prior_strength([never_shown()] * 9) == DEFAULT_PRIOR_STRENGTH
    three_that_agree = [shown(500, clicks=5, expected=5.0)] * 3
    assert DEFAULT_PRIOR_STRENGTH <= learn_prior_strength(three_that_agree) < 4 * DEFAULT_PRIOR_STRENGTH


def test_the_answer_is_bounded() -> None:
    absurd = [shown(10_000, clicks=c, expected=200.0) for c in (0, 0, 0, 5000)] * 200
    exact = [shown(10_000, clicks=200, expected=200.0)] * 5000
    assert learn_prior_strength(absurd) == pytest.approx(0.5, rel=1e-3)
    assert learn_prior_strength(exact) == pytest.approx(1000.0, rel=1e-3)
