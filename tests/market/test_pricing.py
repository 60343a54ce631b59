"""What is offered in each kind of auction, and how near learned bids come to those of somebody who knows the law."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_expit

from adplat.domain import AuctionKind, ConfigRejected, TableRejected
from adplat.market import PriceLaw, ShadingModel, bids_micros, fit_shading, segment_key, shaded_bids
from tests.market.auctions import BidLog, Segment, logged, values_of

LOGISTIC = [
    Segment("open|a", 900, 0.30),
    Segment("open|b", 1_800, 0.45),
    Segment("deal|b", 3_000, 0.20),
    Segment("open|c", 500, 0.60),
]
NORMAL = [Segment(one.key, one.median_micros, one.spread * 1.7, "normal") for one in LOGISTIC]


def fitted(log: BidLog, prior_auctions: float = 50.0) -> ShadingModel:
    return fit_shading(log.bid_micros, log.won, log.min_to_win_micros, log.keys, prior_auctions=prior_auctions)


def surplus_share(model: ShadingModel, segments: list[Segment], rng: np.random.Generator) -> float:
    """Surplus of the model's bids over that of the best ones, all segments together."""
    values = values_of(400, rng)
    got = sum(one.surplus(values, shaded_bids(model, values.astype(np.int64), None, one.key)) for one in segments)
    return got / sum(one.best_surplus(values) for one in segments)


@pytest.mark.parametrize(
    ("segments", "told", "least"),
    [(LOGISTIC, 1.0, 0.995), (LOGISTIC, 0.5, 0.995), (LOGISTIC, 0.0, 0.99), (NORMAL, 1.0, 0.985), (NORMAL, 0.0, 0.985)],
    ids=["all told", "half told", "none told", "other law, all told", "other law, none told"],
)
def test_learned_bids_come_near_the_best_surplus(segments: list[Segment], told: float, least: float) -> None:
    rng = np.random.default_rng(7)
    model = fitted(logged(segments, [3_000] * 4, told, rng))
    assert surplus_share(model, segments, rng) >= least


def test_learned_bids_beat_truthful_ones_and_any_one_discount_for_all() -> None:
    rng = np.random.default_rng(8)
    model = fitted(logged(LOGISTIC, [3_000] * 4, 0.5, rng))
    values = values_of(400, rng)
    best = sum(one.best_surplus(values) for one in LOGISTIC)
    discounts = {
        share: sum(one.surplus(values, share * values) for one in LOGISTIC) / best for share in np.linspace(0.3, 1, 15)
    }
    assert discounts[1.0] == 0.0  # who bids the value keeps nothing of it
    assert surplus_share(model, LOGISTIC, rng) > max(discounts.values()) + 0.03


def test_thin_segments_do_better_for_leaning_on_the_whole() -> None:
    rng = np.random.default_rng(9)
    segments = [Segment(f"open|{n}", 1_000 * math.exp(0.3 * rng.normal()), 0.4) for n in range(60)]
    log = logged(segments, [8] * 60, 0.5, rng)
    leaning, alone = fitted(log, 10.0), fitted(log, 0.01)
    whole_only = ShadingModel(leaning.whole, {})
    shares = [surplus_share(model, segments, rng) for model in (leaning, alone, whole_only)]
    assert shares[0] > shares[1] + 0.01
    assert shares[0] > shares[2]


def test_parameters_are_found_again() -> None:
    model = fitted(logged(LOGISTIC, [20_000] * 4, 0.5, np.random.default_rng(10)))
    for one in LOGISTIC:
        law = model.law_of(one.key)
        assert math.exp(law.location) == pytest.approx(one.median_micros, rel=0.03)
        assert law.scale == pytest.approx(one.spread, rel=0.04)
        assert law.auctions == 20_000


def test_the_maximum_is_the_one_a_general_optimiser_finds() -> None:
    log = logged(LOGISTIC[:1], [400], 0.4, np.random.default_rng(11))
    told = np.isfinite(log.min_to_win_micros)
    prior = fitted(log).whole

    def negative(at: np.ndarray) -> float:
        location, scale = at[0], math.exp(at[1])

        def z(price: np.ndarray) -> np.ndarray:
            return (np.log(price) - location) / scale

        exact = z(log.min_to_win_micros[told])
        likelihood = np.sum(log_expit(exact) + log_expit(-exact) - at[1])
        likelihood += log_expit(-z(log.bid_micros[~told & ~log.won])).sum()
        likelihood += log_expit(z(log.bid_micros[~told & log.won])).sum()
        slope, shift = prior.scale / scale, (location - prior.location) / scale
        lean = 30 * ((3 + math.pi**2) / 9 * (math.log(slope) - slope) - shift**2 / 6)
        return -float(likelihood + lean)

    other = minimize(negative, [prior.location + 0.3, math.log(prior.scale) + 0.3], method="Nelder-Mead", tol=1e-10)
    law = fitted(log, 30.0).law_of("open|a")
    assert [law.location, math.log(law.scale)] == pytest.approx(other.x, abs=1e-5)


@pytest.mark.parametrize("won", [True, False])
def test_a_log_of_wins_only_or_losses_only_still_gives_a_law(won: bool) -> None:
    count = 500
    model = fit_shading(np.full(count, 1_000.0), np.full(count, won), np.full(count, np.nan), ["k"] * count)
    bids = shaded_bids(model, np.array([2_000]), None, "k")
    assert 0 < bids[0] <= 2_000
    chance = model.law_of("k").win_chances(np.array([1_000.0]))[0]
    assert chance > 0.9 if won else chance < 0.1


def test_a_price_of_nothing_is_one_not_told() -> None:
    log = logged(LOGISTIC[:1], [200], 0.0, np.random.default_rng(12))
    zeros = fit_shading(log.bid_micros, log.won, np.zeros(200), log.keys)
    assert zeros == fitted(log)


@pytest.mark.parametrize(
    ("bids", "won", "told", "keys", "message"),
    [
        ([], [], [], [], "no auctions"),
        ([1.0, 0.0], [True, True], [1.0, 1.0], ["k", "k"], "not a positive number"),
        ([1.0], [True, False], [1.0], ["k"], "in parallel"),
    ],
)
def test_a_broken_log_is_refused(
    bids: list[float], won: list[bool], told: list[float], keys: list[str], message: str
) -> None:
    with pytest.raises(TableRejected, match=message):
        fit_shading(bids, won, told, keys)


def test_a_model_survives_json_unchanged() -> None:
    model = fitted(logged(LOGISTIC, [50] * 4, 0.5, np.random.default_rng(13)))
    assert ShadingModel.from_json(json.loads(json.dumps(model.as_json()))) == model


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"family": "normal"},
        {"family": "log-logistic", "whole": {"location": 1.0, "scale": 0.0, "auctions": 1}, "by_key": {}},
        {"family": "log-logistic", "whole": {"location": math.nan, "scale": 1.0, "auctions": 1}, "by_key": {}},
        {"family": "log-logistic", "whole": {"location": 1.0}, "by_key": {}},
        {"family": "log-logistic", "whole": {"location": 1.0, "scale": 1.0, "auctions": 1}, "by_key": []},
    ],
)
def test_what_is_no_shading_model_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ConfigRejected, match="shading model"):
        ShadingModel.from_json(content)


@given(location=st.floats(0.0, 20.0), scale=st.floats(0.02, 4.0), distance=st.floats(-12.0, 12.0))
@example(location=0.0, scale=0.0625, distance=0.25)
@example(location=0.0, scale=0.02, distance=0.096)
def test_a_bid_stands_where_the_surplus_is_highest(location: float, scale: float, distance: float) -> None:
    law = PriceLaw(location, scale)
    value = math.exp(location + distance)
    best = float(law.best_bids(np.array([value]))[0])
    assert 0.0 < best < value
    # First-order condition, as a ratio so that its size does not depend on the prices.
    chance = float(law.win_chances(np.array([best]))[0])
    lost = 1.0 / (1.0 + math.exp((math.log(best) - location) / scale))
    assert (value - best) * lost == pytest.approx(scale * best, rel=1e-5)
    around = best * np.array([0.99, 1.01])
    assert ((value - around) * law.win_chances(around) <= (value - best) * chance * (1 + 1e-9)).all()


values_lists = st.lists(st.integers(0, 10**9), min_size=1, max_size=20)


@given(
    values=values_lists,
    floor=st.none() | st.integers(0, 10**9),
    auction=st.sampled_from(AuctionKind),
    shaded=st.booleans(),
    fixed=st.booleans(),
    location=st.floats(0, 20),
    scale=st.floats(0.02, 4.0),
)
def test_a_bid_lies_between_floor_and_value_or_is_none(
    values: list[int], floor: int | None, auction: AuctionKind, shaded: bool, fixed: bool, location: float, scale: float
) -> None:
    model = ShadingModel(PriceLaw(location, scale), {}) if shaded else None
    found = bids_micros(auction, np.array(values), floor, shading=model, key="k", has_fixed_price=fixed)
    assert found.dtype == np.int64
    for value, bid in zip(values, found.tolist(), strict=True):
        if value == 0 or (floor is not None and value < floor):
            assert bid == 0
        else:
            assert max(floor or 0, 1) <= bid <= value


@pytest.mark.parametrize("location", [-500.0, 0.0, 20.0, 500.0])
@pytest.mark.parametrize("scale", [1e-3, 0.02, 1.0, 50.0])
def test_no_law_however_odd_breaks_a_bid(location: float, scale: float) -> None:
    values = np.array([1, 5, 10**6, 2**53])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        bids = shaded_bids(ShadingModel(PriceLaw(location, scale), {}), values, None, "k")
    assert ((bids >= 1) & (bids <= values)).all()


def test_each_kind_of_auction_by_its_rule() -> None:
    values, model = np.array([1_000, 400, 2_000]), ShadingModel(PriceLaw(math.log(500), 0.3), {})
    first, second = AuctionKind.FIRST_PRICE, AuctionKind.SECOND_PRICE
    assert bids_micros(second, values, 500, shading=model).tolist() == [1_000, 0, 2_000]
    assert bids_micros(second, values, None).tolist() == [1_000, 400, 2_000]
    assert bids_micros(first, values, 500).tolist() == [1_000, 0, 2_000]
    shaded = bids_micros(first, values, None, shading=model)
    assert (shaded < 0.8 * values).all()
    raised = bids_micros(first, values, int(shaded[0]) + 50, shading=model)
    assert raised.tolist() == [int(shaded[0]) + 50, 0, shaded[2]]
    assert bids_micros(first, values, 700, shading=model, has_fixed_price=True).tolist() == [700, 0, 700]


def test_segments_are_a_place_inside_or_outside_a_deal() -> None:
    assert segment_key("home", in_deal=True) != segment_key("home", in_deal=False)
