"""Outcomes of past campaigns: the truth is recovered, and intervals hold campaigns that never ran."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected
from adplat.forecast import (
    Outcome,
    OutcomeModel,
    OutcomesConfig,
    PastRows,
    check_outcomes_config,
    fit_outcome_model,
)
from adplat.forecast.count_outcome import fit_count_model

CONFIG = OutcomesConfig(
    name="past",
    impressions="shown",
    outcomes={"clicks": Outcome("clicks"), "spend": Outcome("spend", per="clicks")},
    campaign="campaign",
    categories=["slot"],
)


def world(seed: int, campaigns: int, rows_each: int = 60) -> tuple[PastRows, dict[str, np.ndarray]]:
    """Campaigns' rates differ by a log-normal, rows by a gamma, slots by half; a click costs about 2."""
    rng = np.random.default_rng(seed)
    names = np.repeat(np.arange(campaigns), rows_each)
    rate = 0.01 * np.exp(rng.normal(0.0, 0.8, campaigns))[names]
    shown = np.floor(np.exp(rng.uniform(0.0, 9.0, len(names))))
    slot = rng.integers(0, 3, len(names))
    mean = shown * rate * np.array([1.0, 0.5, 1.5])[slot]
    clicks = rng.poisson(mean * rng.gamma(4.0, 0.25, len(names))).astype(np.float64)
    clicks = np.minimum(clicks, shown)
    spend = clicks * 2.0 * np.exp(rng.normal(0.0, 0.2, len(names)))
    rows = PastRows(shown, {"slot": [str(at) for at in slot]}, {}, [f"{seed}-{name}" for name in names])
    return rows, {"clicks": clicks, "spend": spend}


def fitted(seed: int = 1, campaigns: int = 30) -> OutcomeModel:
    rows, outcomes = world(seed, campaigns)
    return fit_outcome_model(CONFIG, rows, outcomes, np.random.default_rng(0), lambda _: None)


@pytest.fixture(scope="module")
def model() -> OutcomeModel:
    return fitted()


def test_effects_of_categories_are_recovered() -> None:
    rows, outcomes = world(5, 60)
    found = fit_count_model(rows, outcomes["clicks"])
    place = found.design.values["slot"]
    effects = dict(zip(place, found.effects[-len(place) :], strict=True))
    assert effects["2"] - effects["1"] == pytest.approx(np.log(3.0), abs=0.12)


def test_a_feature_that_says_nothing_shrinks_to_nothing() -> None:
    rows, outcomes = world(6, 40)
    noise = [str(at) for at in np.random.default_rng(7).integers(0, 30, len(rows))]
    found = fit_count_model(PastRows(rows.impressions, {"noise": noise}, {}, rows.campaigns), outcomes["clicks"])
    assert np.abs(found.effects[-30:]).max() < 0.15


def test_eight_in_ten_rows_of_campaigns_that_never_ran_fall_inside() -> None:
    # Thirty past campaigns are a small sample of what campaigns may be: one fit is off by several points either way.
    config = replace(CONFIG, outcomes={"clicks": Outcome("clicks")})
    inside = []
    for seed in range(1, 7):
        known, past = world(seed, 30)
        fit = fit_outcome_model(config, known, {"clicks": past["clicks"]}, np.random.default_rng(0), lambda _: None)
        rows, outcomes = world(seed + 100, 50)
        large = np.flatnonzero(rows.impressions > 2000.0)  # small counts cannot have exactly 80 %
        told = fit.quantiles(rows.take(large))["clicks"]
        happened = outcomes["clicks"][large]
        inside.append(np.mean((happened >= told[:, 0]) & (happened <= told[:, 2])))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.04)


def test_a_campaign_that_ran_is_told_from_its_own_rows(model: OutcomeModel) -> None:
    everything, outcomes = world(1, 30)
    chosen = np.arange(0, len(everything), 3)
    rows, clicks = everything.take(chosen), outcomes["clicks"][chosen]
    own = model.quantiles(rows)["clicks"]
    renamed = PastRows(rows.impressions, rows.categories, rows.numbers, ["nobody"] * len(rows))
    strange = model.quantiles(renamed)["clicks"]
    assert np.abs(own[:, 1] - clicks).mean() < 0.8 * np.abs(strange[:, 1] - clicks).mean()
    assert (own[:, 2] - own[:, 0]).mean() < 0.8 * (strange[:, 2] - strange[:, 0]).mean()


@settings(max_examples=25, deadline=None)
@given(
    shown=st.lists(st.floats(0.0, 1e7), min_size=1, max_size=5),
    slot=st.sampled_from(["0", "1", "never seen", None]),
    campaign=st.sampled_from(["1-0", "1-7", "another"]),
)
def test_quantiles_are_whole_counts_within_the_showings_and_never_cross(
    model: OutcomeModel, shown: list[float], slot: str | None, campaign: str
) -> None:
    rows = PastRows(np.array(shown), {"slot": [slot] * len(shown)}, {}, [campaign] * len(shown))
    told = model.quantiles(rows)
    for found in told.values():
        assert np.all(found >= 0.0)
        assert np.all(np.diff(found, axis=1) >= 0.0)
    assert np.all(told["clicks"] == np.round(told["clicks"]))
    assert np.all(told["clicks"] <= np.array(shown)[:, None])


def test_without_showings_nothing_comes(model: OutcomeModel) -> None:
    rows = PastRows(np.zeros(2), {"slot": ["0", "1"]}, {}, ["x", "1-0"])
    assert all(np.all(found == 0.0) for found in model.quantiles(rows).values())


def test_a_row_is_told_alike_whatever_stands_beside_it(model: OutcomeModel) -> None:
    rows, _ = world(200, 5)
    whole = model.quantiles(rows)
    one = model.quantiles(rows.take(np.array([17])))
    assert all(np.array_equal(one[name][0], whole[name][17]) for name in whole)


def test_money_without_clicks_is_paid_per_showing() -> None:
    rng = np.random.default_rng(3)
    shown = np.floor(np.exp(rng.uniform(3.0, 9.0, 600)))
    spend = shown * 0.004 * np.exp(rng.normal(0.0, 0.5, 600))
    config = OutcomesConfig("cpm", "shown", {"spend": Outcome("spend", per="impressions")})
    model = fit_outcome_model(
        config, PastRows(shown, {}, {}), {"spend": spend}, np.random.default_rng(0), lambda _: None
    )
    fresh = PastRows(np.full(1, 1000.0), {}, {})
    (found,) = model.quantiles(fresh)["spend"]
    assert found == pytest.approx(4.0 * np.exp(0.5 * np.array([-1.2816, 0.0, 1.2816])), rel=0.12)


OF_CLICKS = {"clicks": Outcome("clicks"), "sales": Outcome("sales", of="clicks")}
SHARE_SOLD = 0.3


def sold(seed: int) -> tuple[PastRows, dict[str, np.ndarray]]:
    """Clicks scatter far more than chance, and three in ten of them are sales."""
    rng = np.random.default_rng(seed)
    shown = np.floor(np.exp(rng.uniform(4.0, 9.0, 700)))
    clicks = rng.poisson(shown * 0.01 * rng.gamma(1.0, 1.0, len(shown))).astype(np.float64)
    sales = rng.binomial(clicks.astype(int), SHARE_SOLD).astype(np.float64)
    return PastRows(shown, {}, {}, None), {"clicks": clicks, "sales": sales}


def test_what_comes_of_clicks_spreads_as_they_do() -> None:
    config = OutcomesConfig("sold", "shown", OF_CLICKS)
    rows, past = sold(1)
    fit = fit_outcome_model(config, rows, past, np.random.default_rng(0), lambda _: None)
    later, happened = sold(2)
    large = np.flatnonzero(later.impressions > 3_000.0)
    told = fit.quantiles(later.take(large))["sales"]
    sales = happened["sales"][large]
    assert np.mean((sales >= told[:, 0]) & (sales <= told[:, 2])) == pytest.approx(0.82, abs=0.07)
    assert np.mean(sales <= told[:, 1]) == pytest.approx(0.53, abs=0.09)


def test_draws_are_those_of_the_law_that_is_told() -> None:
    config = OutcomesConfig("sold", "shown", {**OF_CLICKS, "spend": Outcome("spend", per="clicks")})
    rows, past = sold(3)
    past["spend"] = past["clicks"] * 2.0 * np.exp(np.random.default_rng(4).normal(0.0, 0.2, len(rows)))
    fit = fit_outcome_model(config, rows, past, np.random.default_rng(0), lambda _: None)
    large = rows.take(np.flatnonzero(rows.impressions > 3_000.0))
    told = fit.quantiles(large)
    drawn = [fit.draws(large, np.random.default_rng(seed)) for seed in range(30)]
    for name in config.outcomes:
        inside = [np.mean((one[name] >= told[name][:, 0]) & (one[name] <= told[name][:, 2])) for one in drawn]
        assert np.mean(inside) == pytest.approx(0.81, abs=0.05)


@pytest.mark.parametrize(
    ("outcomes", "campaign", "what"),
    [
        ({"sales": Outcome("sales", of="clicks")}, "", "no counted outcome above"),
        ({**OF_CLICKS, "more": Outcome("more", of="sales")}, "", "no counted outcome above"),
        (
            {"clicks": Outcome("clicks"), "sales": Outcome("sales", of="clicks", per="clicks")},
            "",
            "both 'per' and 'of'",
        ),
        (OF_CLICKS, "campaign", "campaigns are told apart"),
    ],
)
def test_a_count_that_can_come_of_nothing_is_refused(outcomes: dict[str, Outcome], campaign: str, what: str) -> None:
    with pytest.raises(ConfigRejected, match=what):
        check_outcomes_config(OutcomesConfig("sold", "shown", outcomes, campaign), where="sold.yaml")
