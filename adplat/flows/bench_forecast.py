"""What forecasts are worth: rows, days and campaigns held out (``forecast.1``), the bid landscape (``.2``), words
(``.3``), and a split budget (``.5``)."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.domain import Figure
from adplat.flows.bench_forecast_campaigns import bench_forecast_campaigns
from adplat.flows.bench_forecast_held_out import bench_forecast_held_out
from adplat.flows.bench_forecast_landscape import bench_forecast_landscape
from adplat.flows.bench_forecast_split import bench_forecast_split
from adplat.flows.bench_forecast_words import bench_forecast_words
from adplat.flows.bench_run import BenchRun

PARTS = (
    bench_forecast_held_out,
    bench_forecast_campaigns,
    bench_forecast_landscape,
    bench_forecast_words,
    bench_forecast_split,
)


def bench_forecast(run: BenchRun) -> Sequence[Figure]:
    """Every part that was asked for; each says what it costs."""
    return [figure for part in PARTS for figure in part(run)]
