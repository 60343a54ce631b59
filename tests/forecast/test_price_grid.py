"""Bins of prices: where they are cut, and what a bid reaches of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import ConfigRejected
from adplat.forecast import kaplan_meier, known_prices
from adplat.forecast.price_grid import PriceGrid, price_grid


def grid_of(prices: list[int], most_bins: int) -> PriceGrid:
    told = np.array(prices, dtype=float)
    return price_grid(kaplan_meier(known_prices(told)), told, most_bins)


def test_few_prices_have_a_bin_each_between_bins_that_hold_none() -> None:
    grid = grid_of([30, 60, 60, 90], 10)
    assert grid.tick_micros == 30
    assert grid.edges_micros.tolist() == [0, 30, 60, 90]
    assert grid.ticks.tolist() == [1, 1, 1]
    assert grid.mean_prices_micros.tolist() == [30, 60, 90]


def test_a_price_that_many_auctions_share_is_a_bin() -> None:
    rng = np.random.default_rng(0)
    grid = grid_of([*rng.integers(100, 9_000, 4_000).tolist(), *[5_000] * 800], 40)
    place = grid.bin_of([5_000])[0]
    assert grid.edges_micros[place : place + 2].tolist() == [4_999, 5_000]
    assert grid.bins <= 42


@given(st.lists(st.integers(1, 4_000), min_size=2, max_size=80), st.integers(2, 30), st.floats(0.5, 5_000.0))
def test_a_bid_reaches_whole_bins_and_a_share_of_one(prices: list[int], most_bins: int, bid: float) -> None:
    grid = grid_of(prices, most_bins)
    [whole], [share] = grid.reached([bid])
    # As many ticks as lie at or below the bid.
    ticks = np.arange(grid.edges_micros[0], grid.edges_micros[-1] + 1, grid.tick_micros)[1:]
    assert grid.ticks[:whole].sum() + (share * grid.ticks[whole] if share else 0.0) == pytest.approx(
        (ticks <= bid).sum()
    )
    assert 0.0 <= share < 1.0
    every = grid.bin_of(prices)
    assert ((every >= 0) & (every < grid.bins)).all()


def test_edges_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ConfigRejected):
        PriceGrid(np.array([5, 5]), 1)
    with pytest.raises(ConfigRejected):
        grid_of([1, 2, 3], 1)
