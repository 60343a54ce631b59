from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.forecast import (
    Evidence,
    UncertainRate,
    learn_fatigue,
    learn_trust,
    learn_values,
    no_evidence,
    rate_of,
    together,
)

ADVERTISERS, EACH = 10, 12
CREATIVES = ADVERTISERS * EACH


def a_past(
    rng: np.random.Generator, *, exponent: float, clicks: float = 60.0, spread: float = 0.25, shared: float = 0.2
) -> tuple[Evidence, np.ndarray, np.ndarray]:
    """Creatives whose model is right up to ``exponent``; their true factors, and what advertisers share."""
    advertiser = np.repeat(np.arange(ADVERTISERS), EACH)
    lift = np.exp(rng.normal(0.0, 0.5, CREATIVES))
    together_ = rng.normal(0.0, shared, ADVERTISERS)
    theta = np.exp((exponent - 1.0) * np.log(lift) + together_[advertiser])
    theta = theta * rng.gamma(1.0 / spread**2, spread**2, CREATIVES)
    expected = clicks * lift * rng.uniform(0.2, 2.0, CREATIVES)
    return Evidence(rng.poisson(expected * theta).astype(float), expected, lift, advertiser), theta, together_


def test_trust_in_a_useless_model_goes_to_near_zero_and_in_a_right_one_to_near_one() -> None:
    rng = np.random.default_rng(1)
    useless, right = (learn_trust(a_past(rng, exponent=exponent)[0]) for exponent in (0.0, 1.0))
    assert useless.exponent < 0.2
    assert right.exponent > 0.85
    # What a useless model says of a creative is then nearly forgotten.
    high, low = (rate_of(useless, 0.02 * lift, lift, advertiser=None).mean for lift in (2.0, 0.5))
    assert high / low < 4.0**0.25


def test_the_spread_of_creatives_and_of_advertisers_is_found() -> None:
    told = [learn_trust(a_past(np.random.default_rng(seed), exponent=1.0)[0]) for seed in range(6)]
    assert np.mean([trust.creative_log_sd for trust in told]) == pytest.approx(0.25, abs=0.05)
    assert np.mean([trust.advertiser_log_sd for trust in told]) == pytest.approx(0.2, abs=0.06)
    assert np.mean([trust.level for trust in told]) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("kind", ["new creative", "new advertiser", "own past"])
def test_eight_of_ten_true_rates_lie_between_p10_and_p90(kind: str) -> None:
    inside, count = 0, 0
    for seed in range(40):
        rng = np.random.default_rng([seed, len(kind)])
        past, theta, shared = a_past(rng, exponent=0.6, clicks=15.0)
        trust = learn_trust(past)
        for place in range(0, CREATIVES, EACH):
            owner = int(past.advertiser[place])
            if kind == "own past":
                told = rate_of(
                    trust,
                    0.02,
                    past.lift[place],
                    advertiser=owner,
                    events=past.events[place],
                    expected=past.expected[place],
                )
                true = 0.02 * theta[place]
            else:
                lift = float(np.exp(rng.normal(0.0, 0.5)))
                common = shared[owner] if kind == "new creative" else rng.normal(0.0, 0.2)
                true = 0.02 * lift ** (0.6 - 1.0) * math.exp(common) * rng.gamma(1 / 0.25**2, 0.25**2)
                told = rate_of(trust, 0.02, lift, advertiser=owner if kind == "new creative" else None)
            inside += told.quantile(0.1) <= true <= told.quantile(0.9)
            count += 1
    assert 0.74 <= inside / count <= 0.87, inside / count


def test_a_new_advertiser_is_less_sure_than_a_known_one_and_what_is_unsure_is_shared() -> None:
    trust = learn_trust(a_past(np.random.default_rng(3), exponent=1.0, shared=0.4)[0])
    known, new = (rate_of(trust, 0.02, 1.0, advertiser=one) for one in (0, None))
    assert new.log_sd > known.log_sd * 1.1
    assert new.shared_log_sd > 2.0 * known.shared_log_sd
    assert new.own_log_sd == pytest.approx(known.own_log_sd)


def test_a_creatives_own_past_outweighs_the_model_where_it_is_long() -> None:
    trust = learn_trust(a_past(np.random.default_rng(4), exponent=1.0)[0])
    nothing = rate_of(trust, 0.02, 1.0, advertiser=None)
    much = rate_of(trust, 0.02, 1.0, advertiser=None, events=2_000.0, expected=1_000.0)
    assert much.mean == pytest.approx(0.04, rel=0.03)
    assert much.log_sd < 0.05
    assert nothing.log_sd > 0.2


def test_with_nothing_to_learn_from_the_model_is_believed_and_hardly_trusted() -> None:
    told = rate_of(learn_trust(no_evidence()), 0.02, 1.3, advertiser=None)
    assert told.mean == pytest.approx(0.02, rel=0.25)
    assert told.quantile(0.9) / told.quantile(0.1) > 2.5


@settings(max_examples=20, deadline=None)
@given(events=st.floats(0.0, 1e4), more=st.floats(0.0, 1e3), expected=st.floats(0.0, 1e4), lift=st.floats(0.05, 20.0))
def test_more_clicks_never_lower_the_rate_and_quantiles_rise(
    events: float, more: float, expected: float, lift: float
) -> None:
    trust = TRUST
    fewer, many = (
        rate_of(trust, 0.02, lift, advertiser=2, events=one, expected=expected) for one in (events, events + more)
    )
    assert many.mean >= fewer.mean * (1.0 - 1e-9)
    told = [fewer.quantile(level) for level in (0.025, 0.1, 0.5, 0.9, 0.975)]
    assert told == sorted(told)
    assert all(0.0 < one <= 1.0 for one in told)


TRUST = learn_trust(a_past(np.random.default_rng(5), exponent=0.7)[0])


def test_what_creatives_share_does_not_average_out() -> None:
    one = UncertainRate(0.02, 0.3, 0.4)
    plan = together([one] * 16, [1.0] * 16)
    assert plan.mean == pytest.approx(0.02)
    assert plan.shared_log_sd == pytest.approx(0.3)
    assert plan.own_log_sd == pytest.approx(0.1)


def a_tired_log(rng: np.random.Generator, exponent: float, pairs: int) -> tuple[np.ndarray, ...]:
    """Pairs of one click each, and the exposures of all showings."""
    sizes = rng.integers(1, 12, pairs)
    clicked = []
    for size in sizes:
        weights = (1.0 + np.arange(size)) ** -exponent
        clicked.append(rng.choice(size, p=weights / weights.sum()))
    exposures = np.arange(12)
    return np.array(clicked), sizes, exposures, np.array([int((sizes > one).sum()) for one in exposures])


@pytest.mark.parametrize("exponent", [0.0, 0.22, 0.6])
def test_fatigue_is_found_from_which_showing_was_clicked(exponent: float) -> None:
    told = learn_fatigue(*a_tired_log(np.random.default_rng(2), exponent, 5_000))
    assert told.exponent == pytest.approx(exponent, abs=0.06)
    assert told.factor(np.array([0]))[0] == 1.0
    assert told.factor(np.array([3]))[0] == pytest.approx(4.0**-told.exponent)


def test_with_no_click_to_learn_from_fatigue_is_what_is_usual() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    told = learn_fatigue(nothing, nothing, nothing, nothing)
    assert told.exponent == pytest.approx(0.3 * math.sqrt(2 / math.pi), abs=0.01)
    assert told.mean_factor == 1.0


def test_the_value_of_a_conversion_is_drawn_from_the_creatives_own_to_its_advertisers() -> None:
    rng = np.random.default_rng(6)
    prices = np.array([100.0, 400.0, 50.0, 900.0])
    advertiser = rng.integers(0, 4, 400)
    creative = 5 * advertiser + rng.integers(0, 4, 400)
    table = learn_values(1e6 * prices[advertiser] * rng.gamma(4.0, 0.25, 400), creative, advertiser)
    assert table is not None
    for one, price in enumerate(prices):
        assert table.of(None, one).mean_micros == pytest.approx(1e6 * price, rel=0.2)
        assert table.of(5 * one, one).mean_micros == pytest.approx(1e6 * price, rel=0.25)
    assert table.cv == pytest.approx(0.5, abs=0.08)
    nobody, known = table.of(None, None), table.of(0, 0)
    assert nobody.log_sd > 3.0 * known.log_sd


def test_without_any_value_nothing_is_said() -> None:
    assert learn_values(np.zeros(3), np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)) is None
