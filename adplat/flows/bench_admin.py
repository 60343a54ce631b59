"""``adplat bench admin``: every page of the admin over a large market, on SQLite and on PostgreSQL.

The market is made anew for each database: 10,000 creatives of 1,000 campaigns, 10 million rows of hourly metrics,
100,000 records of the audit trail. The shipped service is then asked over HTTP by people of each role, one request at
a time and in another order each round; what else the machine does falls on all pages alike. A figure holds the
slowest role's 95th percentile against the bound.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from adplat.domain import Figure, Role
from adplat.flows.bench_admin_figures import (
    BESIDES,
    Pages,
    growth_figure,
    page_figures,
    report_addresses,
    report_figures,
)
from adplat.flows.bench_admin_market import FULL, SMALL, Market, MarketSize, make_market
from adplat.flows.bench_admin_pages import Asked, Reader, addresses_of, ask_all
from adplat.flows.bench_admin_service import AdminService, running_admin, yardstick_ms
from adplat.flows.bench_run import BenchRun

MEMORY_MIB = 1_000.0
ASKS, QUICK_ASKS = 20, 5
REPORT_ASKS, QUICK_REPORT_ASKS = 10, 3
FEW_ROWS = 1_000_000
DATABASES = ("sqlite", "postgresql")
POINTS = (1, 2, 3, 4)

Took = Mapping[tuple[str, Role], Asked]


@dataclass(frozen=True, slots=True)
class Served:
    """A market, the service over it, and where its figures belong."""

    database: str
    market: Market
    service: AdminService


def bench_admin(run: BenchRun) -> Sequence[Figure]:
    """Fill, serve, ask. Cost: about fifteen minutes for each database, and 6 GB of disk."""
    figures: list[Figure] = []
    for database in run.databases or DATABASES:
        if not any(run.wants(f"admin.{point}.{database}") for point in POINTS):
            continue
        size = SMALL if run.quick else FULL
        size = size if run.rows is None else replace(size, rows=run.rows)
        few: Took | None = None
        if run.wants(f"admin.3.{database}") and size.rows > FEW_ROWS:
            with _served(run, database, replace(size, rows=FEW_ROWS)) as served:
                few = _pages(run, served, QUICK_ASKS).took
        with _served(run, database, size) as served:
            figures += _figures(run, served, few)
    run.progress(1, 1, "done")
    return figures


def _figures(run: BenchRun, served: Served, few: Took | None) -> list[Figure]:
    figures: list[Figure] = []
    database, yardstick = served.database, [yardstick_ms()]
    if run.wants(f"admin.1.{database}") or few is not None:
        pages = _pages(run, served, QUICK_ASKS if run.quick else ASKS)
        figures += page_figures(database, pages)
        if few is not None:
            figures.append(growth_figure(database, few, pages.took, served.market.rows))
    if run.wants(f"admin.2.{database}"):
        asked = report_addresses(run.clock.now().date())
        times = QUICK_REPORT_ASKS if run.quick else REPORT_ASKS
        with _readers(served, (Role.OPERATOR, Role.ADVERTISER)) as readers:
            took = ask_all(
                readers, asked, times, random.Random(7), run.progress, served.service.computed_s, frozenset({200, 422})
            )
        figures += report_figures(database, asked, took)
    memory_mib, load = served.service.memory_mib(), os.getloadavg()[1]
    yardstick.append(yardstick_ms())
    rows = served.market.rows
    machine = f"load of the machine {load:.1f}; its yardstick {yardstick[0]:.1f} ms before and {yardstick[1]:.1f} after"
    what = f"{database}: what the service holds after all that, over {rows:,} rows ({machine})"
    figures.append(Figure(f"admin.4.{database}.memory", what, memory_mib, "MiB", "<=", MEMORY_MIB, n=rows))
    return figures


def _pages(run: BenchRun, served: Served, times: int) -> Pages:
    today = run.clock.now().date()
    days = {"since": str(today - timedelta(days=6)), "until": str(today + timedelta(days=1)), "attribute": "device"}
    with _readers(served, tuple(Role)) as readers:
        addresses, unknown = addresses_of(readers[Role.ADMIN].get, served.market.ids, BESIDES, days)
        took = ask_all(readers, addresses, times, random.Random(5), run.progress, served.service.computed_s)
    return Pages(tuple(addresses), took, tuple(unknown))


@contextmanager
def _readers(served: Served, roles: Sequence[Role]) -> Iterator[dict[Role, Reader]]:
    readers = {role: Reader(served.service.port, served.market.people[role]) for role in roles}
    try:
        yield readers
    finally:
        for reader in readers.values():
            reader.close()


@contextmanager
def _served(run: BenchRun, database: str, size: MarketSize) -> Iterator[Served]:
    with ExitStack() as stack:
        # A short path: a socket's name has to fit behind it.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="adp-")))
        workspace, url, pid = place / "ws", f"sqlite:///{place / 'adplat.db'}", 0
        if database == "postgresql":
            url = stack.enter_context(run.admin_stores.running_postgres(place / "pg"))
            pid = int((place / "pg" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        with run.admin_stores.opened(workspace, url) as stores:
            market = make_market(stores, size, run.clock.now(), run.progress)
        service = stack.enter_context(running_admin(workspace, url, pid))
        yield Served(database, market, service)
