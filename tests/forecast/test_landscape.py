"""The landscape by context: near the truth, rising with the bid, and the same after it was written and read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, TableRejected
from adplat.forecast import (
    Auctions,
    BidLandscape,
    HazardSettings,
    fit_landscape,
    known_prices,
    landscape_bytes,
    landscape_of_bytes,
)
from tests.forecast.builders import PLACES, logged, market

SETTINGS = HazardSettings(epochs=8, bins=40)
ASKED = 30_000


@pytest.fixture(scope="module")
def fitted() -> BidLandscape:
    rng = np.random.default_rng(5)
    return fit_landscape(logged(market(60_000, rng), rng), rng, settings=SETTINGS)


def test_chances_are_near_the_truth_in_every_place(fitted: BidLandscape) -> None:
    rng = np.random.default_rng(6)
    held = market(ASKED, rng)
    bids = np.exp(rng.uniform(5.5, 7.5, ASKED))
    off = fitted.win_probability(bids, held.contexts) - held.true_chance(bids)
    assert np.abs(off).mean() < 0.03
    assert all(abs(off[held.place == place].mean()) < 0.02 for place in range(PLACES))
    one_curve = fitted.win_probability(bids) - held.true_chance(bids)
    assert np.abs(off).mean() < 0.3 * np.abs(one_curve).mean()


def test_wins_whose_price_nobody_told_are_enough() -> None:
    rng = np.random.default_rng(7)
    landscape = fit_landscape(logged(market(60_000, rng), rng, silent_wins=True), rng, settings=SETTINGS)
    held = market(ASKED, rng)
    bids = np.exp(rng.uniform(6.0, 7.3, ASKED))
    assert landscape.told == 0
    assert np.abs(landscape.win_probability(bids, held.contexts) - held.true_chance(bids)).mean() < 0.05


def test_the_trial_speaks_of_auctions_nobody_fitted(fitted: BidLandscape) -> None:
    trial = fitted.trial
    assert trial is not None
    assert trial.auctions == 9_000
    assert trial.calibration_error is not None
    assert trial.calibration_error < 0.02
    assert trial.logloss is not None
    assert trial.whole_logloss is not None
    assert trial.logloss < 0.9 * trial.whole_logloss
    assert trial.log_likelihood > trial.whole_log_likelihood


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(1.0, 9_000.0), min_size=2, max_size=30), st.integers(0, 2**31))
def test_chances_and_prices_rise_with_the_bid(fitted: BidLandscape, bids: list[float], seed: int) -> None:
    one = market(1, np.random.default_rng(seed))
    asked = np.sort(bids)
    contexts = {name: np.repeat(column, len(asked)) for name, column in one.contexts.items()}
    chances = fitted.win_probability(asked, contexts)
    assert ((chances >= 0.0) & (chances <= 1.0)).all()
    assert (np.diff(chances) >= -1e-12).all()
    paid = fitted.expected_price_micros(asked, contexts)
    won = ~np.isnan(paid)
    assert (paid[won] <= asked[won]).all()
    assert (np.diff(paid[won]) >= -1e-6).all()
    floor = one.floor_micros[0]
    if not np.isnan(floor):
        assert (chances[asked < floor] == 0.0).all()
        assert (paid[won] >= floor - 1e-9).all()


def test_a_quantile_is_the_least_bid_that_wins_so_often(fitted: BidLandscape) -> None:
    held = market(2_000, np.random.default_rng(8))
    for chance in (0.1, 0.5, 0.8):
        bids = fitted.bids_to_win(np.full(2_000, chance), held.contexts)
        known = ~np.isnan(bids)
        assert known.mean() > 0.9
        contexts = {name: column[known] for name, column in held.contexts.items()}
        assert (fitted.win_probability(bids[known], contexts) >= chance - 1e-6).all()
        below = fitted.win_probability(bids[known] - 1.0, contexts)
        assert (below <= chance + 1e-6).all()


def test_mean_prices_are_near_the_true_ones(fitted: BidLandscape) -> None:
    held = market(ASKED, np.random.default_rng(9))
    bids = np.full(ASKED, 1_000.0)
    won = held.price_micros <= bids
    paid = fitted.expected_price_micros(bids, held.contexts)[won]
    assert paid.mean() == pytest.approx(held.price_micros[won].mean(), rel=0.02)


def test_a_place_never_seen_is_answered_from_the_others(fitted: BidLandscape) -> None:
    strange = {"placement": ["nowhere"], "device": ["phone"], "floor_micros": [np.nan]}
    assert 0.0 < fitted.win_probability([700.0], strange)[0] < 1.0


def test_it_is_the_same_after_writing_and_reading(fitted: BidLandscape) -> None:
    held = market(500, np.random.default_rng(10))
    bids = np.full(500, 700.0)
    again, source = landscape_of_bytes(landscape_bytes(fitted, {"rows": 3}), where="here")
    assert source == {"rows": 3}
    assert again.trial == fitted.trial
    assert again.win_probability(bids, held.contexts).tolist() == fitted.win_probability(bids, held.contexts).tolist()
    assert again.win_probability(bids).tolist() == fitted.win_probability(bids).tolist()


def test_what_is_no_landscape_is_refused_in_one_line(fitted: BidLandscape) -> None:
    content = landscape_bytes(fitted, {})
    for damaged in (b"", b"{}", content[: len(content) // 2], b"\x08" + content[1:], content[:-40]):
        with pytest.raises(ConfigRejected, match="no whole bid landscape"):
            landscape_of_bytes(damaged, where="here")


def test_contexts_that_lack_a_column_are_refused(fitted: BidLandscape) -> None:
    with pytest.raises(TableRejected, match="placement"):
        fitted.win_probability([100.0], {"device": ["phone"], "floor_micros": [np.nan]})
    with pytest.raises(TableRejected, match="2 bids for 1 contexts"):
        fitted.win_probability([100.0, 200.0], {"device": ["tv"], "floor_micros": [np.nan], "placement": ["place 1"]})


def test_contexts_that_say_nothing_of_prices_leave_the_one_curve() -> None:
    rng = np.random.default_rng(11)
    price = np.ceil(rng.lognormal(6.0, 0.5, 4_000))
    noise = {"device": rng.choice(["phone", "desk"], 4_000)}
    nothing = Auctions(known_prices(price), np.full(4_000, np.nan), np.zeros(4_000, bool), noise)
    landscape = fit_landscape(nothing, rng, settings=HazardSettings(epochs=6, bins=20, rate=0.02))
    assert landscape.trial is not None
    gained = landscape.trial.log_likelihood - landscape.trial.whole_log_likelihood
    assert gained < 0.01
    constant = Auctions(known_prices(price), np.full(4_000, np.nan), np.zeros(4_000, bool), {"device": ["tv"] * 4_000})
    assert fit_landscape(constant, rng).by_context is None


def test_the_same_auctions_give_the_same_landscape() -> None:
    told = [logged(market(5_000, np.random.default_rng(3)), np.random.default_rng(4)) for _ in range(2)]
    one, two = (landscape_bytes(fit_landscape(log, np.random.default_rng(0), settings=SETTINGS), {}) for log in told)
    assert one == two
