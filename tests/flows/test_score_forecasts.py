"""Kept forecasts meet what happened: when it is ripe, once, in the plan's own days, and late data beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import ConfigRejected, JobState, TableRejected, UnknownReference
from adplat.flows.keep_forecast import attach_campaign, keep_forecast
from adplat.flows.run_jobs import run_next_job
from adplat.flows.score_forecasts import ScorePlan, do_score_job, score_forecasts
from adplat.flows.watch_forecasts import SCORE, watch_forecasts
from tests.flows.forecast_rig import FIRST, NOON, PLAN, Rig, a_document, a_plan, a_rig, after_flight

SECOND = FIRST + timedelta(days=1)
HOURLY = timedelta(hours=1)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def attached(rig: Rig, campaign: str = "k1") -> str:
    name = rig.keep()
    attach_campaign(rig.parts, name, campaign)
    return name


def test_what_is_kept_tells_where_it_came_from(rig: Rig) -> None:
    kept = rig.kept(a_plan())
    assert kept.forecast_id.startswith("f20260301-") and rig.parts.forecasts.find(kept.forecast_id) == kept
    assert (kept.bundle_id, kept.correction_id, kept.made_by, kept.campaign_id) == ("b1", "r1", "mei", None)
    assert kept.data_from is not None and kept.data_from.isoformat() == "2026-02-01T00:00:00+00:00"
    assert kept.data_to is None and kept.slices == {"budget": "tight"}
    assert rig.kept(a_plan()) == kept and len(rig.parts.forecasts.forecasts()) == 1
    assert rig.keep(a_plan(name="Autumn")) != kept.forecast_id


def test_a_refusal_and_a_document_that_cannot_be_scored_are_not_kept(rig: Rig) -> None:
    plan = a_plan()
    with pytest.raises(ConfigRejected, match="refusal promises nothing"):
        keep_forecast(rig.parts, plan, {"refused": True, "reasons": []})
    spoiled = a_document(plan)
    del spoiled["total"]["clicks"]["p97.5"]
    with pytest.raises(TableRejected, match=r"clicks: no p97\.5"):
        keep_forecast(rig.parts, plan, spoiled)
    with pytest.raises(TableRejected, match="outside the flight"):
        keep_forecast(rig.parts, a_plan(days=1), a_document(plan))
    with pytest.raises(TableRejected, match="tells no metric"):
        keep_forecast(rig.parts, plan, {"refused": False, "daily": [], "total": {}})
    assert rig.parts.forecasts.forecasts() == []


def test_what_was_made_in_hindsight_is_kept_only_where_its_data_end_before_the_flight(rig: Rig) -> None:
    rig.clock.advance(10 * 86_400)
    plan = a_plan()
    with pytest.raises(ConfigRejected, match="beyond the end of the flight"):
        rig.kept(plan)
    document = a_document(plan)
    document["inputs"]["data_to"] = "2026-03-02T00:00:00+00:00"
    kept = keep_forecast(rig.parts, plan, document)
    assert kept.known_to == NOON.replace(day=2, hour=0) and kept.made_at == rig.clock.now()


def test_only_a_campaign_of_the_catalogue_is_attached(rig: Rig) -> None:
    name = rig.keep()
    with pytest.raises(UnknownReference, match="no campaign 'k7'"):
        attach_campaign(rig.parts, name, "k7")
    with pytest.raises(UnknownReference, match="no forecast has this id"):
        attach_campaign(rig.parts, "f0", "k7")
    assert rig.parts.forecasts.find(name).campaign_id is None


def test_showings_are_scored_after_the_flight_and_conversions_when_they_are_ripe(rig: Rig) -> None:
    name = attached(rig)
    rig.show(FIRST, 40, clicks=6, conversions=2)
    rig.show(SECOND, 50, clicks=3, conversions=1, after=timedelta(days=5))
    rig.go_to(after_flight(minutes=-30))
    assert rig.score() == {"scored": {}, "revisions": {}, "waiting": {}, "alerts": []}
    rig.go_to(after_flight(hours=2))
    told = rig.score()
    assert told["scored"] == {name: 3 + 2 * 2}  # impressions, reach, spend in total; two of them a day
    assert "conversions are ripe 2026-03-12" in told["waiting"][name]
    assert (rig.actual("impressions"), rig.actual("spend_micros"), rig.actual("reach")) == (90.0, 90_000.0, 2.0)
    assert (rig.actual("impressions", FIRST), rig.actual("impressions", SECOND)) == (40.0, 50.0)
    assert rig.actual("conversions") is None and rig.actual("clicks") is None
    rig.go_to(after_flight(days=7, hours=2))
    told = rig.score()
    assert told["scored"] == {name: 2 + 2 * 2} and told["waiting"] == {}
    assert (rig.actual("conversions"), rig.actual("conversions", SECOND)) == (3.0, 1.0)
    assert (rig.actual("clicks"), rig.actual("clicks", FIRST)) == (9.0, 6.0)
    assert rig.parts.forecasts.find(name).scored_at == rig.clock.now()
    assert rig.score() == {"scored": {}, "revisions": {}, "waiting": {}, "alerts": []}


def test_what_is_told_late_between_the_two_scorings_revises_nothing_by_itself(rig: Rig) -> None:
    attached(rig)
    rig.show(FIRST, 40)
    rig.go_to(after_flight(hours=2))
    rig.score()
    rig.show(FIRST, 5, clicks=5)
    rig.go_to(after_flight(days=7, hours=2))
    assert rig.score()["revisions"] == {}
    assert (rig.actual("impressions"), rig.actual("clicks")) == (40.0, 5.0)


def test_a_lake_that_lags_behind_the_clock_is_waited_for_unless_it_is_whole(rig: Rig) -> None:
    name = attached(rig)
    rig.show(FIRST, 10)
    rig.clock.advance(30 * 86_400)
    told = rig.score()
    assert told["scored"] == {} and "the lake reaches to 2026-03-03 13:00" in told["waiting"][name]
    whole = ScorePlan(PLAN.outcomes_within, lake_is_whole=True)
    assert score_forecasts(rig.parts, rig.lake, whole)["waiting"] == {}
    assert rig.actual("impressions", SECOND) == 0.0


def test_a_forecast_without_campaign_waits_with_the_way_out(rig: Rig) -> None:
    name = rig.keep()
    rig.show(FIRST, 10)
    rig.go_to(after_flight(days=30))
    assert rig.score()["waiting"] == {name: f"no campaign carries it out: adplat forecast attach {name} CAMPAIGN"}
    assert rig.parts.forecasts.scored() == []
    attach_campaign(rig.parts, name, "k1")
    assert rig.score()["waiting"] == {} and rig.actual("impressions") == 10.0


def test_the_plans_own_campaign_is_believed_when_catalogue_or_lake_know_it(rig: Rig) -> None:
    rig.keep(a_plan(campaign_id="k2"))
    misspelt = rig.keep(a_plan(campaign_id="k-misspelt"))
    rig.go_to(after_flight(days=30))
    told = rig.score()
    # k2 won nothing, which is a fact; of the other nobody has ever heard.
    assert rig.actual("impressions") == 0.0
    assert told["waiting"] == {misspelt: "neither catalogue nor lake know its campaign k-misspelt"}


def test_what_belongs_to_other_campaigns_other_times_or_was_told_twice_does_not_count(rig: Rig) -> None:
    attached(rig)
    names = rig.show(FIRST, 4, clicks=2, conversions=1, users=("u1", "", None))
    rig.show(FIRST - timedelta(days=1), 5, clicks=5)
    rig.show(SECOND + timedelta(days=1), 5, clicks=5)
    rig.show(FIRST, 6, clicks=6, conversions=6, campaign="k2")
    noon = NOON.replace(day=3)
    rig.write_outcomes("clicks", names[:2], noon + timedelta(minutes=2))
    rig.write_outcomes("conversions", names[:1], noon + timedelta(hours=1))  # the same row once more
    rig.write_outcomes("conversions", names[1:2], noon + timedelta(days=8))  # after its time
    rig.write_outcomes("conversions", names[2:3], noon + timedelta(days=3))
    rig.go_to(after_flight(days=30))
    rig.score()
    found = {name: rig.actual(name) for name in ("impressions", "reach", "clicks", "conversions")}
    assert found == {"impressions": 4.0, "reach": 1.0, "clicks": 2.0, "conversions": 2.0}


def test_days_are_those_of_the_plans_time_zone(rig: Rig) -> None:
    plan = a_plan(time_zone="Asia/Shanghai", campaign_id="k1")
    rig.keep(plan)
    rig.show(FIRST - timedelta(days=1), 3, at_hour=15)  # 23:00 of the day before the flight
    rig.show(FIRST - timedelta(days=1), 5, at_hour=16)  # midnight: the first hour of the flight
    rig.show(FIRST, 7, at_hour=16)  # midnight of the second day
    rig.go_to(after_flight(days=30))
    rig.score()
    assert (rig.actual("impressions"), rig.actual("impressions", FIRST), rig.actual("impressions", SECOND)) == (
        12,
        5,
        7,
    )


def test_late_data_make_a_revision_with_its_reason_and_only_when_asked_for(rig: Rig) -> None:
    name = attached(rig)
    rig.show(FIRST, 40, clicks=6)
    rig.go_to(after_flight(days=30))
    rig.score()
    before = rig.parts.forecasts.scored()[0].scores
    rig.show(SECOND, 2)
    assert rig.score()["revisions"] == {} and rig.actual("impressions") == 40.0
    told = rig.score(again=True)
    assert "impressions total: late data: 40 before, 42 now" in told["revisions"][name]
    assert told["scored"] == {} and rig.actual("impressions") == 42.0
    [after] = rig.parts.forecasts.scored()
    assert after.scores[: len(before)] == before and after.first == before
    assert rig.score(again=True)["revisions"] == {}


def test_scoring_that_was_cut_off_goes_on_without_scoring_twice(rig: Rig) -> None:
    name = attached(rig)
    rig.show(FIRST, 40)
    rig.go_to(after_flight(days=30))
    store = rig.parts.forecasts
    rig.score()
    scores = store.scored()[0].scores
    half, at = scores[:3], rig.clock.now()
    assert store.add_scores(name, half, at, "job 9", complete=True) == []
    assert rig.score(again=True)["revisions"] == {} and store.scored()[0].scores == scores


def test_a_job_is_queued_when_something_is_due_and_done_by_the_worker(rig: Rig) -> None:
    name = attached(rig)
    rig.show(FIRST, 40)
    assert watch_forecasts(rig.parts, HOURLY) is None
    rig.go_to(after_flight(days=30))
    assert watch_forecasts(rig.parts, timedelta(0)) is None
    queued = watch_forecasts(rig.parts, HOURLY)
    assert queued is not None and watch_forecasts(rig.parts, HOURLY) is None
    handlers = {SCORE: lambda job, tell: do_score_job(rig.parts, rig.lake, PLAN, job, tell)}
    run_next_job(rig.parts.jobs, handlers, "w1", rig.clock, lease_s=30.0)
    done = rig.parts.jobs.find(queued.job_id)
    assert done.state is JobState.DONE and done.result is not None and list(done.result["scored"]) == [name]
    assert {one.actor for one in rig.parts.audit.about(name) if one.action == "forecast score"} == {"job 1"}
    rig.clock.advance(7200)
    assert watch_forecasts(rig.parts, HOURLY) is None  # nothing is due any more


def test_what_waits_is_looked_at_again_after_a_while_and_not_before(rig: Rig) -> None:
    rig.keep()
    rig.go_to(after_flight(days=30))
    handlers = {SCORE: lambda job, tell: do_score_job(rig.parts, rig.lake, PLAN, job, tell)}
    first = watch_forecasts(rig.parts, HOURLY)
    run_next_job(rig.parts.jobs, handlers, "w1", rig.clock, lease_s=30.0)
    rig.clock.advance(3599)
    assert watch_forecasts(rig.parts, HOURLY) is None
    rig.clock.advance(2)
    second = watch_forecasts(rig.parts, HOURLY)
    assert first is not None and second is not None and second.job_id == first.job_id + 1


def test_the_job_learns_anew_when_a_forecast_is_scored_to_the_end_and_only_then(rig: Rig, tmp_path: Path) -> None:
    attached(rig)
    rig.show(FIRST, 40)
    out = tmp_path / "forecast" / "correction.json"
    handlers = {SCORE: lambda job, tell: do_score_job(rig.parts, rig.lake, PLAN, job, tell, out)}

    def learned() -> Any:
        queued = watch_forecasts(rig.parts, HOURLY)
        assert queued is not None
        run_next_job(rig.parts.jobs, handlers, "w1", rig.clock, lease_s=30.0)
        result = rig.parts.jobs.find(queued.job_id).result
        assert result is not None
        return result.get("learned")

    rig.go_to(after_flight(hours=2))
    assert learned() is None  # conversions wait
    rig.go_to(after_flight(days=7, hours=2))
    told = learned()
    # One forecast, and that without raw laws: nothing is learned from it, and nothing written.
    assert (told["campaigns"], told["left_out"], told["correction"]) == (0, 1, None)
    assert not out.exists()


def test_a_day_that_was_never_told_is_not_scored(rig: Rig) -> None:
    plan = a_plan(campaign_id="k1")
    document = a_document(plan)
    document["daily"] = document["daily"][1:]
    document["total"]["conversions"] = None
    keep_forecast(rig.parts, plan, document)
    rig.show(FIRST, 3)
    rig.go_to(after_flight(days=30))
    rig.score()
    assert rig.actual("impressions", FIRST) is None and rig.actual("conversions") is None
    assert rig.actual("impressions", SECOND) == 0.0 and rig.actual("impressions", date(2026, 3, 5)) is None
