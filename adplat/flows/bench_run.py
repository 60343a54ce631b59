"""What every benchmark is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from adplat.domain import (
    BidState,
    BidUpkeep,
    Clock,
    ConversionState,
    InternalFault,
    MetricsLedger,
    Progress,
    StreamState,
)
from adplat.flows.bench_admin_market import AdminStores


@dataclass(frozen=True, slots=True)
class BidStores:
    """The stores of bidding, for benchmarks that decide bids themselves; plugged in by ``bootstrap``.

    Args:
        running: a Redis of its own in a folder, by URL, for as long as the block runs.
        open_bids, open_upkeep, open_stream, open_conversions: of a URL and a namespace; functions of a module, for they
            cross into other processes.
        open_ledger: hourly metrics in a SQLite file of a folder, made if it is not there, closed after the block.
    """

    running: Callable[[Path], AbstractContextManager[str]]
    open_bids: Callable[[str, str], BidState]
    open_upkeep: Callable[[str, str], BidUpkeep]
    open_stream: Callable[[str, str], StreamState]
    open_conversions: Callable[[str, str], ConversionState]
    open_ledger: Callable[[Path], AbstractContextManager[MetricsLedger]]


@dataclass(frozen=True)
class BenchRun:
    """``only``: ids of wanted figures start with it; ``cache_dir`` may be deleted between runs, never within one.

    Args:
        rows, databases: of the benchmark of the admin: rows of metrics, and over which databases; none: its own.
    """

    clock: Clock
    progress: Progress
    quick: bool
    only: str
    cache_dir: Path
    stores: BidStores | None = None
    admin: AdminStores | None = None
    rows: int | None = None
    databases: tuple[str, ...] = ()

    @property
    def admin_stores(self) -> AdminStores:
        """Raises InternalFault where none were plugged in."""
        if self.admin is None:
            raise InternalFault("this benchmark needs the stores of the admin", hint="run it through bootstrap")
        return self.admin

    @property
    def bid_stores(self) -> BidStores:
        """Raises InternalFault where none were plugged in."""
        if self.stores is None:
            raise InternalFault("this benchmark needs the stores of bidding", hint="run it through bootstrap")
        return self.stores

    def wants(self, prefix: str) -> bool:
        """Whether any figure whose id starts with ``prefix`` can have been asked for."""
        return prefix.startswith(self.only) or self.only.startswith(prefix)


def silent(done: int, total: int, what: str) -> None:
    """The progress of a child process: it draws no bars, its parent counts finished parts."""
