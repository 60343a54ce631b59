"""What was held out (``forecast.1``): outcomes of past campaigns, a real daily series, simulated platforms' supply."""

from __future__ import annotations

from adplat.domain import Figure
from adplat.flows.bench_forecast_outcomes import SETS, outcome_figures
from adplat.flows.bench_forecast_series import series_figures
from adplat.flows.bench_forecast_supply import supply_figures
from adplat.flows.bench_run import BenchRun


def bench_forecast_held_out(run: BenchRun) -> list[Figure]:
    """Cost: some minutes, most of them fits with other campaigns held out."""
    figures: list[Figure] = []
    for chosen in SETS:
        if run.wants(f"forecast.1.{chosen.name}"):
            figures += outcome_figures(run, chosen)
    if run.wants("forecast.1.series"):
        figures += series_figures(run)
    if run.wants("forecast.1.supply"):
        figures += supply_figures(run)
    return figures
