"""Benchmarks, over stores of their own, whatever the settings name."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adplat.bootstrap.machine import clock
from adplat.bootstrap.setting_sources import read_settings
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_database, open_objects, seen_by
from adplat.domain import Progress

if TYPE_CHECKING:
    from adplat.flows.bench_admin_market import AdminStores, MarketStores
    from adplat.flows.bench_run import BidStores
    from adplat.storage import RedisBidState, RedisBidUpkeep, RedisConversionState, RedisStreamState, SqlMetricsLedger


def run_benchmark(
    settings: Settings,
    name: str,
    *,
    only: str,
    quick: bool,
    page: Path | None,
    progress: Progress,
    rows: int | None = None,
    database: str = "",
) -> dict[str, Any]:
    """One benchmark by name; gives its document and, where asked, writes its page. Raises ConfigRejected."""
    from adplat.flows.bench import run_bench

    return run_bench(
        name,
        clock(),
        progress,
        cache_dir=settings.cache_folder,
        only=only,
        quick=quick,
        page=page,
        stores=benchmark_stores(),
        admin=admin_benchmark_stores(),
        rows=rows,
        database=database,
    )


def benchmark_stores() -> BidStores:
    """What benchmarks decide bids over: an embedded Valkey of their own, whatever the settings name."""
    from adplat.flows.bench_run import BidStores

    return BidStores(_own_redis, _bids_of, _upkeep_of, _stream_of, _conversions_of, _own_ledger)


def admin_benchmark_stores() -> AdminStores:
    """What the benchmark of the admin fills: workspaces and databases of its own, whatever the settings name."""
    from adplat.flows.bench_admin_market import AdminStores
    from adplat.storage import running_postgres

    return AdminStores(_opened_market, running_postgres)


@contextmanager
def _opened_market(workspace: Path, url: str) -> Iterator[MarketStores]:
    from adplat import storage
    from adplat.flows.bench_admin_market import MAKER, MarketStores
    from adplat.flows.manage_keys import KeyParts
    from adplat.flows.sign_in import PeopleParts

    settings = read_settings(workspace=workspace, database_url=url, actor=MAKER)
    workspace.mkdir(parents=True, exist_ok=True)
    storage.upgrade_database(url)
    with closing(open_database(settings)) as database:
        people, draw = storage.SqlPeople(database), secrets.token_bytes
        callers = storage.SqlCallers(database)
        yield MarketStores(
            catalogue=storage.SqlCatalogue(database),
            drafts=storage.SqlDrafts(database),
            experiments=storage.SqlExperiments(database),
            forecasts=storage.SqlForecasts(database),
            jobs=storage.SqlJobs(database),
            bundles=storage.SqlBundleRegistry(database),
            objects=open_objects(settings),
            people=PeopleParts(people, draw, clock(), MAKER),
            # No service is told of the callers.
            keys=KeyParts(callers, lambda _: None, draw, clock(), MAKER, people.known_advertisers),
            saved=lambda viewer: storage.SqlSavedReports(seen_by(database, viewer), viewer),
            schedules=lambda viewer: storage.SqlReportSchedules(seen_by(database, viewer), viewer),
            fill_metrics=partial(storage.fill_metrics, database),
        )


@contextmanager
def _own_redis(folder: Path) -> Iterator[str]:
    from adplat.storage import EmbeddedValkey

    with EmbeddedValkey(folder) as server:
        yield server.url


def _bids_of(url: str, namespace: str) -> RedisBidState:
    from adplat import storage

    return storage.open_bid_state(url, namespace=namespace)


def _upkeep_of(url: str, namespace: str) -> RedisBidUpkeep:
    from adplat import storage

    return storage.open_bid_upkeep(url, namespace=namespace)


def _stream_of(url: str, namespace: str) -> RedisStreamState:
    from adplat import storage

    return storage.open_stream_state(url, namespace=namespace)


def _conversions_of(url: str, namespace: str) -> RedisConversionState:
    from adplat import storage

    return storage.open_conversion_state(url, namespace=namespace)


@contextmanager
def _own_ledger(folder: Path) -> Iterator[SqlMetricsLedger]:
    from adplat import storage

    url = f"sqlite:///{folder / 'adplat.db'}"
    storage.upgrade_database(url)
    with closing(storage.open_database(url)) as database:
        yield storage.SqlMetricsLedger(database)
