"""Which ads may run at this moment: flights and hours of the week, worked out once per stretch of time.

Between two edges nothing changes. Edges are the starts and ends of flights, and the quarters of an hour in UTC: every
time zone in use today differs from UTC by a multiple of 15 minutes, and changes its clocks at such a moment
(IANA time zone database), so every local hour begins and ends on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from adplat.domain import ConfigRejected
from adplat.market.ad_terms import AdTerms
from adplat.market.bitsets import bits_by_value, bitset_of

QUARTER_S = 900
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER_US = np.iinfo(np.int64).max


def time_zone_named(name: str, where: str = "") -> ZoneInfo:
    """The zone of this IANA name. Raises ConfigRejected."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigRejected(
            f"time zone {name!r} is unknown", where=where, hint="use an IANA name such as Asia/Shanghai or UTC"
        ) from None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The ads in flight, and those in one of their hours, at any moment in ``[since_us, until_us)`` (UTC)."""

    since_us: int
    until_us: int
    in_flight: int
    in_hour: int


class RunningTime:
    """Answers :meth:`at`; keeps the latest stretch only, since moments come in order or nearly so."""

    def __init__(self, terms: Sequence[AdTerms]) -> None:
        self._starts_us = np.array([_us(ad.flight.start) for ad in terms], dtype=np.int64)
        self._ends_us = np.array(
            [_NEVER_US if ad.flight.end is None else _us(ad.flight.end) for ad in terms], dtype=np.int64
        )
        self._edges_us = np.unique(np.concatenate([self._starts_us, self._ends_us]))
        self._any_hour = bitset_of(np.array([not ad.targeting.hours_of_week for ad in terms], dtype=np.bool_))
        names = sorted({ad.time_zone for ad in terms if ad.targeting.hours_of_week})
        self._hours_by_zone = [
            (
                time_zone_named(name),
                bits_by_value(
                    [[str(hour) for hour in ad.targeting.hours_of_week] if ad.time_zone == name else () for ad in terms]
                ),
            )
            for name in names
        ]
        self._latest = Stretch(0, 0, 0, 0)

    def at(self, now: datetime) -> Stretch:
        """The stretch around ``now`` (aware)."""
        now_us = _us(now)
        latest = self._latest
        if not latest.since_us <= now_us < latest.until_us:
            # One assignment of a finished stretch: threads may work it out twice, never see half of it.
            latest = self._latest = self._stretch_around(now_us)
        return latest

    def _stretch_around(self, now_us: int) -> Stretch:
        quarter_us = now_us - now_us % (QUARTER_S * 1_000_000)
        place = int(np.searchsorted(self._edges_us, now_us, side="right"))
        since_us = max(quarter_us, int(self._edges_us[place - 1])) if place else quarter_us
        until_us = quarter_us + QUARTER_S * 1_000_000
        if place < len(self._edges_us):
            until_us = min(until_us, int(self._edges_us[place]))
        in_flight = bitset_of((self._starts_us <= now_us) & (now_us < self._ends_us))
        in_hour = self._any_hour
        moment = _EPOCH + timedelta(microseconds=now_us)
        for zone, hours in self._hours_by_zone:
            local = moment.astimezone(zone)
            in_hour |= hours.get(str(local.weekday() * 24 + local.hour), 0)
        return Stretch(since_us, until_us, in_flight, in_hour)


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
