"""Who does jobs, and jobs that nobody takes: over the API, on the pages and as an alert."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from adplat import bootstrap
from adplat.domain import Job, JobOrder, JobState
from tests.services.admin.admins import Admin, Somebody

UNTAKEN = "nobody takes it"


@contextmanager
def a_worker(admin: Admin, *kinds: str) -> Iterator[tuple[str, Job]]:
    """It has one job of another kind in hand."""
    now = bootstrap.clock().now()
    with bootstrap.opened_jobs(admin.settings) as queue, bootstrap.listed_worker(admin.settings, kinds) as (name, tell):
        queue.add(JobOrder("count", "", now, "setup"), now)
        job = queue.take(["count"], name, now, 30.0)
        assert job is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("adplat.flows.list_worker._SOON", timedelta(0))
            tell(job)
        yield name, job


def alerts(somebody: Somebody) -> list[dict[str, object]]:
    found = somebody.get("/v1/alerts").json()["items"]
    return [one for one in found if one["kind"] == "jobs_untaken"]


def test_a_living_worker_is_told_with_what_it_takes_and_does(admin: Admin) -> None:
    olga = admin.as_("olga")
    assert olga.get("/v1/workers").json() == {"items": [], "next": None}
    with a_worker(admin, "look", "score") as (name, job):
        [told] = olga.get("/v1/workers").json()["items"]
        assert (told["worker_id"], told["kinds"], told["doing"]["job_id"]) == (name, ["look", "score"], job.job_id)
        assert told["doing"]["kind"] == "count" and told["started"] <= told["seen"] < told["lease_until"]
        page = olga.get("/jobs").text
        assert name in page and f'id="doing-{job.job_id}">count {job.job_id}</a>' in page
    assert olga.get("/v1/workers").json()["items"] == []
    assert "No worker lives." in olga.get("/jobs").text


def test_a_waiting_job_says_that_nobody_takes_it_while_no_living_worker_takes_its_kind(admin: Admin) -> None:
    olga = admin.as_("olga")
    assert olga.get("/jobs").text.count(UNTAKEN) == 2
    assert "no living worker takes this kind of job" in olga.get("/jobs/1").text
    with a_worker(admin, "score"):
        assert olga.get("/jobs").text.count(UNTAKEN) == 2
    with a_worker(admin, "look"):
        assert UNTAKEN not in olga.get("/jobs").text
        assert "no living worker" not in olga.get("/jobs/1").text


def test_a_job_that_is_not_due_or_is_over_waits_for_nobody(admin: Admin) -> None:
    now = bootstrap.clock().now()
    with bootstrap.opened_jobs(admin.settings) as queue:
        later = queue.add(JobOrder("rare", "", now + timedelta(days=1), "setup"), now)
        over = queue.add(JobOrder("rare", "", now, "setup"), now)
        assert queue.cancel(over.job_id, now, "setup").state is JobState.CANCELLED
    olga = admin.as_("olga")
    for job in (later, over):
        assert "no living worker" not in olga.get(f"/jobs/{job.job_id}").text


def test_an_advertiser_hears_that_nobody_takes_its_job_and_nothing_of_workers(admin: Admin) -> None:
    mei = admin.as_("mei")
    assert mei.get("/jobs").text.count(UNTAKEN) == 1
    with a_worker(admin, "look") as (name, _):
        page = mei.get("/jobs").text
        assert UNTAKEN not in page and name not in page and 'id="workers"' not in page
        assert mei.get("/v1/workers").status_code == 403
    assert alerts(mei) == []


def test_kinds_that_wait_and_nobody_takes_are_an_alert_with_a_link(admin: Admin) -> None:
    olga, now = admin.as_("olga"), bootstrap.clock().now()
    with bootstrap.opened_jobs(admin.settings) as queue:
        queue.add(JobOrder("just ordered", "", now, "setup"), now)
    [found] = alerts(olga)
    assert (found["subject"], found["level"], found["facts"]) == ("look", "bad", {"waiting": 2})
    assert found["page"] == "/jobs?state=queued&kind=look"
    assert "2 jobs of this kind wait" in olga.get("/alerts").text
    with a_worker(admin, "look"):
        assert alerts(olga) == []


def test_pages_of_workers_are_chinese_too(admin: Admin) -> None:
    rob = admin.as_("rob")
    with a_worker(admin, "score"):
        page = rob.get("/jobs", headers={"accept-language": "zh"}).text
    assert "执行者" in page and "无执行者" in page
