"""Days of a report in its time zone, as stretches of whole hours of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adplat.domain.errors import ConfigRejected

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReportDay:
    """``[start, end)`` in aware UTC; 23 or 25 hours where the clocks are moved."""

    day: date
    start: datetime
    end: datetime


def report_zone(name: str) -> ZoneInfo:
    """The zone of this name (IANA). Raises ConfigRejected."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigRejected(
            f"{name[:64]!r} is no time zone", where="time_zone", hint="use an IANA name such as Asia/Shanghai or UTC"
        ) from None


def report_days(since: date, until: date, zone: ZoneInfo) -> Sequence[ReportDay]:
    """The days from ``since`` to before ``until``.

    Raises ConfigRejected where a day of the zone begins within an hour of UTC (India, parts of Australia): metrics are
    kept by hours, and half of one cannot be told.
    """
    found = []
    day = since
    while day < until:
        start, end = _midnight(day, zone), _midnight(day + _A_DAY, zone)
        if any(moment.minute or moment.second for moment in (start, end)):
            raise ConfigRejected(
                "days of this time zone begin within an hour of UTC, and metrics are kept by whole hours",
                where=f"time_zone {zone.key}",
                hint="use a zone that differs from UTC by whole hours",
            )
        found.append(ReportDay(day, start, end))
        day += _A_DAY
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where a day has no midnight, because the clocks skip it, the first moment that it has."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)
