"""The forecasters' page for Prometheus: of all replicas, whichever is asked, with or without Redis."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Caller, Counts, Permission, ServiceCounts
from adplat.flows.forecast_desk import ForecastDesk
from adplat.storage import EmbeddedValkey, OwnCounts
from services.forecasting.deployment import ForecastingDeployment
from services.forecasting.metrics import ForecasterState, page, read_state, state_of
from services.hosting.answers import Reply
from services.hosting.computing import Computing
from services.hosting.counts_desk import CountsDesk
from services.hosting.key_gate import Admit, let_all_in
from tests.services.forecasting.forecasters import a_body, settings_of


@asynccontextmanager
async def a_replica(
    settings: Settings, desk: ForecastDesk, shared: ServiceCounts, admit: Admit = let_all_in
) -> AsyncIterator[ForecastingDeployment]:
    computing, counts = Computing(1, 60.0), Counts()
    with bootstrap.opened_forecasts(settings) as parts:
        state = partial(state_of, desk, parts.clock)
        counting = CountsDesk[ForecasterState](shared, counts, state, read_state, page, parts.clock, every_s=0.05)
        async with counting.telling():
            objects = bootstrap.open_objects(settings)
            yield ForecastingDeployment(desk, parts, objects, computing, admit, counts, counting)
    computing.close()


def read(reply: Reply) -> dict[tuple[str, ...], float]:
    """Values by name and label values; the parser raises for what is no valid text."""
    assert reply.status == 200, reply.body
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


def run(work: Awaitable[None]) -> None:
    async def wait() -> None:
        await work

    asyncio.run(wait())


def test_any_replica_tells_what_all_of_them_answered(
    market: Path, tmp_path: Path, desk: ForecastDesk, valkey: EmbeddedValkey
) -> None:
    settings = settings_of(tmp_path / "ws", market, redis_url=valkey.url, namespace=f"f{os.getpid()}")
    shared = partial(bootstrap.open_forecast_counts, settings)

    async def work() -> None:
        async with a_replica(settings, desk, shared()) as one, a_replica(settings, desk, shared()) as other:
            assert (await one.forecast(a_body())).status == 200
            assert (await other.forecast(a_body())).status == 200
            assert (await other.forecast(a_body(end="2027-03-24"))).status == 200
            assert (await other.forecast(a_body(creatives=["nobody"]))).status == 404
            assert (await one.job("7")).status == 404
            await asyncio.sleep(0.3)
            for asked in (one, other):
                told = read(await asked.metrics())
                assert told["adplat_forecast_requests_total", "forecast", "200"] == 3
                assert told["adplat_forecast_requests_total", "forecast", "404"] == 1
                assert told["adplat_forecast_requests_total", "job", "404"] == 1
                assert told["adplat_forecast_request_seconds_count", "forecast"] == 4
                assert told["adplat_forecast_request_seconds_bucket", "30.0", "forecast"] == 4
                assert told["adplat_forecast_refusals_total", "horizon_too_long"] == 1
                assert told["adplat_forecast_counts_readable",] == 1
                loading = [value for series, value in told.items() if series[0] == "adplat_forecast_loading"]
                assert loading == [0.0, 0.0]
                now_s = bootstrap.clock().now().timestamp()
                for name, moment in (("sample", desk.data_to), ("landscape", desk.landscape_to)):
                    ages = [
                        value for series, value in told.items() if series[0] == f"adplat_forecast_{name}_age_seconds"
                    ]
                    assert moment is not None and len(ages) == 2
                    assert ages == pytest.approx([max(0.0, now_s - moment.timestamp())] * 2, abs=30.0)

    run(work())


def test_without_redis_one_replica_is_the_whole_service_and_one_of_several_tells_no_sums(
    settings: Settings, desk: ForecastDesk
) -> None:
    async def work() -> None:
        alone = bootstrap.open_forecast_counts(settings)
        assert isinstance(alone, OwnCounts)
        async with a_replica(settings, desk, alone) as one:
            for _ in range(2):
                assert (await one.kept_forecasts()).status == 200
                await asyncio.sleep(0.1)
            told = read(await one.metrics())
            assert told["adplat_forecast_requests_total", "kept_forecasts", "200"] == 2
            assert told["adplat_forecast_counts_readable",] == 1
        several = bootstrap.open_forecast_counts(settings.model_copy(update={"forecast_replicas": 2}))
        async with a_replica(settings, desk, several) as one:
            assert (await one.kept_forecasts()).status == 200
            told = read(await one.metrics())
            assert told["adplat_forecast_counts_readable",] == 0
            assert not [series for series in told if series[0].startswith("adplat_forecast_requests")]
            assert [series for series in told if series[0] == "adplat_forecast_sample_age_seconds"]

    run(work())


def test_what_is_not_loaded_has_no_age(settings: Settings) -> None:
    async def work() -> None:
        fresh = bootstrap.forecast_desk(settings)
        async with a_replica(settings, fresh, OwnCounts(is_whole=True)) as one:
            told = read(await one.metrics())
            assert [value for series, value in told.items() if series[0] == "adplat_forecast_loading"] == [1.0]
            assert not [series for series in told if "age_seconds" in series[0]]

    run(work())


@pytest.mark.parametrize(("advertisers", "status"), [(None, 200), (frozenset({"a000"}), 403)])
def test_a_caller_of_some_advertisers_may_not_watch_the_whole(
    settings: Settings, desk: ForecastDesk, advertisers: frozenset[str] | None, status: int
) -> None:
    def admit(key: str | None, permission: Permission) -> Caller:
        assert permission is Permission.WATCH
        return Caller("scraper", "Prometheus", frozenset({permission}), advertisers)

    async def work() -> None:
        async with a_replica(settings, desk, OwnCounts(is_whole=True), admit) as one:
            assert (await one.metrics()).status == status

    run(work())
