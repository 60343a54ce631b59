"""What the forecasters count, by name, and how it is told to Prometheus (``GET /metrics``).

A scrape comes to any of the replicas and is answered for all of them (``services.hosting.counts_desk``). What belongs
to one replica, the age of what it answers from, has a label with its name. What-if jobs are not counted here: the
process that does them is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from prometheus_client.core import GaugeMetricFamily, Metric

from adplat.domain import Clock, Series
from services.hosting.exposition import Told, counted, exposed, gauge

if TYPE_CHECKING:
    from adplat.flows.forecast_desk import ForecastDesk

REQUESTS, REQUEST_SECONDS = "adplat_forecast_requests", "adplat_forecast_request_seconds"
REFUSALS = "adplat_forecast_refusals"

FAMILIES: Mapping[str, Told] = {
    REQUESTS: Told(
        "counter", "Answers of both doors, by HTTP status; gRPC's codes are made of it.", ("method", "outcome")
    ),
    REQUEST_SECONDS: Told("histogram", "From the whole request in hand to the whole answer.", ("method",)),
    REFUSALS: Told("counter", "Plans of which nothing was told, by each reason: an answer, and no error.", ("reason",)),
}


class ForecasterState(msgspec.Struct):
    """What one replica says of itself; all moments are seconds since 1970, ``None`` until something is loaded.

    ``sample_to`` is the last opportunity that it knows, ``landscape_to`` the last auction.
    """

    at: float
    sample_to: float | None
    landscape_to: float | None


read_state = msgspec.json.Decoder(ForecasterState).decode


def state_of(desk: ForecastDesk, clock: Clock) -> ForecasterState:
    """Of the replica of this desk, now."""
    return ForecasterState(clock.now().timestamp(), _seconds(desk.data_to), _seconds(desk.landscape_to))


def page(sums: Mapping[Series, int], states: Mapping[str, ForecasterState], *, redis: bool, now_s: float) -> bytes:
    """The whole page; ``redis``: whether the sums of all replicas could be read, wherever they are kept."""
    return exposed([*counted(FAMILIES, sums), *_gauges(states, readable=redis, now_s=now_s)])


def _gauges(states: Mapping[str, ForecasterState], *, readable: bool, now_s: float) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "adplat_forecast_counts_readable", "1 while it is known what all replicas counted, else 0.", float(readable)
    )
    each = sorted(states.items())

    def age(moment_s: float | None) -> float | None:
        return None if moment_s is None else max(0.0, now_s - moment_s)

    yield gauge(
        "adplat_forecast_loading",
        "1 until the replica can answer from what it has loaded.",
        {name: float(state.sample_to is None) for name, state in each},
    )
    yield gauge(
        "adplat_forecast_sample_age_seconds",
        "Since the last opportunity that the replica forecasts from.",
        {name: age(state.sample_to) for name, state in each},
    )
    yield gauge(
        "adplat_forecast_landscape_age_seconds",
        "Since the last auction that its bid landscape knows.",
        {name: age(state.landscape_to) for name, state in each},
    )


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
