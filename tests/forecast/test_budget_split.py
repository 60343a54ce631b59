"""A split adds up, keeps its bounds, and is as good as the best of all splits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected
from adplat.forecast import (
    CurveDraws,
    GroupBounds,
    Objective,
    SpendCurve,
    SplitBounds,
    curve_of_forecast,
    outcome_of,
    split_budget,
)
from tests.forecast.spend_curves import UNIT, concave, forecast, s_shaped

SHAPES = st.builds(
    lambda kind, most, half: (concave if kind else s_shaped)(most, half),
    st.booleans(),
    st.floats(1.0, 500.0),
    st.floats(5.0, 400.0),
)
CURVES = st.lists(SHAPES, min_size=1, max_size=5).map(lambda found: {f"c{at}": one for at, one in enumerate(found)})
BUDGETS = st.integers(1, 900 * UNIT)


def brute_force(curves: dict[str, SpendCurve], budget: float, parts: int = 300) -> float:
    grid = np.linspace(0.0, budget, parts + 1)
    best = np.zeros(parts + 1)
    for curve in curves.values():
        own = curve.outcome(grid)
        best = np.array([np.max(best[: at + 1][::-1] + own[: at + 1]) for at in range(parts + 1)])
    return float(best[-1])


@given(CURVES, BUDGETS)
@settings(max_examples=40, deadline=None)
def test_it_adds_up_and_no_split_over_a_grid_is_better(curves: dict[str, SpendCurve], budget: int) -> None:
    split = split_budget(curves, budget, Objective.CLICKS)
    assert sum(split.spends_micros.values()) + split.unspent_micros == budget
    assert split.unspent_micros >= 0
    assert all(0 <= spend <= curves[name].known_to_micros for name, spend in split.spends_micros.items())
    assert split.outcome >= brute_force(curves, budget) * (1 - 2e-5) - 1e-6
    assert split.outcome <= split.bound


@given(CURVES, BUDGETS, BUDGETS)
@settings(max_examples=40, deadline=None)
def test_more_money_never_brings_less(curves: dict[str, SpendCurve], one: int, other: int) -> None:
    less, more = (split_budget(curves, budget, Objective.CLICKS) for budget in sorted((one, other)))
    assert more.outcome >= less.outcome * (1 - 1e-5) - 1e-6


@given(st.data(), CURVES, BUDGETS)
@settings(max_examples=40, deadline=None)
def test_bounds_are_kept(data: st.DataObject, curves: dict[str, SpendCurve], budget: int) -> None:
    share = budget // (2 * len(curves))
    least = {name: data.draw(st.integers(0, min(share, 290 * UNIT))) for name in curves}
    most = {name: data.draw(st.integers(least[name], 300 * UNIT)) for name in curves}
    members = tuple(list(curves)[:2])
    own = sum(least[name] for name in members)
    group = GroupBounds("two", members, 0, own + data.draw(st.integers(0, 100 * UNIT)))
    split = split_budget(curves, budget, Objective.CLICKS, SplitBounds(least, most, [group]))
    assert sum(split.spends_micros.values()) + split.unspent_micros == budget
    assert all(least[name] <= spend <= most[name] for name, spend in split.spends_micros.items())
    assert group.at_most_micros is not None
    assert sum(split.spends_micros[name] for name in members) <= group.at_most_micros


@given(st.floats(1.0, 500.0), st.floats(5.0, 400.0), st.integers(2, 6), BUDGETS)
@settings(max_examples=40, deadline=None)
def test_campaigns_alike_get_alike(most: float, half: float, count: int, budget: int) -> None:
    curves = {str(at): concave(most, half) for at in range(count)}
    spends = list(split_budget(curves, budget, Objective.CLICKS).spends_micros.values())
    assert max(spends) - min(spends) <= 1


def test_at_the_optimum_the_last_micro_brings_the_same_everywhere() -> None:
    curves = {"small": concave(50, 50), "large": concave(200, 150), "slow": concave(90, 300)}
    split = split_budget(curves, 250 * UNIT, Objective.CLICKS)
    slopes = [float(curves[name].marginal(spend)) for name, spend in split.spends_micros.items() if spend > 0]
    assert len(slopes) >= 2
    assert slopes == pytest.approx([slopes[0]] * len(slopes), rel=1e-3)


def test_one_of_two_slow_starters_gets_all() -> None:
    curves = {"a": s_shaped(half=80), "b": s_shaped(half=80)}
    split = split_budget(curves, 120 * UNIT, Objective.CLICKS)
    assert sorted(split.spends_micros.values()) == pytest.approx([0, 120 * UNIT], abs=3 * UNIT)
    equal = outcome_of(curves, dict.fromkeys(curves, 60 * UNIT), Objective.CLICKS)
    assert split.outcome > 1.2 * equal


def test_many_slow_starters_alike_are_still_split_well() -> None:
    curves = {str(at): s_shaped(half=80) for at in range(20)}
    split = split_budget(curves, 900 * UNIT, Objective.CLICKS)
    assert (split.bound - split.outcome) / split.outcome < 0.03
    assert split.outcome >= brute_force(curves, 900 * UNIT) * 0.999


def test_where_every_split_is_as_good_campaigns_alike_still_get_alike() -> None:
    points = concave().points
    ends, slopes = np.array([0.0, 100.0]) * UNIT, np.array([1e-6, 1e-6])
    line = SpendCurve(ends, np.array([0.0, 100.0]), slopes, 0, points, (1.0,) * 9)
    split = split_budget({"a": line, "b": line}, 120 * UNIT, Objective.CLICKS)
    assert split.spends_micros == {"a": 60 * UNIT, "b": 60 * UNIT}
    assert split.outcome == pytest.approx(120.0)


@pytest.mark.parametrize("most", [101, 103, 109])
def test_rounding_to_whole_micros_breaks_no_group(most: int) -> None:
    # Halves in the group and thirds outside: the largest rests of all are both in the group, which has room for one.
    curves = {"a": concave(500), "b": concave(500), "c": concave(), "d": concave(), "e": concave()}
    bounds = SplitBounds({}, {}, [GroupBounds("best", ("a", "b"), at_most_micros=most)])
    spends = split_budget(curves, most + 100, Objective.CLICKS, bounds).spends_micros
    assert spends["a"] + spends["b"] == most
    assert sorted([spends["c"], spends["d"], spends["e"]]) == [33, 33, 34]


def test_money_that_brings_nothing_is_left() -> None:
    curves = {"a": concave(), "b": concave()}
    split = split_budget(curves, 1_000 * UNIT, Objective.CLICKS)
    assert split.spends_micros == {"a": 300 * UNIT, "b": 300 * UNIT}
    assert split.unspent_micros == 400 * UNIT


def test_profit_stops_where_the_last_micro_earns_a_micro() -> None:
    document = forecast("one")
    curves = {"one": curve_of_forecast(document, Objective.PROFIT, where="one.json")}
    split = split_budget(curves, 290 * UNIT, Objective.PROFIT)
    # 500 x / (x + 100): the slope is 1 at x = 100 (√5 - 1) = 123.6.
    assert split.spends_micros["one"] == pytest.approx(123.6 * UNIT, rel=0.05)
    assert float(curves["one"].marginal(split.spends_micros["one"])) == pytest.approx(1.0, rel=1e-3)
    assert split.unspent_micros == 290 * UNIT - split.spends_micros["one"]
    forced = split_budget(curves, 290 * UNIT, Objective.PROFIT, SplitBounds({"one": 200 * UNIT}, {}))
    assert forced.spends_micros["one"] == 200 * UNIT


def test_a_group_gets_what_it_must_though_others_bring_more() -> None:
    curves = {"good": concave(200, 50), "bad": concave(10, 100), "worse": concave(5, 100)}
    group = GroupBounds("brand", ("bad", "worse"), at_least_micros=100 * UNIT)
    split = split_budget(curves, 200 * UNIT, Objective.CLICKS, SplitBounds({}, {}, [group]))
    assert split.spends_micros["bad"] + split.spends_micros["worse"] == 100 * UNIT
    assert split.spends_micros["bad"] > split.spends_micros["worse"] > 0
    assert split.spends_micros["good"] == 100 * UNIT


@pytest.mark.parametrize(
    ("budget", "bounds", "said"),
    [
        (100, SplitBounds({"a": 70, "b": 40}, {}), "a, b must have 110 micros, and the budget is 100"),
        (100, SplitBounds({"a": 70}, {"a": 60}), "at least 70 and at most 60"),
        (10**12, SplitBounds({"a": 10**11}, {}), "was replayed up to 300,000,000"),
        (100, SplitBounds({"c": 1}, {}), "no campaign 'c'"),
        (100, SplitBounds({}, {"a": -1}), "-1 micros"),
        (0, SplitBounds({}, {}), "a budget of 0"),
        (100, SplitBounds({}, {}, [GroupBounds("g", ("a", "z"))]), "no campaign 'z'"),
        (100, SplitBounds({}, {}, [GroupBounds("g", ("a",)), GroupBounds("h", ("a", "b"))]), "in two groups"),
        (100, SplitBounds({}, {"a": 5, "b": 5}, [GroupBounds("g", ("a", "b"), 11)]), "at least 11 and at most 10"),
        (100, SplitBounds({}, {}, [GroupBounds("g", ("a", "b"), 101)]), "group g must have 101"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line(budget: int, bounds: SplitBounds, said: str) -> None:
    with pytest.raises(ConfigRejected, match=said):
        split_budget({"a": concave(), "b": concave()}, budget, Objective.CLICKS, bounds)


def test_the_interval_of_a_total_is_that_of_the_forecasts_and_a_gain_knows_what_it_does_not() -> None:
    curves = {
        name: curve_of_forecast(forecast(name, most, sd=0.2), Objective.CLICKS, where=name)
        for name, most in (("a", 100.0), ("b", 300.0))
    }
    draws = CurveDraws.of(curves, np.random.default_rng(1))
    spends = {"a": 100 * UNIT, "b": 100 * UNIT}
    total = draws.total(spends, Objective.CLICKS)
    assert total.at(0.5) == pytest.approx(200.0, rel=0.03)
    assert total.at(0.975) == pytest.approx(200.0 * np.exp(0.2 * 1.96), rel=0.05)
    nothing = draws.gain(spends, spends, Objective.CLICKS)
    assert (nothing.low, nothing.value, nothing.high) == (0.0, 0.0, 0.0)
    moved = draws.gain({"a": 20 * UNIT, "b": 180 * UNIT}, spends, Objective.CLICKS)
    assert moved.low < moved.value < moved.high
    # Levels that erred alike would nearly cancel: an interval of some 8 clicks.
    assert moved.high - moved.low > 25.0
    cost = draws.marginal_cost("a", 100 * UNIT)
    assert cost is not None
    # The slope of 100 x / (x + 100) at 100 is 0.25 clicks a unit: 4 units a click.
    assert cost.value == pytest.approx(4 * UNIT, rel=0.1)
    assert cost.low < cost.value < cost.high
    assert draws.marginal_cost("a", 301 * UNIT) is None
