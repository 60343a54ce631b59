"""Advice says what is gained and how surely, in two languages, and holds its tongue where nothing is known to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adplat.domain import ConfigRejected, Interval
from adplat.forecast import (
    Objective,
    ShownCreative,
    Words,
    advise_next_money,
    advise_split,
    compare_forecasts,
    creatives_of_forecast,
    interval_document,
    pauses,
    plan_difference,
)
from tests.forecast.spend_curves import UNIT, forecast


def split(gain: Interval, **more: Any) -> dict[str, Any]:
    return {
        "objective": "conversions",
        "currency": "EUR",
        "budget_micros": 200 * UNIT,
        "gain": interval_document(gain),
        "campaigns": [
            {"name": "a", "today_micros": 100 * UNIT, "advised_micros": 150 * UNIT},
            {"name": "b", "today_micros": 100 * UNIT, "advised_micros": 50 * UNIT},
        ],
        "next_money": {
            "micros": 20 * UNIT,
            "gain": interval_document(Interval(4.0, 2.0, 8.0)),
            "marginal_cost_micros": interval_document(Interval(5.0 * UNIT, 2.5 * UNIT, 10.0 * UNIT)),
        },
        "evidence": {"draws": 400},
    } | more


def test_a_split_that_gains_is_told_with_what_moves() -> None:
    told = advise_split(split(Interval(12.0, 3.0, 20.0)))
    assert told.worth_saying
    assert "a 100.00 EUR → 150.00 EUR" in told.sentence.en
    assert "12.0 more conversions (95 %: 3.0 to 20.0)" in told.sentence.en
    assert "转化增加 12.0（95% 区间 3.0 至 20.0）" in told.sentence.zh
    assert told.evidence["draws"] == 400


def test_a_split_that_may_gain_nothing_is_not_worth_saying() -> None:
    told = advise_split(split(Interval(12.0, -1.0, 20.0)))
    assert not told.worth_saying
    assert "Leave the split" in told.sentence.en
    assert "保持" in told.sentence.zh


def test_the_next_money_has_its_price() -> None:
    told = advise_next_money(split(Interval(0.0, 0.0, 0.0)))
    assert told.worth_saying
    assert "5.00 EUR for one more of the conversions (95 %: 2.50 EUR to 10.00 EUR)" in told.sentence.en
    nothing = {"micros": UNIT, "gain": interval_document(Interval(0.0, 0.0, 0.0)), "marginal_cost_micros": None}
    assert not advise_next_money(split(Interval(0.0, 0.0, 0.0), next_money=nothing)).worth_saying


def test_a_what_if_that_surely_gains_is_worth_saying_and_one_of_nothing_is_not() -> None:
    rng = np.random.default_rng(1)
    base, better = forecast("one"), forecast("one", most=160)
    found = compare_forecasts(base, better, Words("Bid +20 %", "出价 +20%"), Objective.CLICKS, rng, currency="EUR")
    assert found.worth_saying
    assert found.gain.value == pytest.approx(30.0)
    assert found.gain.low > 0.0
    assert found.sentence.en.startswith("Bid +20 %: 30.0 more clicks")
    assert "cheaper" in found.sentence.en
    assert found.sentence.zh.startswith("出价 +20%：预计点击增加 30.0")
    same = compare_forecasts(base, base, Words("x", "x"), Objective.CLICKS, rng)
    assert not same.worth_saying
    assert same.gain.low < 0.0 < same.gain.high


def test_errors_that_are_shared_cancel() -> None:
    base, better = forecast("one"), forecast("one", most=110)
    widths = []
    for shared in (0.0, 0.8, 1.0):
        found = compare_forecasts(
            base, better, Words("x", "x"), Objective.CLICKS, np.random.default_rng(1), shared=shared
        )
        widths.append(found.gain.high - found.gain.low)
    assert widths[0] > widths[1] > widths[2]


def test_a_refused_what_if_is_refused() -> None:
    refused = {"refused": True, "reasons": ["audience_below_k"]}
    with pytest.raises(ConfigRejected, match="audience_below_k"):
        compare_forecasts(forecast("one"), refused, Words("x", "x"), Objective.CLICKS, np.random.default_rng(1))


def test_pausing_the_worst_of_known_creatives_gains_and_pausing_the_best_loses() -> None:
    creatives = [ShownCreative("good", 1_000, 0.02, 0.1), ShownCreative("bad", 1_000, 0.01, 0.1)]
    good, bad = pauses(creatives, Objective.CLICKS, np.random.default_rng(1))
    assert bad.worth_saying
    assert bad.gain.value == pytest.approx(10.0)
    assert bad.evidence["chance_others_better"] > 0.99
    assert "Pause bad" in bad.sentence.en
    assert "暂停素材 bad" in bad.sentence.zh
    assert not good.worth_saying
    assert good.gain.high < 0.0


def test_creatives_of_which_little_is_known_are_kept_and_a_lone_one_cannot_be_paused() -> None:
    creatives = [ShownCreative("a", 1_000, 0.02, 0.8), ShownCreative("b", 1_000, 0.015, 0.8)]
    assert not any(one.worth_saying for one in pauses(creatives, Objective.CLICKS, np.random.default_rng(1)))
    for few in (creatives[:1], []):
        assert pauses(few, Objective.CLICKS, np.random.default_rng(1)) == []


def test_creatives_are_read_from_a_told_forecast() -> None:
    entry = {"creative_id": "c1", "click_rate": 0.01, "click_log_sd": 0.3, "conversion_rate": None}
    document = forecast("one", creatives=[entry, entry | {"creative_id": "c2"}])
    one, _ = creatives_of_forecast(document, Objective.CLICKS, "one.json")
    assert one == ShownCreative("c1", pytest.approx(25_000.0), 0.01, 0.3)
    assert creatives_of_forecast(document, Objective.CONVERSIONS, "one.json") == []
    entry |= {"conversion_rate": 0.1, "conversion_log_sd": 0.4}
    one, _ = creatives_of_forecast(forecast("one", creatives=[entry, entry]), Objective.CONVERSIONS, "one.json")
    assert (one.rate, one.log_sd) == (pytest.approx(0.001), pytest.approx(0.5))
    assert creatives_of_forecast(forecast("one"), Objective.CLICKS, "one.json") == []
    with pytest.raises(ConfigRejected, match="click_log_sd"):
        creatives_of_forecast(forecast("one", creatives=[{"click_rate": 1}]), Objective.CLICKS, "one.json")


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        ({"bid": {"kind": "cpm", "target_micros": 1_200_000}}, "Bid +20 %", "出价 +20%"),
        ({"targeting": {"placements": ["feed", "story"]}}, "placements: added story", "placements：增加 story"),
        ({"targeting": {"placements": []}}, "placements: no longer only feed", "placements：不再限定 feed"),
        ({}, "what-if", "what-if"),
    ],
)
def test_a_what_if_is_called_by_what_differs(change: dict[str, Any], en: str, zh: str) -> None:
    plan = {"bid": {"kind": "cpm", "target_micros": 1_000_000}, "targeting": {"placements": ["feed"]}}
    found = plan_difference({"plan": plan}, {"plan": plan | change}, "what-if")
    assert (found.en, found.zh) == (en, zh)
