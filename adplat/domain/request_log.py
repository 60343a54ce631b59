"""Opportunities as they are logged for forecasts of supply, whether anything was bid or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adplat.domain.events import StreamPosition


@dataclass(frozen=True, slots=True)
class LoggedSlot:
    """One place that was to be filled. ``floor_micros`` is money for one impression; ``None`` is not told."""

    placement: str
    position: int
    floor_micros: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One opportunity of the share that is logged; holds of the user only what may be used.

    Several values of a fact are joined by ``|``. ``user_key`` is empty where the user may not be recognised; any other
    fact that nobody told is ``None``.

    Args:
        site: domain of the page, or bundle of the app.
        hour: as the caller told it, of the moment where the user is; else UTC. ``None`` where what was told is none.
        auction: an ``AuctionKind``; ``None`` where nothing is auctioned.
        sample_rate: the share of users whose opportunities are logged, above 0 and at most 1.
    """

    request_id: str
    ts: datetime
    user_key: str
    slots: tuple[LoggedSlot, ...]
    sample_rate: float
    device: str | None = None
    os: str | None = None
    country: str | None = None
    region: str | None = None
    language: str | None = None
    site: str | None = None
    segments: tuple[str, ...] = ()
    hour: int | None = None
    weekday: int | None = None
    auction: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedRequests:
    """An entry of the event stream with some logged opportunities: for the lake alone, it counts in no statistic."""

    position: StreamPosition
    requests: tuple[LoggedRequest, ...]
