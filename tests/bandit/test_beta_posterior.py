"""First-slot probabilities of Beta posteriors, against adaptive integration and sampling."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betainc, betaln, expit, log_expit
from scipy.stats import beta as beta_distribution

from adplat.bandit.beta_posterior import expected_shortfall, probability_of_highest_share

SAMPLES = 400_000


def integrated(successes: list[float], failures: list[float], arm: int) -> float:
    """P(arm is the highest), by adaptive integration over the arm's own log-odds."""

    def chance(u: float) -> float:
        density = np.exp(
            successes[arm] * log_expit(u) + failures[arm] * log_expit(-u) - betaln(successes[arm], failures[arm])
        )
        others = [betainc(a, b, expit(u)) for j, (a, b) in enumerate(zip(successes, failures, strict=True)) if j != arm]
        return float(density * np.prod(others))

    law = beta_distribution(successes[arm], failures[arm])
    edges = np.log(law.ppf([1e-12, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-12]))
    edges -= np.log1p(-np.exp(edges))
    return sum(quad(chance, low, high, epsabs=1e-11, limit=200)[0] for low, high in pairwise(edges))


@pytest.mark.parametrize(
    ("successes", "failures"),
    [
        ([1.0, 1.0], [1.0, 1.0]),
        ([1.0, 1.0, 1.0], [31.0, 401.0, 1.0]),
        ([3.0, 12.0, 101.0], [90.0, 400.0, 4900.0]),
        ([1.0, 10_001.0, 1.0], [1.0, 990_000.0, 31.0]),
        ([0.5, 2.0, 200.0, 5.0], [40.0, 90.0, 6000.0, 1.0]),
    ],
)
def test_it_is_the_integral(successes: list[float], failures: list[float]) -> None:
    found = probability_of_highest_share(np.array(successes), np.array(failures))
    expected = [integrated(successes, failures, arm) for arm in range(len(successes))]
    assert sum(expected) == pytest.approx(1.0, abs=1e-8)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("count", [2, 20])
def test_it_is_what_sampling_finds(count: int) -> None:
    rng = np.random.default_rng(count)
    shown = rng.choice([0, 30, 400, 5000], count)
    clicks = rng.binomial(shown, 0.03)
    a, b = 1.0 + clicks, 1.0 + shown - clicks
    drawn = rng.beta(a, b, (SAMPLES, count)).argmax(axis=1)
    shares = np.bincount(drawn, minlength=count) / SAMPLES
    # Four standard errors of a share of one half.
    assert np.abs(probability_of_highest_share(a, b) - shares).max() < 4 * 0.5 / np.sqrt(SAMPLES)


def test_two_arms_agree_with_the_closed_sum() -> None:
    """P(X > Y) for whole shapes is a finite sum (Evan Miller, Formulas for Bayesian A/B testing)."""
    a1, b1, a2, b2 = 13, 988, 22, 1480
    assert probability_of_highest_share(np.array([a1, a2]), np.array([b1, b2])) == pytest.approx(
        [1 - sum_of_chances(a1, b1, a2, b2), sum_of_chances(a1, b1, a2, b2)], abs=1e-6
    )


def sum_of_chances(a1: int, b1: int, a2: int, b2: int) -> float:
    """P(second > first)."""
    return float(
        sum(np.exp(betaln(a1 + i, b1 + b2) - np.log(b2 + i) - betaln(1 + i, b2) - betaln(a1, b1)) for i in range(a2))
    )


@pytest.mark.parametrize(
    ("successes", "failures"),
    [
        ([1.0, 1.0], [1.0, 1.0]),
        ([3.0, 12.0, 101.0], [90.0, 400.0, 4900.0]),
        ([1.0, 10_001.0, 1.0], [1.0, 990_000.0, 31.0]),
        ([0.5, 2.0, 200.0, 5.0], [40.0, 90.0, 6000.0, 1.0]),
    ],
)
def test_what_an_arm_costs_beside_the_best_is_the_integral(successes: list[float], failures: list[float]) -> None:
    a, b = np.array(successes), np.array(failures)

    def some_arm_is_above(x: float) -> float:
        return 1.0 - float(np.prod(betainc(a, b, x)))

    edges = sorted(
        {0.0, 1.0, *np.concatenate([beta_distribution(a, b).ppf(q) for q in (1e-9, 0.1, 0.5, 0.9, 1 - 1e-9)])}
    )
    highest = sum(quad(some_arm_is_above, low, high, epsabs=1e-12, limit=200)[0] for low, high in pairwise(edges))
    assert expected_shortfall(a, b) == pytest.approx(highest - a / (a + b), abs=5e-6)


def test_one_arm_alone_costs_nothing_and_a_sure_winner_next_to_nothing() -> None:
    assert expected_shortfall(np.array([3.0]), np.array([90.0])).tolist() == [0.0]
    sure = expected_shortfall(np.array([5_000.0, 100.0]), np.array([95_000.0, 99_900.0]))
    assert sure[0] == pytest.approx(0.0, abs=1e-9) and sure[1] == pytest.approx(0.049, rel=1e-6)
