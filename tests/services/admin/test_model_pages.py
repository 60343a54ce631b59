"""Pages of models: a bundle is read, checked, confirmed with a reason, promoted; online PCOC by day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.domain import BundleDeployment
from services.hosting.jobs import do_due_rollouts
from tests.flows.model_market import ModelMarket, a_model_market
from tests.services.admin.admins import Admin
from tests.services.admin.model_shop import Shop, opened_shop
from tests.storage.builders import NOON


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("market"))


@pytest.fixture
def shop(market: ModelMarket, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(market, tmp_path, "second") as opened:
        yield opened


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html.split('class="sheet"')[1]))


def test_a_bundle_is_promoted_from_its_page_with_a_reason(shop: Shop) -> None:
    olga = shop.olga
    listed = olga.get("/models").text
    assert f"/models/{shop.second}" in listed and "registered" in listed
    card = olga.get(f"/models/{shop.second}").text
    assert "Not checked yet" in card and card.count('class="chart"') == 2
    assert f'value="{shop.second}"' in card

    form = olga.get("/rollouts/new", params={"deed": "check", "bundle_id": shop.second})
    ordered = olga.post("/rollouts/new", data=fields_of(form.text))
    assert ordered.status_code == 303, ordered.text
    assert "Look again" in olga.get(ordered.headers["location"]).text
    assert do_due_rollouts(shop.admin.settings) == 1
    checked = olga.get(f"/models/{shop.second}").text
    assert "All gates passed in this check" in checked and checked.count('class="chart"') == 4

    form = olga.get("/rollouts/new", params={"deed": "promote", "bundle_id": shop.second})
    told = fields_of(form.text)
    refused = olga.post("/rollouts/new", data=told)
    assert refused.status_code == 422 and "no reason is given" in refused.text
    location = olga.post("/rollouts/new", data=told | {"reason": "better <rows>"}).headers["location"]
    assert do_due_rollouts(shop.admin.settings) == 1
    done = olga.get(location).text
    assert "done" in done and "better &lt;rows&gt;" in done and "Look again" not in done
    assert "Roll back" in (models := olga.get("/models").text) and "nothing to go back to" not in models
    assert shop.live()[0]["live"] == shop.second
    back = olga.get("/rollouts/new", params={"deed": "rollback"}).text
    assert f"/models/{shop.first}" in back


@pytest.mark.parametrize(
    ("language", "is_live", "comes_back"),
    [("en", "Live bundle", "Goes live again in its place"), ("zh", "线上模型包", "将恢复上线")],
)
def test_the_form_of_a_rollback_says_which_bundle_is_live_and_which_comes_back(
    shop: Shop, language: str, is_live: str, comes_back: str
) -> None:
    with bootstrap.opened_registry(shop.admin.settings) as parts:
        parts.bundles.deploy(BundleDeployment(shop.second, NOON, by="somebody"))
    told = shop.olga.get("/rollouts/new", params={"deed": "rollback"}, headers={"accept-language": language}).text
    facts = re.findall(r'<dt>([^<]+)</dt><dd><a href="/models/(\w+)"', told)
    assert facts == [(is_live, shop.second), (comes_back, shop.first)]


def test_what_went_live_meanwhile_is_shown_before_anything_can_be_ordered(shop: Shop) -> None:
    form = fields_of(shop.olga.get("/rollouts/new", params={"deed": "promote", "bundle_id": shop.second}).text)
    with bootstrap.opened_registry(shop.admin.settings) as parts:
        parts.bundles.deploy(BundleDeployment(shop.first, NOON, by="somebody"))
    told = shop.olga.post("/rollouts/new", data=form | {"reason": "why"})
    assert told.status_code == 412 and "was changed since you looked" in told.text
    again = fields_of(told.text)
    assert again["seen"] != form["seen"]
    assert shop.olga.post("/rollouts/new", data=again | {"reason": "why"}).status_code == 303


def test_where_nothing_was_live_before_there_is_no_way_back_to_choose(shop: Shop) -> None:
    for language, why in (("en", "nothing to go back to"), ("zh", "没有可以恢复的模型包")):
        told = shop.olga.get("/rollouts/new", params={"deed": "rollback"}, headers={"accept-language": language})
        assert told.status_code == 200 and why in told.text
        assert 'action="/rollouts/new"' not in told.text and "<dt>Goes live again" not in told.text
        models = shop.olga.get("/models", headers={"accept-language": language}).text
        assert why in models and 'name="deed" value="rollback"' not in models


def test_the_form_of_a_rollout_leads_to_all_of_them_where_no_deed_is_named(shop: Shop) -> None:
    told = shop.olga.get("/rollouts/new")
    assert (told.status_code, told.headers["location"]) == (303, "/rollouts")
    assert shop.admin.as_("anna").get("/rollouts/new").status_code == 403
    assert shop.olga.get("/rollouts/new", params={"deed": "explode"}).status_code == 422


def test_who_may_not_promote_sees_no_way_to(shop: Shop) -> None:
    anna = shop.admin.as_("anna")
    assert "/rollouts/new" not in anna.get(f"/models/{shop.second}").text
    assert "/rollouts/new" not in anna.get("/models").text
    assert 'href="/models"' not in shop.admin.as_("mei").get("/campaigns").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_online_pcoc_is_told_by_day_with_the_changes_of_bundles(admin: Admin, language: str) -> None:
    now = bootstrap.clock().now()
    with bootstrap.opened_registry(admin.settings) as parts:
        parts.bundles.deploy(BundleDeployment("b1", now - timedelta(days=4), by="mei"))
    anna = admin.as_("anna")
    anna.client.cookies.set("adplat_language", language)
    told = anna.get("/v1/models/online", params={"days": 7}).json()
    assert len(told["days"]) == 7 and told["by"] == "placement"
    changed = [one for one in told["days"] if one["changed"]]
    assert [one["live"] for one in changed] == ["b1"]
    full = next(one for one in told["days"] if one["clicks"])
    assert full["pcoc"]["value"] == pytest.approx(full["expected_clicks"] / full["clicks"])
    assert full["pcoc"]["low"] < full["pcoc"]["value"] < full["pcoc"]["high"]
    whole = [one for one in told["days"] if told["judged_since"] <= one["day"]][:-1]
    assert told["judged"]["clicks"] == sum(one["clicks"] for one in whole)
    for by in ("placement", "campaign"):
        page = anna.get("/models/online", params={"days": 7, "by": by})
        assert page.status_code == 200 and page.text.count('class="chart"') == 2
    assert "Spring 1" in page.text
    for wrong in ({"by": "creative"}, {"days": "32"}, {"days": "0"}):
        page = anna.get("/models/online", params=wrong)
        assert page.status_code == 200 and 'role="alert"' in page.text and page.text.count('class="chart"') == 2


def test_a_live_bundle_that_promises_too_much_is_an_alert(admin: Admin) -> None:
    from adplat.domain import AlertLimits, AlertSubject, MetricSums, Report, ReportQuestion
    from adplat.flows.online_pcoc import watch_online

    line = [BundleDeployment("b1", NOON - timedelta(days=3), by="mei")]

    def report(clicks: int) -> object:
        def told(question: ReportQuestion) -> Report:
            assert (question.since.day, question.until.day) == (27, 1)
            return Report(question, (), {"CNY": MetricSums(100_000, clicks, expected_clicks=1_500.0)}, None)

        return told

    [alert] = watch_online(report(1_000), line, NOON, AlertLimits())  # type: ignore[arg-type]
    assert (alert.about, alert.subject, alert.facts["days"]) == (AlertSubject.MODEL, "b1", 2)
    assert watch_online(report(1_240), line, NOON, AlertLimits()) == []  # type: ignore[arg-type]
    assert watch_online(report(1_000), [BundleDeployment("b1", NOON, by="mei")], NOON, AlertLimits()) == []  # type: ignore[arg-type]
