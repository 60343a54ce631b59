"""Prices bounded from above: the maximum likelihood curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from adplat.forecast import CensoredPrices, fit_win_curve, kaplan_meier, prices_of_auctions, turnbull

# R 4.2.2, survival 3.5-3, survfit(Surv(low, high, type = "interval2") ~ 1); NaN is no bound.
LOW = np.array([5, 8, 10, 12, np.nan, np.nan, np.nan, 4, 6, 9, 3, 20, 15])
HIGH = np.array([5, 8, 10, 12, 6, 9, 11, np.nan, np.nan, np.nan, 7, 25, 18])
R_SURVIVAL = {5: 0.644932, 8: 0.500001, 10: 0.355053, 12: 0.236702, 18: 0.118351, 25: 0.0}


def test_the_curve_is_that_of_r_as_far_as_r_goes_on_stepping() -> None:
    prices = CensoredPrices(np.nan_to_num(LOW, nan=0.0), np.where(np.isnan(HIGH), np.inf, HIGH), np.ones(13))
    curve = turnbull(prices, np.random.default_rng(0), resamples=0)
    found = 1.0 - curve.win_probability(list(R_SURVIVAL))
    np.testing.assert_allclose(found, list(R_SURVIVAL.values()), atol=3e-5)
    # At the maximum the one price between 8 and 9 is none, and 8 splits the auctions exactly.
    assert found[1] == pytest.approx(0.5, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40).filter(
        lambda rows: any(told for _, told in rows)
    )
)
def test_without_bounds_from_above_it_is_kaplan_and_meiers(rows: list[tuple[int, bool]]) -> None:
    price, told = (np.array(column) for column in zip(*rows, strict=True))
    prices = CensoredPrices(price.astype(float), np.where(told, price, np.inf), np.ones(len(price)))
    by_steps = turnbull(prices, np.random.default_rng(0), resamples=0)
    bids = np.arange(1, 21)
    np.testing.assert_allclose(by_steps.win_probability(bids), kaplan_meier(prices).win_probability(bids), atol=2e-4)


@pytest.mark.parametrize("told_share", [0.0, 0.2])
def test_wins_without_a_price_teach_the_true_curve(told_share: float) -> None:
    rng = np.random.default_rng(1)
    price = np.ceil(rng.lognormal(6.5, 0.6, 60_000))
    bids = np.ceil(rng.lognormal(6.5, 0.6, 60_000))
    told = np.where(rng.random(60_000) < told_share, price, np.nan)
    curve = turnbull(prices_of_auctions(bids, bids >= price, told), rng, resamples=30)
    asked = np.array([300.0, 500.0, 700.0, 1000.0, 1500.0])
    truth = norm.cdf((np.log(asked) - 6.5) / 0.6)
    np.testing.assert_allclose(curve.win_probability(asked), truth, atol=0.05 if told_share == 0.0 else 0.01)
    low, high = curve.interval(asked)
    assert ((low <= curve.win_probability(asked)) & (curve.win_probability(asked) <= high)).all()
    assert (high - low < 0.2).all()


def test_rounding_many_prices_to_few_points_moves_the_curve_little() -> None:
    rng = np.random.default_rng(2)
    price, bids = np.ceil(rng.lognormal(8.5, 0.6, 20_000)), np.ceil(rng.lognormal(8.5, 0.6, 20_000))
    told = np.where(rng.random(20_000) < 0.5, price, np.nan)
    prices = prices_of_auctions(bids, bids >= price, told)
    asked = np.geomspace(1_000, 20_000, 40)
    few, many = (
        turnbull(prices, rng, most_points=points, resamples=0).win_probability(asked) for points in (200, 1_000)
    )
    assert np.abs(few - many).max() < 0.03


def test_the_fitting_curve_is_chosen_by_what_is_known() -> None:
    right = prices_of_auctions([10, 10, 8], [True, False, True], [7, np.nan, 8])
    rng = np.random.default_rng(0)
    assert fit_win_curve(right, rng).chances.tolist() == kaplan_meier(right).chances.tolist()
    left = prices_of_auctions([10, 10, 8], [True, False, True], [7, np.nan, np.nan])
    assert fit_win_curve(left, rng).chances[-1] == pytest.approx(2 / 3)
