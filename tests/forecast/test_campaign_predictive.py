"""Raw laws: scores and values are each other's inverse, and chances are those of the law's own draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from adplat.domain import TOLD_LEVELS
from adplat.forecast.campaign_predictive import CountLaw, OutcomeLaw, SpendLaw, ValueLaw

SCORES = ndtri(np.array(TOLD_LEVELS))[None]


def count(mean: float, log_sd: float) -> CountLaw:
    return CountLaw(np.array([mean]), np.array([log_sd]))


def spend(budget: float, full: float, middle: float, log_sd: float) -> SpendLaw:
    return SpendLaw(np.array([budget]), np.array([full]), np.array([np.log(middle)]), np.array([log_sd]))


def test_a_count_is_a_gamma_mixture_of_poisson_counts() -> None:
    rng = np.random.default_rng(1)
    size = 1.0 / np.expm1(0.4**2)
    drawn = rng.poisson(rng.gamma(size, 30.0 / size, 200_000))
    told = count(30.0, 0.4).at_scores(SCORES)[0]
    assert told == pytest.approx(np.quantile(drawn, TOLD_LEVELS), abs=1.01)
    _, upto = count(30.0, 0.4).scores(np.array([25.0]))
    assert ndtr(upto[0]) == pytest.approx(np.mean(drawn <= 25), abs=0.005)


def test_a_wide_rate_is_lognormal() -> None:
    rng = np.random.default_rng(1)
    drawn = rng.poisson(20.0 * rng.lognormal(-0.5, 1.0, 200_000))
    told = count(20.0, 1.0).at_scores(SCORES)[0]
    assert told == pytest.approx(np.quantile(drawn, TOLD_LEVELS), rel=0.08, abs=1.01)


def test_value_that_comes_by_conversions_has_the_moments_of_a_compound_count() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(4.0 * rng.lognormal(-0.08, 0.4, 100_000))
    drawn = rng.gamma(np.maximum(counts, 1e-9) / 0.25, 0.25 * 50.0) * (counts > 0)
    law = ValueLaw.of_conversions(np.array([200.0]), count(4.0, 0.4), 0.5)
    assert law.mean[0] == pytest.approx(drawn.mean(), rel=0.02)
    assert law.nothing[0] == pytest.approx(np.mean(counts == 0), abs=0.01)
    assert law.at_scores(SCORES)[0][2:7] == pytest.approx(np.quantile(drawn, TOLD_LEVELS[2:7]), rel=0.2, abs=25.0)


def test_a_plan_that_mostly_spends_its_budget_is_told_the_budget_from_there_on() -> None:
    told = spend(100.0, 0.8, 70.0, 0.3).at_scores(SCORES)[0]
    assert told[0] < 80.0
    assert told[3:].tolist() == [100.0] * 6


def test_money_spent_takes_a_stretch_of_scores_at_the_budget_alone() -> None:
    law = spend(100.0, 0.8, 70.0, 0.3)
    below, upto = law.scores(np.array([99.5]))
    assert ndtr(below[0]) == pytest.approx(0.2)
    assert ndtr(upto[0]) == pytest.approx(1.0)
    below, upto = law.scores(np.array([60.0]))
    assert below[0] == upto[0]
    assert ndtr(upto[0]) < 0.2


def test_a_score_far_out_keeps_its_digits() -> None:
    _, upto = count(10.0, 0.1).scores(np.array([75.0]))
    assert 8.0 < upto[0] < 12.0


LAWS = st.one_of(
    st.builds(count, st.floats(0.01, 1e6), st.floats(0.02, 1.5)),
    st.builds(
        lambda mean, one, cv, log_sd: ValueLaw.of_conversions(np.array([mean * one]), count(mean, log_sd), cv),
        st.floats(0.01, 1e4),
        st.floats(1e3, 1e9),
        st.floats(0.0, 2.0),
        st.floats(0.02, 1.2),
    ),
    st.builds(spend, st.floats(1e6, 1e12), st.floats(0.001, 0.999), st.floats(1e5, 1e12), st.floats(0.03, 1.0)),
)


@settings(max_examples=150, deadline=None)
@given(law=LAWS, score=st.floats(-4.0, 4.0))
def test_the_value_at_a_score_holds_that_score(law: OutcomeLaw, score: float) -> None:
    value = law.at_scores(np.array([[score]]))[0]
    below, upto = law.scores(value)
    assert below[0] - 1e-3 <= score <= upto[0] + 1e-3


@settings(max_examples=100, deadline=None)
@given(law=LAWS)
def test_values_never_fall_with_their_scores(law: OutcomeLaw) -> None:
    told = law.at_scores(np.linspace(-6.0, 6.0, 40)[None])[0]
    assert np.all(np.diff(told) >= 0.0)


@settings(max_examples=60, deadline=None)
@given(law=LAWS, shift=st.floats(0.0, 1.0))
def test_a_law_moved_up_is_nowhere_lower(law: OutcomeLaw, shift: float) -> None:
    moved = law.shifted(np.array([shift]), np.ones(1))
    assert np.all(moved.at_scores(SCORES) >= law.at_scores(SCORES) * (1.0 - 1e-6))
