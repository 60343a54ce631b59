"""BidUpkeep over the Redis protocol: reservations that ran out, and the multipliers of pacing; synchronous."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import redis
from redis.backoff import ConstantBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from adplat.domain import ConfigRejected
from adplat.storage.redis_link import DAY_S, DEFAULT_NAMESPACE, Keys, redis_errors, redis_place
from adplat.storage.redis_scripts import RELEASE_EXPIRED


def open_bid_upkeep(
    url: str, *, namespace: str = DEFAULT_NAMESPACE, attribution_days: float = 7, timeout_s: float = 5.0
) -> RedisBidUpkeep:
    """The worker's client; it connects at the first call. Raises ConfigRejected on another kind of URL."""
    return RedisBidUpkeep(
        url, namespace=namespace, event_ttl_s=round(attribution_days * DAY_S) + DAY_S, timeout_s=timeout_s
    )


class RedisBidUpkeep:
    """Implements ``domain.BidUpkeep``. Any number of workers may call it: each reservation ends once.

    Args:
        event_ttl_s: how long it is remembered how a bid ended, as in ``RedisBidState``.
    """

    def __init__(
        self, url: str, *, namespace: str = DEFAULT_NAMESPACE, event_ttl_s: int = 8 * DAY_S, timeout_s: float = 5.0
    ) -> None:
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._event_ttl_s = event_ttl_s
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            protocol=2,
            retry=Retry(ConstantBackoff(0.05), 1, supported_errors=(redis.ConnectionError,)),
        )

    def release_expired(self, now: datetime, limit: int) -> int:
        """Give back up to ``limit`` reservations whose time has passed, each once; returns how many.

        The server answers nobody else meanwhile: some tens of microseconds for each, so give it hundreds, not millions.
        """
        call = (
            self._keys.reservations,
            round(now.timestamp() * 1000),
            limit,
            self._keys.placed(""),
            self._keys.committed,
            self._keys.reserved_exposures,
            self._event_ttl_s,
        )
        with redis_errors(self.place):
            try:
                answer = self._client.evalsha(RELEASE_EXPIRED.sha, 1, *call)
            except NoScriptError:
                answer = self._client.eval(RELEASE_EXPIRED.text, 1, *call)
        return cast(int, answer)

    def write_paces(self, paces: Mapping[str, float]) -> None:
        """Replace all pacing multipliers, atomically. Raises ConfigRejected on one that is no finite number."""
        for campaign_id, pace in paces.items():
            if not math.isfinite(pace):
                raise ConfigRejected(f"a pace of {pace}", where=campaign_id, hint="give a finite multiplier")
        with redis_errors(self.place), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(self._keys.paces)
            if paces:
                pipe.hset(self._keys.paces, mapping={name: repr(float(pace)) for name, pace in paces.items()})
            pipe.execute()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
