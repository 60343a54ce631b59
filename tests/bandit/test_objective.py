"""What a showing is to bring: best-arm probabilities against sampling, and that the right arm wins."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit import Context, Knowledge, ThompsonWithPrior
from adplat.bandit.gamma_posterior import probability_of_best
from adplat.bandit.objective import Objective, Posterior, worth_of_showings
from adplat.domain import ArmStatistics

DRAWS = 400_000


def posterior(rng: np.random.Generator, arms: int, mean: float, least_shape: float) -> Posterior:
    return Posterior(mean * rng.uniform(0.8, 1.2, arms), (least_shape * np.exp(rng.uniform(0.0, 2.5, arms)))[None])


def drawn(rng: np.random.Generator, one: Posterior) -> np.ndarray:
    shapes = one.shapes[0]
    return one.means * rng.gamma(shapes, 1.0 / shapes, (DRAWS, len(shapes)))


@pytest.mark.parametrize("least_shape", [2.0, 10.0])
@pytest.mark.parametrize(
    "objective",
    [
        Objective(),
        Objective(0.0, 1.0),
        Objective(0.0, 0.0, 1.0),
        Objective(0.0, 1.0, is_per_cost=True),
        Objective(2e5, 1e6, 0.5),
    ],
)
def test_best_arm_probabilities_equal_sampling(objective: Objective, least_shape: float) -> None:
    for seed in range(4):
        rng = np.random.default_rng([seed, 1])
        arms = int(rng.integers(2, 9))
        clicks, conversions = posterior(rng, arms, 0.02, 2 * least_shape), posterior(rng, arms, 0.1, least_shape)
        values, costs = posterior(rng, arms, 3e7, least_shape), rng.uniform(800.0, 1200.0, arms)
        after = drawn(rng, conversions) * (objective.conversion_worth + objective.value_share * drawn(rng, values))
        worth = drawn(rng, clicks) * (objective.click_worth + after) / (costs if objective.is_per_cost else 1.0)
        shares = np.bincount(worth.argmax(axis=1), minlength=arms) / DRAWS
        found = probability_of_best(worth_of_showings(objective, clicks, conversions, values, costs))
        assert found == pytest.approx(shares, abs=0.005)


def propensities(policy: ThompsonWithPrior, arms: list[ArmStatistics], context: Context | None = None) -> np.ndarray:
    names = [f"c{number}" for number in range(len(arms))]
    known = policy.update(Knowledge.of(dict(zip(names, arms, strict=True))))
    context = Context(np.full(len(arms), 0.02), np.full(len(arms), 0.1)) if context is None else context
    return known.choose(context, names, np.random.default_rng(0)).propensities


def ran(*, clicks: int = 200, conversions: int = 20, spend: int = 10_000_000, value: int = 0) -> ArmStatistics:
    """Ten thousand showings as predicted but for what is told; each conversion of the same value."""
    squares = value**2 / 1e12 / max(conversions, 1)
    return ArmStatistics(10_000, clicks, conversions, 200.0, value, float(clicks) * 0.1, spend, squares)


def best_by(objective: str, *arms: ArmStatistics) -> int:
    found = propensities(ThompsonWithPrior(prior_strength=10.0, exploration_floor=0.0, objective=objective), list(arms))
    assert found.max() > 0.9
    return int(found.argmax())


def test_each_objective_has_its_own_best_arm() -> None:
    clicked = ran(clicks=300, conversions=10, value=10_000_000)
    converts = ran(clicks=150, conversions=45, value=20_000_000)
    dear = ran(clicks=150, conversions=15, value=300_000_000)
    arms = clicked, converts, dear
    assert [best_by(objective, *arms) for objective in ("ctr", "cvr", "value")] == [0, 1, 2]


def test_the_least_cost_a_conversion_is_the_best_also_of_two_arms() -> None:
    assert best_by("cpa", ran(spend=20_000_000), ran(spend=5_000_000)) == 1
    assert best_by("cpa", ran(spend=5_000_000), ran(spend=20_000_000)) == 0
    assert best_by("cpa", ran(conversions=60), ran(conversions=10), ran(conversions=15)) == 0


def test_an_arm_that_never_converts_is_dear_and_not_free() -> None:
    assert best_by("cpa", ran(conversions=0), ran(conversions=20)) == 1


def test_spend_that_was_never_told_leaves_the_conversions_to_decide() -> None:
    assert best_by("cpa", ran(conversions=5, spend=0), ran(conversions=50, spend=0)) == 1
    nothing = propensities(ThompsonWithPrior(objective="cpa"), [ArmStatistics()] * 4)
    assert nothing == pytest.approx([0.25] * 4)
    # What costs nothing beats what costs something.
    assert best_by("cpa", ran(spend=0), ran(spend=20_000_000)) == 0


def test_values_that_are_told_count_before_those_that_were_seen() -> None:
    policy = ThompsonWithPrior(prior_strength=50.0, objective="value")
    told = Context(np.full(2, 0.02), np.full(2, 0.1), np.array([1e6, np.nan]))
    assert propensities(policy, [ran(value=40_000_000), ran(value=40_000_000)], told)[1] > 0.9


def test_a_bound_on_clicks_leaves_the_floor_alone_to_the_others() -> None:
    clicked, converts, between = ran(clicks=300, conversions=10), ran(clicks=150, conversions=60), ran(clicks=290)
    free = ThompsonWithPrior(prior_strength=10.0, objective="cvr")
    bound = ThompsonWithPrior(prior_strength=10.0, objective="cvr", least_ctr_share=0.9, exploration_floor=0.01)
    arms = [clicked, converts, between]
    assert propensities(free, arms).argmax() == 1
    found = propensities(bound, arms)
    assert found[1] == pytest.approx(0.01) and found[2] > 0.8


def test_a_mix_weighs_clicks_against_conversions() -> None:
    arms = [ran(clicks=300, conversions=10), ran(clicks=150, conversions=40)]
    for conversion_worth, best in ((1e5, 0), (1e7, 1)):
        policy = ThompsonWithPrior(
            prior_strength=10.0,
            objective="mix",
            click_worth_micros=1e5,
            conversion_worth_micros=conversion_worth,
            value_share=0.0,
        )
        assert propensities(policy, arms).argmax() == best


@pytest.mark.parametrize("objective", ["cvr", "value", "cpa"])
def test_no_prediction_and_no_probability_at_all_are_no_trouble(objective: str) -> None:
    policy = ThompsonWithPrior(objective=objective, least_ctr_share=0.5)
    for p_ctr in (np.zeros(3), np.array([0.0, 1e-12, 1.0])):
        found = propensities(policy, [ArmStatistics(), ran(), ran(conversions=0, spend=0)], Context(p_ctr))
        assert np.isfinite(found).all() and found.sum() == pytest.approx(1.0)
