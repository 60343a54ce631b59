"""The product-limit curve: R's numbers, exactly, and what holds for all auctions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.data import configs_folder, read_yaml
from adplat.domain import ConfigRejected, TableRejected
from adplat.forecast import CensoredPrices, kaplan_meier, known_prices, prices_of_auctions

CASES: list[dict[str, Any]] = read_yaml(configs_folder() / "bench" / "kaplan_meier_r.yaml")["cases"]


def censored(case: dict[str, Any]) -> CensoredPrices:
    times = np.array(case["times"], dtype=float)
    weights = np.array(case.get("weights", np.ones(len(times))), dtype=float)
    return CensoredPrices(times, np.where(case["told"], times, np.inf), weights)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_curve_and_its_interval_are_those_of_r(case: dict[str, Any]) -> None:
    curve = kaplan_meier(censored(case), level=case["level"], kind=case["kind"])
    told = {name: np.array(case[name], dtype=float) for name in ("steps", "survival", "low", "high")}
    assert curve.prices_micros.tolist() == told["steps"].tolist()
    np.testing.assert_allclose(1.0 - curve.chances, told["survival"], atol=1e-12)
    np.testing.assert_allclose(1.0 - curve.high, told["low"], atol=1e-7)
    np.testing.assert_allclose(1.0 - curve.low, told["high"], atol=1e-7)


def test_quantiles_are_those_of_r() -> None:
    # R: quantile(survfit(Surv(time, status) ~ 1, aml not maintained), c(.25, .5, .75)) is 8, 23, 33.
    assert kaplan_meier(censored(CASES[1])).bids_to_win([0.25, 0.5, 0.75]).tolist() == [8.0, 23.0, 33.0]


def test_an_auction_lost_at_a_told_price_was_dearer_than_it() -> None:
    lost_at_ten = prices_of_auctions([10, 20, 20], [False, True, True], [np.nan, 10, 20])
    assert kaplan_meier(lost_at_ten).chances.tolist() == pytest.approx([1 / 3, 1.0])


def test_a_bid_that_reaches_the_price_wins() -> None:
    curve = kaplan_meier(known_prices([100, 200, 200, 400]))
    assert curve.win_probability([99, 100, 199, 200, 400, 9000]).tolist() == [0, 0.25, 0.25, 0.75, 1, 1]
    assert curve.expected_price_micros([100, 200, 500]).tolist() == pytest.approx([100, 500 / 3, 225])
    assert np.isnan(curve.expected_price_micros([99])).all()


def test_what_no_bid_ever_won_has_no_quantile() -> None:
    curve = kaplan_meier(prices_of_auctions([100, 100, 100], [True, False, False], [50, np.nan, np.nan]))
    assert curve.bids_to_win([0.3]).tolist() == [50]
    assert np.isnan(curve.bids_to_win([0.5])).all()
    assert curve.known_to_micros == 100


@given(
    st.lists(st.tuples(st.integers(1, 30), st.booleans(), st.integers(1, 4)), min_size=1, max_size=60).filter(
        lambda rows: any(told for _, told, _ in rows)
    )
)
def test_weights_count_rows_and_the_curve_rises_within_its_interval(rows: list[tuple[int, bool, int]]) -> None:
    price, told, weight = (np.array(column) for column in zip(*rows, strict=True))
    once = CensoredPrices(price.astype(float), np.where(told, price, np.inf), weight.astype(float))
    again = CensoredPrices(np.repeat(once.lower, weight), np.repeat(once.upper, weight), np.ones(weight.sum()))
    curve, repeated = kaplan_meier(once), kaplan_meier(again)
    np.testing.assert_allclose(curve.chances, repeated.chances, atol=1e-12)
    np.testing.assert_allclose(curve.low, repeated.low, atol=1e-9)
    assert (np.diff(curve.chances) >= 0).all()
    held = ~np.isnan(curve.low)
    assert ((curve.low <= curve.chances + 1e-12) & (curve.chances <= curve.high + 1e-12))[held].all()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60))
def test_without_censoring_it_is_the_share_of_prices_reached(prices: list[int]) -> None:
    curve = kaplan_meier(known_prices(prices))
    bids = np.arange(0, 52)
    np.testing.assert_allclose(curve.win_probability(bids), [np.mean(np.array(prices) <= bid) for bid in bids])


def test_a_thinned_curve_stays_close() -> None:
    curve = kaplan_meier(known_prices(np.random.default_rng(0).lognormal(6, 1, 5_000)))
    thin = curve.thinned(101)
    assert len(thin.prices_micros) <= 101
    bids = np.geomspace(10, 5_000, 300)
    assert np.abs(thin.win_probability(bids) - curve.win_probability(bids)).max() <= 0.0101


def test_a_seller_that_contradicts_itself_told_nothing() -> None:
    prices = prices_of_auctions([100, 100, 100], [True, False, True], [150, 50, -1])
    assert prices.lower.tolist() == [0, 100, 0]
    assert prices.upper.tolist() == [100, np.inf, 100]


@pytest.mark.parametrize(
    ("bids", "won", "told"),
    [([0], [True], [np.nan]), ([np.nan], [True], [1]), ([1, 2], [True], [1]), ([], [], [])],
)
def test_what_is_no_log_of_auctions_is_refused(bids: list[float], won: list[bool], told: list[float]) -> None:
    with pytest.raises(TableRejected):
        prices_of_auctions(bids, won, told)


def test_what_kaplan_and_meier_cannot_do_is_refused() -> None:
    with pytest.raises(TableRejected, match="bounded from above"):
        kaplan_meier(prices_of_auctions([5, 5], [True, True], [4, np.nan]))
    with pytest.raises(TableRejected, match="no auction told"):
        kaplan_meier(prices_of_auctions([5], [False], [np.nan]))
    with pytest.raises(ConfigRejected):
        kaplan_meier(known_prices([1, 2]), level=1.0)
    with pytest.raises(TableRejected, match="auction 2"):
        CensoredPrices(np.array([1.0, 3.0]), np.array([1.0, 2.0]), np.ones(2))
