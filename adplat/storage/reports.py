"""Reports in SQL: sums by dimension over kept days, or over days of UTC and hours where days of the zone are not kept.

Rows are added up by advertiser too, whatever was asked: money has its advertiser's currency, and that of two
currencies is never added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from adplat.domain import (
    Comparison,
    ConfigRejected,
    Dimension,
    MetricSums,
    Report,
    ReportDay,
    ReportQuestion,
    ReportRow,
    StreamPosition,
    report_days,
    report_zone,
    summed,
)
from adplat.domain.reports import MOST_ROWS
from adplat.storage.daily_metrics import SUMS
from adplat.storage.metrics_ledger import READER
from adplat.storage.tables import (
    AdvertiserRow,
    CampaignDayRow,
    CampaignHourRow,
    CampaignRow,
    CampaignTotalRow,
    CreativeRow,
    DailyMetricRow,
    HourlyMetricRow,
    PlacementDayRow,
    ReportZoneRow,
    StreamCoverageRow,
)
from adplat.storage.transactions import Database

_COLUMNS = {
    Dimension.ADVERTISER: "advertiser_id",
    Dimension.CAMPAIGN: "campaign_id",
    Dimension.CREATIVE: "creative_id",
    Dimension.PLACEMENT: "placement",
}
_NAMED: dict[Dimension, tuple[Any, Any]] = {
    Dimension.ADVERTISER: (AdvertiserRow.advertiser_id, AdvertiserRow.name),
    Dimension.CAMPAIGN: (CampaignRow.campaign_id, CampaignRow.name),
    Dimension.CREATIVE: (CreativeRow.creative_id, CreativeRow.headline),
}
# Sums that are whole numbers, so that what was added and taken away is nothing again.
_COUNTED = [name for name in SUMS if name != "expected_clicks"]
_AT_ONCE = 500
_UTC = "UTC"
_Sums = dict[tuple[tuple[Any, ...], str], MetricSums]


class SqlReports:
    """Answers over the rows that exist for whom the database was made for (``seen_by``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def campaign_totals(self, campaign_ids: Collection[str]) -> dict[str, MetricSums]:
        """All that ever was counted of these campaigns, by id; one of nothing is absent."""
        row = CampaignTotalRow
        wanted = select(row.campaign_id, *(getattr(row, name) for name in SUMS))
        if len(campaign_ids) <= _AT_ONCE:
            wanted = wanted.where(row.campaign_id.in_(sorted(campaign_ids)))
        named, found = set(campaign_ids), dict[str, MetricSums]()
        with self._database.read() as session:
            for name, *sums in session.execute(wanted):
                if name in named:
                    found[name] = found[name] + MetricSums(*sums) if name in found else MetricSums(*sums)
        return found

    def shown_since(self, hour: datetime) -> frozenset[str]:
        """Campaigns that were shown in this hour or later."""
        row = CampaignHourRow
        wanted = select(row.campaign_id).where(row.hour >= hour, row.impressions > 0).distinct()
        with self._database.read() as session:
            return frozenset(session.scalars(wanted))

    def last_counted(self, before: date, advertiser_id: str = "") -> date | None:
        """The last day of UTC before this one with anything counted, of one advertiser or (empty) of all that are
        seen; ``None``: there is none. Days of campaigns tell it, each of which is few rows, and not the hours."""
        row = CampaignDayRow
        wanted = select(func.max(row.day)).where(row.zone == _UTC, row.day < before.isoformat())
        if advertiser_id:
            wanted = wanted.where(row.advertiser_id == advertiser_id)
        with self._database.read() as session:
            last = session.scalar(wanted)
        return None if last is None else date.fromisoformat(last)

    def names(self, dimension: Dimension, ids: set[str]) -> dict[str, str]:
        """What those of these ids are called that there are; of advertisers, campaigns or creatives."""
        with self._database.read() as session:
            return _names(session, dimension, ids)

    def report(self, question: ReportQuestion) -> Report:
        """The rows of a question, in order of their keys.

        Raises ConfigRejected for an unknown zone, a range too long for a zone whose days are not kept, and more than
        MOST_ROWS rows.
        """
        zone = report_zone(question.time_zone)
        days = report_days(question.since, question.until, zone)
        with self._database.read() as session:
            kept = session.scalars(select(ReportZoneRow.zone)).all()
            whose = select(AdvertiserRow.advertiser_id, AdvertiserRow.currency)
            currencies = {row[0]: row[1] for row in session.execute(whose)}
            sums: _Sums = {}
            for part in _parts(question, days, kept):
                # Of the connection, in the same transaction: a session looks each of 50,000 rows through for objects.
                found = session.connection().execute(part).all()
                if len(found) > 2 * MOST_ROWS:
                    raise _too_many()
                _fold(sums, len(question.dimensions), found, currencies)
                if len(sums) > MOST_ROWS:
                    raise _too_many()
            rows = _in_order(sums, zone if Dimension.HOUR in question.dimensions else None)
            labels = {
                dimension.value: _names(session, dimension, {row.keys[place] for row in rows})
                for place, dimension in enumerate(question.dimensions)
                if question.with_names and dimension in _NAMED
            }
            coverage = session.get(StreamCoverageRow, READER)
            covered_to = _moment(coverage)
        totals = {
            currency: summed(row.sums for row in rows if row.currency == currency)
            for currency in sorted({row.currency for row in rows})
        }
        return Report(question, rows, totals, covered_to, labels)


def _parts(question: ReportQuestion, days: Sequence[ReportDay], kept: Sequence[str]) -> Iterator[Select[Any]]:
    """What has to be added up: as few rows as may be, and of many hours of creatives one day after the other, for what
    has to be sorted grows with each."""
    same = question.time_zone if question.time_zone in kept else _zone_of_the_same_days(question, days, kept)
    start, end = days[0].start, days[-1].end
    if Dimension.HOUR in question.dimensions:
        _require_few(question, len(days), is_kept=bool(same))
        yield _grouped(question, [_hours(question, start, end)])
    elif same:
        yield _grouped(question, [_days(question, same, question.since, question.until)])
    else:
        _require_few(question, len(days), is_kept=False)
        with_utc = _UTC in kept
        if Dimension.DAY in question.dimensions:
            for day in days:
                yield _over_stretch(question, day.start, day.end, with_utc, day.day.isoformat())
        else:
            yield _over_stretch(question, start, end, with_utc)


def _over_stretch(
    question: ReportQuestion, start: datetime, end: datetime, with_utc: bool, day: str = ""
) -> Select[Any]:
    """Days of UTC from the midnight nearest to ``start`` to that nearest to ``end``, less the hours that they hold too
    many, and the hours that they lack; the hours alone where those are more than half of them.

    ``day``: what all of it is told as, where days are asked for.
    """
    first, last = _nearest_midnight(start), _nearest_midnight(end)
    if not with_utc or 2 * (abs(first - start) + abs(last - end)) > end - start:
        return _grouped(question, [_hours(question, start, end)], day)
    parts = [_days(question, _UTC, first.date(), last.date(), told_as=day)]
    for lacks_from, lacks_to in ((start, first), (last, end)):
        if lacks_from < lacks_to:
            parts.append(_hours(question, lacks_from, lacks_to))
        elif lacks_to < lacks_from:
            parts.append(_hours(question, lacks_to, lacks_from, taken_away=True))
    return _grouped(question, parts, day)


def _zone_of_the_same_days(question: ReportQuestion, days: Sequence[ReportDay], kept: Sequence[str]) -> str:
    """One that is kept and has the very same days: in these weeks London may have those of UTC, and Singapore has
    those of Shanghai. Empty: there is none."""
    return next((name for name in sorted(kept) if _has_days(name, question, days)), "")


def _has_days(name: str, question: ReportQuestion, days: Sequence[ReportDay]) -> bool:
    try:
        return report_days(question.since, question.until, report_zone(name)) == days
    except ConfigRejected:
        return False  # in other years its days began within an hour


def _nearest_midnight(moment: datetime) -> datetime:
    """Of UTC, to an hour of it."""
    return (moment + timedelta(hours=12)).replace(hour=0)


def _require_few(question: ReportQuestion, days: int, *, is_kept: bool) -> None:
    most = question.most_days_of_hours
    if not is_kept and days > most:
        raise ConfigRejected(
            f"days of this time zone are not kept, and {days} of them are asked for",
            where=f"time_zone {question.time_zone}",
            hint=f"ask for at most {most}, or keep them: adplat report-zones --add {question.time_zone}",
        )


def _tells_no(question: ReportQuestion, *dimensions: Dimension) -> bool:
    """Whether none of these tells its rows apart or is a condition, so that a table without them answers it."""
    named = {*question.dimensions, *(Dimension(condition.field) for condition in question.conditions)}
    return named.isdisjoint(dimensions)


def _days(question: ReportQuestion, zone: str, since: date, until: date, told_as: str = "") -> Select[Any]:
    """Cells of days, of the table of the fewest that tell it; ``told_as``: they are told as another day, so that
    theirs is not wanted."""
    row: Any = DailyMetricRow
    if _tells_no(question, Dimension.CREATIVE, Dimension.PLACEMENT):
        row = CampaignDayRow
    elif _tells_no(question, Dimension.CREATIVE, Dimension.CAMPAIGN):
        row = PlacementDayRow
    when = {} if told_as else {Dimension.DAY: row.day}
    return _cells(row, when, question, row.zone == zone, row.day >= since.isoformat(), row.day < until.isoformat())


def _hours(question: ReportQuestion, start: datetime, end: datetime, *, taken_away: bool = False) -> Select[Any]:
    row: Any = CampaignHourRow if _tells_no(question, Dimension.CREATIVE, Dimension.PLACEMENT) else HourlyMetricRow
    wheres = row.hour >= start, row.hour < end
    return _cells(row, {Dimension.HOUR: row.hour}, question, *wheres, taken_away=taken_away)


def _cells(
    row: Any,
    when: Mapping[Dimension, Any],
    question: ReportQuestion,
    *wheres: ColumnElement[bool],
    taken_away: bool = False,
) -> Select[Any]:
    """Keys as ``key_0`` and so on, less that of a day that the rows do not tell; whose it is; the sums."""
    keys = [
        (when[one] if one in when else getattr(row, _COLUMNS[one])).label(f"key_{place}")
        for place, one in enumerate(question.dimensions)
        if one in when or one in _COLUMNS
    ]
    sums = [getattr(row, name) for name in SUMS]
    told = [(-one).label(name) for one, name in zip(sums, SUMS, strict=True)] if taken_away else sums
    wanted = select(*keys, row.advertiser_id, *told).where(*wheres)
    for condition in question.conditions:
        column = getattr(row, _COLUMNS[Dimension(condition.field)])
        among = column.in_(condition.values)
        wanted = wanted.where(among if condition.comparison is Comparison.IS else ~among)
    return wanted


def _grouped(question: ReportQuestion, parts: Sequence[Select[Any]], day: str = "") -> Select[Any]:
    """``day``: what all of these cells are told as. What parts that are taken away leave nothing of is left out."""
    cells = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery("cells").c
    keys = [cells.get(f"key_{place}") for place in range(len(question.dimensions))]
    told = [literal(day).label("day") if key is None else key for key in keys]
    wanted = select(*told, cells.advertiser_id, *(_sum(cells[name]) for name in SUMS))
    named = [(key, one) for key, one in zip(keys, question.dimensions, strict=True) if key is not None]
    if len(parts) > 1:
        # They are in no index's order: SQLite sorts them, the sooner the more its first comparison tells apart.
        named.sort(key=lambda told: told[1] is not Dimension.CREATIVE)
    order = [key for key, _ in named]
    wanted = wanted.group_by(*order, cells.advertiser_id).limit(2 * MOST_ROWS + 1)
    return wanted if len(parts) == 1 else wanted.having(or_(*(func.sum(cells[name]) != 0 for name in _COUNTED)))


def _sum(column: Any) -> ColumnElement[Any]:
    """PostgreSQL sums integers as decimals, which take seven times as long to fetch."""
    added = func.sum(column)
    return cast(added, BigInteger) if column.type.python_type is int else added


def _fold(sums: _Sums, width: int, found: Iterable[Any], currencies: Mapping[str, str]) -> None:
    for row in found:
        shown, clicks, conversions, expected, spend, value = row[width + 1 :]
        told = MetricSums(shown, clicks, conversions, expected, spend, value)
        key = (tuple(row[:width]), currencies.get(row[width], ""))
        sums[key] = sums[key] + told if key in sums else told


def _in_order(sums: _Sums, hours_of: ZoneInfo | None) -> tuple[ReportRow, ...]:
    """``hours_of``: the zone in which hours among the keys are told; ``None``: there are none, and all are words."""
    told = (lambda keys: keys) if hours_of is None else partial(_with_hours, hours_of)
    return tuple([ReportRow(told(keys), currency, sums[keys, currency]) for keys, currency in sorted(sums)])


def _with_hours(zone: ZoneInfo, keys: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(
        key.astimezone(zone).isoformat(timespec="minutes") if isinstance(key, datetime) else key for key in keys
    )


def _names(session: Session, dimension: Dimension, ids: set[str]) -> dict[str, str]:
    key, name = _NAMED[dimension]
    wanted = sorted(ids)
    if session.get_bind().dialect.name == "postgresql":
        # One parameter: psycopg reads a list of a thousand for longer than the server answers it.
        parts = [key == any_(literal(wanted, ARRAY(Text)))]
    else:
        parts = [key.in_(wanted[start : start + _AT_ONCE]) for start in range(0, len(wanted), _AT_ONCE)]
    return {row[0]: row[1] for among in parts for row in session.execute(select(key, name).where(among))}


def _moment(coverage: StreamCoverageRow | None) -> datetime | None:
    if coverage is None or StreamPosition(coverage.milliseconds, coverage.sequence) == StreamPosition():
        return None
    return datetime.fromtimestamp(coverage.milliseconds / 1000.0, UTC)


def _too_many() -> ConfigRejected:
    return ConfigRejected(
        f"a report of more than {MOST_ROWS:,} rows",
        where="by",
        hint="ask for fewer dimensions, fewer days, or named campaigns",
    )
