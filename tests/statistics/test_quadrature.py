"""P(maximum) against the two-arm closed form, adaptive integration and simulation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from adplat.domain import TableRejected
from adplat.statistics import (
    DECIDING,
    probabilities_of_maximum,
    probability_of_largest_power,
    probability_of_maximum,
)
from adplat.statistics.quadrature import FINE


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(1e-3, 2), st.floats(1e-3, 2))
def test_two_arms_have_a_closed_form(one: float, two: float, wide: float, narrow: float) -> None:
    found = probability_of_maximum([one, two], [wide, narrow])
    expected = ndtr((one - two) / np.hypot(wide, narrow))
    assert found == pytest.approx([expected, 1 - expected], abs=1e-8)


def integrated(means: np.ndarray, deviations: np.ndarray, arm: int) -> float:
    others = np.arange(len(means)) != arm

    def density(x: float) -> float:
        z = (x - means[arm]) / deviations[arm]
        rest = ndtr((x - means[others]) / deviations[others]).prod()
        return float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / deviations[arm] * rest)

    low, high = means[arm] - 9 * deviations[arm], means[arm] + 9 * deviations[arm]
    marks = np.concatenate([means + k * deviations for k in (-4, -2, -1, 0, 1, 2, 4)])
    edges = np.concatenate([[low], np.sort(marks[(marks > low) & (marks < high)]), [high]])
    return sum(quad(density, a, b, epsabs=1e-12)[0] for a, b in pairwise(edges))


@pytest.mark.parametrize("spread", [0.0, 2.0, 5.0, 7.0])
def test_many_arms_of_very_different_widths_equal_adaptive_integration(spread: float) -> None:
    rng = np.random.default_rng(int(spread))
    for _ in range(6):
        means = rng.normal(0, 0.2, 6)
        deviations = np.exp(-spread * rng.random(6))
        expected = [integrated(means, deviations, arm) for arm in range(6)]
        assert probability_of_maximum(means, deviations) == pytest.approx(expected, abs=5e-9)


def test_thirty_two_arms_equal_simulation() -> None:
    rng = np.random.default_rng(11)
    means, deviations = rng.normal(0, 0.5, 32), rng.uniform(0.05, 1.0, 32)
    draws = (means + deviations * rng.standard_normal((200_000, 32))).argmax(axis=1)
    shares = np.bincount(draws, minlength=32) / 200_000
    assert probability_of_maximum(means, deviations) == pytest.approx(shares, abs=5e-3)


def test_edge_cases() -> None:
    assert probability_of_maximum([0.3], [0.1]).tolist() == [1.0]
    assert probability_of_maximum([1.0] * 5, [0.0] * 5) == pytest.approx([0.2] * 5)
    assert probability_of_maximum([1.0, 2.0, 0.0], [0.0] * 3) == pytest.approx([0.0, 1.0, 0.0])
    hopeless = probability_of_maximum([-50.0, 0.0, 0.0], [0.01, 1.0, 1.0])
    assert hopeless == pytest.approx([0.0, 0.5, 0.5])
    assert probability_of_maximum(np.zeros(700), np.ones(700)).sum() == pytest.approx(1.0, abs=1e-12)


def test_the_numbers_do_not_change_from_call_to_call() -> None:
    rng = np.random.default_rng(12)
    means, deviations = rng.normal(size=40), rng.uniform(0.1, 1, 40)
    first = probability_of_maximum(means, deviations)
    assert all((probability_of_maximum(means, deviations) == first).all() for _ in range(5))


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="parallel"):
        probability_of_maximum([], [])
    with pytest.raises(TableRejected, match="usable"):
        probability_of_maximum([0.0, 1.0], [1.0, -1.0])


def test_the_error_stays_below_a_millionth_for_any_arms() -> None:
    rng = np.random.default_rng(21)
    for _ in range(12):
        means, deviations = (
            rng.normal(0, rng.choice([0.02, 0.2, 1.0]), 25),
            np.exp(-rng.choice([1, 4]) * rng.random(25)),
        )
        found = probability_of_maximum(means, deviations)
        for arm in (int(found.argmax()), int(rng.integers(25))):
            assert found[arm] == pytest.approx(integrated(means, deviations, arm), abs=1e-6)


def test_many_rows_at_once_are_the_rows_one_after_another() -> None:
    rng = np.random.default_rng(22)
    means, deviations = rng.normal(0, 0.5, (300, 12)), np.exp(-rng.uniform(0, 5, (300, 12)))
    deviations[7] = 0.0
    found = probabilities_of_maximum(means, deviations)
    alone = [probability_of_maximum(*row) for row in zip(means, deviations, strict=True)]
    assert found == pytest.approx(np.array(alone), abs=1e-13)
    assert probabilities_of_maximum([[1.0], [2.0]], [[0.1], [0.0]]).tolist() == [[1.0], [1.0]]
    with pytest.raises(TableRejected, match="parallel"):
        probabilities_of_maximum([1.0, 2.0], [1.0, 1.0])


@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0, 7.0])
def test_the_grid_for_decisions_is_good_to_a_millionth(spread: float) -> None:
    rng = np.random.default_rng(30 + int(spread))
    for count in (2, 3, 5, 9, 20, 33):
        means = rng.normal(0, rng.choice([0.02, 0.3, 1.0]), count)
        deviations = np.exp(-spread * rng.random(count))
        found = probability_of_maximum(means, deviations, DECIDING)
        for arm in {int(found.argmax()), int(rng.integers(count)), int(deviations.argmin())}:
            assert found[arm] == pytest.approx(integrated(means, deviations, arm), abs=5e-7)
        assert probabilities_of_maximum(means[None], deviations[None], grid=DECIDING)[0] == pytest.approx(
            found, abs=1e-13
        )


def test_the_two_grids_agree_on_thousands_of_sets() -> None:
    rng = np.random.default_rng(34)
    for count in (2, 5, 20, 60):
        means = rng.normal(0, 1, (1500, count)) * np.exp(rng.normal(-1, 1, (1500, 1)))
        deviations = np.exp(-rng.uniform(0, 7, (1500, 1)) * rng.random((1500, count)))
        fine, coarse = (probabilities_of_maximum(means, deviations, grid=grid) for grid in (FINE, DECIDING))
        assert np.abs(fine - coarse).max() < 5e-7


def test_rows_may_have_fewer_arms_than_the_longest() -> None:
    rng = np.random.default_rng(35)
    means, deviations = rng.normal(0, 0.5, (60, 14)), np.exp(-rng.uniform(0, 4, (60, 14)))
    present = rng.random((60, 14)) < np.repeat([0.05, 0.2, 0.6], 20)[:, None]
    present[np.arange(60), rng.integers(14, size=60)] = True
    deviations[4] = 0.0
    # What stands where no arm is must not count, however it looks.
    means[~present], deviations[~present] = 50.0, 1e-9
    found = probabilities_of_maximum(means, deviations, present)
    assert (found[~present] == 0.0).all()
    for row, there in enumerate(present):
        alone = probability_of_maximum(means[row, there], deviations[row, there])
        assert found[row, there] == pytest.approx(alone, abs=1e-13)


def test_with_equal_powers_it_is_the_question_of_normals() -> None:
    rng = np.random.default_rng(23)
    means, deviations = rng.uniform(0.8, 1.2, 9), rng.uniform(0.02, 0.1, 9)
    found = probability_of_largest_power(means, deviations, np.full(9, 1 / 3))
    assert found == pytest.approx(probability_of_maximum(means, deviations), abs=1e-9)


def test_quantities_with_powers_of_their_own_equal_simulation() -> None:
    rng = np.random.default_rng(24)
    means, deviations = rng.uniform(0.9, 1.1, 6), rng.uniform(0.03, 0.12, 6)
    powers = rng.uniform(0.1, 0.34, 6)
    draws = (np.maximum(means + deviations * rng.standard_normal((400_000, 6)), 0.0) ** (1.0 / powers)).argmax(axis=1)
    shares = np.bincount(draws, minlength=6) / 400_000
    assert probability_of_largest_power(means, deviations, powers) == pytest.approx(shares, abs=4e-3)
    with pytest.raises(TableRejected, match="positive"):
        probability_of_largest_power([1.0, 1.0], [0.1, 0.1], [0.0, 1.0])
