"""Forecasts and creatives with a deployed model, from a workspace whose catalogue stands in SQL."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import msgspec
import polars as pl
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Caller, Permission
from adplat.flows.forecast_desk import ForecastDesk
from tests.flows.model_market import ModelMarket, a_model_market, quiet
from tests.services.callers import key_of, write_keys
from tests.services.forecasting.forecasters import a_body, asked, settings_of


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def live(models: ModelMarket, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A workspace in which the model is deployed, with the world's lake as its own."""
    settings = models.settings(tmp_path_factory.mktemp("live") / "ws")
    shutil.copytree(models.world / "lake", settings.lake_folder, dirs_exist_ok=True)
    return settings


@pytest.fixture(scope="module")
def desk(live: Settings) -> ForecastDesk:
    made = bootstrap.forecast_desk(live)
    made.look(quiet)
    return made


def a_known_one(models: ModelMarket) -> dict[str, str]:
    row = pl.read_parquet(models.world / "catalogue" / "creatives.parquet").sort("creative_id").row(2, named=True)
    return {name: str(value) for name, value in row.items()}


def test_a_creative_is_told_from_its_picture_and_words(models: ModelMarket, live: Settings, desk: ForecastDesk) -> None:
    known = a_known_one(models)
    image = base64.b64encode((models.world / known["image_path"]).read_bytes()).decode()
    told = {name: known[name] for name in ("headline", "body", "cta", "category", "language", "advertiser_id")}
    body = msgspec.json.encode(told | {"image": image})
    status, document = asked(live, desk, lambda one: one.predict(body))
    assert status == 200, document
    assert document["neighbours"][0]["creative_id"] == known["creative_id"]
    assert 0.0 < document["ctr"]["p10"] < document["ctr"]["p90"] < 1.0
    assert {one["element"] for one in document["elements"]} == {"headline", "body", "cta", "image"}
    status, error = asked(live, desk, lambda one: one.predict(b'{"headline": "x", "placement": "moon"}'))
    assert (status, error["where"]) == (422, "placement")


def test_a_caller_is_compared_with_its_own_creatives_alone(
    models: ModelMarket, live: Settings, desk: ForecastDesk
) -> None:
    shop = Caller("shop", permissions=frozenset({Permission.FORECAST}), advertisers=frozenset({"a001"}))
    write_keys(live.workspace, (shop,))
    try:
        body = msgspec.json.encode({"headline": a_known_one(models)["headline"], "advertiser_id": "a001"})
        status, document = asked(live, desk, lambda one: one.predict(body, key_of(shop)))
        assert status == 200, document
        assert {desk.owner_of(one["creative_id"], quiet) for one in document["neighbours"]} <= {"a001"}
        status, _ = asked(live, desk, lambda one: one.predict(b'{"headline": "Tea"}', key_of(shop)))
        assert status == 403
    finally:
        (live.workspace / "keys.json").unlink()


def test_a_plan_in_a_log_of_few_days_is_refused_with_its_reasons(
    models: ModelMarket, live: Settings, desk: ForecastDesk
) -> None:
    known = a_known_one(models)
    days = {"start": "2026-09-10", "end": "2026-09-11"}
    body = a_body(**days, advertiser_id=known["advertiser_id"], creatives=[known["creative_id"]])
    status, document = asked(live, desk, lambda one: one.forecast(body))
    assert (status, document["refused"]) == (200, True), document
    assert "too_few_requests" in {one["reason"] for one in document["reasons"]}


def test_a_plan_is_answered_by_the_model_that_is_named(models: ModelMarket, market: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "ws", market, forecast_bundle=models.first.path)
    desk = bootstrap.forecast_desk(settings)
    picture = base64.b64encode((models.world / a_known_one(models)["image_path"]).read_bytes()).decode()
    new = [{"headline": "Fresh today", "image_path": f"data:image/png;base64,{picture}"}]
    status, document = asked(settings, desk, lambda one: one.forecast(a_body(new_creatives=new)))
    assert status == 200, document
    assert document["inputs"]["bundle_id"] == models.first.bundle_id
    assert [one["creative_id"] for one in document["creatives"]] == ["c000000", "c000001", "new:1"]


def test_creatives_that_are_deployed_later_are_known_from_the_next_look_on(
    models: ModelMarket, live: Settings, desk: ForecastDesk, tmp_path: Path
) -> None:
    assert desk.look(quiet) is False
    bootstrap.deploy_bundle(live, Path(models.second.path), models.world, quiet)
    assert desk.look(quiet) is True
