"""Hourly metrics added up: to campaigns, and to the days of each time zone that reports are often asked in.

A day of one zone is no sum of days of another, so each zone that is kept has rows of its own, of a 24th as many as
there are hours. What tells neither creatives nor placements apart is read from the rows of campaigns, of a tenth or
less of these; days of placements alone from those of an advertiser in each; what a campaign ever brought from one row.
All of them move in the transaction of the hours, and so never differ from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from adplat.domain import Progress, report_days, report_zone
from adplat.storage.rows import Values
from adplat.storage.tables import (
    Base,
    CampaignDayRow,
    CampaignHourRow,
    CampaignTotalRow,
    DailyMetricRow,
    HourlyMetricRow,
    PlacementDayRow,
    ReportZoneRow,
    StreamCoverageRow,
)
from adplat.storage.transactions import Database
from adplat.storage.upserts import add_rows, keep_rows

SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")
_OF_CAMPAIGN = ("advertiser_id", "campaign_id")
_OF_CREATIVE = (*_OF_CAMPAIGN, "creative_id", "placement")
# What days of creatives are added up to, and the key of each beside its day.
_FEWER_DAYS = ((CampaignDayRow, _OF_CAMPAIGN), (PlacementDayRow, ("advertiser_id", "placement")))


def add_up(connection: Connection, hours: Sequence[Values]) -> None:
    """Add what was added to hours to those and the totals of campaigns, and to the days of every zone that is kept."""
    add_rows(connection, CampaignHourRow, _added(hours, ("hour", *_OF_CAMPAIGN)))
    add_rows(connection, CampaignTotalRow, _added(hours, _OF_CAMPAIGN))
    for name in sorted(connection.execute(select(ReportZoneRow.zone)).scalars()):
        days = list(_in_days(hours, name))
        for table, keys in ((DailyMetricRow, _OF_CREATIVE), *_FEWER_DAYS):
            add_rows(connection, table, _added(days, ("zone", "day", *keys)))


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
        for number, day in enumerate(() if first is None else days, start=1):
            told = {"zone": literal(name), "day": literal(day.day.isoformat())}
            hours = (HourlyMetricRow.hour >= day.start, HourlyMetricRow.hour < day.end)
            _add_from(connection, DailyMetricRow, HourlyMetricRow, _OF_CREATIVE, hours, told)
            kept = (DailyMetricRow.zone == name, DailyMetricRow.day == day.day.isoformat())
            for table, keys in _FEWER_DAYS:
                _add_from(connection, table, DailyMetricRow, keys, kept, told)
            if progress is not None:
                progress(number, len(days), f"days of {name}")
    return True


def add_up_anew(connection: Connection) -> None:
    """After hours were written that ``add_up`` did not hear of: those and the totals of campaigns are made anew, and
    no zone's days are kept any more."""
    fewer_days = (table for table, _ in _FEWER_DAYS)
    for table in (ReportZoneRow, DailyMetricRow, *fewer_days, CampaignHourRow, CampaignTotalRow):
        connection.execute(delete(table))
    _add_from(connection, CampaignHourRow, HourlyMetricRow, ("hour", *_OF_CAMPAIGN))
    _add_from(connection, CampaignTotalRow, CampaignHourRow, _OF_CAMPAIGN)


def _add_from(
    connection: Connection,
    table: type[Base],
    source: type[Base],
    keys: Sequence[str],
    wheres: Sequence[ColumnElement[bool]] = (),
    told: Mapping[str, ColumnElement[str]] = MappingProxyType({}),
) -> None:
    """Rows of ``source`` added up by ``keys``, as rows of ``table`` that have ``told`` too."""
    columns = [getattr(source, one) for one in keys]
    sums = [func.sum(getattr(source, one)) for one in SUMS]
    added = select(*told.values(), *columns, *sums).where(*wheres).group_by(*columns)
    connection.execute(insert(table).from_select([*told, *keys, *SUMS], added))


def _in_days(hours: Sequence[Values], name: str) -> Iterator[Values]:
    zone = ZoneInfo(name)
    for hour in hours:
        yield {**hour, "zone": name, "day": hour["hour"].astimezone(zone).date().isoformat()}


def _added(many: Sequence[Values], keys: Sequence[str]) -> list[Values]:
    """One row for each key, in the order of the keys: who writes the same rows takes them in the same order."""
    found: dict[tuple[object, ...], Values] = {}
    for one in many:
        key = tuple(one[name] for name in keys)
        told = found.setdefault(key, dict(zip(keys, key, strict=True)) | dict.fromkeys(SUMS, 0))
        for name in SUMS:
            told[name] += one[name]
    return [found[key] for key in sorted(found)]


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
