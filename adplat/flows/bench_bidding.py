"""The bidding service under load, beside the same handler on bare servers and behind Ray Serve's own proxy.

All three stand at once and are asked in alternating rounds of one run, so that what else the machine does falls on
each alike. Two cores serve both the service and its callers: every figure is that of a small box, the callers' share
included. Handler: 32 candidates scored for a known user. Then the whole decision of a bid over a large catalogue,
money and caps over simulated days, and requests that are none.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.client import KeepAliveConnection, RawGrpcCaller, status_of_bid
from adplat.domain import Figure
from adplat.flows.bench_bidding_doors import QUICK_REQUESTS as QUICK_DOOR_REQUESTS
from adplat.flows.bench_bidding_doors import REQUESTS as DOOR_REQUESTS
from adplat.flows.bench_bidding_doors import DoorSeen, fuzz_grpc, fuzz_http
from adplat.flows.bench_bidding_fuzz import QUICK_REQUESTS, REQUESTS, FuzzSeen, fuzz
from adplat.flows.bench_bidding_pacing import pacing_figures
from adplat.flows.bench_bidding_replay import replay_figures
from adplat.flows.bench_bidding_services import ServedAs, ServedService, Workload, prepare_workload, running_services
from adplat.flows.bench_run import BenchRun
from adplat.flows.load_generator import LoadSeen, closed_loop, open_loop

ROUNDS, QUICK_ROUNDS = 5, 2
ROUND_S, QUICK_ROUND_S = 4.0, 1.5
LOAD_S, QUICK_LOAD_S = 30.0, 5.0
FEW, MANY, CHANNELS = 8, 1024, 16
BARE_SHARE, PROXY_TIMES, HANDLER_MS, ALONE_MS, OPEN_P99_MS = 0.75, 3.5, 0.3, 1.5, 15.0
OPEN_SHARE, TMAX_MS, IN_TIME, IN_TIME_OVERLOADED, REFUSED_MS = 0.7, 100.0, 0.999, 0.99, 10.0
DOORS = ("grpc", "http")
STEPS = 7


@dataclass(frozen=True)
class Round:
    """What one door of one service gave in one round: median with one caller, requests a second with eight."""

    alone_ms: float
    rate_per_s: float


def bench_bidding(run: BenchRun) -> Sequence[Figure]:
    """Start the services, load them, compare. Cost: about nine minutes, most of it load."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="adplat-bench-")))
        run.progress(0, STEPS, "world, bundle and catalogue of 10,000 ads")
        work = prepare_workload(place, quick=run.quick)
        figures: list[Figure] = []
        if run.wants("bidding.1"):
            run.progress(1, STEPS, "three services start")
            with running_services(place, work, tuple(ServedAs)) as served:
                run.progress(2, STEPS, "the same handler behind HAProxy, bare, and behind Ray Serve's proxy")
                figures += _handler_figures(run, work, served)
        if run.wants("bidding.2"):
            run.progress(3, STEPS, "whole bids: sustained, and twice what the service can")
            with running_services(place, work, (ServedAs.OURS,)) as served:
                figures += asyncio.run(_bid_figures(run, work, served[ServedAs.OURS].grpc_address))
        if run.wants("bidding.3"):
            figures += pacing_figures(run, place, work.workspace)
        if run.wants("bidding.4"):
            run.progress(5, STEPS, "requests right, odd and broken at every door")
            with running_services(place, work, (ServedAs.OURS,)) as served:
                count = QUICK_REQUESTS if run.quick else REQUESTS
                port, rng = served[ServedAs.OURS].http_port, np.random.default_rng(11)
                figures += fuzz_figures(asyncio.run(fuzz(port, work.stock, count, rng)))
                figures += asyncio.run(_door_figures(run, work, served[ServedAs.OURS]))
        if run.wants("bidding.5"):
            run.progress(6, STEPS, "logged requests once more, offline")
            figures += replay_figures(place / "replay", work, quick=run.quick)
        run.progress(STEPS, STEPS, "done")
    return figures


def _handler_figures(run: BenchRun, work: Workload, served: Mapping[ServedAs, ServedService]) -> list[Figure]:
    rounds: dict[tuple[ServedAs, str], list[Round]] = {}
    seconds = QUICK_ROUND_S if run.quick else ROUND_S
    for _ in range(QUICK_ROUNDS if run.quick else ROUNDS):
        for kind, service in served.items():
            for door in DOORS:
                rounds.setdefault((kind, door), []).append(asyncio.run(_round(service, door, work, seconds)))
    capacity = statistics.median(one.rate_per_s for one in rounds[ServedAs.OURS, "grpc"])
    address = served[ServedAs.OURS].grpc_address
    seen = asyncio.run(_open(address, "Score", work.score_messages, OPEN_SHARE * capacity, run))
    return handler_figures(rounds, served[ServedAs.BARE].handler_ms, seen)


def handler_figures(
    rounds: Mapping[tuple[ServedAs, str], Sequence[Round]], handler_ms: float, seen: LoadSeen
) -> list[Figure]:
    """Rounds by service and door (``n`` of each, in the order they were run), and an open loop at 70 % over gRPC."""
    count = len(rounds[ServedAs.OURS, "grpc"])
    figures = [
        Figure(
            "bidding.1.handler",
            "32 candidates for a known user: the handler alone, bytes in and bytes out, one Redis read included",
            handler_ms,
            "ms",
            "<=",
            HANDLER_MS,
            n=2000,
        )
    ]
    for door in DOORS:
        ours, bare, proxy = (rounds[kind, door] for kind in (ServedAs.OURS, ServedAs.BARE, ServedAs.RAY_PROXY))
        share = [one.rate_per_s / other.rate_per_s for one, other in zip(ours, bare, strict=True)]
        times = [one.rate_per_s / other.rate_per_s for one, other in zip(ours, proxy, strict=True)]
        rate = statistics.median(one.rate_per_s for one in ours)
        figures += [
            _ratio(
                f"bidding.1.{door}.bare",
                f"{door}: requests/s at 8 callers, share of the same handler on a bare server",
                share,
                BARE_SHARE,
                "bare grpc.aio" if door == "grpc" else "bare uvicorn",
                bare,
            ),
            _ratio(
                f"bidding.1.{door}.proxy",
                f"{door}: requests/s at 8 callers, times Ray Serve's own proxy",
                times,
                PROXY_TIMES,
                "Ray Serve's proxy",
                proxy,
            ),
            Figure(
                f"bidding.1.{door}.alone",
                f"{door}: median with one caller; {rate:.0f} requests/s at 8",
                statistics.median(one.alone_ms for one in ours),
                "ms",
                "<=",
                ALONE_MS,
                n=count,
                rival="bare",
                rival_value=statistics.median(one.alone_ms for one in bare),
            ),
        ]
    figures.append(
        Figure(
            "bidding.1.open_p99",
            f"grpc, open loop at {seen.rate_per_s:.0f} requests/s, 70 % of what it can: 99th percentile",
            seen.percentile_ms(99),
            "ms",
            "<=",
            OPEN_P99_MS,
            n=len(seen.status),
        )
    )
    return figures


async def _round(service: ServedService, door: str, work: Workload, seconds: float) -> Round:
    callers: list[KeepAliveConnection | RawGrpcCaller]
    sends: list[Callable[[bytes], Awaitable[int]]]
    if door == "grpc":
        channels = [_caller(service.grpc_address, "Score") for _ in range(FEW)]
        callers, sends, payloads = [*channels], [one.send for one in channels], work.score_messages
    else:
        connections = [KeepAliveConnection("127.0.0.1", service.http_port, "/v1/score") for _ in range(FEW)]
        callers, sends, payloads = [*connections], [one.post for one in connections], work.score_bodies
    try:
        await closed_loop(sends, payloads, 0.3)
        alone = await closed_loop(sends[:1], payloads, seconds / 2)
        many = await closed_loop(sends, payloads, seconds)
    finally:
        for caller in callers:
            await caller.close()
    return Round(alone.percentile_ms(50), many.rate_per_s)


def _caller(address: str, method: str) -> RawGrpcCaller:
    return RawGrpcCaller(address, method, status_of_bid) if method == "Bid" else RawGrpcCaller(address, method)


async def _open(address: str, method: str, messages: Sequence[bytes], rate_per_s: float, run: BenchRun) -> LoadSeen:
    callers = [_caller(address, method) for _ in range(CHANNELS)]
    try:
        # Many calls under way on each connection: what waits, waits at the service and not here.
        sends = [caller.send for caller in callers] * (MANY // CHANNELS)
        await closed_loop(sends[:FEW], messages, 0.5)
        seconds = QUICK_LOAD_S if run.quick else LOAD_S
        return await open_loop(sends, messages, rate_per_s, seconds, np.random.default_rng(7))
    finally:
        for caller in callers:
            await caller.close()


async def _bid_figures(run: BenchRun, work: Workload, address: str) -> list[Figure]:
    callers = [_caller(address, "Bid") for _ in range(FEW)]
    sends = [caller.send for caller in callers]
    await closed_loop(sends, work.bid_messages, 1.0)
    alone = await closed_loop(sends[:1], work.bid_messages, QUICK_ROUND_S)
    most = await closed_loop(sends, work.bid_messages, QUICK_ROUND_S if run.quick else 2 * ROUND_S)
    for caller in callers:
        await caller.close()
    sustained = OPEN_SHARE * most.rate_per_s
    seen = await _open(address, "Bid", work.bid_messages, sustained, run)
    flooded = await _open(address, "Bid", work.bid_messages, 2 * most.rate_per_s, run)
    told = f"{work.ads:,} ads, about {work.survivors} eligible; one caller {alone.percentile_ms(50):.2f} ms"
    return bid_figures(told, seen, flooded)


def bid_figures(told: str, seen: LoadSeen, flooded: LoadSeen) -> list[Figure]:
    """``seen`` at the sustained load, ``flooded`` at twice what the service can. A refusal is no answer in time."""
    refused = flooded.latency_ms[~flooded.answered]
    return [
        Figure(
            "bidding.2.in_time",
            f"whole bids, {told}; open loop at {len(seen.status) / seen.elapsed_s:.0f} requests/s: within 100 ms",
            seen.share_within(TMAX_MS) * float(seen.answered.mean()),
            "share",
            ">=",
            IN_TIME,
            n=len(seen.status),
        ),
        Figure(
            "bidding.2.overload.in_time",
            f"open loop at {len(flooded.status) / flooded.elapsed_s:.0f} requests/s, twice what it can: of answers",
            flooded.share_within(TMAX_MS),
            "share",
            ">=",
            IN_TIME_OVERLOADED,
            n=int(flooded.answered.sum()),
        ),
        Figure(
            "bidding.2.overload.refused",
            f"the same: {len(refused)} refused; how soon, 99th percentile",
            float(np.percentile(refused, 99)) if len(refused) else 0.0,
            "ms",
            "<=",
            REFUSED_MS,
            n=len(refused),
        ),
    ]


def fuzz_figures(seen: FuzzSeen) -> list[Figure]:
    """No server error, and no bid that breaks what its request says."""
    count = sum(seen.statuses.values())
    told = ", ".join(f"{status}: {number:,}" for status, number in sorted(seen.statuses.items()))
    return [
        Figure(
            "bidding.4.errors",
            f"OpenRTB requests, right, odd and broken ({told}): answers of 500 and above, or none",
            float(seen.server_errors),
            "answers",
            "<=",
            0.0,
            n=count,
        ),
        Figure(
            "bidding.4.breaches",
            "bids that break a block, size, language or floor of their request, and stack traces",
            float(len(seen.breaches)),
            "bids",
            "<=",
            0.0,
            n=seen.statuses.get(200, 0),
        ),
    ]


async def _door_figures(run: BenchRun, work: Workload, served: ServedService) -> list[Figure]:
    count, rng = QUICK_DOOR_REQUESTS if run.quick else DOOR_REQUESTS, np.random.default_rng(13)
    rpc = await fuzz_grpc(served.grpc_address, work.bid_messages, work.score_messages, count, rng)
    web = await fuzz_http(served.http_port, work.score_bodies, count, rng)
    return [door_figure("grpc", "gRPC calls", rpc), door_figure("http", "requests to /v1", web)]


def door_figure(door: str, what: str, seen: DoorSeen) -> Figure:
    """No fault of ours, whatever is asked."""
    told = ", ".join(f"{status}: {number:,}" for status, number in sorted(seen.statuses.items()))
    return Figure(
        f"bidding.4.{door}_errors",
        f"{what}, right, odd and broken (as HTTP has it, {told}): faults, stack traces, or no answer",
        float(seen.faults),
        "answers",
        "<=",
        0.0,
        n=sum(seen.statuses.values()),
    )


def _ratio(name: str, what: str, ratios: Sequence[float], target: float, rival: str, theirs: Sequence[Round]) -> Figure:
    return Figure(
        name,
        what,
        statistics.median(ratios),
        "times",
        ">=",
        target,
        n=len(ratios),
        interval=(min(ratios), max(ratios)),
        rival=rival,
        rival_value=statistics.median(one.rate_per_s for one in theirs),
    )
