"""The contract every policy in POLICIES keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from adplat.bandit import POLICIES, Context, Policy, policy_named
from adplat.domain import ArmStatistics, InternalFault
from tests.bandit.builders import choose, choosing, knowing, never_shown, shown, some_arms

# For all policies together (Bonferroni): each is asked the same question.
ONE_IN_A_HUNDRED = 0.01 / len(POLICIES)
DRAWS = [5_000, pytest.param(20_000, marks=pytest.mark.slow)]


@pytest.fixture(params=list(POLICIES))
def policy(request: pytest.FixtureRequest) -> Policy:
    return policy_named(request.param)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", list(POLICIES))
@given(count=st.integers(1, 40), seed=st.integers(0, 10_000), slots=st.integers(0, 50))
def test_propensities_are_probabilities_and_the_order_a_permutation(
    name: str, count: int, seed: int, slots: int
) -> None:
    p_ctr, arms = some_arms(count, seed)
    choice = choose(policy_named(name), p_ctr, arms, rng(seed), slots=slots)
    assert choice.propensities.shape == (count,)
    assert (choice.propensities >= 0).all()
    assert choice.propensities.sum() == pytest.approx(1.0, abs=1e-12)
    assert sorted(choice.order.tolist()) == list(range(count))
    assert choice.propensities[choice.order[0]] > 0


@pytest.mark.parametrize("draws", DRAWS)
def test_the_first_place_is_drawn_with_the_stated_propensities(policy: Policy, draws: int) -> None:
    p_ctr, arms = some_arms(8, 5)
    generator = rng(1)
    draw = choosing(policy, p_ctr, arms)
    choices = [draw(generator) for _ in range(draws)]
    counted = np.bincount([choice.order[0] for choice in choices], minlength=8)
    assert all((choice.propensities == choices[0].propensities).all() for choice in choices[:50])
    assert chisquare(counted, choices[0].propensities * draws).pvalue > ONE_IN_A_HUNDRED


@pytest.mark.parametrize("draws", DRAWS)
def test_the_second_slot_is_drawn_without_replacement(policy: Policy, draws: int) -> None:
    p_ctr, arms = some_arms(4, 6)
    shares = choose(policy, p_ctr, arms, rng()).propensities
    generator = rng(2)
    pairs = np.zeros((4, 4))
    draw = choosing(policy, p_ctr, arms)
    for _ in range(draws):
        first, second = draw(generator, slots=2).order[:2]
        pairs[first, second] += 1
    expected = np.array(
        [[0 if i == j else shares[i] * shares[j] / (1 - shares[i]) for j in range(4)] for i in range(4)]
    )
    off = ~np.eye(4, dtype=bool)
    assert chisquare(pairs[off], expected[off] * draws / expected.sum()).pvalue > ONE_IN_A_HUNDRED


def test_the_order_of_the_arms_does_not_matter(policy: Policy) -> None:
    p_ctr, arms = some_arms(15, 7)
    turned = rng(3).permutation(15)
    straight = choose(policy, p_ctr, arms, rng()).propensities
    permuted = choose(policy, p_ctr[turned], [arms[i] for i in turned], rng()).propensities
    assert permuted == pytest.approx(straight[turned], abs=1e-12)


def test_a_higher_prediction_never_makes_an_arm_less_likely(policy: Policy) -> None:
    p_ctr, arms = some_arms(10, 8)
    for arm in range(10):
        last = 0.0
        for factor in (0.25, 0.5, 1.0, 2.0, 4.0):
            tried = p_ctr.copy()
            tried[arm] *= factor
            found = choose(policy, tried, arms, rng()).propensities[arm]
            assert found >= last - 1e-12
            last = found


def test_more_clicks_never_make_an_arm_less_likely(policy: Policy) -> None:
    p_ctr, arms = some_arms(10, 9)
    more = [*arms[:3], replace(arms[3], clicks=arms[3].clicks + 5), *arms[4:]]
    before = choose(policy, p_ctr, arms, rng()).propensities[3]
    assert choose(policy, p_ctr, more, rng()).propensities[3] >= before - 1e-12


def test_blocked_arms_never_appear_and_leave_the_others_as_if_alone(policy: Policy) -> None:
    p_ctr, arms = some_arms(9, 10)
    blocked = np.array([True, False, False, True, False, False, True, False, False])
    free = np.flatnonzero(~blocked)
    generator = rng(4)
    known, names = knowing(policy, arms)
    for _ in range(50):
        choice = known.choose(Context(p_ctr), names, generator, blocked=blocked)
        assert set(choice.order.tolist()) == set(free.tolist())
    assert (choice.propensities[blocked] == 0).all()
    # What is known of the blocked may still teach how good predictions are.
    alone = known.choose(Context(p_ctr[free]), [names[i] for i in free], rng()).propensities
    assert choice.propensities[free] == pytest.approx(alone, abs=1e-12)


def test_what_is_blocked_here_is_not_blocked_at_the_next_opportunity(policy: Policy) -> None:
    p_ctr, arms = some_arms(6, 12)
    draw, blocked = choosing(policy, p_ctr, arms), np.array([True, False, False, False, True, False])
    before = draw(rng()).propensities
    assert (draw(rng(), blocked=blocked).propensities[blocked] == 0).all()
    assert (draw(rng(), blocked=~blocked).propensities[~blocked] == 0).all()
    assert (draw(rng()).propensities == before).all() and (before > 0).all()


def test_all_blocked_or_none_offered_is_an_empty_choice(policy: Policy) -> None:
    p_ctr, arms = some_arms(3, 11)
    choice = choose(policy, p_ctr, arms, rng(), blocked=np.ones(3, dtype=bool))
    assert choice.order.tolist() == [] and choice.propensities.tolist() == [0.0] * 3
    assert choose(policy, np.empty(0), [], rng()).order.tolist() == []


def test_a_single_arm_is_certain(policy: Policy) -> None:
    choice = choose(policy, np.array([0.02]), [never_shown()], rng())
    assert choice.propensities.tolist() == [1.0] and choice.order.tolist() == [0]


def test_extreme_arms_are_no_trouble(policy: Policy) -> None:
    arms = [
        never_shown(),
        shown(10**9, clicks=10**7, expected=1.1e7),
        shown(50_000, clicks=0, expected=900.0),
        ArmStatistics(impressions=0, clicks=3, expected_clicks=0.0),
    ]
    for p_ctr in ([0.0, 0.0, 0.0, 0.0], [1.0, 1e-12, 0.5, 0.02]):
        choice = choose(policy, np.array(p_ctr), arms, rng())
        assert np.isfinite(choice.propensities).all()
        assert choice.propensities.sum() == pytest.approx(1.0, abs=1e-12)


def test_equal_arms_share_equally(policy: Policy) -> None:
    choice = choose(policy, np.full(6, 0.03), [shown(100, clicks=3, expected=3.0)] * 6, rng())
    assert choice.propensities == pytest.approx([1 / 6] * 6, abs=1e-9)


def test_inputs_that_do_not_fit_are_our_fault(policy: Policy) -> None:
    with pytest.raises(InternalFault, match="2 arms"):
        choose(policy, np.array([0.1]), [never_shown()] * 2, rng())
    for wrong in (float("nan"), 1.5, -0.1):
        with pytest.raises(InternalFault, match="not a probability"):
            choose(policy, np.array([0.1, wrong]), [never_shown()] * 2, rng())
