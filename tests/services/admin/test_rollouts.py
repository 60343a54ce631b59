"""Models and rollouts over the API: real bundles, real gates, and a job that does what was ordered, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ROLLOUT_KINDS, BundleDeployment
from adplat.flows.roll_out import do_rollout_job, replicas_among
from adplat.flows.run_jobs import JobTaken
from adplat.snapshots import DeploymentPointer, ShadowPointer
from services.hosting.jobs import do_due_rollouts
from tests.flows.model_market import ModelMarket, a_model_market
from tests.services.admin.admins import Admin
from tests.services.admin.model_shop import Shop, opened_shop
from tests.storage.builders import NOON, a_bundle


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("market"))


@pytest.fixture
def shop(market: ModelMarket, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(market, tmp_path, "second") as opened:
        yield opened


@pytest.fixture
def shop_where_it_fails(market: ModelMarket, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(market, tmp_path, "first") as opened:
        yield opened


def served(settings: Settings) -> str:
    return DeploymentPointer(settings.workspace).read().bundle_id


def test_a_bundle_is_checked_promoted_and_rolled_back_by_who_may(shop: Shop) -> None:
    checked = shop.done("check", bundle_id=shop.second[:12])
    assert (checked["outcome"], checked["bundle_id"]) == ("done", shop.second)
    found = checked["result"]
    assert found["refusal"] is None
    assert {gate["name"] for gate in found["gates"]["gates"]} >= {"pcoc", "slice pcoc", "normalised entropy"}
    assert found["comparison"]["a"] == shop.first
    assert set(found["curves"]) == {shop.first, shop.second}
    assert found["figures"]["intervals"]["auc"][0] < found["figures"]["auc"] < found["figures"]["intervals"]["auc"][1]
    assert served(shop.admin.settings) == shop.first
    card = shop.olga.get(f"/v1/models/{shop.second}").json()
    assert card["latest_check"]["rollout_id"] == checked["rollout_id"]

    promoted = shop.done("promote", bundle_id=shop.second, reason="better rows")
    assert (promoted["outcome"], promoted["ordered_by"]) == ("done", "olga")
    assert served(shop.admin.settings) == shop.second
    assert shop.live()[0]["live"] == shop.second
    history = shop.olga.get("/v1/rollouts/history").json()["items"]
    assert next((one["kind"], one["by"], one["reason"]) for one in history) == ("promote", "olga", "better rows")
    assert history[0]["gates"]["passes"]
    assert ("olga", "promote") in shop.audited()

    back = shop.done("rollback", reason="clicks fell")
    assert back["result"]["bundle_id"] == shop.first
    assert served(shop.admin.settings) == shop.first
    states = {one["bundle_id"]: one["state"] for one in shop.olga.get("/v1/models").json()["items"]}
    assert (states[shop.first], states[shop.second]) == ("live", "retired")


def test_a_failing_gate_refuses_with_its_sentence_and_the_one_way_past_it_is_written_down(
    shop_where_it_fails: Shop,
) -> None:
    shop = shop_where_it_fails
    refused = shop.done("promote", bundle_id=shop.second, reason="hope")
    assert refused["outcome"] == "refused"
    assert "normalised entropy must be below" in refused["refused"]["what"]
    assert "normalised entropy" in refused["refused"]["detail"]["failed"]
    assert served(shop.admin.settings) == shop.first
    assert ("olga", "promote refused") in shop.audited()
    assert "pass over it with --force" in refused["refused"]["hint"]
    page = shop.olga.get(f"/rollouts/{refused['rollout_id']}").text
    lead = page.split('role="alert"')[1].split("</div>")[0]
    assert "these gates failed:" in lead and "normalised entropy" in lead
    assert "nothing was changed." in page and "--force" not in page
    assert "must be" not in lead and "below" in page.split("<tbody>")[1]  # by how much, the table alone tells

    forced = shop.done("promote", bundle_id=shop.second, reason="the old one is broken", force=True)
    assert forced["outcome"] == "done"
    assert served(shop.admin.settings) == shop.second
    latest = shop.olga.get("/v1/rollouts/history").json()["items"][0]
    assert latest["gates"]["forced"] and latest["gates"]["failed"]


def test_nobody_promotes_over_what_was_not_seen(shop: Shop) -> None:
    told = shop.olga.post("/v1/rollouts", json={"deed": "promote", "bundle_id": shop.second, "reason": "why"})
    assert told.status_code == 428
    _, seen = shop.live()
    shop.done("shadow", bundle_id=shop.second, share=0.5, reason="look")
    assert shop.order("promote", match=seen, status=412, bundle_id=shop.second, reason="why")["title"]

    # Seen when it was ordered, and changed before it was done.
    late = shop.order("promote", bundle_id=shop.second, reason="why")
    with bootstrap.opened_registry(shop.admin.settings) as parts:
        parts.bundles.deploy(BundleDeployment(shop.first, NOON, by="somebody"))
    assert do_due_rollouts(shop.admin.settings) == 1
    found = shop.olga.get(f"/v1/rollouts/{late['rollout_id']}").json()
    assert (found["outcome"], found["refused"]["what"]) == (
        "refused",
        "what is live was changed since this was ordered",
    )
    assert served(shop.admin.settings) == shop.first


def test_one_is_not_ordered_twice_while_it_waits_and_says_why_it_waits(shop: Shop) -> None:
    order = shop.order("promote", bundle_id=shop.second, reason="why")
    told = shop.order("promote", status=422, bundle_id=shop.second, reason="why not")
    assert told["detail"] == "the same was ordered already by olga, and waits"
    assert told["where"] == f"rollout {order['rollout_id']}"
    form = shop.olga.get("/rollouts/new", params={"deed": "promote", "bundle_id": shop.second}).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.split('class="sheet"')[1]))
    refused = shop.olga.post("/rollouts/new", data=fields | {"reason": "why not"})
    assert refused.status_code == 422 and "ordered already by olga" in refused.text
    shop.order("shadow", bundle_id=shop.second, share=0.5, reason="another deed")

    page = f"/rollouts/{order['rollout_id']}"
    assert "no living worker takes this kind of job" in shop.olga.get(page).text
    assert shop.olga.get("/rollouts").text.count("nobody takes it") == 2
    assert shop.olga.get("/models").text.count("nobody takes it") == 2
    with bootstrap.listed_worker(shop.admin.settings, ROLLOUT_KINDS):
        assert "rollouts are done one at a time" in shop.olga.get(page).text
        assert "nobody takes it" not in shop.olga.get("/rollouts").text + shop.olga.get("/models").text

    with bootstrap.opened_jobs(shop.admin.settings) as queue:
        queue.cancel(order["rollout_id"], datetime.now(UTC), "olga")
    shop.order("promote", bundle_id=shop.second, reason="why")


def test_one_that_is_cancelled_ends_before_anything_is_changed_or_not_at_all(shop: Shop) -> None:
    order = shop.order("promote", bundle_id=shop.second, reason="why")
    parts = bootstrap.rollout_parts(shop.admin.settings)
    with bootstrap.opened_jobs(shop.admin.settings) as queue:
        job = queue.find(order["rollout_id"])

    def nobody_wants_it(_: float) -> None:
        raise JobTaken

    with pytest.raises(JobTaken):
        do_rollout_job(parts, job, nobody_wants_it)
    assert served(shop.admin.settings) == shop.first

    told: list[float] = []

    def until_it_goes_live(progress: float) -> None:
        told.append(progress)
        if served(shop.admin.settings) != shop.first:
            raise JobTaken

    assert do_rollout_job(parts, job, until_it_goes_live)["done"]["bundle_id"] == shop.second
    assert shop.live()[0]["live"] == served(shop.admin.settings) == shop.second
    assert told[-1] == 0.99


def test_a_shadow_looks_on_and_ends(shop: Shop) -> None:
    shop.done("shadow", bundle_id=shop.second, share=0.25, reason="look")
    live, _ = shop.live()
    assert (live["shadow"], live["shadow_share"]) == (shop.second, 0.25)
    report = shop.done("shadow report")
    assert (report["outcome"], report["refused"]["what"]) == ("refused", "no shadow scored a decision here")
    assert shop.done("shadow off", reason="enough")["result"] == {"ended": shop.second}
    assert ShadowPointer(shop.workspace).read() is None
    assert shop.order("shadow off", status=422, reason="again")["detail"] == "no bundle looks on"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"deed": "promote", "bundle_id": "SECOND"}, "no reason is given"),
        ({"deed": "rollback", "bundle_id": "SECOND", "reason": "x"}, "names no bundle"),
        ({"deed": "shadow", "bundle_id": "SECOND", "reason": "x", "force": True}, "passes over gates"),
        ({"deed": "promote", "bundle_id": "FIRST", "reason": "x"}, "live already"),
        ({"deed": "promote", "bundle_id": "nothing", "reason": "x"}, "no registered bundle"),
        ({"deed": "shadow", "bundle_id": "SECOND", "share": 1.5, "reason": "x"}, "too large"),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_is_queued(shop: Shop, body: dict[str, Any], what: str) -> None:
    names = {"FIRST": shop.first, "SECOND": shop.second}
    told = body | ({"bundle_id": names.get(body["bundle_id"], body["bundle_id"])} if "bundle_id" in body else {})
    answer = shop.olga.post("/v1/rollouts", json=told, headers={"if-match": "*"})
    assert answer.status_code in {404, 422}
    assert what in answer.json()["detail"]
    assert shop.olga.get("/v1/rollouts").json()["items"] == []


def test_the_same_key_is_the_same_rollout(shop: Shop) -> None:
    told = [
        shop.olga.post(
            "/v1/rollouts",
            json={"deed": "rollback", "reason": "x"},
            headers={"if-match": "*", "idempotency-key": "k1"},
        ).json()["rollout_id"]
        for _ in range(2)
    ]
    assert told[0] == told[1]


def test_a_card_tells_what_made_a_bundle_and_how_good_it_was(shop: Shop) -> None:
    card = shop.olga.get(f"/v1/models/{shop.second}").json()
    assert card["kind"] == "network"
    assert card["data"]["rows"] > 0 and card["config"]["seed"] == 2 and len(card["config_sha256"]) == 64
    assert "placement" in card["features"]
    assert card["pcoc"]["low"] < card["pcoc"]["value"] < card["pcoc"]["high"]
    [curve] = card["curves"].values()
    assert sum(one["rows"] for one in curve) == card["metrics"]["rows"]
    assert all(one["low"] <= one["observed"] <= one["high"] for one in curve)
    assert any(one["name"].startswith("placement=") for one in card["slices"])
    changes = card["changes"]
    assert (changes["is_live"], changes["instead_of"], changes["other_schema"]) == (False, shop.first, False)


def test_a_bundle_that_is_no_longer_in_its_place_still_has_a_card(admin: Admin) -> None:
    with bootstrap.opened_registry(admin.settings) as parts:
        parts.bundles.register(a_bundle("b2", metrics={"auc": 0.7, "loss": math.inf, "pcoc": math.nan}), NOON)
    card = admin.as_("anna").get("/v1/models/b2").json()
    assert card["curves"] is None and "no such bundle" in card["trouble"]
    assert card["metrics"] == {"auc": 0.7, "loss": None, "pcoc": None}
    assert card["pcoc"] == {"value": None, "low": None, "high": None}


def test_bundles_are_listed_page_after_page_by_state(admin: Admin) -> None:
    with bootstrap.opened_registry(admin.settings) as parts:
        for name in ("b2", "b3"):
            parts.bundles.register(a_bundle(name), NOON)
        for name in ("b2", "b3"):
            parts.bundles.deploy(BundleDeployment(name, NOON, by="mei"))
    anna = admin.as_("anna")
    first = anna.get("/v1/models", params={"limit": 2, "order": "bundle_id"}).json()
    rest = anna.get("/v1/models", params={"limit": 2, "order": "bundle_id", "cursor": first["next"]}).json()
    assert [one["bundle_id"] for one in first["items"] + rest["items"]] == ["b1", "b2", "b3"]
    assert rest["next"] is None
    by_state = {
        state: [one["bundle_id"] for one in anna.get("/v1/models", params={"filter": f"state={state}"}).json()["items"]]
        for state in ("registered", "retired", "live")
    }
    assert by_state == {"registered": ["b1"], "retired": ["b2"], "live": ["b3"]}


def test_a_key_for_few_advertisers_sees_no_bundle_and_nothing_of_what_is_live(admin: Admin) -> None:
    wanted = {"name": "k", "rights": ["see models", "see reports"], "days": 1, "advertisers": ["a1"]}
    secret = admin.as_("anna").post("/v1/keys", json=wanted).json()["secret"]
    with bootstrap.opened_registry(admin.settings) as parts:
        parts.bundles.deploy(BundleDeployment("b1", NOON, by="mei"))

    def told(path: str) -> Any:
        return admin.nobody().get(path, headers={"authorization": f"Bearer {secret}"})

    assert told("/v1/models").json()["items"] == []
    assert told("/v1/models/b1").status_code == 404
    live = told("/v1/rollouts/live").json()
    assert (live["live"], live["changes"], live["replicas"]) == (None, 0, None)
    online = told("/v1/models/online").json()
    assert (online["live"], online["changes"]) == (None, [])
    assert online["rows"]


def test_a_registry_of_nothing_says_so(admin: Admin) -> None:
    told = admin.as_("anna").get("/v1/rollouts/live").json()
    assert (told["live"], told["served"], told["shadow"]) == (None, None, None)


def test_replicas_that_told_lately_are_told_with_what_they_serve() -> None:
    def state(kind: str, ago_s: float, **more: str) -> bytes:
        return msgspec.json.encode({"type": kind, "at": NOON.timestamp() - ago_s} | more)

    states = {
        "r2": state("replica", 1, bundle_id="b2", snapshot_id="s2"),
        "r1": state("replica", 59, bundle_id="b1", snapshot_id="s1"),
        "gone": state("replica", 61, bundle_id="b0", snapshot_id="s0"),
        "w": state("worker", 1),
        "older": b"nothing",
    }
    found = replicas_among(states, NOON)
    assert [(one.name, one.bundle_id, one.snapshot_id) for one in found] == [("r1", "b1", "s1"), ("r2", "b2", "s2")]


def test_replicas_are_read_from_where_they_tell_it(admin: Admin) -> None:
    now_s = datetime.now(UTC).timestamp()
    state = msgspec.json.encode({"type": "replica", "at": now_s, "bundle_id": "b1", "snapshot_id": "s1"})
    with bootstrap.embedded_valkey(admin.settings) as server:
        with closing(bootstrap.open_worker_counts(admin.settings, server.url)) as counts:
            counts.tell("r1", 1, {}, state)
        told = admin.as_("anna").get("/v1/rollouts/live").json()["replicas"]
        assert [(one["name"], one["bundle_id"]) for one in told] == [("r1", "b1")]
        assert "r1" in admin.as_("anna").get("/models").text
        assert admin.as_("mei").get("/v1/rollouts/live").status_code == 403
