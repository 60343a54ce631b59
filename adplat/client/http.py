"""The bidding service over HTTP: rank, report what happened, ask how it is.

Reports are safe to send again, because every event has an id before it leaves: what was counted answers
``duplicate``. A request to rank is not sent again after it may have arrived; the caller's deadline is its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

import httpx

from adplat.client.exchange import AskedService, exchange
from adplat.domain import Event, EventKind, EventOutcome, StoreUnreachable

T = TypeVar("T")
Facts = Mapping[str, str | float | bool | None]

_BIDDING = AskedService("bidding", "adplat serve")


@dataclass(frozen=True, slots=True)
class RankedCreative:
    """One candidate; ``propensity`` is the probability that it took the first place."""

    creative_id: str
    campaign_id: str
    p_ctr: float
    p_cvr: float | None
    propensity: float


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """What to show in one slot of a page; ``propensity`` is given the slots filled before it."""

    slot: int
    position: int
    decision_id: str
    creative_id: str
    campaign_id: str
    p_ctr: float
    p_cvr: float | None
    propensity: float


@dataclass(frozen=True, slots=True)
class RankResult:
    """``creatives`` best first, of the first slot; ``slate`` slot by slot, each with a decision of its own.

    ``degraded`` names what the service had to do without. ``experiments`` are those that concerned this choice, as
    ``experiment_id:arm``.
    """

    decision_id: str
    request_id: str
    bundle_id: str
    policy: str
    creatives: tuple[RankedCreative, ...]
    degraded: tuple[str, ...]
    experiments: tuple[str, ...] = ()
    slate: tuple[RankedSlot, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """How the replica is that answered."""

    status: str
    bundle_id: str
    snapshot_id: str
    creatives: int
    redis: bool
    statistics_age_s: float | None
    version: str


class BiddingClient:
    """One service.

    Example::

        with BiddingClient("http://127.0.0.1:8470") as bidding:
            result = bidding.rank(placement="feed", campaign_id="k1", user_key="u42")
            bidding.send_events([event(result.decision_id, EventKind.IMPRESSION, datetime.now(UTC))])

    Args:
        url: where the service listens.
        api_key: says who asks; empty where the service demands none.
        timeout_s: limit for one exchange.
        patience_s: how long reports are sent again before StoreUnreachable is raised.
        transport: the test double's door, ``httpx.MockTransport``.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str = "",
        timeout_s: float = 5.0,
        patience_s: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {api_key}"} if api_key else {})
        self._http = httpx.Client(base_url=url, timeout=timeout_s, transport=transport, headers=headers)
        self._patience_s = patience_s
        self._sleep = sleep

    def rank(
        self,
        *,
        placement: str,
        campaign_id: str = "",
        candidates: Sequence[str] = (),
        user_key: str = "",
        attributes: Facts | None = None,
        context: Facts | None = None,
        policy: str = "",
        request_id: str = "",
        ts: datetime | None = None,
        position: int = 0,
        slots: int = 1,
        distinct_campaigns: bool = False,
    ) -> RankResult:
        """Rank a campaign's live creatives, or the candidates given, for one place or for ``slots`` of a page.

        Raises UnknownReference, ConfigRejected (the request is wrong) and StoreUnreachable (no answer, or the
        decision could not be kept; whether to ask again is the caller's deadline's business).
        """
        body: dict[str, Any] = {
            "placement": placement,
            "request_id": request_id,
            "user": {"user_key": user_key, "attributes": dict(attributes or {})},
            "context": dict(context or {}),
            "campaign_id": campaign_id,
            "candidates": list(candidates),
            "policy": policy,
            "position": position,
            "slots": slots,
            "distinct_campaigns": distinct_campaigns,
        }
        if ts is not None:
            body["ts"] = ts
        return self._exchange("POST", "/v1/rank", body, RankResult)

    def send_events(self, events: Sequence[Event]) -> list[EventOutcome]:
        """Report events until they are kept; outcomes run parallel.

        The same ids are sent at every attempt, so that nothing counts twice. Raises ConfigRejected for reports that
        make no sense, and StoreUnreachable when they could not be delivered within the client's patience.
        """
        body = {
            "events": [
                {
                    "event_id": event.event_id,
                    "kind": event.kind,
                    "decision_id": event.decision_id,
                    "ts": event.ts,
                    "value_micros": event.value_micros,
                    "conversion_kind": event.conversion_kind,
                    "user_key": event.user_key,
                    "advertiser_id": event.advertiser_id,
                    "campaign_id": event.campaign_id,
                    "creative_id": event.creative_id,
                }
                for event in events
            ]
        }
        waited_s, pause_s = 0.0, 0.05
        while True:
            try:
                answer: dict[str, list[EventOutcome]] = self._exchange(
                    "POST", "/v1/events", body, dict[str, list[EventOutcome]]
                )
            except StoreUnreachable:
                if waited_s >= self._patience_s:
                    raise
                self._sleep(pause_s)
                waited_s += pause_s
                pause_s = min(2 * pause_s, 1.0)
            else:
                return answer["results"]

    def health(self) -> ServiceHealth:
        """Raises StoreUnreachable when nobody answers."""
        return self._exchange("GET", "/v1/health", None, ServiceHealth)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> BiddingClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _exchange(self, method: str, path: str, body: Any, kind: type[T]) -> T:
        return exchange(self._http, _BIDDING, method, path, body, kind)


def event(
    decision_id: str,
    kind: EventKind,
    ts: datetime,
    *,
    event_id: str = "",
    value_micros: int = 0,
    conversion_kind: str = "",
) -> Event:
    """One report with the id that the service would give it: the same report sent twice counts once."""
    parts = [decision_id, kind.value, *([conversion_kind] if kind is EventKind.CONVERSION else [])]
    return Event(event_id or ":".join(parts), kind, decision_id, ts, value_micros, conversion_kind)


def user_conversion(
    event_id: str,
    user_key: str,
    advertiser_id: str,
    ts: datetime,
    *,
    value_micros: int = 0,
    conversion_kind: str = "",
    campaign_id: str = "",
    creative_id: str = "",
) -> Event:
    """A conversion of whom an advertiser knows only the user; the service finds the ad that led to it.

    ``event_id`` (the order's number) is what makes a purchase one, however often it is reported.
    """
    return Event(
        event_id,
        EventKind.CONVERSION,
        "",
        ts,
        value_micros,
        conversion_kind,
        user_key=user_key,
        advertiser_id=advertiser_id,
        campaign_id=campaign_id,
        creative_id=creative_id,
    )
