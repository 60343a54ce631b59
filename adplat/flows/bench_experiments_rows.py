"""How long an analysis takes from a lake: a million showings with what came of them, and how that grows."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from adplat.data import Lake
from adplat.domain import Figure
from adplat.experiments import ExperimentSpec, parse_spec
from adplat.flows.analyze_rows import analyze_rows
from adplat.flows.bench_run import BenchRun

SHOWINGS, USERS = 1_000_000, 300_000
DAYS_BEFORE, DAYS = 14, 14
START = datetime(2026, 3, 15, tzinfo=UTC)
ROUNDS = 5
SEED = 11


def rows_figures(run: BenchRun) -> list[Figure]:
    """Clicks per impression of users, two arms, with the fortnight before as covariate; wall clock, medians."""
    run.cache_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=run.cache_dir) as folder:
        whole, part = Lake(Path(folder) / "whole"), Lake(Path(folder) / "part")
        shrink = 50 if run.quick else 1
        write_test(whole, SHOWINGS // shrink, USERS // shrink)
        write_test(part, SHOWINGS // shrink // 4, USERS // shrink // 4)
        seconds, processor = _timed(whole)
        quarter, _ = _timed(part)
    return [
        Figure(
            "experiments.2.rows",
            f"{SHOWINGS // shrink:,} showings of {USERS // shrink:,} users, a ratio with a covariate: from a lake's "
            f"files to the document, {os.cpu_count()} cores",
            statistics.median(seconds),
            "s",
            "<=",
            2.0,
            n=ROUNDS,
            seeds=(SEED,),
            interval=(min(seconds), max(seconds)),
        ),
        Figure(
            "experiments.2.rows.processor",
            "the same, time of all cores together",
            statistics.median(processor),
            "s",
            "<=",
            4.0,
            n=ROUNDS,
            seeds=(SEED,),
            interval=(min(processor), max(processor)),
        ),
        Figure(
            "experiments.2.rows.growth",
            "time of that test over time of a quarter of it",
            statistics.median(seconds) / statistics.median(quarter),
            "times",
            "<=",
            5.0,
            n=ROUNDS,
            seeds=(SEED,),
        ),
    ]


def rows_spec(lake: Lake) -> ExperimentSpec:
    """The question: what an owner of a test would ask."""
    return parse_spec(
        {
            "metric": {"name": "ctr", "kind": "ratio"},
            "data": {
                "lake": str(lake.root),
                "measure": "clicks",
                "per": "impressions",
                "arms": {"column": "creative_id", "values": ["plain", "bright"]},
                "since": START.isoformat(),
                "covariate_days": DAYS_BEFORE,
            },
        },
        where="bench",
    )


def write_test(lake: Lake, showings: int, users: int) -> None:
    """Users keep their arm and their liking for clicks; a fifth as many showings in the fortnight before."""
    rng = np.random.default_rng(SEED)
    liking = rng.beta(1.0, 60.0, users)
    treated = rng.random(users) < 0.5
    for part, count, first, days in (
        ("before", showings // 5, START - timedelta(days=DAYS_BEFORE), DAYS_BEFORE),
        ("during", showings, START, DAYS),
    ):
        user = rng.integers(0, users, count)
        moments_us = int(first.timestamp() * 1e6) + np.sort(rng.integers(0, days * 86_400_000_000, count))
        clicked = rng.random(count) < liking[user] * np.where(treated[user], 1.03, 1.0)
        shown = pl.DataFrame(
            {
                "decision_id": pl.Series(np.arange(count)).cast(pl.String).str.zfill(24) + part,
                "ts": pl.Series(moments_us).cast(pl.Datetime("us", "UTC")),
                "user_key": pl.Series(user).cast(pl.String).str.zfill(16),
                "creative_id": pl.Series(treated[user]).cast(pl.Int8).replace_strict({0: "plain", 1: "bright"}),
                "price_micros": rng.integers(200, 3_000, count),
                "device": pl.Series(rng.integers(0, 3, count)).replace_strict({0: "phone", 1: "desk", 2: "tablet"}),
                "region": pl.Series(rng.integers(0, 20, count)).cast(pl.String),
            }
        ).with_columns(language=pl.lit("en"), placement=pl.lit("top"), consent=pl.lit(value=True))
        lake.write("impressions", shown, part)
        clicks = shown.filter(pl.Series(clicked)).select("decision_id", pl.col("ts") + pl.duration(seconds=20))
        lake.write("clicks", clicks, part)
        bought = clicks.gather_every(10).with_columns(
            pl.col("ts") + pl.duration(hours=3), value_micros=pl.lit(5_000_000), kind=pl.lit("buy")
        )
        lake.write("conversions", bought, part)


def _timed(lake: Lake) -> tuple[Sequence[float], Sequence[float]]:
    spec = rows_spec(lake)
    analyze_rows(spec)  # imports, and files into the system's cache
    seconds, processor = [], []
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        analyze_rows(spec)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return seconds, processor
