"""Thompson sampling on value: its posterior, and lower-is-better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.bandit import Count, GaussianThompson
from adplat.bandit.gaussian_thompson import value_posterior
from adplat.domain import ArmStatistics
from tests.bandit.builders import choose, never_shown


def earning(impressions: int, *units: float) -> ArmStatistics:
    """Shown so often, with conversions of these values in units of currency."""
    return ArmStatistics(
        impressions=impressions,
        conversions=len(units),
        value_micros=sum(round(unit * 1_000_000) for unit in units),
        value_squares=sum(unit * unit for unit in units),
    )


def shares(arms: list[ArmStatistics], **settings: bool) -> np.ndarray:
    policy = GaussianThompson(exploration_floor=0.0, **settings)
    return choose(policy, np.full(len(arms), 0.02), arms, np.random.default_rng(0)).propensities


def test_the_posterior_is_what_the_showings_themselves_give() -> None:
    """Mean and spread from sums, against the showings written out with the prior's own among them."""
    values = [np.r_[np.zeros(196), 3.0, 5.0, 4.0, 8.0], np.r_[np.zeros(99), 2.0]]
    counts = np.zeros((len(Count), 2))
    counts[Count.IMPRESSIONS] = [len(one) for one in values]
    counts[Count.VALUE] = [1e6 * one.sum() for one in values]
    counts[Count.VALUE_SQUARES] = [(one**2).sum() for one in values]
    everything = np.concatenate(values)
    prior = 50
    means, deviations = value_posterior(counts, prior)
    for one, mean, deviation in zip(values, means, deviations, strict=True):
        # Fifty showings with exactly the mean and variance of all.
        pseudo = everything.mean() + everything.std() * np.r_[np.ones(25), -np.ones(25)]
        together = np.concatenate([one, pseudo])
        assert mean == pytest.approx(together.mean(), rel=1e-12)
        assert deviation == pytest.approx(together.std() / np.sqrt(len(together)), rel=1e-9)


def test_propensities_are_what_sampling_the_means_gives() -> None:
    arms = [earning(3000, 9.0, 4.0, 7.0), earning(2000, 3.0, 3.0), earning(2500), never_shown()]
    counts = np.zeros((len(Count), 4))
    counts[Count.IMPRESSIONS] = [arm.impressions for arm in arms]
    counts[Count.VALUE] = [arm.value_micros for arm in arms]
    counts[Count.VALUE_SQUARES] = [arm.value_squares for arm in arms]
    means, deviations = value_posterior(counts, 100.0)
    drawn = np.random.default_rng(1).normal(means, deviations, (400_000, 4)).argmax(axis=1)
    assert shares(arms) == pytest.approx(np.bincount(drawn, minlength=4) / 400_000, abs=0.004)


def test_what_earns_more_a_showing_comes_first() -> None:
    often, seldom_but_dear = earning(20_000, *[1.0] * 400), earning(20_000, *[10.0] * 80)
    found = shares([often, seldom_but_dear])
    assert found[1] > 0.99


@pytest.mark.parametrize("more", [0, 3])
def test_lower_is_better_finds_the_lowest_with_two_arms_and_with_more(more: int) -> None:
    arms = [earning(20_000, *[5.0] * 400), earning(20_000, *[2.0] * 400), *[earning(20_000, *[9.0] * 400)] * more]
    assert shares(arms, lower_is_better=True)[1] > 0.99
    assert shares(arms)[1] < 0.01


@given(
    data=st.lists(st.tuples(st.integers(1, 5000), st.lists(st.floats(0.1, 50.0), max_size=4)), min_size=2, max_size=2)
)
def test_of_two_arms_the_lowest_is_the_one_that_is_not_the_highest(data: list[tuple[int, list[float]]]) -> None:
    arms = [earning(impressions, *units) for impressions, units in data]
    assert shares(arms, lower_is_better=True) == pytest.approx(shares(arms)[::-1], abs=1e-9)


def test_where_nothing_was_earned_all_are_alike() -> None:
    assert shares([earning(5000), earning(10), never_shown()]) == pytest.approx([1 / 3] * 3)
