"""The default policy: learning, delay, determinism, speed, and what its prior is worth."""

from __future__ import annotations

import time

import numpy as np
import pytest

from adplat.bandit import Context, ThompsonWithPrior
from adplat.bandit.thompson_with_prior import NARROWED
from adplat.domain import ArmStatistics
from tests.bandit.builders import choose, knowing, never_shown, shown, some_arms


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
    known, names = knowing(policy, arms)
    context = Context(p_ctr)
    for _ in range(30):
        begin = time.perf_counter()
        for _ in range(20):
            known.choose(context, names, rng)
        rounds.append((time.perf_counter() - begin) / 20)
    # The fastest round: what the computation costs, not what else the machine was doing.
    assert min(rounds) < 0.0003


@pytest.mark.parametrize("strength", [0.5, 10.0, 1000.0])
def test_any_strength_forgets_its_prior_in_the_end(strength: float) -> None:
    arms = [shown(10**6, clicks=20_000, expected=40_000.0), shown(10**6, clicks=30_000, expected=20_000.0)]
    choice = choose(ThompsonWithPrior(strength, 0.0), np.array([0.04, 0.02]), arms, np.random.default_rng(0))
    assert choice.propensities[1] > 0.999


def shares(policy: ThompsonWithPrior) -> np.ndarray:
    arms = [shown(2000, clicks=clicks, expected=40.0) for clicks in (40, 46, 52)]
    return choose(policy, np.full(3, 0.02), arms, np.random.default_rng(0)).propensities


def test_what_is_drawn_from_is_the_posterior_with_deviations_so_much_smaller() -> None:
    found = shares(ThompsonWithPrior(20.0, 0.0, width=0.6))
    # Gamma variables of the same means and 0.6 times the deviations.
    shapes = np.array([60.0, 66.0, 72.0]) / 0.36
    drawn = np.random.default_rng(1).gamma(shapes, size=(200_000, 3)).argmax(axis=1)
    assert found == pytest.approx(np.bincount(drawn, minlength=3) / 200_000, abs=0.005)
    assert found[2] > shares(ThompsonWithPrior(20.0, 0.0, width=1.0))[2] + 0.1


def test_where_the_past_fades_nothing_is_narrowed_unless_somebody_says_so() -> None:
    assert (shares(ThompsonWithPrior(20.0)) == shares(ThompsonWithPrior(20.0, width=NARROWED))).all()
    fading = ThompsonWithPrior(20.0, half_life_h=256.0)
    assert (shares(fading) == shares(ThompsonWithPrior(20.0, half_life_h=256.0, width=1.0))).all()
    assert (shares(fading) != shares(ThompsonWithPrior(20.0, half_life_h=256.0, width=NARROWED))).any()


@pytest.mark.parametrize("objective", ["cvr", "value", "cpa"])
def test_other_objectives_are_narrowed_too(objective: str) -> None:
    arms = [
        ArmStatistics(2000, 60, conversions, 60.0, value_micros=conversions * 10**6, expected_conversions=6.0)
        for conversions in (5, 7, 9)
    ]
    narrow, whole = (
        choose(
            ThompsonWithPrior(20.0, 0.0, objective=objective, width=width),
            np.full(3, 0.03),
            arms,
            np.random.default_rng(0),
        ).propensities
        for width in (0.6, 1.0)
    )
    assert narrow[2] > whole[2] + 0.05 and narrow[0] < whole[0] - 0.05
