"""A Ray of our own, with HAProxy in front, that starts on free ports and leaves nothing behind; or a cluster's.

Ray reads its switches from the environment when it is imported, in this process and in every worker, so they
are set first. Everything it writes goes below one short folder per workspace: socket paths may not exceed
107 bytes, and a later start can tell from the folder's name which forgotten processes were ours.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, InternalFault, PortTaken
from services.bidding.app import APPLICATION, GRPC_SERVICERS, bidding_application
from services.bidding.ray_switches import serve_environment
from services.bidding.run_folder import run_folder

OBJECT_STORE_BYTES = 96 * 1024 * 1024  # Ray's own minimum is 75 MiB; nothing of ours goes through it
_PORTS = (20_000, 30_000)
_STRETCH = 250


def require_free_port(host: str, port: int) -> None:
    """Asked before anything is started.

    Raises ConfigRejected where the host is none of this machine's, PortTaken when somebody listens there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            if isinstance(reason, socket.gaierror) or reason.errno == errno.EADDRNOTAVAIL:
                raise ConfigRejected(
                    f"{host!r} is no address of this machine",
                    where="ADPLAT_HTTP_HOST",
                    hint="use 127.0.0.1 for this machine alone or 0.0.0.0 for all its networks",
                ) from None
            raise PortTaken(
                f"port {port} cannot be used: {os.strerror(reason.errno or 0).lower()}",
                where=f"{host}:{port}",
                hint="stop what listens there or give another port",
            ) from None


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
        # Ray's own ports stand open to the machine's network; only who can read this file may use them.
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(folder / "token"),
    }


@contextmanager
def running_bidding(settings: Settings, redis_url: str) -> Iterator[tuple[str, str]]:
    """Ray Serve with the bidding application, for as long as the block runs; gives its URL and its gRPC address.

    Raises PortTaken, and InternalFault when the replicas do not come up. May be used once in a process: Ray's
    switches are read when it is imported.
    """
    folder = run_folder(settings.workspace)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    require_free_ports(settings)
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    is_ours = not settings.serve_ray_address
    os.environ.update(ray_environment(folder, settings) if is_ours else serve_environment(settings))
    import ray
    from ray import serve
    from ray.serve.config import HTTPOptions, gRPCOptions

    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    at_sigterm = signal.getsignal(signal.SIGTERM)
    try:
        if is_ours:
            ray.init(
                address="local",
                num_cpus=settings.replicas + 1,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _temp_dir=str(folder),
            )
        else:
            _join_cluster(settings)
        signal.signal(signal.SIGTERM, at_sigterm)  # Ray takes it for itself; ending in order is the caller's
        try:
            serve.start(
                proxy_location="HeadOnly" if is_ours else "EveryNode",
                http_options=HTTPOptions(host=settings.http_host, port=settings.http_port),
                # On the host of HTTP; reflection is on by default.
                grpc_options=gRPCOptions(port=settings.grpc_port, grpc_servicer_functions=GRPC_SERVICERS),
            )
            serve.run(bidding_application(settings, redis_url), name=APPLICATION, route_prefix="/")
        except RuntimeError as reason:
            logs = settings.workspace / "ray-logs"
            if is_ours:
                shutil.copytree(folder / "session_latest" / "logs", logs, dirs_exist_ok=True)
            raise InternalFault(
                f"the service did not come up: {_last_line(reason)}", where=str(logs), hint="read the logs there"
            ) from reason
        yield f"http://{settings.http_host}:{settings.http_port}", f"{settings.http_host}:{settings.grpc_port}"
    finally:
        # Stopping takes seconds; a second request to stop must not leave it half done.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Whatever state the start was in, both end what they find and neither minds finding nothing.
        if ray.is_initialized():  # else asking Serve to end would start a Ray first
            with contextlib.suppress(Exception):
                serve.shutdown()  # type: ignore[no-untyped-call]  # Ray leaves it so
        ray.shutdown()


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
            f"no Ray cluster answers: {_last_line(reason)}",
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


def free_ports() -> tuple[int, int, int, int, int]:
    """Four free ports and the first of 200 for replicas; there Ray itself steps over those that are taken.

    Raises PortTaken. Not from the range from which the kernel hands out outgoing ports: Ray's own processes take
    theirs from it while they start, and would be given one of ours now and then.
    """
    for start in range(*_PORTS, _STRETCH):
        if all(_is_free(start + offset) for offset in range(5)):
            return start, start + 1, start + 2, start + 3, start + 4
    raise PortTaken("no ports are free for the replicas", where=str(_PORTS), hint="close programs that listen")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


def _last_line(reason: BaseException) -> str:
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1] if lines else type(reason).__name__
