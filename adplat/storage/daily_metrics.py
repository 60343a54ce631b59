"""Hourly metrics added up to days, for each time zone that reports are often asked in.

A day of one zone is no sum of days of another, so each zone that is kept has rows of its own, of a 24th as many as
there are hours. They move in the transaction of the hours, and so never differ from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from adplat.domain import Progress, report_days, report_zone
from adplat.storage.rows import Values
from adplat.storage.tables import DailyMetricRow, HourlyMetricRow, ReportZoneRow, StreamCoverageRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import add_rows, keep_rows

SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")
_IDS = ("advertiser_id", "campaign_id", "creative_id", "placement")


def add_days(connection: Connection, hours: Sequence[Values]) -> None:
    """Add what was added to hours to the days of every zone that is kept."""
    for name in connection.execute(select(ReportZoneRow.zone)).scalars():
        zone = ZoneInfo(name)
        days: dict[tuple[str, ...], Values] = {}
        for hour in hours:
            day = hour["hour"].astimezone(zone).date().isoformat()
            key = (day, *(hour[name] for name in _IDS))
            told = days.setdefault(
                key, {"zone": name, "day": day, **{one: hour[one] for one in _IDS}, **dict.fromkeys(SUMS, 0)}
            )
            for one in SUMS:
                told[one] += hour[one]
        add_rows(connection, DailyMetricRow, [days[key] for key in sorted(days)])


def kept_zones(database: Database) -> list[str]:
    """The zones whose days are kept, by name."""
    with database.read() as session:
        return sorted(session.scalars(select(ReportZoneRow.zone)))


def keep_zone(database: Database, name: str, progress: Progress | None = None) -> bool:
    """Keep the days of one more zone, from the first hour there is; ``False`` where they are kept already.

    The worker waits meanwhile: hours that are added are in the days or come after. Raises ConfigRejected for a name
    that is no zone, or one whose days do not begin with an hour of UTC.
    """
    zone = report_zone(name)
    with database.write() as connection:
        # The row that the worker moves first: whoever comes second waits here.
        connection.execute(update(StreamCoverageRow).values(sequence=StreamCoverageRow.sequence))
        if connection.execute(select(ReportZoneRow.zone).where(ReportZoneRow.zone == name)).first():
            return False
        hour = HourlyMetricRow
        first, last = connection.execute(select(func.min(hour.hour), func.max(hour.hour))).one()
        # Without an hour, a year that stands for the zone: it is refused as it would be later.
        since, until = (date(2024, 1, 1), date(2025, 1, 1)) if first is None else (_day(first, zone), _day(last, zone))
        days = report_days(since, until + timedelta(days=1), zone)
        keep_rows(connection, ReportZoneRow, [{"zone": name}])
        columns = [getattr(hour, one) for one in _IDS]
        for number, day in enumerate(() if first is None else days, start=1):
            connection.execute(
                insert(DailyMetricRow).from_select(
                    ["zone", "day", *_IDS, *SUMS],
                    select(
                        literal(name),
                        literal(day.day.isoformat()),
                        *columns,
                        *(func.sum(getattr(hour, one)) for one in SUMS),
                    )
                    .where(hour.hour >= day.start, hour.hour < day.end)
                    .group_by(*columns),
                )
            )
            if progress is not None:
                progress(number, len(days), f"days of {name}")
    return True


def forget_days(connection: Connection) -> None:
    """No zone's days are kept any more: before hours are written that ``add_days`` does not hear of."""
    connection.execute(delete(ReportZoneRow))
    connection.execute(delete(DailyMetricRow))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
