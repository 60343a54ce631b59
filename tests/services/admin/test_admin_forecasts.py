"""Forecasts over a small written log: beside the form, over the API, kept, and held against what came."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap
from adplat.domain import CreativeStatus, MissingInput
from adplat.flows.prepare_forecasts import PreparedForecasts, Readiness
from adplat.simulator import build_world, write_world
from adplat.storage import SqlCatalogue
from tests.flows.campaign_market import CONFIG, silent
from tests.services.admin.admins import Admin, Somebody
from tests.storage.builders import a_campaign, a_creative, an_ad, an_advertiser

NOW = bootstrap.clock().now()
FIRST, END = (NOW + timedelta(days=1)).date(), (NOW + timedelta(days=5)).date()
FORM = {
    "form": "campaign",
    "advertiser_id": "a000",
    "name": "Autumn",
    "flight_start": f"{FIRST}T00:00",
    "flight_end": f"{END}T00:00",
    "time_zone": "UTC",
    "daily": "4",
    "kind": "cpm",
    "target": "20",
}
PLAN = {
    "advertiser_id": "a000",
    "name": "Autumn",
    "flight_start": f"{FIRST}T00:00:00Z",
    "flight_end": f"{END}T00:00:00Z",
    "daily_budget_micros": 4_000_000,
    "bid_strategy": {"kind": "cpm", "target_micros": 20_000_000},
}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that ended yesterday."""
    folder = tmp_path_factory.mktemp("logs") / "market"
    write_world(build_world(replace(CONFIG, start=(NOW - timedelta(days=CONFIG.days)).date())), folder, silent)
    return folder


@pytest.fixture
def forecaster(made_workspace: Path, market: Path, tmp_path: Path) -> Iterator[Admin]:
    """The application over that log; a000, one of its advertisers, stands in the catalogue with a campaign."""
    folder = tmp_path / "ws"
    shutil.copytree(made_workspace, folder)
    settings = bootstrap.read_settings(workspace=folder, actor="setup", forecast_data=str(market))
    ids = {"ad_id": "ad000", "campaign_id": "old", "advertiser_id": "a000"}
    with closing(bootstrap.open_database(settings)) as database:
        old = a_campaign("old", "a000", name="Old one")
        ad = replace(an_ad("ad000"), campaign_id="old")
        creative = a_creative("c000000", status=CreativeStatus.LIVE, **ids)
        SqlCatalogue(database).save([an_advertiser("a000", name="Market Tea")], [old], [ad], [creative])
    made = Admin(settings)
    with made.nobody():
        yield made


def prepared(somebody: Somebody) -> None:
    """Wait for the desk, as a page does that asks every two seconds."""
    end_s = time.monotonic() + 120
    while time.monotonic() < end_s:
        if somebody.post("/v1/forecasts/preview", json=PLAN).status_code != 503:
            return
        time.sleep(0.3)
    raise AssertionError("forecasts were never prepared")


def sent(somebody: Somebody, path: str, **told: Any) -> Any:
    return somebody.post(path, data={"form_token": somebody.token} | told)


def test_a_form_is_forecast_beside_it_once_the_log_is_prepared(forecaster: Admin) -> None:
    olga = forecaster.as_("olga")
    first = sent(olga, "/forecasts/preview", **FORM)
    assert first.status_code == 200 and "being prepared" in first.text and 'value="Autumn"' in first.text
    assert olga.post("/v1/forecasts/preview", json=PLAN).headers["retry-after"]
    prepared(olga)
    html = sent(olga, "/forecasts/preview", **FORM).text
    for word in ("impressions", "reach", "clicks", "conversions", "spend"):
        assert re.search(rf'<th scope="row">{word}</th><td class="n"><b>[\d.,CNYUS ]+</b>', html), word
    assert html.count("<svg") == 2 and "dashed: the planned spend" in html and "80 % interval" in html


def test_what_is_not_filled_in_yet_and_what_the_data_cannot_say_are_sentences(forecaster: Admin) -> None:
    olga, mei = forecaster.as_("olga"), forecaster.as_("mei")
    prepared(olga)
    told = sent(olga, "/forecasts/preview", **FORM | {"daily": ""})
    assert (
        told.status_code == 200 and "needs a daily budget or a total budget" in told.text and "_micros" not in told.text
    )
    assert "is no amount" in sent(olga, "/forecasts/preview", **FORM | {"daily": "much"}).text
    refused = sent(mei, "/forecasts/preview", **FORM | {"advertiser_id": "a1"})
    assert "No number would be honest here" in refused.text and "<svg" not in refused.text
    far = f"{(NOW + timedelta(days=300)).date()}T00:00"
    assert "plan nearer days" in sent(olga, "/forecasts/preview", **FORM | {"flight_end": far}).text
    assert "没有可比的投放计划" in mei.post(
        "/forecasts/preview",
        data=FORM | {"advertiser_id": "a1", "form_token": mei.token},
        headers={"accept-language": "zh"},
    ).text  # fmt: skip


def test_the_api_tells_the_same_and_keeps_it_once(forecaster: Admin) -> None:
    olga = forecaster.as_("olga")
    prepared(olga)
    seen = olga.post("/v1/forecasts/preview", json=PLAN).json()
    assert seen["refused"] is False and seen["total"]["clicks"]["p50"] > 0 and len(seen["daily"]) == 4
    before = len(olga.get("/v1/forecasts").json()["items"])
    made = olga.post("/v1/forecasts", json=PLAN)
    again = olga.post("/v1/forecasts", json=PLAN)
    assert made.status_code == 201 and made.json()["forecast_id"] == again.json()["forecast_id"]
    assert len(olga.get("/v1/forecasts").json()["items"]) == before + 1
    kept = olga.get(f"/v1/forecasts/{made.json()['forecast_id']}").json()
    assert kept["document"]["total"] == seen["total"] and kept["made_by"] == "olga"
    refused = forecaster.as_("mei").post("/v1/forecasts", json=PLAN | {"advertiser_id": "a1"})
    assert refused.status_code == 200 and refused.json()["forecast_id"] is None and refused.json()["reasons"]


def test_nobody_forecasts_for_an_advertiser_or_a_campaign_of_others(forecaster: Admin) -> None:
    mei, olga = forecaster.as_("mei"), forecaster.as_("olga")
    prepared(olga)
    assert mei.post("/v1/forecasts", json=PLAN).status_code == 404
    own = PLAN | {"advertiser_id": "a1"}
    assert mei.post("/v1/forecasts/preview", json=own | {"campaign_id": "k2"}).status_code == 404
    assert sent(mei, "/forecasts/preview", **FORM).status_code == 404
    assert sent(mei, "/forecasts/preview", **FORM | {"campaign_id": "k2"}).status_code == 404
    assert olga.post("/v1/forecasts", json=PLAN | {"campaign_id": "k1"}).status_code == 422
    assert forecaster.as_("rob").post("/v1/forecasts/preview", json=PLAN).status_code == 403


def test_a_campaign_that_is_created_keeps_its_forecast_where_that_was_asked_for(forecaster: Admin) -> None:
    olga = forecaster.as_("olga")
    prepared(olga)
    made = sent(olga, "/campaigns/new", **FORM | {"once": "x1", "keep": "on"})
    assert made.status_code == 303 and made.headers["location"].endswith("done=created")
    page = olga.get(made.headers["location"].partition("?")[0]).text
    assert "Forecast against actual" in page
    [kept] = olga.get("/v1/forecasts", params={"filter": "name=Autumn"}).json()["items"]
    assert kept["campaign_id"] and f"/forecasts/{kept['forecast_id']}" in page
    told = olga.get(f"/forecasts/{kept['forecast_id']}").text
    assert "waits for the end" in told and told.count("<svg") == 2 and kept["campaign_id"] in told
    without = sent(olga, "/campaigns/new", **FORM | {"once": "x2", "keep": "on", "daily": ""})
    assert without.headers["location"].endswith("done=created_without_forecast")
    unasked = sent(olga, "/campaigns/new", **FORM | {"once": "x3"})
    assert unasked.headers["location"].endswith("done=created")
    assert len(olga.get("/v1/forecasts", params={"filter": "name=Autumn"}).json()["items"]) == 1


def test_a_campaign_of_the_log_is_forecast_with_its_own_creatives(forecaster: Admin) -> None:
    olga = forecaster.as_("olga")
    prepared(olga)
    told = olga.post("/v1/forecasts/preview", json=PLAN | {"campaign_id": "old"}).json()
    assert told["plan"]["creatives"] == ["c000000"] and told["plan"]["new_creatives"] == []
    assert olga.post("/v1/forecasts/preview", json=PLAN).json()["plan"]["new_creatives"]


def test_an_analyst_plans_and_keeps_without_a_campaign(forecaster: Admin) -> None:
    anna = forecaster.as_("anna")
    prepared(anna)
    assert "Keep this forecast" in anna.get("/forecasts/new").text
    kept = sent(anna, "/forecasts/new", **FORM | {"form": "plan"})
    assert kept.status_code == 303 and kept.headers["location"].endswith("done=kept")
    assert "Autumn" in anna.get("/forecasts").text
    assert sent(anna, "/forecasts/preview", **FORM).status_code == 403  # of a campaign, which it may not edit


def test_a_forecast_is_answered_from_what_is_loaded_within_a_second(forecaster: Admin) -> None:
    olga = forecaster.as_("olga")
    prepared(olga)
    took = []
    for units in range(5, 15):
        begun = time.perf_counter()
        assert olga.post("/v1/forecasts/preview", json=PLAN | {"daily_budget_micros": units * 10**6}).status_code == 200
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 2.0, took  # half of it on a machine that does nothing else


def test_without_a_log_it_says_how_to_get_one_and_names_no_folder(admin: Admin) -> None:
    olga = admin.as_("olga")
    told = sent(olga, "/forecasts/preview", **FORM | {"advertiser_id": "a1"})
    assert told.status_code == 200 and "adplat data import" in told.text
    api = olga.post("/v1/forecasts/preview", json=PLAN | {"advertiser_id": "a1"})
    assert api.status_code == 422 and str(admin.settings.workspace) not in api.text + told.text


def test_what_cannot_be_loaded_is_told_and_tried_again_and_nobody_waits_for_it() -> None:
    class Desk:
        data_to: Any = None
        fails = True

        def look(self, _: Any) -> bool:
            if self.fails:
                raise MissingInput("cut off", where="sample", hint="make it again")
            self.data_to = NOW
            return True

    def nothing() -> None:
        raise MissingInput("no log", where="/secret", hint="bring one")

    none = PreparedForecasts(lambda: pytest.fail("opened"), nothing, 0.0)
    told = none.look()
    assert told.state is Readiness.MISSING and told.why is not None and told.why.what == "no log"
    desk, waiting = Desk(), []
    made: Any = PreparedForecasts(lambda: desk, lambda: None, 0.0, begin=waiting.append)  # type: ignore[arg-type, return-value]
    assert made.look().state is made.look().state is Readiness.PREPARING and len(waiting) == 1
    waiting.pop()()
    assert made.look().why.what == "cut off" and not waiting  # not again at once
    made._looked_s, desk.fails = float("-inf"), False
    assert made.look().state is Readiness.PREPARING
    waiting.pop()()
    assert made.look().state is Readiness.READY
