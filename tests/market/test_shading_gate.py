"""What another bid would have earned, and which models the gate lets through."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.market import AuctionLog, PriceLaw, ShadingModel, expected_surplus, try_shading
from tests.market.auctions import Float64, Segment, logged, values_of

PLACE = Segment("open|feed", 1_000.0, 0.4)
TRUTH = ShadingModel(PriceLaw(float(np.log(1_000.0)), 0.4), {})


def a_log(
    bid: list[float], won: list[bool], told: list[float] | None = None, value: list[float] | None = None
) -> AuctionLog:
    count = len(bid)
    return AuctionLog(
        np.array(bid),
        np.array(value or [2_000.0] * count),
        np.array(won),
        np.array(told or [np.nan] * count),
        np.array([PLACE.key] * count),
    )


def simulated(count: int, told: float, seed: int = 1) -> tuple[AuctionLog, Float64]:
    """Auctions in which we bid our value or part of it, and the hidden least winning bids."""
    rng = np.random.default_rng(seed)
    values = values_of(count, rng)
    bids = np.floor(values * rng.uniform(0.3, 1.0, count)) + 1
    prices = PLACE.draw(count, rng)
    shown = np.where(rng.random(count) < told, prices, np.nan)
    return AuctionLog(bids, values, bids >= prices, shown, np.array([PLACE.key] * count)), prices


def test_what_is_known_of_an_auction_needs_no_law() -> None:
    log = a_log([900.0, 900.0, 900.0, 900.0], [True, False, True, False], [700.0, 1_100.0, np.nan, np.nan])
    assert expected_surplus(log, np.array([700.0, 1_099.0, 950.0, 850.0]), TRUTH).tolist() == [
        1_300.0,
        0.0,
        1_050.0,
        0.0,
    ]
    assert expected_surplus(log, np.array([699.0, 1_100.0, 900.0, 900.0]), TRUTH).tolist() == [0.0, 900.0, 1_100.0, 0.0]


def test_what_is_not_known_has_the_chance_that_is_left() -> None:
    log = a_log([1_000.0, 1_000.0], [True, False])
    lower, higher = expected_surplus(log, np.array([500.0, 1_500.0]), TRUTH).tolist()
    at = {bid: float(PLACE.win_chances(np.array([bid]))[0]) for bid in (500.0, 1_000.0, 1_500.0)}
    assert lower == pytest.approx(1_500.0 * at[500.0] / at[1_000.0])
    assert higher == pytest.approx(500.0 * (at[1_500.0] - at[1_000.0]) / (1.0 - at[1_000.0]))


@pytest.mark.parametrize("told", [0.0, 0.3, 1.0])
def test_the_expected_surplus_is_about_what_the_hidden_prices_leave(told: float) -> None:
    log, prices = simulated(40_000, told)
    others = np.floor(log.value_micros * 0.6) + 1
    real = np.mean((log.value_micros - others) * (others >= prices))
    assert np.mean(expected_surplus(log, others, log.fit())) == pytest.approx(real, rel=0.02)


def test_no_bid_however_odd_leaves_something_that_is_no_number() -> None:
    log = a_log([1.0, 10.0**12, 1.0, 10.0**12], [True, True, False, False], value=[10.0**13] * 4)
    for bid in (1.0, 10.0**13):
        surplus = expected_surplus(log, np.full(4, bid), TRUTH)
        assert np.isfinite(surplus).all()
        assert (surplus >= 0.0).all()


def test_a_good_law_passes_against_bidding_the_value() -> None:
    log, _ = simulated(5_000, 0.3)
    trial = try_shading(TRUTH, None, log)
    assert trial.objection == ""
    assert trial.surplus_before_micros == 0.0 < trial.surplus_micros
    assert trial.won_share == pytest.approx(np.mean(log.won))


def test_a_model_worse_than_the_one_in_service_is_refused() -> None:
    log, _ = simulated(5_000, 0.3)
    # The win shares are near enough, the bids are not.
    dearer = ShadingModel(PriceLaw(float(np.log(1_150.0)), 0.75), {})
    assert try_shading(dearer, None, log).objection == ""
    assert "that of the model in service" in try_shading(dearer, TRUTH, log).objection
    assert try_shading(TRUTH, dearer, log).objection == ""


def test_a_law_of_another_market_is_refused_whatever_it_replaces() -> None:
    log, _ = simulated(5_000, 0.3)
    cheap = ShadingModel(PriceLaw(float(np.log(300.0)), 0.4), {})
    assert "expects to win" in try_shading(cheap, None, log).objection


def test_a_model_is_never_worse_than_itself() -> None:
    log, _ = simulated(500, 0.0)
    assert try_shading(TRUTH, TRUTH, log).objection == ""


def test_a_log_is_fitted_as_its_columns_are() -> None:
    rng = np.random.default_rng(2)
    plain = logged([PLACE], [2_000], 0.3, rng)
    log = AuctionLog(plain.bid_micros, plain.bid_micros, plain.won, plain.min_to_win_micros, np.array(plain.keys))
    half = log.where(np.arange(2_000) % 2 == 0)
    assert len(half) == 1_000
    assert log.fit().law_of(PLACE.key).auctions == 2_000
    assert half.fit().law_of(PLACE.key).auctions == 1_000
