"""The forecasting service as a plain class: documents, kept forecasts, jobs, splits, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import JobOrder, JobState, Progress
from adplat.flows.forecast_campaign import forecast_campaign
from adplat.flows.forecast_desk import ForecastDesk
from adplat.flows.what_if_forecasts import do_what_if_job
from adplat.forecast import CampaignPlan
from services.hosting.computing import Computing
from services.hosting.jobs import do_due_jobs
from tests.flows.campaign_market import PLAN, a_plan, silent
from tests.services.forecasting.forecasters import a_body, a_deployment, asked


def a_picture(form: str = "PNG", side_px: int = 64) -> str:
    out = BytesIO()
    Image.new("RGB", (side_px, side_px), (200, 30, 30)).save(out, form)
    return base64.b64encode(out.getvalue()).decode()


def test_a_plan_is_answered_as_the_command_line_answers_it(
    settings: Settings, desk: ForecastDesk, market: Path, tmp_path: Path
) -> None:
    status, document = asked(settings, desk, lambda one: one.forecast(a_body()))
    assert status == 200
    told = forecast_campaign(a_plan(tmp_path), market, silent, cache_dir=tmp_path / "cache").document
    assert document == msgspec.json.decode(msgspec.json.encode(told)) | {"forecast_id": None}


def test_a_kept_forecast_is_found_again_by_its_id_and_its_advertiser(settings: Settings, desk: ForecastDesk) -> None:
    status, document = asked(settings, desk, lambda one: one.forecast(a_body(), keep=True))
    assert status == 200
    name = document.pop("forecast_id")
    status, kept = asked(settings, desk, lambda one: one.kept(name))
    assert (status, kept["document"], kept["scores"]) == (200, document, [])
    assert kept["plan"]["name"] == "autumn"
    for advertiser, found in (("a000", [name]), ("a001", []), ("", [name])):
        status, listed = asked(settings, desk, lambda one, of=advertiser: one.kept_forecasts(of))  # type: ignore[misc]
        assert (status, [one["forecast_id"] for one in listed["forecasts"]]) == (200, found)


def test_a_refused_plan_is_an_answer_and_is_not_kept(settings: Settings, desk: ForecastDesk) -> None:
    status, document = asked(settings, desk, lambda one: one.forecast(a_body(end="2027-03-24"), keep=True))
    assert (status, document["refused"], document["forecast_id"]) == (200, True, None)
    assert asked(settings, desk, lambda one: one.kept_forecasts())[1]["forecasts"] == []


@pytest.mark.parametrize(
    ("changes", "status", "where", "what"),
    [
        ({"daly_budget_micros": 5}, 422, "daly_budget_micros", "no field"),
        ({"bid": {"kind": "cpm"}}, 422, "bid", "without a target"),
        ({"creatives": [f"c{number}" for number in range(501)]}, 422, "creatives", "a plan of 501 creatives"),
        ({"daily_budget_micros": None}, 422, "plan", "no budget"),
        ({"end": "2026-09-01"}, 422, "plan: end", "before it starts"),
        ({"creatives": ["nobody"]}, 404, "creatives", "not in the catalogue"),
        ({"campaign_id": "k9999"}, 404, "plan: campaign_id", "campaign 'k9999' is not in the catalogue"),
        ({"targeting": {"devices": ["fridge"]}}, 422, "targeting", "meets the targeting"),
        ({"time_zone": "Mars/Base"}, 422, "", "Mars"),
        ({"frequency_caps": [{"limit": 0, "window_s": 1}]}, 422, "", "a cap of 0"),
        ({"new_creatives": [{"headline": "x", "image_path": "../../etc/passwd"}]}, 422, "image_path", "not by a path"),
        ({"new_creatives": [{"headline": "x", "image_path": "0" * 64}]}, 422, "image_path", "not by a path"),
        (
            {"new_creatives": [{"headline": "x", "image_path": "data:image/png;base64,AAAA"}]},
            422,
            "new_creatives[0].image_path",
            "no PNG",
        ),
    ],
)
def test_a_wrong_plan_is_one_line(
    settings: Settings, desk: ForecastDesk, changes: dict[str, Any], status: int, where: str, what: str
) -> None:
    seen, error = asked(settings, desk, lambda one: one.forecast(a_body(**changes)))
    assert seen == status, error
    assert set(error) == {"what", "where", "hint"}
    assert what in error["what"] and where in error["where"] and error["hint"]
    assert "\n" not in error["what"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"name": 3}'])
def test_what_is_no_plan_is_one_line(settings: Settings, desk: ForecastDesk, body: bytes) -> None:
    status, error = asked(settings, desk, lambda one: one.forecast(body))
    assert (status, set(error)) == (422, {"what", "where", "hint"})


def test_a_new_creatives_picture_comes_within_the_plan_and_is_kept_by_its_content(
    settings: Settings, desk: ForecastDesk
) -> None:
    own = bootstrap.forecast_desk(settings)
    picture = f"data:image/png;base64,{a_picture()}"
    new = [{"headline": "New tea", "category": "food", "image_path": picture}]
    status, document = asked(settings, own, lambda one: one.forecast(a_body(new_creatives=new), keep=True))
    assert status == 200, document
    [name] = [
        one["image_path"]
        for one in asked(settings, own, lambda one: one.kept(document["forecast_id"]))[1]["plan"]["new_creatives"]
    ]
    assert base64.b64encode(bootstrap.open_objects(settings).get(name)).decode() == picture.partition(",")[2]


class SlowDesk:
    """A desk that takes as long as the test wants, and hears whether somebody still waits."""

    data_to = None

    def __init__(self) -> None:
        self.begun, self.go, self.told_to_end = threading.Event(), threading.Event(), threading.Event()

    def owner_of(self, creative_id: str, progress: Progress) -> str:
        return "a000"

    def forecast(self, plan: CampaignPlan, progress: Progress) -> dict[str, Any]:
        self.begun.set()
        self.go.wait(10)
        try:
            progress(0, 1, "")
        except BaseException:
            self.told_to_end.set()
            raise
        return {"refused": True, "reasons": []}


def test_nobody_waits_longer_than_the_deadline_and_what_nobody_waits_for_ends(settings: Settings) -> None:
    slow: Any = SlowDesk()
    status, error = asked(settings, slow, lambda one: one.forecast(a_body()), Computing(1, 0.1))
    assert (status, error["what"]) == (504, "not within 0.1 s")
    assert "/v1/forecasts/what-if" in error["hint"]
    slow.go.set()
    assert slow.told_to_end.wait(5)


def test_more_than_may_wait_are_turned_away(settings: Settings) -> None:
    slow: Any = SlowDesk()

    async def run() -> list[int]:
        async with a_deployment(settings, slow, computing=Computing(1, 5.0)) as one:
            crowd = [asyncio.create_task(one.forecast(a_body())) for _ in range(8)]
            await asyncio.to_thread(slow.begun.wait, 5)
            slow.go.set()
            return [(await task).status for task in crowd]

    assert asyncio.run(run()) == [200] * 5 + [503] * 3


def test_a_what_if_is_a_job_that_tells_base_changes_and_advice(settings: Settings, desk: ForecastDesk) -> None:
    changes = [
        {"name": "double", "change": {"daily_budget_micros": 8_000_000}},
        {"name": "phones", "change": {"targeting": {"devices": ["phone"]}}},
        {"name": "capped", "change": {"frequency_caps": [{"limit": 1, "window_s": 86_400}]}},
    ]
    body = msgspec.json.encode({"plan": PLAN, "changes": changes, "idempotency_key": "mine"})
    status, job = asked(settings, desk, lambda one: one.what_if(body))
    assert (status, job["state"], job["progress"]) == (202, "queued", 0.0)
    assert asked(settings, desk, lambda one: one.what_if(body))[1]["job_id"] == job["job_id"]
    assert do_due_jobs(settings) == 1
    status, done = asked(settings, desk, lambda one: one.job(str(job["job_id"])))
    assert (status, done["state"], done["progress"]) == (200, "done", 1.0)
    alone = asked(settings, desk, lambda one: one.forecast(a_body()))[1]
    assert done["result"]["base"] == {name: value for name, value in alone.items() if name != "forecast_id"}
    double, phones, capped = done["result"]["changes"]
    base = done["result"]["base"]["total"]["impressions"]["p50"]
    assert double["document"]["total"]["impressions"]["p50"] > base
    assert phones["document"]["total"]["impressions"]["p50"] < base
    assert capped["document"]["total"]["frequency"]["p50"] <= done["result"]["base"]["total"]["frequency"]["p50"]
    assert double["advice"]["gain"]["value"] > 0


def test_a_what_if_whose_worker_was_killed_is_done_again_with_the_same_result(
    settings: Settings, desk: ForecastDesk
) -> None:
    body = msgspec.json.encode({"plan": PLAN, "changes": []})
    job = asked(settings, desk, lambda one: one.what_if(body))[1]
    with bootstrap.opened_jobs(settings) as queue:
        taken = queue.take(["forecast-what-if"], "killed", bootstrap.clock().now(), 3_600.0)
        assert taken is not None
        assert do_due_jobs(settings) == 0
        # Its lease ends now, not after a while that a slow machine may have spent before the line above.
        assert queue.beat(taken, bootstrap.clock().now(), 0.0, 0.0)
        assert do_due_jobs(settings) == 1
        done = queue.find(job["job_id"])
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    alone = asked(settings, desk, lambda one: one.forecast(a_body()))[1]
    assert done.result is not None and done.result["base"]["total"] == alone["total"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"creatives": ["c000002"]}, "creatives of a plan is not changed here"),
        ({"daily_budget_micros": None}, "no budget"),
        ({"bid": {"target_micros": "much"}}, "int"),
        ({"daily_budget_micros": 0}, "expected"),
    ],
)
def test_a_change_that_cannot_be_is_refused_before_anything_is_queued(
    settings: Settings, desk: ForecastDesk, change: dict[str, Any], what: str
) -> None:
    body = msgspec.json.encode({"plan": PLAN, "changes": [{"name": "x", "change": change}]})
    status, error = asked(settings, desk, lambda one: one.what_if(body))
    assert (status, error["where"].startswith("changes[0]")) == (422, True)
    assert what in error["what"]
    with bootstrap.opened_jobs(settings) as queue:
        assert queue.jobs() == []


def test_jobs_of_other_kinds_and_none_at_all_are_not_there(settings: Settings, desk: ForecastDesk) -> None:
    with bootstrap.opened_jobs(settings) as queue:
        now = bootstrap.clock().now()
        other = queue.add(JobOrder("analyze-experiment", "spring", now, "mei"), now)
    for name in (str(other.job_id), "999", "x", "-1", "9" * 30):
        status, error = asked(settings, desk, lambda one, of=name: one.job(of))  # type: ignore[misc]
        assert (status, error["what"]) == (404, "no job has this id")


def test_a_budget_is_split_over_kept_forecasts_and_documents(settings: Settings, desk: ForecastDesk) -> None:
    kept = asked(settings, desk, lambda one: one.forecast(a_body(), keep=True))[1]["forecast_id"]
    other = asked(settings, desk, lambda one: one.forecast(a_body(name="other", creatives=["c000004"])))[1]
    told = {"budget_micros": 12_000_000, "forecast_ids": [kept], "forecasts": {"other": other}}
    status, split = asked(settings, desk, lambda one: one.split(msgspec.json.encode(told)))
    assert status == 200, split
    assert [one["name"] for one in split["campaigns"]] == ["other", kept]
    assert sum(one["advised_micros"] for one in split["campaigns"]) + split["unspent_micros"] == 12_000_000
    bound = told | {"at_most_micros": {"other": 1_000_000}}
    status, split = asked(settings, desk, lambda one: one.split(msgspec.json.encode(bound)))
    assert split["campaigns"][0]["advised_micros"] <= 1_000_000


@pytest.mark.parametrize(
    ("told", "status", "what"),
    [
        ({"budget_micros": 1}, 422, "nothing to split"),
        ({"budget_micros": 1, "forecast_ids": ["nope"]}, 404, "no forecast has this id"),
        ({"budget_micros": 1, "forecasts": {"x": {}}}, 422, "no forecast"),
        ({"budget_micros": 1, "forecasts": {"x": {"refused": True, "reasons": []}}}, 422, "refused"),
        ({"forecasts": {}}, 422, "budget_micros"),
    ],
)
def test_a_wrong_split_is_one_line(
    settings: Settings, desk: ForecastDesk, told: dict[str, Any], status: int, what: str
) -> None:
    seen, error = asked(settings, desk, lambda one: one.split(msgspec.json.encode(told)))
    assert (seen, what in error["what"]) == (status, True), error


@pytest.mark.parametrize(
    ("image", "what"),
    [
        ("not base64!", "not base64"),
        (base64.b64encode(b"hello").decode(), "no PNG"),
        (base64.b64encode(base64.b64decode(a_picture())[:60]).decode(), "cannot be read"),
        (a_picture("BMP"), "no PNG"),
        ("A" * 7_000_000, "larger than 5 MiB"),
    ],
    ids=["no base64", "no picture", "cut off", "another format", "too large"],
)
def test_a_bad_picture_is_one_line(settings: Settings, desk: ForecastDesk, image: str, what: str) -> None:
    body = msgspec.json.encode({"headline": "Tea", "image": image})
    status, error = asked(settings, desk, lambda one: one.predict(body))
    assert (status, error["where"], what in error["what"]) == (422, "image", True), error


def test_without_a_model_no_creative_is_predicted(settings: Settings, desk: ForecastDesk) -> None:
    status, error = asked(settings, desk, lambda one: one.predict(b'{"headline": "Tea"}'))
    assert (status, "no model" in error["what"]) == (422, True)


def test_health_says_what_is_known_until_when(settings: Settings, desk: ForecastDesk) -> None:
    status, health = asked(settings, desk, lambda one: one.health())
    assert (status, health["status"], health["data_to"][:10]) == (200, "ok", "2026-09-20")
    fresh = bootstrap.forecast_desk(settings)
    assert asked(settings, fresh, lambda one: one.health())[1]["status"] == "loading"


def test_a_what_if_that_nobody_wants_any_more_is_not_done(settings: Settings, desk: ForecastDesk) -> None:
    body = msgspec.json.encode({"plan": PLAN, "changes": []})
    job = str(asked(settings, desk, lambda one: one.what_if(body))[1]["job_id"])
    for _ in range(2):  # the answer to the first may have been lost
        status, cancelled = asked(settings, desk, lambda one: one.cancel(job))
        assert (status, cancelled["state"]) == (200, "cancelled")
    assert do_due_jobs(settings) == 0
    with bootstrap.opened_jobs(settings) as queue:
        other = queue.add(
            JobOrder("analyze-experiment", "spring", bootstrap.clock().now(), "mei"), bootstrap.clock().now()
        )
        for name in (str(other.job_id), "999", "x"):
            assert asked(settings, desk, lambda one, of=name: one.cancel(of))[0] == 404  # type: ignore[misc]
        assert queue.find(other.job_id).state is JobState.QUEUED


def test_what_is_done_already_cannot_be_cancelled(settings: Settings, desk: ForecastDesk) -> None:
    job = str(
        asked(settings, desk, lambda one: one.what_if(msgspec.json.encode({"plan": PLAN, "changes": []})))[1]["job_id"]
    )
    assert do_due_jobs(settings) == 1
    status, error = asked(settings, desk, lambda one: one.cancel(job))
    assert (status, error["what"]) == (422, "the job is done, and only a queued or running one can be cancelled")
    assert asked(settings, desk, lambda one: one.job(job))[1]["result"]["base"]["refused"] is False


def test_the_progress_of_a_what_if_goes_a_step_with_every_plan(settings: Settings, desk: ForecastDesk) -> None:
    changes = [{"name": str(number), "change": {"daily_budget_micros": 5_000_000 + number}} for number in range(3)]
    job_id = asked(settings, desk, lambda one: one.what_if(msgspec.json.encode({"plan": PLAN, "changes": changes})))[1][
        "job_id"
    ]
    told: list[float] = []
    with bootstrap.opened_jobs(settings) as queue:
        do_what_if_job(desk, queue.find(job_id), told.append)
    assert told == sorted(told)
    assert set(told) >= {0.25, 0.5, 0.75, 1.0}


def test_a_campaign_of_the_catalogue_may_be_named(settings: Settings, desk: ForecastDesk) -> None:
    status, document = asked(settings, desk, lambda one: one.forecast(a_body(campaign_id="k0000")))
    assert (status, document["plan"]["campaign_id"]) == (200, "k0000")
