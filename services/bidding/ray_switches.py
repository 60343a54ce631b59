"""What every machine of a Ray that serves bids is told, whoever started it: our own, or a cluster's.

Ray reads these from the environment when it is imported, so they are set before, in every process of every machine.
For a cluster they stand in ``infra/kuberay/config.yaml``, and a test holds that they are these.
"""

from __future__ import annotations

from adplat.bootstrap import Settings
from adplat.client.wire_names import LARGEST_MESSAGE_BYTES


def serve_environment(settings: Settings) -> dict[str, str]:
    """The variables by name; see ``ray/serve/_private/constants.py`` for what they mean."""
    has_haproxy = settings.ingress == "haproxy"
    return {
        "RAY_SERVE_ENABLE_HA_PROXY": str(int(has_haproxy)),
        "RAY_SERVE_THROUGHPUT_OPTIMIZED": str(int(has_haproxy)),
        "RAY_SERVE_HAPROXY_NBTHREAD": "1",
        "RAY_SERVE_HAPROXY_BALANCE_ALGORITHM": _limits_at_the_door(settings),
        "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0",
        "RAY_SERVE_GRPC_MAX_MESSAGE_SIZE": str(LARGEST_MESSAGE_BYTES),
        # A replica that stops drains this long; ours answer in milliseconds.
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "1",
        "RAY_SERVE_HAPROXY_HARD_STOP_AFTER_S": "10",
        # Ray starts a dead HAProxy again after three looks in vain; both doors are shut until then.
        "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "2",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DEDUP_LOGS": "0",
        # Ray makes its workers step back behind everything else on the machine; ours answer people who wait.
        "RAY_worker_niceness": "0",
        # One thread a replica, and more replicas for more cores: a model that takes all of them makes others wait.
        "OMP_NUM_THREADS": "1",
    }


def _limits_at_the_door(settings: Settings) -> str:
    """How many requests each replica gets at once through one door, and how soon HAProxy turns the next ones away.

    A replica reads its sockets in the same loop in which it decides: what it cannot do yet waits in gRPC's and the
    kernel's queues, where nobody can refuse it. HAProxy can, for next to nothing. Ray's configuration has no place for
    this, but the balance algorithm is the last line of its ``defaults``, and what follows it stands there too.
    """
    busy = r"{\"what\":\"the service is busy or starting\",\"where\":\"\",\"hint\":\"send it again in a moment\"}"
    return "\n    ".join(
        [
            "leastconn",
            f"default-server maxconn {settings.requests_at_once}",
            f"timeout queue {settings.wait_at_door_ms}ms",
            f'http-error status 503 content-type application/json string "{busy}" hdr retry-after 1',
        ]
    )
