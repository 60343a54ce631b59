"""An experiment's whole life over the API: planned, started, dealt to users, analysed, stopped, decided."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from adplat.domain import JobState
from adplat.snapshots import ExperimentsFile
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.tested_campaign import a_setup, live_creatives, shown_to, worked

PATH = "/v1/experiments"
NAME = "tea-pictures"


def created(somebody: Somebody, **changes: Any) -> Any:
    told = somebody.post(PATH, json=a_setup(**changes))
    assert told.status_code == 201, told.text
    return told


def stepped(somebody: Somebody, step: str, etag: str = "*", **body: Any) -> Any:
    told = somebody.post(f"{PATH}/{NAME}/{step}", json={"reason": "because"} | body, headers={"if-match": etag})
    assert told.status_code == 200, told.text
    return told


@pytest.fixture
def running(admin: Admin) -> Somebody:
    """Anna, an analyst, whose experiment runs."""
    live_creatives(admin, "p1", "p2")
    anna = admin.as_("anna")
    created(anna)
    stepped(anna, "start")
    return anna


def test_a_whole_life_from_the_plan_to_the_decision(admin: Admin) -> None:
    live_creatives(admin, "p1", "p2")
    anna = admin.as_("anna")
    setup = a_setup()
    plan = anna.post(
        f"{PATH}/plans", json={"metric": setup["analysis"]["metric"], "method": "sequential"} | setup["plan"]
    )
    assert plan.status_code == 200, plan.text
    drafted = created(anna)
    assert drafted.json()["state"] == "draft"
    assert drafted.json()["planned"]["units"] == plan.json()["units"]
    assert ExperimentsFile(admin.settings.workspace).read() is None, "a draft assigns nobody"
    started = stepped(anna, "start", drafted.headers["etag"])
    assert started.json()["state"] == "running"
    assert drafted.headers["etag"] != started.headers["etag"]

    came = shown_to(admin, NAME, 6000, {"plain": 0.1, "bright": 0.2})
    ordered = anna.post(f"{PATH}/{NAME}/analyses")
    assert ordered.status_code == 202, ordered.text
    assert anna.post(f"{PATH}/{NAME}/analyses").json()["job_id"] == ordered.json()["job_id"], "one is due already"
    job = worked(admin)
    assert job is not None and (job.job_id, job.state) == (ordered.json()["job_id"], JobState.DONE), job
    told = anna.get(f"{PATH}/{NAME}").json()
    analysis = told["latest"]["document"]["analysis"]
    assert {arm["name"]: arm["n"] for arm in analysis["arms"]} == came
    assert (analysis["decision"]["verdict"], analysis["decision"]["winner"]) == ("winner", "bright")
    assert told["health"] == "healthy"

    stopped = stepped(anna, "stop", started.headers["etag"], reason="enough is known")
    assert ExperimentsFile(admin.settings.workspace).read().experiments == ()  # type: ignore[union-attr]
    decided = stepped(anna, "decide", stopped.headers["etag"], winner="bright", reason="twice the clicks")
    assert (decided.json()["winner"], decided.json()["reason"]) == ("bright", "twice the clicks")
    mei = admin.as_("mei")
    trail = mei.get("/v1/audit", params={"filter": f"subject={NAME}"}).json()["items"]
    did = [(one["actor"], one["action"], one["detail"].get("reason")) for one in reversed(trail)]
    assert did == [
        ("anna", "experiment create", None),
        ("anna", "experiment start", "because"),
        ("anna", "experiment stop", "enough is known"),
        ("anna", "experiment decide", "twice the clicks"),
    ]
    assert trail[0]["detail"]["result"] == str(told["latest"]["result_id"])
    assert mei.get(f"{PATH}/{NAME}").json()["winner"] == "bright"
    assert admin.as_("li").get(f"{PATH}/{NAME}").status_code == 404


def test_a_raise_takes_more_in_keeps_who_is_in_and_stays_healthy(admin: Admin) -> None:
    live_creatives(admin, "p1", "p2")
    anna, setup = admin.as_("anna"), a_setup()
    setup["experiment"]["traffic"] = 0.2
    assert anna.post(PATH, json=setup).status_code == 201
    started = stepped(anna, "start")
    first = shown_to(admin, NAME, 6000, {"plain": 0.1, "bright": 0.1}, part="one")
    raised = stepped(anna, "raise", started.headers["etag"], traffic=0.8)
    told = raised.json()
    assert told["traffic"] == 0.8 and told["expected"]["at"] < told["expected"]["first_at"]
    assert [(one["share"], one["by"], one["why"]) for one in told["raises"]] == [(0.8, "anna", "because")]
    late = anna.post(f"{PATH}/{NAME}/raise", json={"traffic": 1.0, "reason": "x"}, headers={"if-match": '"old"'})
    assert late.status_code == 412
    again = stepped(anna, "raise", traffic=0.8)
    assert again.headers["etag"] == raised.headers["etag"], "the same again changes nothing"
    less = anna.post(f"{PATH}/{NAME}/raise", json={"traffic": 0.5, "reason": "x"}, headers={"if-match": "*"})
    assert less.status_code == 422 and "would be fewer" in less.json()["detail"]
    second = shown_to(admin, NAME, 6000, {"plain": 0.1, "bright": 0.1}, part="two")
    assert sum(second.values()) > 3 * sum(first.values())
    anna.post(f"{PATH}/{NAME}/analyses")
    assert worked(admin) is not None
    told = anna.get(f"{PATH}/{NAME}").json()
    assert told["health"] == "healthy"
    counted = {arm["name"]: arm["n"] for arm in told["latest"]["document"]["analysis"]["arms"]}
    assert counted == {name: first[name] + second[name] for name in first}
    assert "traffic" in (file := anna.get(f"{PATH}/{NAME}/files/csv").text) and "0.2, 0.8 from 20" in file


def test_an_unhealthy_one_is_raised_only_despite_its_alarms(admin: Admin) -> None:
    live_creatives(admin, "p1", "p2")
    anna, setup = admin.as_("anna"), a_setup()
    setup["experiment"]["traffic"] = 0.5
    assert anna.post(PATH, json=setup).status_code == 201
    stepped(anna, "start")
    shown_to(admin, NAME, 8000, {"plain": 0.1, "bright": 0.1}, lost={"bright": 0.3})
    anna.post(f"{PATH}/{NAME}/analyses")
    assert worked(admin) is not None
    body = {"traffic": 1.0, "reason": "more"}
    refused = anna.post(f"{PATH}/{NAME}/raise", json=body, headers={"if-match": "*"})
    assert refused.status_code == 422 and "sample_ratio" in refused.json()["detail"]
    page = anna.get(f"/experiments/{NAME}").text
    assert 'name="despite_alarms"' in page
    assert stepped(anna, "raise", traffic=1.0, despite_alarms=True).json()["traffic"] == 1.0


def test_units_that_are_lost_on_the_way_make_it_unhealthy_and_the_page_says_so(admin: Admin, running: Somebody) -> None:
    shown_to(admin, NAME, 8000, {"plain": 0.1, "bright": 0.2}, lost={"bright": 0.2})
    running.post(f"{PATH}/{NAME}/analyses")
    assert worked(admin) is not None
    told = running.get(f"{PATH}/{NAME}").json()
    assert (told["health"], told["latest"]["verdict"]) == ("unhealthy", "invalid")
    page = running.get(f"/experiments/{NAME}").text
    assert "sample ratio mismatch" in page and "not to be believed" in page
    assert "样本比例失衡" in running.get(f"/experiments/{NAME}", headers={"accept-language": "zh"}).text
    [row] = [line for line in running.get("/experiments").text.split("<tr>") if NAME in line]
    assert "unhealthy" in row


def test_what_was_changed_meanwhile_is_not_changed_and_who_saw_nothing_is_asked(
    admin: Admin, running: Somebody
) -> None:
    body = {"reason": "enough"}
    assert running.post(f"{PATH}/{NAME}/stop", json=body).status_code == 428
    etag = running.get(f"{PATH}/{NAME}").headers["etag"]
    stepped(admin.as_("olga"), "stop")
    late = running.post(f"{PATH}/{NAME}/pause", json=body | {"arm": "bright"}, headers={"if-match": etag})
    assert late.status_code == 412
    again = running.post(f"{PATH}/{NAME}/stop", json=body, headers={"if-match": "*"})
    assert again.status_code == 422 and "stopped" in again.json()["detail"]


def test_the_same_key_and_request_are_one_experiment_and_another_request_is_refused(admin: Admin) -> None:
    live_creatives(admin, "p1", "p2")
    anna, key = admin.as_("anna"), {"idempotency-key": "once"}
    nameless = a_setup()
    del nameless["experiment"]["experiment_id"]
    first = anna.post(PATH, json=nameless, headers=key)
    assert first.status_code == 201, first.text
    assert anna.post(PATH, json=nameless, headers=key).json()["experiment_id"] == first.json()["experiment_id"]
    other = anna.post(PATH, json=nameless | {"plan": a_setup()["plan"] | {"effect": 0.4}}, headers=key)
    assert other.status_code == 422 and "another request" in other.json()["detail"]
    named = anna.post(PATH, json=a_setup(), headers={"idempotency-key": "two"})
    assert anna.post(PATH, json=a_setup(), headers={"idempotency-key": "two"}).json() == named.json()
    taken = anna.post(PATH, json=a_setup(), headers={"idempotency-key": "three"})
    assert taken.status_code == 422 and "of this name" in taken.json()["detail"]
    assert len(anna.get(PATH).json()["items"]) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"experiment": {"campaign_ids": ["k9"], "arms": [{"name": "a"}, {"name": "b"}]}}, "no campaign k9"),
        (
            {"experiment": {"campaign_ids": ["k1"], "arms": [{"name": "a", "creative_ids": ["c2"]}, {"name": "b"}]}},
            "c2",
        ),
        ({"experiment": {"campaign_ids": ["k1\x00"], "arms": [{"name": "a"}, {"name": "b"}]}}, "no campaign"),
        ({"analysis": {"metric": {"name": "ctr", "kind": "ratio"}, "data": {"measure": "lies"}}}, "lies"),
        ({"plan": {"baseline": {"mean": 0.1, "std": 0.3}}}, "effect"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(admin: Admin, change: dict[str, Any], said: str) -> None:
    live_creatives(admin, "p1", "p2")
    told = admin.as_("anna").post(PATH, json=a_setup(**change))
    assert told.status_code == 422, told.text
    assert said in told.json()["detail"]


def test_an_advertiser_reads_its_own_and_runs_none_and_neither_does_a_key_of_some_advertisers(
    admin: Admin, running: Somebody
) -> None:
    mei, root = admin.as_("mei"), admin.as_("root")
    assert mei.get(f"{PATH}/{NAME}").status_code == 200
    for step in ("start", "raise", "pause", "stop", "decide", "analyses"):
        more = {"raise": {"traffic": 1.0}, "pause": {"arm": "bright"}, "decide": {"winner": "none"}}.get(step, {})
        assert (
            mei.post(f"{PATH}/{NAME}/{step}", json={"reason": "x"} | more, headers={"if-match": "*"}).status_code == 403
        ), step
    rights = ["see experiments", "run experiments", "see catalogue"]
    made = root.post("/v1/keys", json={"name": "k", "rights": rights, "days": 1, "advertisers": ["a1"]}).json()
    key = {"authorization": f"Bearer {made['secret']}", "if-match": "*"}
    nobody = admin.nobody()
    assert nobody.get(f"{PATH}/{NAME}", headers=key).status_code == 200
    refused = nobody.post(f"{PATH}/{NAME}/stop", json={"reason": "x"}, headers=key)
    assert refused.status_code == 403 and "layers" in refused.json()["detail"]
    assert root.get(f"{PATH}/{NAME}").json()["state"] == "running"


def test_results_come_in_pages_and_as_files_that_no_spreadsheet_runs(admin: Admin, running: Somebody) -> None:
    for part in ("one", "two", "three"):
        shown_to(admin, NAME, 500, {"plain": 0.1, "bright": 0.2}, part=part)
        running.post(f"{PATH}/{NAME}/analyses")
        assert worked(admin) is not None
    first = running.get(f"{PATH}/{NAME}/results", params={"limit": 2}).json()
    rest = running.get(f"{PATH}/{NAME}/results", params={"limit": 2, "cursor": first["next"]}).json()
    numbers = [one["result_id"] for one in first["items"] + rest["items"]]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 3 and rest["next"] is None
    file = running.get(f"{PATH}/{NAME}/files/csv")
    assert file.headers["content-disposition"] == f'attachment; filename="experiment_{NAME}.csv"'
    rows = [row for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"))) if not row[0].startswith("#")]
    assert [row[rows[0].index("arm")] for row in rows[1:]] == ["bright"] * 3
    whole = running.get(f"{PATH}/{NAME}/files/json").json()
    assert [one["result_id"] for one in whole["results"]] == numbers[::-1]
    told = float(rows[-1][rows[0].index("difference")])
    assert told == pytest.approx(whole["results"][-1]["document"]["analysis"]["comparisons"][0]["estimate"], abs=1e-9)
    assert admin.as_("rob").get(f"{PATH}/{NAME}/files/csv").status_code == 403


def test_the_past_of_a_metric_is_what_a_plan_needs(admin: Admin, running: Somebody) -> None:
    shown_to(admin, NAME, 4000, {"plain": 0.1, "bright": 0.1})
    asked = {"campaign_ids": ["k1"], "metric": "ctr", "days": 7}
    told = running.post(f"{PATH}/past", json=asked).json()
    assert told["units"] == 4000 and told["daily_units"] == pytest.approx(4000 / 7)
    assert told["mean"] == pytest.approx(0.1, abs=0.02)
    assert told["std"] == pytest.approx((told["mean"] * (1 - told["mean"])) ** 0.5, rel=1e-3)
    assert running.post(f"{PATH}/past", json=asked | {"campaign_ids": ["k9"]}).status_code == 404
    none = running.post(f"{PATH}/past", json=asked | {"campaign_ids": ["k2"]})
    assert none.status_code == 422, none.text
