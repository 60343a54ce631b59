"""Redis, or the embedded Valkey of a workspace, and what is kept there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adplat.bootstrap.settings import Settings
from adplat.domain import Counts

if TYPE_CHECKING:
    from adplat.domain import ServiceCounts
    from adplat.storage import (
        DecisionWriter,
        EmbeddedValkey,
        RedisBidState,
        RedisBidUpkeep,
        RedisConversionState,
        RedisOnlineState,
        RedisServiceCounts,
        RedisStreamState,
        RedisWorkerCounts,
    )


def embedded_valkey(settings: Settings) -> EmbeddedValkey:
    """The embedded server of this workspace, not yet started."""
    from adplat.storage import EmbeddedValkey

    return EmbeddedValkey(settings.workspace / "valkey")


@contextmanager
def running_redis(settings: Settings) -> Iterator[str]:
    """A Redis URL to talk to for as long as the block runs.

    The one that is set; or the embedded Valkey that a running ``adplat serve`` keeps; or one of our own.
    """
    from adplat.storage import running_valkey

    joined = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if joined:
        yield joined
        return
    with embedded_valkey(settings) as server:
        yield server.url


def open_online(settings: Settings, url: str) -> RedisOnlineState:
    """The hot path's Redis side."""
    from adplat import storage

    return storage.open_online_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def open_bids(settings: Settings, url: str) -> RedisBidState:
    """The bidders' Redis side."""
    from adplat import storage

    return storage.open_bid_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def decision_writer(bids: RedisBidState, counts: Counts | None = None, series: str = "") -> DecisionWriter:
    """Writes closed requests behind the answers, for as long as its block runs; counts them below ``series``."""
    from adplat.storage import DecisionWriter

    return DecisionWriter(bids, counts=counts, series=series)


def open_bid_upkeep(settings: Settings, url: str) -> RedisBidUpkeep:
    """What the worker does for the bidders."""
    from adplat import storage

    return storage.open_bid_upkeep(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def open_stream(settings: Settings, url: str) -> RedisStreamState:
    """The worker's Redis side."""
    from adplat import storage

    return storage.open_stream_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def open_conversions(settings: Settings, url: str) -> RedisConversionState:
    """Where conversions wait for their credit."""
    from adplat import storage

    return storage.open_conversion_state(url, namespace=settings.namespace)


def open_counts(settings: Settings, url: str) -> RedisServiceCounts:
    """Where the replicas add up what they counted."""
    from adplat.storage import RedisServiceCounts

    return RedisServiceCounts(url, namespace=settings.namespace)


def open_worker_counts(settings: Settings, url: str) -> RedisWorkerCounts:
    """The same for the worker."""
    from adplat.storage import RedisWorkerCounts

    return RedisWorkerCounts(url, namespace=settings.namespace)


def open_forecast_counts(settings: Settings) -> ServiceCounts:
    """Where forecasters add up what they counted: the Redis that is named, else one replica's own memory.

    Not the embedded server of a bidding service beside: neither waits for the other or falls with it.
    """
    from adplat.storage import OwnCounts, RedisServiceCounts

    if settings.redis_url:
        return RedisServiceCounts(settings.redis_url, namespace=f"{settings.namespace}:forecasting")
    return OwnCounts(is_whole=settings.forecast_replicas == 1)
