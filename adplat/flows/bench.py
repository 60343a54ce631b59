"""Benchmarks by name: run one, keep the figures asked for, write its page."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from adplat.data import write_bytes
from adplat.domain import Clock, ConfigRejected, Figure, Progress, benchmark_document
from adplat.flows.bench_admin import DATABASES, bench_admin
from adplat.flows.bench_admin_market import AdminStores
from adplat.flows.bench_bandit import bench_bandit
from adplat.flows.bench_bidding import bench_bidding
from adplat.flows.bench_ctr import bench_ctr
from adplat.flows.bench_demo import bench_demo
from adplat.flows.bench_experiments import bench_experiments
from adplat.flows.bench_forecast import bench_forecast
from adplat.flows.bench_generation import bench_generation
from adplat.flows.bench_real import bench_real
from adplat.flows.bench_run import BenchRun, BidStores

Bench = Callable[[BenchRun], Sequence[Figure]]
BENCHES: dict[str, Bench] = {
    "demo": bench_demo,
    "real": bench_real,
    "ctr": bench_ctr,
    "bidding": bench_bidding,
    "experiments": bench_experiments,
    "bandit": bench_bandit,
    "forecast": bench_forecast,
    "generation": bench_generation,
    "admin": bench_admin,
}


def run_bench(
    name: str,
    clock: Clock,
    progress: Progress,
    *,
    cache_dir: Path,
    only: str = "",
    quick: bool = False,
    page: Path | None = None,
    stores: BidStores | None = None,
    admin: AdminStores | None = None,
    rows: int | None = None,
    database: str = "",
) -> dict[str, Any]:
    """Run a benchmark and give its document. ``only`` keeps figures whose id starts with it. Raises ConfigRejected."""
    bench = BENCHES.get(name)
    if bench is None:
        near = get_close_matches(name, BENCHES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known benchmarks: {', '.join(BENCHES)}"
        raise ConfigRejected(f"unknown benchmark {name!r}", hint=hint)
    if (rows is not None or database) and name != "admin":
        raise ConfigRejected("rows and databases are told to admin alone", where=f"bench {name}", hint="leave them out")
    if database not in ("", *DATABASES):
        raise ConfigRejected(f"no database {database!r} here", where="--database", hint=f"use {' or '.join(DATABASES)}")
    if rows is not None and rows < 1:
        raise ConfigRejected(f"{rows} rows", where="--rows", hint="give at least 1")
    run = BenchRun(clock, progress, quick, only, cache_dir, stores, admin, rows, (database,) if database else ())
    figures = [figure for figure in bench(run) if figure.figure_id.startswith(only)]
    if not figures:
        raise ConfigRejected(
            f"no figure begins with {only!r}", where=f"bench {name}", hint="run it without --only once"
        )
    document = benchmark_document(name, this_machine(), figures)
    if page is not None:
        told = {"--quick": quick, f"--only {only}": only, f"--rows {rows}": rows, f"--database {database}": database}
        command = " ".join([f"adplat bench {name}", *(option for option, given in told.items() if given)])
        write_bytes(page, _page(document, command, f"{clock.now():%Y-%m-%d}").encode())
    return document


def this_machine() -> str:
    """What was measured on, in a line."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"


def _page(document: dict[str, Any], command: str, day: str) -> str:
    lines = [
        f"# Benchmark: {document['name']}",
        "",
        f"{day}, {document['machine']}, `{command}`.",
        "",
        "| figure | what | value | target | rival | n | holds |",
        "|---|---|---|---|---|---|---|",
    ]
    for figure in document["figures"]:
        interval = figure["interval"]
        value = f"{figure['value']:.4g} {figure['unit']}"
        if interval:
            value += f" ({interval[0]:.4g} to {interval[1]:.4g})"
        rival = figure["rival"]
        if figure["rival_value"] is not None:
            rival += f" {figure['rival_value']:.4g}"
        lines.append(
            f"| `{figure['id']}` | {figure['what']} | {value} | {figure['op']} {_target(figure['target'])} | {rival} | "
            f"{figure['n']:,} | {'yes' if figure['holds'] else 'no'} |"
        )
    return "\n".join([*lines, ""])


def _target(target: Any) -> str:
    return " to ".join(f"{bound:.4g}" for bound in target) if isinstance(target, list | tuple) else f"{target:.4g}"
