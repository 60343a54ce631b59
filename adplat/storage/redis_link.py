"""How this project speaks to a Redis-protocol server: addresses, limits, key names, and what an error means.

Durability is the server's. With ``appendonly yes`` and ``appendfsync everysec`` (the embedded server's setting) an
answered write survives a SIGKILL of the server, because it reached the kernel before the answer left; a power cut
loses what was not yet on the disk, up to about one second of answered writes (two while the disk is saturated).
A single server or a primary with replicas is meant; Redis Cluster is not, since a script touches several keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from adplat.domain import ConfigRejected, StoreUnreachable

DAY_S = 24 * 3600
DEFAULT_NAMESPACE = "adplat"

_URL_HINT = "use redis://host:6379/0, rediss://… or unix:///path/to/socket"
_HINT = "start it, mend ADPLAT_REDIS_URL, or unset it to use the embedded server"


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names below a namespace, so that two deployments can share one server."""

    namespace: str

    def __post_init__(self) -> None:
        if not self.namespace:
            raise ConfigRejected("the Redis namespace is empty", hint="give a short name such as adplat")

    @property
    def stream(self) -> str:
        return f"{self.namespace}:stream"

    @property
    def arms(self) -> str:
        return f"{self.namespace}:arm_statistics"

    @property
    def sums(self) -> str:
        return f"{self.namespace}:sums"

    @property
    def arms_by_fold(self) -> str:
        """Arms by the number of the fold that changed them last."""
        return f"{self.arms}:by_fold"

    @property
    def folds(self) -> str:
        """How many folds there were."""
        return f"{self.namespace}:folds"

    @property
    def folded_to(self) -> str:
        return f"{self.namespace}:folded_to"

    @property
    def dead(self) -> str:
        """Entries of the stream that could not be read."""
        return f"{self.stream}:dead"

    def logged(self, minute: int) -> str:
        """The marks of opportunities that were logged in one minute, counted from 1970."""
        return f"{self.namespace}:logged_requests:{minute}"

    @property
    def waiting(self) -> str:
        """Conversions without credit by the moment at which to look at them: positions of the stream."""
        return f"{self.namespace}:waiting"

    @property
    def waiting_told(self) -> str:
        """What was told of each of them, by position."""
        return f"{self.waiting}:told"

    def touches(self, *owner: str) -> str:
        """Of a user and an advertiser, or of one decision; ids may hold anything, so they are kept apart as JSON."""
        return f"{self.namespace}:touches:{json.dumps(owner, ensure_ascii=False)}"

    @property
    def paces(self) -> str:
        return f"{self.namespace}:paces"

    def paced_day(self, campaign_id: str) -> str:
        return f"{self.namespace}:paced_day:{campaign_id}"

    def traffic(self, campaign_id: str) -> str:
        """A campaign's eligible requests by hour of its week."""
        return f"{self.namespace}:traffic:{campaign_id}"

    @property
    def reservations(self) -> str:
        """Open reservations by the time at which they end."""
        return f"{self.namespace}:reservations"

    @property
    def committed(self) -> str:
        """What the key of each money counter begins with."""
        return f"{self.namespace}:committed:"

    @property
    def booked(self) -> str:
        """The same of what was ever reserved."""
        return f"{self.namespace}:booked:"

    @property
    def spent(self) -> str:
        """The same of what was billed."""
        return f"{self.namespace}:spent:"

    @property
    def counts(self) -> str:
        """What all processes of the service counted, by series."""
        return f"{self.namespace}:counts"

    @property
    def states(self) -> str:
        """What each process last said of itself."""
        return f"{self.counts}:states"

    @property
    def told(self) -> str:
        """The number of each process's last telling."""
        return f"{self.counts}:told"

    @property
    def requests(self) -> str:
        """What the keys of the admin's buckets of requests begin with."""
        return f"{self.namespace}:admin_requests"

    @property
    def eligible(self) -> str:
        """How many requests each campaign might have bid on."""
        return f"{self.namespace}:eligible"

    @property
    def reserved_exposures(self) -> str:
        """What the key of each user's expected showings begins with."""
        return f"{self.namespace}:expected:"

    @property
    def exposures(self) -> str:
        """What the key of each user's confirmed showings begins with."""
        return f"{self.namespace}:exposures:"

    def open_requests(self, user_key: str) -> str:
        return f"{self.namespace}:open:{user_key}"

    def placed(self, decision_id: str) -> str:
        return f"{self.namespace}:placed:{decision_id}"

    def decision(self, decision_id: str) -> str:
        return f"{self.namespace}:decision:{decision_id}"

    def event(self, event_id: str) -> str:
        return f"{self.namespace}:event:{event_id}"

    def user(self, user_key: str) -> str:
        return f"{self.namespace}:user:{user_key}"


@dataclass(frozen=True, slots=True)
class RedisHealth:
    """What a server says of itself. ``is_durable``: keeps a log on disk and never evicts."""

    version: str
    appends_to_log: bool
    eviction: str

    @property
    def is_durable(self) -> bool:
        return self.appends_to_log and self.eviction == "noeviction"


def redis_health(url: str, *, timeout_s: float = 2.0) -> RedisHealth:
    """Ask once. Raises StoreUnreachable, ConfigRejected."""
    place = redis_place(url)
    with (
        redis_errors(place),
        redis.Redis.from_url(
            url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, protocol=2, retry=_one_more()
        ) as client,
    ):
        told = client.info("server") | client.info("persistence") | client.info("memory")
    return RedisHealth(
        version=str(told.get("valkey_version", told.get("redis_version", ""))),
        appends_to_log=bool(told.get("aof_enabled", 0)),
        eviction=str(told.get("maxmemory_policy", "")),
    )


def redis_place(url: str) -> str:
    """Where the server is, for messages: no user, no password. Raises ConfigRejected on another kind of URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
    except ValueError as error:
        raise ConfigRejected("the Redis URL cannot be read", hint=_URL_HINT) from error
    if parts.scheme == "unix" and parts.path:
        return f"unix://{parts.path}"
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return f"{parts.scheme}://{parts.hostname}:{port}"
    raise ConfigRejected("the Redis URL is of no known kind", hint=_URL_HINT)


def open_worker_client(url: str, timeout_s: float, *, longest_answer_s: float = 0.0) -> redis.Redis:
    """The worker's connection: it connects at the first call; a lost one is tried again once, after a moment.

    ``longest_answer_s``: for calls that wait on the server by themselves.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=max(timeout_s, longest_answer_s),
        socket_connect_timeout=timeout_s,
        protocol=2,
        retry=Retry(ConstantBackoff(0.05), 1, supported_errors=(redis.ConnectionError,)),
    )


@contextmanager
def redis_errors(place: str) -> Iterator[None]:
    """Turns any error of the driver, of the network or of a refusing server into StoreUnreachable."""
    try:
        yield
    except BusyLoadingError as error:
        raise StoreUnreachable("Redis is still loading its data", where=place, hint="wait a moment") from error
    except (RedisError, OSError, TimeoutError) as error:
        line = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise StoreUnreachable(f"Redis does not answer: {line}", where=place, hint=_HINT) from error


def _one_more() -> Retry:
    return Retry(ConstantBackoff(0.02), 1, supported_errors=(redis.ConnectionError,))
