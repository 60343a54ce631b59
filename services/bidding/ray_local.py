"""The bidding application on a Ray of our own with HAProxy in front, on free ports; or on a cluster's.

Its folder is one short one per workspace: a later start can tell from its name which forgotten processes were ours.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected
from services.bidding.app import APPLICATION, GRPC_SERVICERS, bidding_application
from services.bidding.ray_switches import serve_environment
from services.hosting.own_ray import (
    coming_up,
    ended_with_ray,
    last_line,
    make_run_folder,
    start_own_ray,
    token_environment,
)
from services.hosting.ports import free_ports, require_free_port
from services.hosting.run_folder import run_folder


def require_free_ports(settings: Settings) -> None:
    """Of both doors, as ``require_free_port``."""
    if settings.http_port == settings.grpc_port:
        raise ConfigRejected(
            f"port {settings.grpc_port} is given twice", where="ADPLAT_GRPC_PORT", hint="give HTTP and gRPC one each"
        )
    for port in (settings.http_port, settings.grpc_port):
        require_free_port(settings.http_host, port)


def ray_environment(folder: Path, settings: Settings) -> dict[str, str]:
    """What our own Ray and HAProxy are told: ``serve_environment`` and where they listen and write on this machine."""
    statistics, metrics, fallback_http, fallback_grpc, replicas = free_ports()
    haproxy = folder / "h"
    return serve_environment(settings) | {
        "RAY_SERVE_HAPROXY_STATS_PORT": str(statistics),
        "RAY_SERVE_HAPROXY_METRICS_PORT": str(metrics),
        "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(fallback_http),
        "RAY_SERVE_FALLBACK_PROXY_GRPC_PORT": str(fallback_grpc),
        "RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT": str(replicas),
        "RAY_SERVE_DIRECT_INGRESS_MAX_HTTP_PORT": str(replicas + 100),
        "RAY_SERVE_DIRECT_INGRESS_MIN_GRPC_PORT": str(replicas + 100),
        "RAY_SERVE_DIRECT_INGRESS_MAX_GRPC_PORT": str(replicas + 200),
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(haproxy / "haproxy.cfg"),
        "RAY_SERVE_HAPROXY_SOCKET_PATH": str(haproxy / "a.sock"),
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(haproxy),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(haproxy / "state"),
        "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": str(haproxy / "m.sock"),
        **token_environment(folder),
    }


@contextmanager
def running_bidding(settings: Settings, redis_url: str) -> Iterator[tuple[str, str]]:
    """Ray Serve with the bidding application, for as long as the block runs; gives its URL and its gRPC address.

    Raises PortTaken, and InternalFault when the replicas do not come up. May be used once in a process: Ray's
    switches are read when it is imported.
    """
    folder = run_folder(settings.workspace)
    make_run_folder(folder)
    require_free_ports(settings)
    is_ours = not settings.serve_ray_address
    os.environ.update(ray_environment(folder, settings) if is_ours else serve_environment(settings))
    from ray import serve
    from ray.serve.config import HTTPOptions, gRPCOptions

    at_sigterm = signal.getsignal(signal.SIGTERM)
    with ended_with_ray():
        with coming_up(folder if is_ours else None, settings.workspace / "ray-logs"):
            if is_ours:
                start_own_ray(folder, settings.replicas + 1)
            else:
                _join_cluster(settings)
            signal.signal(signal.SIGTERM, at_sigterm)  # Ray takes it for itself; ending in order is the caller's
            serve.start(
                proxy_location="HeadOnly" if is_ours else "EveryNode",
                http_options=HTTPOptions(host=settings.http_host, port=settings.http_port),
                # On the host of HTTP; reflection is on by default.
                grpc_options=gRPCOptions(port=settings.grpc_port, grpc_servicer_functions=GRPC_SERVICERS),
            )
            serve.run(bidding_application(settings, redis_url), name=APPLICATION, route_prefix="/")
        yield f"http://{settings.http_host}:{settings.http_port}", f"{settings.http_host}:{settings.grpc_port}"


def _join_cluster(settings: Settings) -> None:
    """Connect to the Ray that is named. Raises ConfigRejected where there is none, or not room enough."""
    import ray

    where = f"ADPLAT_SERVE_RAY_ADDRESS={settings.serve_ray_address}"
    try:
        ray.init(
            address=settings.serve_ray_address,
            # Ray's own processes there (controller, proxies) are started by this job and read these.
            runtime_env={"env_vars": serve_environment(settings)},
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError, RuntimeError) as reason:
        raise ConfigRejected(
            f"no Ray cluster answers: {last_line(reason)}",
            where=where,
            hint="start it with 'ray start --head', mend the address, or use --profile laptop",
        ) from None
    machines: Any = ray  # it leaves the next call untyped
    needed, there = settings.replicas * settings.replica_cpus, machines.cluster_resources().get("CPU", 0.0)
    if needed > there:
        raise ConfigRejected(
            f"{settings.replicas} replicas need {needed:g} CPUs, and the cluster has {there:g}",
            where=where,
            hint="add machines, or lower ADPLAT_REPLICAS or ADPLAT_REPLICA_CPUS",
        )
