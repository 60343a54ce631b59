"""Raw laws of a replay: what its replicates leave open, and nothing that they rule out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from adplat.forecast.arrays import Floats
from adplat.forecast.campaign_predictive import SpendLaw
from adplat.forecast.campaign_raw import _spend_law

RNG = np.random.default_rng(3)
SPENDS: Floats = 100e6 * np.exp(0.15 * RNG.standard_normal((16, 1)))


def chance_of_all(budget_micros: float, spends: Floats = SPENDS) -> float:
    law: SpendLaw = _spend_law(np.minimum(spends, budget_micros), np.array([budget_micros]))
    return float(law.full[0])


def test_a_budget_that_no_replicate_came_near_is_not_told_as_spent() -> None:
    law = _spend_law(SPENDS, np.array([2_000e6]))
    assert law.at_scores(np.array([[1.96]]))[0, 0] < 250e6


def test_a_budget_just_above_what_was_spent_may_be_spent_all_the_same() -> None:
    just_above = float(SPENDS.max()) / 0.98 * 1.001
    assert 0.005 < chance_of_all(just_above) <= 0.5 / 17
    assert chance_of_all(float(SPENDS.min())) == pytest.approx(16.5 / 17)


def test_the_larger_a_budget_the_less_likely_it_is_spent() -> None:
    chances = [chance_of_all(budget) for budget in np.geomspace(50e6, 5_000e6, 40)]
    assert all(after <= before for before, after in pairwise(chances))
    assert chances[-1] < 1e-4


def test_one_replicate_alone_says_little_of_a_budget_near_by() -> None:
    assert chance_of_all(130e6, np.array([[100e6]])) > 0.05
