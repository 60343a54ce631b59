"""The default policy: learning, delay, determinism, speed, and what its prior is worth."""

from __future__ import annotations

import time

import numpy as np
import pytest

from adplat.bandit import Policy, ThompsonWithoutPrior, ThompsonWithPrior, Uniform, learn_prior_strength
from adplat.domain import ArmStatistics
from tests.bandit.builders import choose, never_shown, shown, some_arms


def test_new_creatives_are_ranked_by_the_model_before_the_first_impression() -> None:
    choice = choose(
        ThompsonWithPrior(20.0, 0.0), np.array([0.01, 0.02, 0.04]), [never_shown()] * 3, np.random.default_rng(0)
    )
    assert (np.diff(choice.propensities) > 0).all() and choice.propensities[2] > 0.95


def test_clicks_overrule_the_model() -> None:
    arms = [shown(10_000, clicks=40, expected=400.0), shown(10_000, clicks=400, expected=200.0)]
    choice = choose(ThompsonWithPrior(20.0, 0.0), np.array([0.04, 0.02]), arms, np.random.default_rng(0))
    assert choice.propensities[1] > 0.999


def test_the_places_behind_the_first_follow_the_posterior_mean() -> None:
    p_ctr, arms = some_arms(12, 3)
    choice = choose(ThompsonWithPrior(10.0), p_ctr, arms, np.random.default_rng(0))
    mean = [p * (10 + a.clicks) / (10 + a.expected_clicks) for p, a in zip(p_ctr, arms, strict=True)]
    behind = [mean[i] for i in choice.order[1:]]
    assert behind == sorted(behind, reverse=True)


def test_statistics_that_come_late_in_parts_and_in_any_order_give_the_same_choice() -> None:
    rng = np.random.default_rng(4)
    p_ctr, _ = some_arms(6, 4)
    whole = [ArmStatistics()] * 6
    parts: list[tuple[int, ArmStatistics]] = []
    for _ in range(3000):
        arm = int(rng.integers(6))
        # Sums of multiples of 1/4096 are exact in float64, so any order gives the very same sum.
        parts.append((arm, shown(1, clicks=0, expected=round(float(p_ctr[arm]) * 4096) / 4096)))
        if rng.random() < p_ctr[arm]:
            parts.append((arm, shown(0, clicks=1, expected=0.0)))
    for arm, part in parts:
        whole[arm] += part
    late = [ArmStatistics()] * 6
    for index in rng.permutation(len(parts)):
        arm, part = parts[index]
        late[arm] = part + late[arm]
    assert late == whole
    policy = ThompsonWithPrior()
    one = choose(policy, p_ctr, whole, np.random.default_rng(5))
    other = choose(policy, p_ctr, late, np.random.default_rng(5))
    assert (one.propensities == other.propensities).all() and (one.order == other.order).all()


def test_thirty_two_arms_take_less_than_three_tenths_of_a_millisecond() -> None:
    p_ctr, arms = some_arms(32, 8)
    policy, rng = ThompsonWithPrior(), np.random.default_rng(0)
    rounds = []
    for _ in range(30):
        begin = time.perf_counter()
        for _ in range(20):
            choose(policy, p_ctr, arms, rng)
        rounds.append((time.perf_counter() - begin) / 20)
    # The fastest round: what the computation costs, not what else the machine was doing.
    assert min(rounds) < 0.0003


class SmallWorld:
    """Creatives with fixed true click rates and a model that knows them more or less."""

    def __init__(self, seed: int, creatives: int = 15) -> None:
        self.rng = np.random.default_rng(seed)
        self.true = 0.03 * np.exp(self.rng.normal(0, 0.5, creatives))

    def told_by_a_model(self, error: float) -> np.ndarray:
        return self.true * np.exp(self.rng.normal(0, error, len(self.true)))

    def told_by_a_shuffle(self) -> np.ndarray:
        return self.rng.permutation(self.true)

    def play(self, policy: Policy, p_ctr: np.ndarray, requests: int, seed: int) -> float:
        """Expected clicks of what was shown, as a share of always showing the best."""
        rng = np.random.default_rng(seed)
        arms = [ArmStatistics()] * len(self.true)
        earned = 0.0
        for _ in range(requests):
            arm = int(choose(policy, p_ctr, arms, rng).order[0])
            earned += float(self.true[arm])
            arms[arm] += shown(1, clicks=int(rng.random() < self.true[arm]), expected=float(p_ctr[arm]))
        return earned / (requests * float(self.true.max()))


def test_an_informative_prior_earns_more_from_the_first_thousand_impressions() -> None:
    with_prior, without, uniform = [], [], []
    for seed in range(12):
        world = SmallWorld(seed)
        p_ctr = world.told_by_a_model(error=0.25)
        with_prior.append(world.play(ThompsonWithPrior(16.0), p_ctr, 1000, seed))
        without.append(world.play(ThompsonWithoutPrior(), p_ctr, 1000, seed))
        uniform.append(world.play(Uniform(), p_ctr, 200, seed))
    assert np.mean(with_prior) > 1.2 * np.mean(without)
    assert np.mean(without) > 1.1 * np.mean(uniform)


def test_a_useless_prior_costs_little_once_its_strength_is_learned() -> None:
    past = []
    for seed in range(100, 120):
        world = SmallWorld(seed)
        for rate, told in zip(world.true, world.told_by_a_shuffle(), strict=True):
            clicks = int(world.rng.binomial(1500, rate))
            past.append(shown(1500, clicks=clicks, expected=float(1500 * told)))
    learned = ThompsonWithPrior(learn_prior_strength(past))
    trusting = ThompsonWithPrior(200.0)
    earned, base_rate_only, without, misled = [], [], [], []
    for seed in range(12):
        world = SmallWorld(seed)
        p_ctr = world.told_by_a_shuffle()
        earned.append(world.play(learned, p_ctr, 2000, seed))
        flat = np.full(len(world.true), world.true.mean())
        base_rate_only.append(world.play(learned, flat, 2000, seed))
        without.append(world.play(ThompsonWithoutPrior(), p_ctr, 2000, seed))
        misled.append(world.play(trusting, p_ctr, 2000, seed))
    # The fair rival knows the base rate and nothing else; the flat Beta(1, 1) does not even know that.
    assert np.mean(earned) > 0.98 * np.mean(base_rate_only)
    assert np.mean(earned) > 0.98 * np.mean(without)
    assert np.mean(misled) < 0.95 * np.mean(earned)


@pytest.mark.parametrize("strength", [0.5, 10.0, 1000.0])
def test_any_strength_forgets_its_prior_in_the_end(strength: float) -> None:
    arms = [shown(10**6, clicks=20_000, expected=40_000.0), shown(10**6, clicks=30_000, expected=20_000.0)]
    choice = choose(ThompsonWithPrior(strength, 0.0), np.array([0.04, 0.02]), arms, np.random.default_rng(0))
    assert choice.propensities[1] > 0.999
