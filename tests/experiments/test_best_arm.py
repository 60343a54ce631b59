"""How likely each arm is the best one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from adplat.experiments import chances_of_best


def test_of_two_it_is_the_chance_that_their_difference_is_positive() -> None:
    found = chances_of_best([0.012, 0.010], [0.001, 0.0015])
    assert found[0] == pytest.approx(ndtr(0.002 / np.hypot(0.001, 0.0015)), abs=1e-9)
    assert found.sum() == pytest.approx(1.0)


def test_of_many_it_is_how_often_each_is_drawn_largest() -> None:
    means, deviations = [1.0, 1.1, 0.7, 1.05], [0.2, 0.1, 0.5, 0.01]
    drawn = np.random.default_rng(1).normal(means, deviations, (400_000, 4))
    shares = np.bincount(drawn.argmax(axis=1), minlength=4) / len(drawn)
    assert chances_of_best(means, deviations) == pytest.approx(shares, abs=0.003)


def test_where_lower_is_better_the_lowest_is_best() -> None:
    found = chances_of_best([5.0, 1.0, 3.0], [0.1, 0.1, 0.1], lower_is_better=True)
    assert found.argmax() == 1 and found[1] > 0.999
