"""Keys of the forecasting service: who may ask at all, and that a caller of an advertiser meets only its own."""

from __future__ import annotations

import msgspec
import pytest

from adplat.bootstrap import Settings
from adplat.domain import Caller, Permission
from adplat.flows.forecast_desk import ForecastDesk
from services.forecasting.own_things import own_neighbours
from tests.flows.campaign_market import PLAN
from tests.services.callers import key_of, write_keys
from tests.services.forecasting.forecasters import a_body, asked

ASKS = frozenset({Permission.FORECAST})
SHOP = Caller("shop", permissions=ASKS, advertisers=frozenset({"a000"}))
OTHER = Caller("other", permissions=ASKS, advertisers=frozenset({"a001"}))
AGENCY = Caller("agency", permissions=ASKS)
BIDDER = Caller("bidder", permissions=frozenset({Permission.BID}))


@pytest.fixture
def guarded(settings: Settings) -> Settings:
    settings.workspace.mkdir(parents=True)
    write_keys(settings.workspace, (SHOP, OTHER, AGENCY, BIDDER))
    return settings


def test_without_a_key_that_may_forecast_nothing_is_answered(guarded: Settings, desk: ForecastDesk) -> None:
    for key, status in ((None, 401), ("adp_nonsense", 401), (key_of(BIDDER), 403)):
        for ask in (
            lambda one, k=key: one.forecast(a_body(), k),
            lambda one, k=key: one.kept("x", k),
            lambda one, k=key: one.kept_forecasts("", k),
            lambda one, k=key: one.what_if(b"{}", k),
            lambda one, k=key: one.job("1", k),
            lambda one, k=key: one.cancel("1", k),
            lambda one, k=key: one.split(b"{}", k),
            lambda one, k=key: one.predict(b"{}", k),
        ):
            assert asked(guarded, desk, ask)[0] == status
    assert asked(guarded, desk, lambda one: one.health())[0] == 200


def test_a_caller_asks_for_its_own_advertiser_and_creatives_only(guarded: Settings, desk: ForecastDesk) -> None:
    key = key_of(SHOP)
    assert asked(guarded, desk, lambda one: one.forecast(a_body(), key))[0] == 200
    for changes, status in (
        ({"advertiser_id": "a001"}, 403),
        ({"advertiser_id": None}, 403),
        # c000004 is another advertiser's, and answered like one that is nobody's.
        ({"creatives": ["c000004"]}, 404),
        ({"creatives": ["c999999"]}, 404),
        ({"campaign_id": "k0001"}, 404),
    ):
        seen, error = asked(guarded, desk, lambda one, c=changes: one.forecast(a_body(**c), key))
        assert seen == status, error
        body = msgspec.json.encode({"plan": msgspec.json.decode(a_body(**changes))})
        assert asked(guarded, desk, lambda one, b=body: one.what_if(b, key))[0] == status
    theirs = asked(guarded, desk, lambda one: one.forecast(a_body(creatives=["c000004"]), key))[1]
    nobodys = asked(guarded, desk, lambda one: one.forecast(a_body(creatives=["c999999"]), key))[1]
    assert theirs["what"].replace("c000004", "c999999") == nobodys["what"]
    assert asked(guarded, desk, lambda one: one.forecast(a_body(creatives=["c000004"]), key_of(AGENCY)))[0] == 200


def test_kept_forecasts_and_jobs_are_seen_by_their_advertiser_alone(guarded: Settings, desk: ForecastDesk) -> None:
    key = key_of(SHOP)
    name = asked(guarded, desk, lambda one: one.forecast(a_body(), key, keep=True))[1]["forecast_id"]
    job = asked(guarded, desk, lambda one: one.what_if(msgspec.json.encode({"plan": PLAN}), key))[1]["job_id"]
    split = msgspec.json.encode({"budget_micros": 5, "forecast_ids": [name]})
    for caller, status in ((SHOP, 200), (AGENCY, 200), (OTHER, 404)):
        k = key_of(caller)
        assert asked(guarded, desk, lambda one, k=k: one.kept(name, k))[0] == status
        assert asked(guarded, desk, lambda one, k=k: one.job(str(job), k))[0] == status
        assert asked(guarded, desk, lambda one, k=k: one.split(split, k))[0] == status
        seen = asked(guarded, desk, lambda one, k=k: one.kept_forecasts("", k))[1]["forecasts"]
        assert len(seen) == (0 if caller is OTHER else 1)
    assert asked(guarded, desk, lambda one: one.kept_forecasts("a000", key_of(OTHER)))[0] == 403
    unknown = asked(guarded, desk, lambda one: one.kept("nope", key_of(OTHER)))[1]["what"]
    assert asked(guarded, desk, lambda one: one.kept(name, key_of(OTHER)))[1]["what"] == unknown
    told = asked(guarded, desk, lambda one: one.kept(name, key))[1]
    assert told["made_by"] == "shop"


def test_what_others_creatives_brought_is_not_told() -> None:
    owners = {"c1": "a000", "c2": "a001"}
    document = {"ctr": 0.1, "neighbours": [{"creative_id": "c1"}, {"creative_id": "c2"}, {"creative_id": "c3"}]}
    assert own_neighbours(SHOP, document, owners.get)["neighbours"] == [{"creative_id": "c1"}]
    assert own_neighbours(AGENCY, document, owners.get) == document


def test_a_job_is_cancelled_by_its_advertiser_alone(guarded: Settings, desk: ForecastDesk) -> None:
    body = msgspec.json.encode({"plan": PLAN})
    job = str(asked(guarded, desk, lambda one: one.what_if(body, key_of(SHOP)))[1]["job_id"])
    assert asked(guarded, desk, lambda one: one.cancel(job, key_of(OTHER)))[0] == 404
    assert asked(guarded, desk, lambda one: one.job(job, key_of(SHOP)))[1]["state"] == "queued"
    assert asked(guarded, desk, lambda one: one.cancel(job, key_of(SHOP)))[1]["state"] == "cancelled"
