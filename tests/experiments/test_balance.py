"""What was settled before the assignment must be alike in all arms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ttest_ind

from adplat.experiments import category_balance, mean_balance


def test_counts_are_held_against_the_usual_test() -> None:
    counts = np.array([[50.0, 80.0, 20.0], [70.0, 75.0, 31.0]])
    found, usual = category_balance(counts), chi2_contingency(counts, correction=False)
    assert (found.statistic, found.p_value, found.freedom) == pytest.approx(
        (usual.statistic, usual.pvalue, usual.dof), rel=1e-12
    )
    assert not found.flagged


def test_rare_values_are_taken_together() -> None:
    counts = np.array([[500.0, 500.0, 2.0, 1.0, 3.0], [510.0, 490.0, 1.0, 4.0, 2.0]])
    together = np.array([[500.0, 500.0, 6.0], [510.0, 490.0, 7.0]])
    assert category_balance(counts) == category_balance(together)


def test_nothing_to_compare_is_no_finding() -> None:
    for counts in (np.zeros((2, 3)), np.array([[5.0], [6.0]]), np.array([[9.0, 8.0], [0.0, 0.0]])):
        assert category_balance(counts).p_value is None
    assert mean_balance(np.array([1.0, 1.0]), np.array([1.0, 2.0]), np.array([1.0, 4.0])).p_value is None


def test_means_are_held_against_welch() -> None:
    rng = np.random.default_rng(2)
    arms = [rng.normal(mean, spread, size) for mean, spread, size in ((0, 1, 50), (0.1, 2, 80), (1.2, 1, 60))]
    sums = [np.array([part(arm) for arm in arms]) for part in (len, np.sum, lambda arm: np.sum(arm**2))]
    found = mean_balance(*(one.astype(np.float64) for one in sums))
    usual = ttest_ind(arms[2], arms[0], equal_var=False)
    assert found.statistic == pytest.approx(usual.statistic, rel=1e-9)
    assert found.p_value == pytest.approx(2.0 * usual.pvalue, rel=1e-9)
    assert found.flagged
