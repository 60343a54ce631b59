"""``/v1/alerts``: what a person sees of what is wrong, in a workspace where some things are."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adplat import bootstrap
from adplat.domain import (
    TOLD_LEVELS,
    ArmStatistics,
    Budget,
    ExperimentResult,
    Flight,
    ForecastScore,
    KeptForecast,
    Metric,
    Money,
    Quantiles,
    StreamPosition,
)
from adplat.storage import SqlCatalogue, SqlExperiments, SqlForecasts, SqlMetricsLedger
from tests.services.admin.admins import Admin
from tests.storage.builders import NOON, a_campaign, an_advertiser

_LOST = {
    "analysis": {
        "decision": {"verdict": "invalid", "winner": None, "why": ["units do not come to the arms as planned"]},
        "srm": {"p_value": 1e-9, "flagged": True},
        "comparisons": [],
    },
    "guardrails": [],
}


def make_trouble(admin: Admin) -> None:
    """Campaign k1 is far behind; its experiment loses units; a forecast of it was missed by far."""
    now = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0)
    flight = Flight(now - timedelta(days=5), now + timedelta(days=5))
    behind = replace(a_campaign("k1", name="Spring 1"), budget=Budget(None, Money(10**12, "CNY")), flight=flight)
    with closing(bootstrap.open_database(admin.settings)) as database:
        SqlCatalogue(database).save([an_advertiser("a1")], [behind], [], [])
        experiments = SqlExperiments(database)
        experiments.change("e1", lambda kept, _: kept.started(NOON), NOON, "setup", "experiment start", {})
        experiments.add_result(ExperimentResult("e1", NOON, NOON, NOON, _LOST))
        cell = (now - timedelta(hours=1), "a1", "k1", "c1", "feed")
        latest = StreamPosition(int(now.timestamp() * 1000), 0)
        SqlMetricsLedger(database).add(StreamPosition(1, 0), latest, {cell: ArmStatistics(10, 1, 0, 1.0, 0)}, {cell: 5})
        forecasts = SqlForecasts(database)
        past = Flight(now - timedelta(days=9), now - timedelta(days=2))
        kept = KeptForecast("f-missed", past.start, "Tea in May", "a1", "k1", past, {}, {})
        forecasts.keep(kept)
        told = Quantiles(tuple(float(100 + place) for place in range(len(TOLD_LEVELS))))
        score = ForecastScore("f-missed", now, Metric.CLICKS, None, 5.0, told, 90.0)
        forecasts.add_scores("f-missed", [score], now, "setup", complete=True)


def by_kind(admin: Admin, who: str, **told: Any) -> dict[str, Any]:
    answer = admin.as_(who).get("/v1/alerts", **told)
    assert answer.status_code == 200, answer.text
    return {one["kind"]: one for one in answer.json()["items"]}


def test_each_thing_that_is_wrong_is_told_with_its_figures_and_where_it_is_shown(admin: Admin) -> None:
    make_trouble(admin)
    found = by_kind(admin, "olga")
    assert set(found) == {"behind_pace", "creatives_held", "sample_ratio", "forecast_missed", "jobs_untaken"}
    assert found["behind_pace"]["page"] == "/campaigns/k1" and found["behind_pace"]["facts"]["currency"] == "CNY"
    assert found["behind_pace"]["facts"]["expected_micros"] > 10 * found["behind_pace"]["facts"]["spent_micros"]
    assert found["sample_ratio"]["page"] == "/experiments/e1" and found["sample_ratio"]["level"] == "bad"
    assert found["sample_ratio"]["facts"]["p_value"] == 1e-9
    missed = found["forecast_missed"]
    assert (missed["subject"], missed["facts"]["actual"], missed["facts"]["low"]) == ("f-missed", 5.0, 100.0)


def test_an_advertiser_hears_of_its_own_things_alone(admin: Admin) -> None:
    make_trouble(admin)
    assert set(by_kind(admin, "mei")) == {"behind_pace", "creatives_held", "sample_ratio", "forecast_missed"}
    other = by_kind(admin, "li")
    assert set(other) == {"creatives_held"} and other["creatives_held"]["facts"] == {"waiting": 2}
    assert other["creatives_held"]["advertiser_id"] == "a2"


def test_a_key_that_may_see_less_hears_of_less(admin: Admin) -> None:
    make_trouble(admin)
    mei = admin.as_("mei")
    made = mei.post("/v1/keys", json={"name": "k", "rights": ["see catalogue"]}).json()
    answer = admin.nobody().get("/v1/alerts", headers={"authorization": f"Bearer {made['secret']}"})
    assert {one["kind"] for one in answer.json()["items"]} == {"creatives_held"}


def test_alerts_are_filtered_by_what_they_are_about(admin: Admin) -> None:
    make_trouble(admin)
    assert set(by_kind(admin, "olga", params={"filter": ["level=bad"]})) == {"sample_ratio", "jobs_untaken"}
    assert set(by_kind(admin, "olga", params={"filter": ["about=campaign|forecast"]})) == {
        "behind_pace",
        "forecast_missed",
    }
    assert admin.as_("olga").get("/v1/alerts", params={"filter": "name~x"}).status_code == 422


def test_what_is_mended_is_no_alert_any_more(admin: Admin) -> None:
    make_trouble(admin)
    olga = admin.as_("olga")
    assert olga.patch("/v1/campaigns/k1", json={"status": "paused"}, headers={"if-match": "*"}).status_code == 200
    assert "behind_pace" not in by_kind(admin, "olga")
