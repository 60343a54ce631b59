"""Replicas that compute for seconds, bound for Ray Serve: a bidder's patience would end them in the middle."""

from __future__ import annotations

from typing import Any

from adplat.bootstrap import Settings


def computing_replicas(replica: type, name: str, count: int, settings: Settings) -> Any:
    """The deployment of ``replica``. Ray's switches must stand in the environment before ``ray`` is imported."""
    from ray import serve

    return serve.deployment(
        name=name,
        num_replicas=count,
        max_ongoing_requests=settings.ongoing_requests,
        max_queued_requests=settings.queued_requests,
        health_check_period_s=5,
        health_check_timeout_s=30,
        graceful_shutdown_wait_loop_s=0.2,
        graceful_shutdown_timeout_s=5,
        logging_config={"log_level": "WARNING", "enable_access_log": False},
        # Ray's CPUs are bookkeeping, not a limit: on a small machine the replicas must not wait for one.
        ray_actor_options={"num_cpus": settings.replica_cpus},
    )(serve.ingress()(replica))
