"""The benchmark of forecasts measures what it says."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.flows.bench_forecast_landscape import _ece, agreement_figures
from adplat.flows.bench_forecast_prices import BIDDERS, MIXED, MOST_PRICE, TICK, _gamma_law, _loss
from adplat.flows.landscape_worlds import FLOORS, PriceWorld
from adplat.forecast import known_prices, prices_of_auctions


def test_the_true_chances_of_a_market_are_the_shares_of_auctions_that_bids_win() -> None:
    world, rng = PriceWorld.drawn(np.random.default_rng(1)), np.random.default_rng(2)
    asked = world.requests(200_000, rng)
    bids = np.exp(rng.uniform(5.5, 8.0, 200_000))
    won, chances = bids >= world.prices(asked, rng), world.win_chances(bids, asked)
    for rows in (asked.floor_micros == FLOORS[1], np.isnan(asked.floor_micros), asked.device == 2, asked.hour < 6):
        assert won[rows].mean() == pytest.approx(chances[rows].mean(), abs=0.01)
    assert _ece(won.astype(float), chances) < 0.01
    assert _ece(chances, np.clip(chances + 0.05, 0, 1)) == pytest.approx(0.05, abs=0.01)


def test_a_log_hides_what_its_sellers_hide() -> None:
    world, rng = PriceWorld.drawn(np.random.default_rng(1)), np.random.default_rng(2)
    asked = world.requests(20_000, rng)
    log = world.logged(asked, rng)
    told, seller = log.prices.told, asked.seller
    assert (told[seller == 0] == log.won[seller == 0]).all()
    assert told[seller == 1][log.won[seller == 1]].all()
    assert not told[seller == 2].any()
    assert 0.3 < log.won.mean() < 0.7


def test_agreement_with_r_is_a_number_that_holds() -> None:
    [figure] = agreement_figures()
    assert figure.holds
    assert figure.n > 50


def test_the_gamma_law_is_found_through_censoring() -> None:
    rng = np.random.default_rng(3)
    price, bids = rng.gamma(2.0, 300.0, 20_000), rng.uniform(1.0, 1_500.0, 20_000)
    won = bids >= price
    shape, scale = _gamma_law(prices_of_auctions(bids, won, np.where(won, price, np.nan)))
    assert shape == pytest.approx(2.0, rel=0.05)
    assert scale == pytest.approx(300.0, rel=0.05)
    assert _gamma_law(known_prices(price))[0] == pytest.approx(2.0, rel=0.05)


def test_no_model_pays_more_than_the_even_share_and_none_gains_by_it() -> None:
    assert _loss(np.zeros(1))[0] == pytest.approx(-np.log(MIXED / MOST_PRICE))
    every = np.full(MOST_PRICE, 1.0 / MOST_PRICE)
    assert np.exp(-_loss(every)).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", list(BIDDERS))
def test_bids_are_whole_fen(name: str) -> None:
    rng = np.random.default_rng(4)
    bids = BIDDERS[name](np.array([700.0, 60.0, 300.0]), np.array([0.001, 0.004, 0.002]), rng)
    assert (bids % TICK == 0).all()
    assert (bids > 0).all()
