"""What the two clients of the hot path share: one pool of connections, and how long what they write is remembered."""

from __future__ import annotations

from adplat.domain import ConfigRejected, EventOutcome
from adplat.storage.redis_link import DAY_S, DEFAULT_NAMESPACE, Keys, redis_errors, redis_place
from adplat.storage.script_calls import open_client

OUTCOMES = {
    1: EventOutcome.ACCEPTED,
    0: EventOutcome.DUPLICATE,
    -1: EventOutcome.UNKNOWN_DECISION,
    -2: EventOutcome.ABOVE_BID,
}


class HotPathClient:
    """Connects at the first call and belongs to that event loop.

    Args:
        decision_ttl_s: the attribution window: how long events and notices find their decision.
        event_ttl_s: how long an event id is remembered; at least ``decision_ttl_s``, so that an event sent again
            after it was forgotten finds no decision either and still cannot count twice.
    """

    def __init__(
        self,
        url: str,
        *,
        namespace: str = DEFAULT_NAMESPACE,
        decision_ttl_s: int = 7 * DAY_S,
        event_ttl_s: int = 8 * DAY_S,
        connections: int = 32,
        timeout_s: float = 1.0,
    ) -> None:
        if not 0 < decision_ttl_s <= event_ttl_s:
            raise ConfigRejected(
                f"event ids are kept {event_ttl_s} s, decisions {decision_ttl_s} s",
                hint="keep event ids at least as long as decisions, and both longer than nothing",
            )
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._decision_ttl_s = decision_ttl_s
        self._event_ttl_s = event_ttl_s
        self._client = open_client(url, connections, timeout_s)

    async def ping(self) -> None:
        """Raises StoreUnreachable."""
        with redis_errors(self.place):
            await self._client.ping()

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose(close_connection_pool=True)
