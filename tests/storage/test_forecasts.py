"""Kept forecasts on both databases: kept once, attached, scored once, revised with a reason, never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from adplat.domain import (
    TOLD_LEVELS,
    ConfigRejected,
    Flight,
    ForecastScore,
    ForecastStore,
    KeptForecast,
    Metric,
    Quantiles,
    UnknownReference,
)
from adplat.storage import Database, SqlAuditTrail, SqlForecasts
from adplat.storage.tables import ForecastScoreRow

from .builders import NOON

RISING = Quantiles(tuple(float(number) for number in range(len(TOLD_LEVELS))))
FLIGHT = Flight(NOON, NOON + timedelta(days=3))


def a_forecast(forecast_id: str = "f1", **facts: Any) -> KeptForecast:
    defaults: dict[str, Any] = {
        "made_at": NOON - timedelta(days=1),
        "name": "Spring 春",
        "advertiser_id": "a1",
        "campaign_id": None,
        "flight": FLIGHT,
        "plan": {"name": "Spring 春", "creatives": ["c1"]},
        "document": {"refused": False, "total": {"clicks": RISING.as_document()}},
        "bundle_id": "b1",
        "data_from": NOON - timedelta(days=30),
        "slices": {"budget": "tight", "vertical": "food"},
        "made_by": "mei",
    }
    return KeptForecast(forecast_id, **(defaults | facts))


def a_score(forecast_id: str = "f1", **facts: Any) -> ForecastScore:
    defaults: dict[str, Any] = {
        "metric": Metric.CLICKS,
        "day": None,
        "actual": 3.0,
        "quantiles": RISING,
        "pinball": 0.25,
    }
    return ForecastScore(forecast_id, NOON + timedelta(days=4), **(defaults | facts))


def add(store: ForecastStore, *scores: ForecastScore, complete: bool = False) -> list[ForecastScore]:
    return store.add_scores(scores[0].forecast_id, scores, NOON + timedelta(days=4), "job 7", complete=complete)


def test_what_was_kept_comes_back_and_is_kept_once(database: Database) -> None:
    store: ForecastStore = SqlForecasts(database)
    assert store.keep(a_forecast()) == a_forecast()
    assert store.keep(a_forecast(name="Another")) == a_forecast()
    assert store.find("f1") == a_forecast()
    with pytest.raises(UnknownReference, match="no forecast has this id"):
        store.find("f2")
    [line] = SqlAuditTrail(database).about("f1")
    assert (line.action, line.actor, line.at) == ("forecast keep", "mei", NOON - timedelta(days=1))


def test_forecasts_are_listed_oldest_first(database: Database) -> None:
    store = SqlForecasts(database)
    for number, name in enumerate(("b", "c", "a")):
        store.keep(a_forecast(name, made_at=NOON + timedelta(hours=number // 2)))
    assert [one.forecast_id for one in store.forecasts()] == ["b", "c", "a"]


def test_a_campaign_is_attached_and_may_be_changed_until_something_is_scored(database: Database) -> None:
    store = SqlForecasts(database)
    store.keep(a_forecast())
    for campaign in ("k1", "k1", "k2"):
        assert store.attach("f1", campaign, NOON, "li").campaign_id == campaign
    add(store, a_score())
    assert store.attach("f1", "k2", NOON, "li").campaign_id == "k2"
    with pytest.raises(ConfigRejected, match="scored with campaign k2"):
        store.attach("f1", "k1", NOON, "li")
    with pytest.raises(UnknownReference):
        store.attach("f2", "k1", NOON, "li")
    assert store.find("f1").carried_out_by == "k2"
    told = [(one.action, one.detail.get("campaign_id")) for one in SqlAuditTrail(database).about("f1")]
    assert [one for one in told if one[0] == "forecast attach"] == [
        ("forecast attach", "k1"),
        ("forecast attach", "k2"),
    ]


def test_a_forecast_is_due_when_its_flight_is_over_until_all_is_scored(database: Database) -> None:
    store = SqlForecasts(database)
    store.keep(a_forecast("late", flight=Flight(NOON, NOON + timedelta(days=3, seconds=1))))
    store.keep(a_forecast("soon"))
    end = NOON + timedelta(days=3)
    assert store.due_for_scoring(end - timedelta(seconds=1)) == []
    assert [one.forecast_id for one in store.due_for_scoring(end)] == ["soon"]
    assert [one.forecast_id for one in store.due_for_scoring(end + timedelta(days=1))] == ["soon", "late"]
    add(store, a_score("soon"))
    assert [one.forecast_id for one in store.due_for_scoring(end)] == ["soon"]
    add(store, a_score("soon", metric=Metric.CONVERSIONS), complete=True)
    assert store.due_for_scoring(end) == []
    assert store.find("soon").scored_at == NOON + timedelta(days=4)


def test_a_score_is_kept_once_and_a_revision_stands_beside_it(database: Database) -> None:
    store = SqlForecasts(database)
    store.keep(a_forecast())
    day = a_score(day=date(2026, 3, 2), actual=2.0)
    assert add(store, a_score(), day) == [a_score(), day]
    assert add(store, a_score(actual=99.0), day) == []
    late = a_score(actual=5.0, revision=1, reason="late data: 3 before")
    assert add(store, late) == [late]
    [found] = store.scored()
    assert found.forecast == a_forecast()
    assert found.scores == (a_score(), day, late) == tuple(store.scores("f1"))
    assert store.scores("f2") == []
    assert set(found.latest) == {day, late} and found.first == (a_score(), day)
    told = [one.detail for one in SqlAuditTrail(database).about("f1") if one.action == "forecast score"]
    assert [(one["scores"], one["revised"]) for one in told] == [("2", "0"), ("1", "1")]
    with pytest.raises(UnknownReference):
        add(store, a_score("f2"))


def test_one_who_asks_sql_finds_whether_it_was_inside(database: Database) -> None:
    store = SqlForecasts(database)
    store.keep(a_forecast())
    add(store, a_score(actual=2.0), a_score(metric=Metric.REACH, actual=7.0), a_score(metric=Metric.SPEND, actual=9.0))
    wanted = select(ForecastScoreRow.metric, ForecastScoreRow.inside_80, ForecastScoreRow.inside_95)
    with database.read() as session:
        found = {row.metric: (row.inside_80, row.inside_95) for row in session.execute(wanted)}
    assert found == {"clicks": (True, True), "reach": (False, True), "spend_micros": (False, False)}


def test_scores_are_found_by_slice_in_order_of_their_flights(database: Database) -> None:
    store = SqlForecasts(database)
    later = Flight(NOON, NOON + timedelta(days=9))
    store.keep(a_forecast("z", flight=later))
    store.keep(a_forecast("y", slices={"budget": "ample", "vertical": "food"}))
    store.keep(replace(a_forecast("x"), slices={}))
    for name in ("z", "y"):
        add(store, a_score(name))
    assert [one.forecast.forecast_id for one in store.scored()] == ["y", "z"]
    assert [one.forecast.forecast_id for one in store.scored({"budget": "tight"})] == ["z"]
    assert [one.forecast.forecast_id for one in store.scored({"budget": "ample", "vertical": "food"})] == ["y"]
    assert store.scored({"vertical": "cars"}) == []


def test_what_is_scored_to_the_end_is_given_newest_first_with_its_totals(database: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr("adplat.storage.forecasts._AT_ONCE", 2)
    store = SqlForecasts(database)
    for number, name in enumerate(("old", "waits", "newer", "newest")):
        store.keep(a_forecast(name, flight=Flight(NOON, NOON + timedelta(days=3 + number))))
        day = a_score(name, day=date(2026, 3, 2))
        add(store, a_score(name), day, a_score(name, actual=5.0, revision=1, reason="late"), complete=name != "waits")
    found = list(store.completed(9))
    assert [one.forecast.forecast_id for one in found] == ["newest", "newer", "old"]
    assert [(score.day, score.revision) for score in found[0].scores] == [(None, 0), (None, 1)]
    assert found[0].latest[0].actual == 5.0
    assert [one.forecast.forecast_id for one in store.completed(2)] == ["newest", "newer"]
    assert list(store.completed(0)) == []
