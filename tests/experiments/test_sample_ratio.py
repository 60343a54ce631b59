"""Units where they should be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adplat.experiments import anytime_sample_ratio, sample_ratio
from tests.experiments.builders import analysed


def test_three_arms_agree_with_scipy() -> None:
    counts, shares = [5000, 2600, 2500], [0.5, 0.25, 0.25]
    theirs = stats.chisquare(counts, np.sum(counts) * np.asarray(shares))
    found = sample_ratio(counts, shares)
    assert (found.statistic, found.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-12)
    assert found.freedom == 2


def test_shares_need_not_sum_to_one() -> None:
    assert sample_ratio([50, 60], [1, 1]) == sample_ratio([50, 60], [0.5, 0.5])


def test_units_in_an_arm_without_a_share_are_flagged() -> None:
    found = sample_ratio([5000, 5000, 3], [0.5, 0.5, 0.0])
    assert found.statistic == 0.0
    assert found.flagged


@pytest.mark.parametrize("counts", [[0, 0], [100, 0]])
def test_nothing_to_test(counts: list[int]) -> None:
    found = sample_ratio(counts, [1.0, 1.0] if counts == [0, 0] else [1.0, 0.0])
    assert found.p_value is None
    assert not found.flagged


def test_the_anytime_factor_is_that_of_the_sequence_of_units() -> None:
    # Predictive probabilities one unit after the other against the plan: the product is the Bayes factor.
    order = np.random.default_rng(1).choice(2, 300, p=[0.6, 0.4])
    alpha, log_factor, seen = 50.0 * np.array([0.5, 0.5]), 0.0, np.zeros(2)
    looks = []
    for arm in order:
        log_factor += np.log((alpha[arm] + seen[arm]) / (alpha.sum() + seen.sum()) / 0.5)
        seen[arm] += 1
        looks.append(seen.copy())
    found = anytime_sample_ratio(looks, [0.5, 0.5], concentration=50.0)
    assert found.log_bayes_factor == pytest.approx(log_factor, rel=1e-9)
    assert (np.diff(found.p_values) <= 0.0).all()


def test_looking_every_day_raises_no_more_false_alarms_than_promised() -> None:
    rng, tests, days = np.random.default_rng(2), 5000, 100
    first = rng.binomial(400, 0.5, (tests, days)).cumsum(axis=1)
    total = 400 * np.arange(1, days + 1)
    flags = chi = 0
    for counts in first:
        looks = np.stack([counts, total - counts], axis=1)
        flags += float(anytime_sample_ratio(looks, [0.5, 0.5]).p_values[-1]) < 0.01
        chi += bool((stats.chi2.sf((2 * counts - total) ** 2 / total, 1) < 0.01).any())
    assert flags / tests <= 0.01
    assert chi / tests > 0.05  # the textbook test, looked at daily, cries wolf


def test_a_loss_of_units_is_seen() -> None:
    looks = [[1000 * day, 960 * day] for day in range(1, 61)]
    arms = [{"name": "a", "n": looks[-1][0], "sum": 9}, {"name": "b", "n": looks[-1][1], "sum": 9}]
    found = analysed("proportion", arms, looks=looks[:-1])
    assert found["srm"]["anytime"]["flagged"]
    assert found["srm"]["anytime"]["looks"] == 60
    assert found["decision"]["verdict"] == "invalid"


def test_without_looks_nothing_is_said_of_them() -> None:
    arms = [{"name": "a", "n": 100, "sum": 9}, {"name": "b", "n": 101, "sum": 9}]
    assert list(analysed("proportion", arms)["srm"]) == ["statistic", "df", "p_value", "flagged"]
