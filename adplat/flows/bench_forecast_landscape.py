"""The bid landscape beside R's numbers and known truths, and how long a million auctions take."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.data import Lake, configs_folder, read_yaml
from adplat.domain import Figure
from adplat.flows.bench_forecast_prices import price_figures
from adplat.flows.bench_run import BenchRun
from adplat.flows.fit_bid_landscape import fit_bid_landscape
from adplat.flows.landscape_worlds import DEVICES, SELLERS, PriceWorld, Requests
from adplat.forecast import CensoredPrices, fit_landscape, kaplan_meier

Float64 = npt.NDArray[np.float64]

SEEDS = (11, 12, 13)
AUCTIONS, QUICK_AUCTIONS = 200_000, 60_000
JUDGED = 100_000
MILLION = 1_000_000
BINS = 20
START = datetime(2026, 3, 2, tzinfo=UTC)


def bench_forecast_landscape(run: BenchRun) -> list[Figure]:
    """Point 2: the bid landscape beside R's numbers, beside known truths, on real prices, and its speed.

    Raises MissingInput without the iPinYou auctions (``ADPLAT_DATA``) when their figures are wanted.
    """
    figures: list[Figure] = []
    if run.wants("forecast.2.kaplan_meier"):
        figures += agreement_figures()
    if run.wants("forecast.2.calibration"):
        figures += calibration_figures(run)
    if run.wants("forecast.2.ipinyou"):
        figures += price_figures(run)
    if run.wants("forecast.2.speed"):
        figures += speed_figures(run)
    return figures


def agreement_figures() -> list[Figure]:
    """The largest difference to R over all steps of all cases, in survival and in both ends of the interval."""
    cases: list[dict[str, Any]] = read_yaml(configs_folder() / "bench" / "kaplan_meier_r.yaml")["cases"]
    gaps, steps = [], 0
    for case in cases:
        times = np.array(case["times"], dtype=np.float64)
        prices = CensoredPrices(
            times,
            np.where(case["told"], times, np.inf),
            np.array(case.get("weights", np.ones(len(times))), dtype=np.float64),
        )
        curve = kaplan_meier(prices, level=case["level"], kind=case["kind"])
        steps += len(curve.prices_micros)
        found = {"survival": 1.0 - curve.chances, "low": 1.0 - curve.high, "high": 1.0 - curve.low}
        for name, ours in found.items():
            theirs = np.array(case[name], dtype=np.float64)
            # What R leaves out (NA, where nothing survives) we must leave out as well.
            same = np.isnan(ours) == np.isnan(theirs)
            gaps.append(np.inf if not same.all() else float(np.nanmax(np.abs(ours - theirs))))
    return [
        Figure(
            "forecast.2.kaplan_meier.r",
            f"largest difference to R survival 3.5-3 in {len(cases)} cases: ties, weights, three kinds of interval",
            max(gaps),
            "",
            "<=",
            1e-6,
            n=steps,
            rival="R survival",
        )
    ]


def calibration_figures(run: BenchRun) -> list[Figure]:
    """Win chances of fresh auctions against the true ones; the worst slice as well."""
    whole: list[float] = []
    off: list[float] = []
    of_curve: list[float] = []
    by_slice: dict[str, list[float]] = {}
    for number, seed in enumerate(SEEDS):
        run.progress(number, len(SEEDS), "landscapes fitted and judged")
        world, rng = PriceWorld.drawn(np.random.default_rng(seed)), np.random.default_rng([seed, 1])
        log = world.logged(world.requests(QUICK_AUCTIONS if run.quick else AUCTIONS, rng), rng)
        landscape = fit_landscape(log, rng)
        fresh = world.requests(JUDGED, rng)
        # Bids of all sizes, not those that a bidder happens to make.
        bids = np.fmax(np.round(np.exp(rng.uniform(5.5, 8.0, JUDGED))), fresh.floor_micros)
        chances, truth = landscape.win_probability(bids, fresh.contexts), world.win_chances(bids, fresh)
        whole.append(_ece(truth, chances))
        off.append(float(np.abs(chances - truth).mean()))
        of_curve.append(float(np.abs(landscape.win_probability(bids) - truth).mean()))
        for name, rows in _slices(fresh):
            by_slice.setdefault(name, []).append(_ece(truth[rows], chances[rows]))
    run.progress(len(SEEDS), len(SEEDS), "landscapes fitted and judged")
    means = {name: float(np.mean(found)) for name, found in by_slice.items()}
    worst = max(means, key=lambda name: means[name])
    judged = JUDGED * len(SEEDS)
    return [
        Figure(
            "forecast.2.calibration.ece",
            "expected calibration error of win chances, fresh bids of all sizes, worst of three markets",
            max(whole),
            "",
            "<=",
            0.02,
            n=judged,
            seeds=SEEDS,
        ),
        Figure(
            "forecast.2.calibration.worst_slice",
            f"the same, mean of three markets, in the worst of {len(means)} slices (device, hours, place, …): {worst}",
            means[worst],
            "",
            "<=",
            0.02,
            n=judged,
            seeds=SEEDS,
        ),
        Figure(
            "forecast.2.calibration.truth",
            "mean distance of a chance to the true one, auction by auction",
            float(np.mean(off)),
            "",
            "<=",
            0.05,
            n=judged,
            seeds=SEEDS,
            rival="one curve",
            rival_value=float(np.mean(of_curve)),
        ),
    ]


def speed_figures(run: BenchRun) -> list[Figure]:
    """A million auctions from the lake's files to the written landscape."""
    count = MILLION // 10 if run.quick else MILLION
    rng = np.random.default_rng(SEEDS[0])
    world = PriceWorld.drawn(rng)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        asked = world.requests(count, rng)
        lake.write("bids", _rows(asked, world, rng), "all")
        start = time.perf_counter()
        told = fit_bid_landscape(Path(folder), Path(folder) / "landscape", run.clock, run.progress)
        seconds = time.perf_counter() - start
    return [
        Figure(
            "forecast.2.speed.fit",
            f"{told['auctions']:,} auctions from the lake to the file: the curve, the landscape by context, its trial",
            seconds,
            "s",
            "<=",
            300.0,
            n=told["auctions"],
            seeds=SEEDS[:1],
        )
    ]


def _rows(asked: Requests, world: PriceWorld, rng: np.random.Generator) -> pl.DataFrame:
    log = world.logged(asked, rng)
    count = len(log)
    moments = START + timedelta(seconds=1) * np.sort(rng.integers(0, 7 * 86_400, count)).astype(object)
    told = log.prices.told
    contexts: Mapping[str, Any] = log.contexts
    return pl.DataFrame(
        {
            "request_id": pl.int_range(count, eager=True).cast(pl.String),
            "ts": pl.Series(moments.tolist(), dtype=pl.Datetime("us", "UTC")),
            "campaign_id": pl.repeat("one", count, eager=True),
            "bid_micros": log.bids_micros.astype(np.int64),
            "won": log.won,
            "min_to_win_micros": pl.Series(np.where(told, log.prices.lower, np.nan)).fill_nan(None),
            "currency": pl.repeat("USD", count, eager=True),
            **{
                name: pl.Series(column).fill_nan(None) if column.dtype.kind == "f" else pl.Series(column.tolist())
                for name, column in contexts.items()
            },
        }
    )


def _ece(truth: Float64, chances: Float64) -> float:
    """``Σ_b n_b/N · |mean chance − mean true chance|`` in bins of equal mass of the chance.

    True chances and not who won: the luck of a few hundred auctions a bin is as large as what is measured here.
    """
    parts = np.array_split(np.argsort(chances, kind="stable"), BINS)
    return sum(abs(float((chances[part] - truth[part]).sum())) for part in parts) / len(chances)


def _slices(asked: Requests) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    for place, device in enumerate(DEVICES):
        yield device, asked.device == place
    for number, seller in enumerate(SELLERS):
        yield seller.replace("_", " "), asked.seller == number
    for hour in range(0, 24, 6):
        yield f"hours {hour} to {hour + 5}", asked.hour // 6 == hour // 6
    yield "a floor", ~np.isnan(asked.floor_micros)
    yield "no floor", np.isnan(asked.floor_micros)
    counts = np.bincount(asked.place)
    for number, place in enumerate(np.argsort(-counts)[:5]):
        yield f"place {number + 1} by traffic", asked.place == place
