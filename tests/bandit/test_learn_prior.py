"""Learning how far the model may be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from adplat.bandit import DEFAULT_PRIOR_STRENGTH, UNTAUGHT, Knowledge, LearnedPrior, learn_prior
from adplat.bandit.knowledge import log_p
from adplat.bandit.learn_prior import LOG_STRENGTH_DEVIATION, MOST_ARMS, at_power, log_power_sums
from adplat.bandit.learned_prior import STRONGEST, WEAKEST
from adplat.domain import ArmStatistics
from tests.bandit.builders import never_shown, shown


def learned_from(arms: list[ArmStatistics]) -> LearnedPrior:
    return learn_prior(Knowledge.of({f"c{number}": arm for number, arm in enumerate(arms)}))


@dataclass(frozen=True)
class Model:
    """A model and the world it speaks of: rate = level · λ · creative · moment."""

    knows_creatives: float = 1.0
    knows_moments: bool = True
    strength: float = 1e6
    level: float = 1.0

    def past(self, seed: int, creatives: int = 300, impressions: int = 2000) -> list[ArmStatistics]:
        rng = np.random.default_rng(seed)
        true = rng.normal(0.0, 0.5, creatives)
        # As sure of itself as before, with so much of it true: told = share · true + noise of the same spread.
        share = self.knows_creatives
        told = share * true + np.sqrt(1.0 - share**2) * rng.permutation(true)
        return [
            self._one(rng, 0.02 * np.exp(one), 0.02 * np.exp(said), impressions)
            for one, said in zip(true, told, strict=True)
        ]

    def _one(self, rng: np.random.Generator, true: float, told: float, impressions: int) -> ArmStatistics:
        moments = np.exp(rng.normal(0.0, 0.5, impressions))
        seen = moments if self.knows_moments else rng.permutation(moments)
        factor = self.level * rng.gamma(self.strength, 1.0 / self.strength)
        clicked = rng.random(impressions) < factor * true * moments
        p = told * seen
        return ArmStatistics(
            impressions=impressions,
            clicks=int(clicked.sum()),
            expected_clicks=float(p.sum()),
            powers=(float((p**0.25).sum()), float((p**0.5).sum()), float((p**0.75).sum())),
            log_p_of_clicks=float(log_p(p[clicked]).sum()),
        )


def past_creatives(strength: float, count: int, expected: float, seed: int) -> list[ArmStatistics]:
    """Creatives whose true factors scatter as Gamma(strength, strength) around the model."""
    rng = np.random.default_rng(seed)
    factors = rng.gamma(strength, 1 / strength, count)
    return [shown(2000, clicks=int(rng.poisson(f * expected)), expected=expected) for f in factors]


@pytest.mark.parametrize("strength", [1.5, 5.0, 20.0, 80.0])
def test_the_true_strength_is_found_again(strength: float) -> None:
    found = learned_from(past_creatives(strength, 400, 60.0, 1))
    assert found.strength == pytest.approx(strength, rel=0.3)
    assert found.level == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("level", [0.5, 2.0])
def test_a_model_that_is_wrong_by_one_factor_everywhere_keeps_its_strength(level: float) -> None:
    found = learned_from(Model(level=level).past(3))
    assert found.level == pytest.approx(level, rel=0.05)
    assert found.strength > 100.0 and found.exponent > 0.95


def test_a_right_model_keeps_everything_it_says() -> None:
    found = learned_from(Model().past(4))
    assert found.exponent > 0.98 and found.within_exponent > 0.98 and found.strength > 100.0


def test_a_model_that_knows_no_creatives_may_still_know_people() -> None:
    found = learned_from(Model(knows_creatives=0.0).past(5))
    assert found.exponent < 0.15 and found.within_exponent > 0.95
    # What is left between the creatives is their own scatter: e^(0.5²) − 1 of the mean, squared.
    assert found.strength == pytest.approx(1.0 / np.expm1(0.25), rel=0.4)


def test_a_model_that_knows_no_people_may_still_know_creatives() -> None:
    found = learned_from(Model(knows_moments=False).past(6))
    assert found.exponent > 0.95 and found.within_exponent < 0.05


def test_half_a_truth_is_taken_for_half() -> None:
    found = learned_from(Model(knows_creatives=0.5).past(7))
    assert found.exponent == pytest.approx(0.5, abs=0.15)


def test_the_exponent_of_a_right_model_is_not_lost_among_few_clicks() -> None:
    for seed in range(4):
        found = learned_from(Model().past(seed, creatives=10, impressions=200))
        assert found.exponent > 0.85 and found.within_exponent > 0.85


def test_a_strength_that_is_not_known_counts_by_the_variance_that_it_leaves() -> None:
    # The prior alone: ln k is normal around ln 10 ± 1.5 between the bounds; λ varies by the mean of 1/k.
    logs = np.linspace(np.log(WEAKEST), np.log(STRONGEST), 2000)
    weights = np.exp(-0.5 * ((logs - np.log(DEFAULT_PRIOR_STRENGTH)) / LOG_STRENGTH_DEVIATION) ** 2)
    assert weights.sum() / (weights * np.exp(-logs)).sum() == pytest.approx(UNTAUGHT.strength, rel=0.1)
    # One impression says nothing of the scatter between creatives: what is learned begins where the untaught ends.
    assert learned_from([shown(1, clicks=0, expected=0.01)]).strength == pytest.approx(UNTAUGHT.strength, rel=0.01)


def test_without_evidence_the_defaults_stay() -> None:
    assert learned_from([]) == UNTAUGHT
    assert learned_from([never_shown()] * 9) == UNTAUGHT
    three_that_agree = learned_from([shown(500, clicks=5, expected=5.0)] * 3)
    assert UNTAUGHT.strength < three_that_agree.strength < 4 * UNTAUGHT.strength
    assert three_that_agree.exponent > 0.9 and three_that_agree.level == pytest.approx(1.0, abs=0.1)


def test_the_strength_stays_in_its_bounds() -> None:
    absurd = learned_from([shown(10, clicks=500, expected=0.01), shown(10**6, clicks=0, expected=5000.0)] * 20)
    exact = learned_from([shown(10**6, clicks=20_000, expected=20_000.0)] * 200)
    assert 0.5 <= absurd.strength < 1.0
    assert 900.0 < exact.strength <= 1000.0


def test_conversions_have_a_strength_and_level_of_their_own() -> None:
    rng = np.random.default_rng(8)
    arms = [
        ArmStatistics(5000, 100, int(rng.poisson(3.0 * factor)), 100.0, expected_conversions=6.0)
        for factor in rng.gamma(4.0, 0.25, 400)
    ]
    found = learned_from(arms)
    assert found.conversion_strength == pytest.approx(4.0, rel=0.4)
    assert found.conversion_level == pytest.approx(0.5, rel=0.15)
    assert found.strength > 50.0


def test_sums_of_any_power_follow_from_the_five_that_are_kept() -> None:
    p = 0.02 * np.exp(np.random.default_rng(9).normal(0.0, 0.8, 1000))
    arm = ArmStatistics(
        1000, 1, 0, float(p.sum()), powers=(float((p**0.25).sum()), float((p**0.5).sum()), float((p**0.75).sum()))
    )
    sums = log_power_sums(Knowledge.of({"a": arm}).counts[:, :1])
    grid = np.linspace(0.0, 1.0, 21)
    true = np.log([(p**b).sum() for b in grid])
    assert at_power(sums, grid)[:, 0] == pytest.approx(true, abs=1e-3)


def test_many_creatives_are_sampled_whatever_came_of_them() -> None:
    arms = past_creatives(5.0, 3 * MOST_ARMS, 60.0, 10)
    assert learned_from(arms) == learned_from(arms[::3])
