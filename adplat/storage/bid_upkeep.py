"""BidUpkeep over the Redis protocol: reservations that ran out, and the multipliers of pacing; synchronous."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec
import redis
from redis.backoff import ConstantBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from adplat.domain import ConfigRejected, MoneyCounted, Pace
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

    def read_money(self, money_keys: Sequence[str]) -> list[MoneyCounted]:
        """What is counted below each of these, at one moment."""
        if not money_keys:
            return []
        prefixes = (self._keys.booked, self._keys.spent, self._keys.committed)
        with redis_errors(self.place):
            told = cast(
                "list[bytes | None]", self._client.mget([prefix + key for key in money_keys for prefix in prefixes])
            )
        counts = [int(amount or 0) for amount in told]
        return [MoneyCounted(*counts[at : at + 3]) for at in range(0, len(counts), 3)]

    def read_eligible(self) -> dict[str, int]:
        """Requests that each campaign might have bid on, since counting began."""
        with redis_errors(self.place):
            told = cast("dict[bytes, bytes]", self._client.hgetall(self._keys.eligible))
        return {campaign_id.decode(): int(count) for campaign_id, count in told.items()}

    def write_paces(self, paces: Mapping[str, Pace]) -> None:
        """Replace all of them, atomically. Raises ConfigRejected on a share that is no finite number."""
        for campaign_id, pace in paces.items():
            if not math.isfinite(pace.share):
                raise ConfigRejected(f"a share of {pace.share}", where=campaign_id, hint="give a finite one")
        with redis_errors(self.place), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(self._keys.paces)
            if paces:
                pipe.hset(self._keys.paces, mapping={name: msgspec.json.encode(pace) for name, pace in paces.items()})
            pipe.execute()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
