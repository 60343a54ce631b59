"""``adplat bench forecast``: what is claimed of foretelling, point by point."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.domain import Figure
from adplat.flows.bench_forecast_landscape import agreement_figures, calibration_figures, speed_figures
from adplat.flows.bench_forecast_prices import price_figures
from adplat.flows.bench_run import BenchRun


def bench_forecast(run: BenchRun) -> Sequence[Figure]:
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
