"""The exploration floor."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit.drawing import draw_order, with_floor


def test_the_floor_is_added_on_the_simplex() -> None:
    assert with_floor(np.array([0.9, 0.1, 0.0]), 0.1) == pytest.approx([0.1 + 0.7 * 0.9, 0.1 + 0.07, 0.1])


def test_all_floors_together_take_at_most_half() -> None:
    weights = np.zeros(200)
    weights[7] = 1.0
    shares = with_floor(weights, 0.01)
    assert shares.min() == pytest.approx(0.5 / 200)
    assert shares[7] == pytest.approx(0.5 + 0.5 / 200)
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("count", "floor"), [(2, 0.01), (5, 0.004), (20, 0.001), (200, 0.0001)])
def test_floors_that_nobody_asked_for_take_a_hundredth_each_and_a_fiftieth_together(count: int, floor: float) -> None:
    weights = np.zeros(count)
    weights[0] = 1.0
    shares = with_floor(weights, None)
    assert shares[1:] == pytest.approx(np.full(count - 1, floor))
    assert shares[0] == pytest.approx(1.0 - (count - 1) * floor)


def test_no_floor_changes_nothing() -> None:
    assert with_floor(np.array([0.25, 0.75]), 0.0).tolist() == [0.25, 0.75]


def test_places_behind_a_certain_arm_follow_the_posterior_mean_even_when_several_are_to_be_drawn() -> None:
    allowed, shares = np.array([0, 2, 3]), np.array([0.0, 1.0, 0.0])
    choice = draw_order(4, allowed, shares, np.array([0.1, 0.3, 0.2]), np.random.default_rng(0), slots=3)
    assert choice.order.tolist() == [2, 3, 0]
    assert choice.propensities.tolist() == [0.0, 0.0, 1.0, 0.0]
