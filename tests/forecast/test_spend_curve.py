"""A fitted curve never falls, has one inflexion at most, and says nothing beyond what was replayed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, TableRejected
from adplat.forecast import Objective, curve_of_forecast, fit_spend_curve, redrawn
from tests.forecast.spend_curves import UNIT, concave, forecast, s_shaped

POINTS = st.lists(st.tuples(st.integers(1, 10**12), st.floats(0, 1e15)), min_size=3, max_size=14)


@given(POINTS)
@settings(max_examples=60, deadline=None)
def test_whatever_the_points_the_curve_rises_to_its_inflexion_ever_faster_and_then_ever_slower(
    points: list[tuple[int, float]],
) -> None:
    spends, outcomes = np.array(points).T
    try:
        curve = fit_spend_curve(spends, outcomes)
    except TableRejected as refused:
        assert "two points" in str(refused)
        return
    asked = np.linspace(0.0, curve.known_to_micros * 1.2, 300)
    told = curve.outcome(asked)
    tiny = 1e-9 * max(told[-1], 1e-300)
    assert told[0] == 0.0
    assert (np.diff(told) >= -tiny).all()
    bends = np.diff(told, 2)
    before = asked[2:] <= curve.inflexion_micros
    after = asked[:-2] >= curve.inflexion_micros
    assert (bends[before] >= -10 * tiny).all()
    assert (bends[after] <= 10 * tiny).all()


@pytest.mark.parametrize("draw", [concave, s_shaped])
def test_points_without_noise_are_met(draw: object) -> None:
    curve = draw()  # type: ignore[operator]
    assert curve.outcome(curve.points.spends_micros) == pytest.approx(curve.points.outcomes, rel=0.02, abs=0.3)


def test_a_concave_curve_has_no_inflexion_and_an_s_shaped_one_has_it_where_it_is() -> None:
    assert concave().inflexion_micros == 0.0
    # x³ / (x³ + 100³) bends at 100 / 2^(1/3) = 79.
    assert 50 * UNIT <= s_shaped().inflexion_micros <= 100 * UNIT


def test_noise_alone_makes_no_inflexion() -> None:
    rng = np.random.default_rng(1)
    units, sds = np.linspace(10, 300, 12), np.full(12, 4.0)
    told = [np.maximum(100 * units / (units + 100) + rng.normal(0, sds), 0.0) for _ in range(40)]
    assert np.mean([fit_spend_curve(units, clicks, sds=sds).peak > 0 for clicks in told]) <= 0.1


def test_the_marginal_is_the_slope_of_the_outcome() -> None:
    for curve in (concave(), s_shaped()):
        asked = np.linspace(UNIT, curve.known_to_micros - UNIT, 50)
        step = 1_000.0
        slope = (curve.outcome(asked + step) - curve.outcome(asked - step)) / (2 * step)
        assert curve.marginal(asked) == pytest.approx(slope, rel=1e-2, abs=1e-12)


def test_nothing_is_extrapolated() -> None:
    curve = concave()
    assert float(curve.outcome(9e15)) == pytest.approx(float(curve.outcomes[-1]))
    assert float(curve.marginal(curve.known_to_micros + 1)) == 0.0
    assert curve.still_rises
    flat = fit_spend_curve(np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 9.0, 9.0, 9.0]))
    assert not flat.still_rises


def test_budgets_that_no_longer_bind_are_one_point() -> None:
    curve = fit_spend_curve([50.0, 100.0, 100.2, 99.9], [6.0, 10.0, 10.2, 9.8])
    assert len(curve.points.outcomes) == 2
    assert float(curve.outcome(100.0)) == pytest.approx(10.0, rel=0.02)


def test_drawn_curves_scatter_around_the_curve_by_the_noise_of_its_points() -> None:
    units = np.linspace(10, 300, 12)
    curve = fit_spend_curve(units, 100 * units / (units + 100), sds=np.full(12, 2.0))
    rng = np.random.default_rng(1)
    drawn = np.array([float(redrawn(curve, rng).outcome(150.0)) for _ in range(200)])
    assert drawn.mean() == pytest.approx(float(curve.outcome(150.0)), abs=0.5)
    assert 0.4 < drawn.std() < 2.0


@pytest.mark.parametrize(
    ("spends", "outcomes", "said"),
    [
        ([1.0, 2.0], [1.0], "parallel"),
        ([1.0, -2.0], [1.0, 2.0], "negative"),
        ([1.0, float("nan")], [1.0, 2.0], "not a number"),
        ([0.0, 5.0], [0.0, 2.0], "two points"),
        ([100.0, 100.1], [1.0, 2.0], "two points"),
    ],
)
def test_points_that_give_no_curve_are_refused(spends: list[float], outcomes: list[float], said: str) -> None:
    with pytest.raises(TableRejected, match=said):
        fit_spend_curve(spends, outcomes, where="plan.json")


def test_a_campaign_that_brings_nothing_has_a_curve_of_nothing() -> None:
    for least in (0.0, 5e-324, 1e-200):
        curve = fit_spend_curve([1.0, 2.0], [0.0, least])
        assert float(curve.outcome(2.0)) == float(curve.marginal(1.0)) == 0.0
        assert not curve.still_rises


def test_a_told_forecast_gives_its_curve_and_its_level() -> None:
    curve = curve_of_forecast(forecast("one", sd=0.2), Objective.CLICKS, where="one.json")
    assert float(curve.outcome(100 * UNIT)) == pytest.approx(50.0, rel=0.02)
    assert float(curve.level(0.5)) == pytest.approx(1.0)
    assert float(curve.level(0.025)) == pytest.approx(np.exp(-0.2 * 1.96))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"refused": True, "reasons": [{"reason": "no_response_model"}]}, "no_response_model"),
        ({"refused": True, "reasons": ["audience_below_k"]}, "audience_below_k"),
        ({"clicks": 3}, "no forecast"),
        (forecast("one") | {"total": {}}, "total.clicks"),
        (forecast("one") | {"curve": [{"clicks": 3}]}, "spend_micros or clicks"),
    ],
)
def test_a_document_without_a_curve_is_refused_in_one_line(document: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigRejected, match=said):
        curve_of_forecast(document, Objective.CLICKS, where="one.json")
