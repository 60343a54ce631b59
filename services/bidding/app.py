"""Build and bind: the one place where the plain deployment meets Ray Serve.

One deployment behind both doors, one hop, no batching. Every replica opens its own model and its own connections,
on the loop that answers its requests; nothing but settings travels from the driver to the replica.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Counts

if TYPE_CHECKING:
    from services.bidding.deployment import BiddingDeployment

APPLICATION = "bidding"
# By name: Ray Serve looks them up in every process of its own.
GRPC_SERVICERS = ["services.bidding.grpc_door.add_bidding_to_server"]


def bidding_application(settings: Settings, redis_url: str) -> Any:
    """The bound Ray Serve application. ``ray`` must not be imported before ``ray_environment`` was set."""
    from ray import serve

    from services.bidding.replica import BiddingReplica

    bidding: Any = serve.deployment(
        name="BiddingDeployment",
        num_replicas=settings.replicas,
        # One event loop and one model thread a replica: more at once would only wait inside it instead of in front.
        # HAProxy lets fewer in (``requests_at_once``); these hold behind Ray's own proxy, and for calls from inside.
        max_ongoing_requests=settings.ongoing_requests,
        max_queued_requests=settings.queued_requests,
        health_check_period_s=2,
        health_check_timeout_s=10,
        graceful_shutdown_wait_loop_s=0.2,
        graceful_shutdown_timeout_s=5,
        # A line for every request costs more than reading one would tell; what goes wrong is written by ourselves.
        logging_config={"log_level": "WARNING", "enable_access_log": False},
        # Ray's CPUs are bookkeeping, not a limit: on a small machine the replicas must not wait for one.
        ray_actor_options={"num_cpus": settings.replica_cpus},
    )(serve.ingress()(BiddingReplica))
    return bidding.bind(settings, redis_url)


@asynccontextmanager
async def open_deployment(settings: Settings, redis_url: str) -> AsyncIterator[BiddingDeployment]:
    """The plain deployment with its real parts, for as long as the block runs. Raises MissingInput."""
    import numpy as np

    from adplat.ctr import Scorer
    from adplat.snapshots import DeploymentPointer, KeyFile
    from services.bidding.deployment import BiddingDeployment
    from services.bidding.engine import BiddingEngine
    from services.bidding.garbage import without_garbage_collection
    from services.bidding.metrics import DECISIONS, State, page_with, read_state
    from services.bidding.openrtb_door import OpenRtbDoor
    from services.bidding.tracing import Tracer, otlp_exporter
    from services.hosting.counts_desk import CountsDesk
    from services.hosting.key_gate import KeyGate
    from services.hosting.logs import writing_logs

    clock, bids, desk = bootstrap.clock(), bootstrap.open_bids(settings, redis_url), bootstrap.notice_desk(settings)
    async with AsyncExitStack() as opened:
        opened.enter_context(writing_logs(settings, "replica"))
        opened.push_async_callback(bids.close)
        # Closed before the connections: what was answered is still written.
        counts = Counts()
        writer = await opened.enter_async_context(bootstrap.decision_writer(bids, counts, DECISIONS))
        engine = BiddingEngine(
            online=bootstrap.open_online(settings, redis_url),
            bids=bids,
            writer=writer,
            desk=desk,
            pointer=DeploymentPointer(settings.workspace),
            load_scorer=Scorer.load,
            clock=clock,
            rng=np.random.default_rng(),
            rules=bootstrap.consent_rules(settings),
            loading=without_garbage_collection,
            replay_share=settings.replay_share,
            request_sample=settings.request_sample,
            counts=counts,
        )
        opened.push_async_callback(engine.close)
        await engine.start()
        gate = KeyGate(KeyFile(settings.workspace), clock, settings.keys)
        await opened.enter_async_context(gate.watching())
        shared = bootstrap.open_counts(settings, redis_url)
        counting = CountsDesk[State](shared, counts, engine.state, read_state, page_with(engine.pcoc), clock)
        await opened.enter_async_context(counting.telling())
        tracer = None
        if settings.otlp_endpoint:
            tracer = Tracer(settings.trace_share, otlp_exporter(settings.otlp_endpoint), counts)
            await opened.enter_async_context(tracer.exporting())
        openrtb = OpenRtbDoor(engine, desk, bootstrap.media_url(settings), clock, gate.admit)
        yield BiddingDeployment(engine, clock, openrtb, bootstrap.open_objects(settings), gate.admit, counting, tracer)
