"""BidUpkeep over the Redis protocol: reservations that ran out, paces and what pacing remembers; synchronous."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

import msgspec
from redis.exceptions import NoScriptError

from adplat.domain import ConfigRejected, HourOfTraffic, MoneyCounted, Pace, PaceMemory
from adplat.storage.redis_link import DAY_S, DEFAULT_NAMESPACE, Keys, open_worker_client, redis_errors, redis_place
from adplat.storage.redis_scripts import RELEASE_EXPIRED

_DAY_TTL_S, _TRAFFIC_TTL_S = 2 * DAY_S, 90 * DAY_S
_hour = msgspec.json.Encoder()
_hours = msgspec.json.Decoder(HourOfTraffic)


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
        self._client = open_worker_client(url, timeout_s)

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

    def read_pace_memory(self, campaign_ids: Sequence[str]) -> dict[str, PaceMemory]:
        """What is remembered of each of these; an empty memory where nothing is, and no hour that cannot be read."""
        with redis_errors(self.place), self._client.pipeline(transaction=False) as pipe:
            for campaign_id in campaign_ids:
                pipe.get(self._keys.paced_day(campaign_id))
                pipe.hgetall(self._keys.traffic(campaign_id))
            told = pipe.execute()
        return {
            campaign_id: PaceMemory(told[2 * place], _week(told[2 * place + 1]))
            for place, campaign_id in enumerate(campaign_ids)
        }

    def write_paces(self, paces: Mapping[str, Pace], memories: Mapping[str, PaceMemory]) -> None:
        """Replace all paces, days and the hours of traffic that are told, atomically; other memories stay.

        A day is forgotten two days after its last change, traffic a quarter of a year. Raises ConfigRejected on a
        share that is no finite number.
        """
        for campaign_id, pace in paces.items():
            if not math.isfinite(pace.share):
                raise ConfigRejected(f"a share of {pace.share}", where=campaign_id, hint="give a finite one")
        with redis_errors(self.place), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(self._keys.paces)
            if paces:
                pipe.hset(self._keys.paces, mapping={name: msgspec.json.encode(pace) for name, pace in paces.items()})
            for campaign_id, memory in memories.items():
                if memory.day is not None:
                    pipe.set(self._keys.paced_day(campaign_id), memory.day, ex=_DAY_TTL_S)
                if memory.traffic:
                    key = self._keys.traffic(campaign_id)
                    pipe.hset(key, mapping={str(hour): _hour.encode(one) for hour, one in memory.traffic.items()})
                    pipe.expire(key, _TRAFFIC_TTL_S)
            pipe.execute()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def _week(told: Mapping[bytes, bytes]) -> dict[int, HourOfTraffic]:
    week = {}
    for hour, packed in told.items():
        with suppress(ValueError, msgspec.DecodeError):  # an hour that another version wrote is counted anew
            week[int(hour)] = _hours.decode(packed)
    return week
