"""What the service counts, by name, and how it is told to Prometheus (text format 0.0.4, ``GET /metrics``).

A scrape comes to whichever replica HAProxy picks, and is answered for the whole service: every process adds what it
counted to sums in Redis once a second (``CountsDesk``), so the sums go on when replicas come and go. What belongs to
one process alone, such as the age of what it serves from, has a label with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from adplat.domain import Series
from services.hosting.counts_desk import WritePage
from services.hosting.exposition import Told, counted, exposed, gauge

REQUESTS, REQUEST_SECONDS, STAGE_SECONDS = (
    "adplat_requests",
    "adplat_request_seconds",
    "adplat_stage_seconds",
)
SLOTS, BIDS, BID_MICROS, NO_BIDS = "adplat_slots", "adplat_bids", "adplat_bid_micros", "adplat_no_bids"
DEGRADED, EVENTS, DECISIONS, FAULTS = "adplat_degraded", "adplat_events", "adplat_decisions", "adplat_faults"
FOLDED, SETTLED, SPEND_MICROS = "adplat_worker_entries", "adplat_worker_conversions", "adplat_spend_micros"
OUTCOMES, EXPECTED_CLICKS, RELEASED = "adplat_outcomes", "adplat_expected_clicks", "adplat_worker_released"

TRACES, LOGGED_REQUESTS = "adplat_traces", "adplat_logged_requests"

FAMILIES: Mapping[str, Told] = {
    REQUESTS: Told("counter", "Answers, by HTTP status or gRPC code.", ("door", "method", "outcome")),
    REQUEST_SECONDS: Told("histogram", "From the whole request in hand to the whole answer.", ("door", "method")),
    STAGE_SECONDS: Told(
        "histogram", "Of a bid: state is eligibility and the trip to Redis, model is all that is scored.", ("stage",)
    ),
    SLOTS: Told("counter", "Impressions that bids were asked for; test auctions left out, here and below."),
    BIDS: Told("counter", "Impressions that were bid on; over adplat_slots it is the fill.", ("currency",)),
    BID_MICROS: Told("counter", "Millionths of a currency unit that were bid.", ("currency",)),
    NO_BIDS: Told("counter", "Impressions without a bid.", ("reason",)),
    DEGRADED: Told("counter", "Answers that had to do without something.", ("without",)),
    EVENTS: Told("counter", "Reports of impressions, clicks, conversions and auctions.", ("kind", "outcome")),
    DECISIONS: Told(
        "counter", "Bid requests behind their answer: written, refused (queue full), failed (given up).", ("fate",)
    ),
    FAULTS: Told("counter", "Requests that failed by our own fault.", ("door",)),
    TRACES: Told("counter", "Traced requests: kept for the exporter, or dropped since it was behind.", ("fate",)),
    LOGGED_REQUESTS: Told(
        "counter",
        "Opportunities of the share that is logged: told to the worker, told before (duplicate), lost.",
        ("fate",),
    ),
    FOLDED: Told("counter", "Stream entries by what the worker made of them.", ("fate",)),
    SETTLED: Told("counter", "Conversions that got their credit, or none.", ("credit",)),
    RELEASED: Told("counter", "Reservations whose time ran out."),
    OUTCOMES: Told("counter", "What happened to shown creatives, as the worker folded it.", ("kind",)),
    EXPECTED_CLICKS: Told(
        "counter", "Clicks that the model expected of those impressions; over the clicks it is PCOC.", (), 1_000_000
    ),
    SPEND_MICROS: Told("counter", "Millionths of a currency unit that were charged.", ("currency",)),
}


class ReplicaState(msgspec.Struct, tag="replica"):
    """What one replica says of itself; ``…_at`` are seconds since 1970, ``None`` where it never happened."""

    at: float
    snapshot_at: float
    statistics_at: float | None
    redis: bool
    creatives: int
    waiting: int
    bundle_id: str
    snapshot_id: str


class WorkerState(msgspec.Struct, tag="worker"):
    """What the worker says of itself; ``lag_s`` is the age of the last entry that it folded.

    ``largest_budget_share`` is what the campaign spent that spent most of its day, 1.0 for all of it.
    ``coverage_alerts`` is how many standing alerts the latest scoring of forecasts told; ``None`` before the first.
    """

    at: float
    lag_s: float
    largest_budget_share: float | None = None
    coverage_alerts: int | None = None


State = ReplicaState | WorkerState
read_state = msgspec.json.Decoder(State).decode


def page(
    sums: Mapping[Series, int], states: Mapping[str, State], pcoc: float | None, *, redis: bool, now_s: float
) -> bytes:
    """The whole page. ``sums`` of a name that is not ours (of a newer version, say) are left out.

    Args:
        pcoc: expected clicks over clicks, of all statistics that the bandit goes by; ``None`` before the first click.
        redis: whether the sums could be read: without them there is no series of theirs, rather than a wrong one.
    """
    return exposed([*counted(FAMILIES, sums), *_gauges(states, pcoc, redis=redis, now_s=now_s)])


def page_with(pcoc: Callable[[], float | None]) -> WritePage[State]:
    """``page`` with what the replica that writes it knows of PCOC."""

    def write_page(sums: Mapping[Series, int], states: Mapping[str, State], *, redis: bool, now_s: float) -> bytes:
        return page(sums, states, pcoc(), redis=redis, now_s=now_s)

    return write_page


def _gauges(states: Mapping[str, State], pcoc: float | None, *, redis: bool, now_s: float) -> Iterator[Metric]:
    yield GaugeMetricFamily("adplat_counts_readable", "1 while Redis tells what all counted, else 0.", float(redis))
    if pcoc is not None:
        yield GaugeMetricFamily("adplat_pcoc", "Expected clicks over clicks of all that the bandit knows.", pcoc)
    replicas = {name: state for name, state in sorted(states.items()) if isinstance(state, ReplicaState)}
    workers = {name: state for name, state in sorted(states.items()) if isinstance(state, WorkerState)}

    def age(moment: float | None) -> float | None:
        return None if moment is None else max(0.0, now_s - moment)

    each = replicas.items()
    yield gauge(
        "adplat_statistics_age_seconds",
        "Since arms and paces were last read from Redis.",
        {name: age(state.statistics_at) for name, state in each},
    )
    yield gauge(
        "adplat_snapshot_age_seconds",
        "Since the replica took up the snapshot that it serves from.",
        {name: age(state.snapshot_at) for name, state in each},
    )
    yield gauge(
        "adplat_told_age_seconds",
        "Since the replica last told its counts.",
        {name: age(state.at) for name, state in each},
    )
    yield gauge(
        "adplat_stale", "1 while arms and paces are old, since Redis is away.", {n: float(not s.redis) for n, s in each}
    )
    yield gauge("adplat_live_creatives", "In the snapshot.", {n: float(s.creatives) for n, s in each})
    yield gauge(
        "adplat_decisions_waiting", "To be written behind their answer.", {n: float(s.waiting) for n, s in each}
    )
    yield gauge(
        "adplat_worker_lag_seconds", "Age of what was folded last.", {n: s.lag_s for n, s in workers.items()}, "worker"
    )
    yield gauge(
        "adplat_worker_told_age_seconds",
        "Since the worker last told its counts.",
        {name: age(state.at) for name, state in workers.items()},
        "worker",
    )
    yield gauge(
        "adplat_largest_budget_share",
        "What the campaign spent that spent most of its daily budget; over 1 is overspend.",
        {name: state.largest_budget_share for name, state in workers.items()},
        "worker",
    )
    yield gauge(
        "adplat_forecast_coverage_alerts",
        "Streams of kept forecasts whose 80 % intervals no longer hold 80 %.",
        {n: None if s.coverage_alerts is None else float(s.coverage_alerts) for n, s in workers.items()},
        "worker",
    )
    serving = InfoMetricFamily("adplat_serving", "What each replica serves from.", labels=["replica"])
    for name, state in each:
        serving.add_metric([name], {"bundle_id": state.bundle_id, "snapshot_id": state.snapshot_id})
    yield serving
