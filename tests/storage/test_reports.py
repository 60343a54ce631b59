"""Reports add up what was counted, in any zone, by any dimension, for whom it is, and never two currencies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, text

from adplat.domain import (
    STREAM_START,
    Advertiser,
    ArmStatistics,
    ConfigRejected,
    Dimension,
    MetricSums,
    Report,
    ReportQuestion,
    Role,
    StreamPosition,
    Viewer,
    condition_from,
    summed,
)
from adplat.storage import Database, SqlCatalogue, SqlMetricsLedger, SqlReports, keep_zone, kept_zones, seen_by
from adplat.storage.daily_metrics import SUMS
from adplat.storage.tables import CampaignDayRow

DAY, HOUR, ADVERTISER, CAMPAIGN = Dimension.DAY, Dimension.HOUR, Dimension.ADVERTISER, Dimension.CAMPAIGN
CREATIVE, PLACEMENT = Dimension.CREATIVE, Dimension.PLACEMENT
MARCH = date(2026, 3, 1)


class Counted:
    """A ledger that takes one cell after another."""

    def __init__(self, database: Database) -> None:
        owners = [Advertiser("a1", "Tea", "CNY"), Advertiser("a2", "Shoes", "USD"), Advertiser("a3", "Hats", "CNY")]
        SqlCatalogue(database).save(owners, [], [], [])
        self.ledger = SqlMetricsLedger(database)
        self.position = STREAM_START

    def add(self, hour: datetime, advertiser: str = "a1", campaign: str = "", shown: int = 10, placement: str = "feed",
            spend: int = 100) -> None:  # fmt: skip
        cell = (hour, advertiser, campaign or f"k-{advertiser}", f"c-{advertiser}", placement)
        expected = self.position
        self.position = StreamPosition(expected.milliseconds + 3_600_000)
        counted = ArmStatistics(shown, shown // 10, shown // 20, shown / 10, shown * 1000)
        assert self.ledger.add(expected, self.position, {cell: counted}, {cell: spend})


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def asked(database: Database, *by: Dimension, since: date = MARCH, days: int = 10, **more: object) -> Report:
    conditions = tuple(condition_from(text) for text in more.pop("where", ()))  # type: ignore[attr-defined]
    question = ReportQuestion(since, since + timedelta(days=days), by, conditions=conditions, **more)  # type: ignore[arg-type]
    return SqlReports(database).report(question)


def shown_by_key(report: Report) -> dict[tuple[str, ...], int]:
    """Of all currencies."""
    found: dict[tuple[str, ...], int] = {}
    for row in report.rows:
        found[row.keys] = found.get(row.keys, 0) + row.sums.impressions
    return found


def test_rows_are_told_apart_by_what_was_asked_and_add_up_to_the_totals(database: Database) -> None:
    counted = Counted(database)
    counted.add(at(1))
    counted.add(at(1, 13), shown=30)
    counted.add(at(2), campaign="k9", placement="story")
    counted.add(at(11))

    report = asked(database, DAY, CAMPAIGN)

    assert shown_by_key(report) == {("2026-03-01", "k-a1"): 40, ("2026-03-02", "k9"): 10}
    assert report.totals == {"CNY": MetricSums(50, 5, 1, 5.0, 300, 50_000)}
    assert shown_by_key(asked(database, PLACEMENT)) == {("feed",): 40, ("story",): 10}
    assert shown_by_key(asked(database, CREATIVE)) == {("c-a1",): 50}
    assert shown_by_key(asked(database)) == {(): 50}
    assert report.covered_to == datetime(1970, 1, 1, 4, tzinfo=UTC)


def test_names_are_told_unless_nobody_wants_them(database: Database) -> None:
    Counted(database).add(at(1))

    told, bare = asked(database, ADVERTISER), asked(database, ADVERTISER, with_names=False)
    assert told.labels == {"advertiser": {"a1": "Tea"}} and bare.labels == {}
    assert bare.rows == told.rows


def test_all_that_campaigns_ever_brought_is_told_to_who_sees_them(database: Database) -> None:
    counted = Counted(database)
    for month in (1, 3):
        counted.add(at(1, month=month))
        counted.add(at(1, month=month), advertiser="a2", shown=30)
    staff = SqlReports(database).campaign_totals(["k-a1", "k-a2", "k-a3"])

    assert staff == {"k-a1": MetricSums(20, 2, 0, 2.0, 200, 20_000), "k-a2": MetricSums(60, 6, 2, 6.0, 200, 60_000)}
    assert SqlReports(database).campaign_totals([]) == {}
    own = seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1"})))
    many = [f"k{number}" for number in range(2_000)]
    for asked_for in (["k-a1", "k-a2"], ["k-a1", "k-a2", *many]):
        assert SqlReports(own).campaign_totals(asked_for) == {"k-a1": staff["k-a1"]}


def test_campaigns_that_were_shown_lately_are_told_to_who_sees_them(database: Database) -> None:
    counted = Counted(database)
    counted.add(at(1, 8))
    counted.add(at(1, 12), campaign="k9")
    counted.add(at(1, 12), campaign="k0", shown=0)
    counted.add(at(1, 12), advertiser="a3")

    assert SqlReports(database).shown_since(at(1, 8)) == {"k-a1", "k9", "k-a3"}
    assert SqlReports(database).shown_since(at(1, 9)) == {"k9", "k-a3"}
    own = seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1"})))
    assert SqlReports(own).shown_since(at(1, 9)) == {"k9"}


def test_the_last_counted_day_before_one_is_told_of_what_the_viewer_sees(database: Database) -> None:
    counted = Counted(database)
    counted.add(at(1, 23))
    counted.add(at(3, 0))
    counted.add(at(5), advertiser="a2")
    staff = SqlReports(database)
    own = SqlReports(seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1", "a3"}))))

    assert staff.last_counted(date(2026, 3, 9)) == date(2026, 3, 5)
    assert staff.last_counted(date(2026, 3, 5)) == own.last_counted(date(2026, 3, 9)) == date(2026, 3, 3)
    assert staff.last_counted(date(2026, 3, 9), "a1") == date(2026, 3, 3)
    assert own.last_counted(date(2026, 3, 3)) == date(2026, 3, 1)
    assert own.last_counted(date(2026, 3, 1)) is None
    assert own.last_counted(date(2026, 3, 9), "a2") is None and own.last_counted(date(2026, 3, 9), "a3") is None


@pytest.mark.parametrize(
    ("whose", "advertiser_id", "sqlite_reads", "postgresql_reads"),
    [
        (None, "", "PRIMARY KEY (zone=? AND day<?)", "Backward using pk_campaign_days"),
        (None, "b7", "ix_campaign_days_advertiser_id (advertiser_id=? AND zone=? AND day<?)", "Backward using"),
        (
            {"b7", "b8"},
            "",
            "ix_campaign_days_advertiser_id (advertiser_id=? AND zone=? AND day<?)",
            "on ix_campaign_days",
        ),
    ],
)
def test_an_index_of_days_tells_the_last_counted_one(
    database: Database, whose: set[str] | None, advertiser_id: str, sqlite_reads: str, postgresql_reads: str
) -> None:
    days = [str(MARCH + timedelta(days=number)) for number in range(60)]
    rows = [
        {"zone": zone, "day": day, "advertiser_id": f"b{number % 50}", "campaign_id": f"k{number}"}
        | dict.fromkeys(SUMS, 1)
        for zone in ("Asia/Shanghai", "UTC")
        for day in days
        for number in range(100)
    ]
    with database.write() as connection:
        connection.execute(insert(CampaignDayRow), rows)
        connection.execute(text("ANALYZE"))
    role = Role.OPERATOR if whose is None else Role.ADVERTISER
    mine = seen_by(database, Viewer("mei", role, None if whose is None else frozenset(whose)))
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, told: Any, *_: object) -> None:
        if "SELECT max" in statement:
            heard.append((statement, told))

    event.listen(mine.engine, "before_cursor_execute", hear)
    assert SqlReports(mine).last_counted(date(2030, 1, 1), advertiser_id) == date.fromisoformat(days[-1])

    [(statement, told)] = heard
    is_sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        asked = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}"
        plan = " ".join(row[-1] for row in connection.exec_driver_sql(asked, told))
    assert (sqlite_reads if is_sqlite else postgresql_reads) in plan
    assert "Seq Scan" not in plan and "SCAN" not in plan


def test_money_of_two_currencies_is_never_one_row(database: Database) -> None:
    counted = Counted(database)
    for advertiser in ("a1", "a2", "a3", "gone"):
        counted.add(at(1), advertiser)

    report = asked(database, DAY)

    assert [(row.currency, row.sums.spend_micros) for row in report.rows] == [("", 100), ("CNY", 200), ("USD", 100)]
    assert {currency: sums.spend_micros for currency, sums in report.totals.items()} == {
        "": 100,
        "CNY": 200,
        "USD": 100,
    }


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_day_is_that_of_the_zone_also_where_clocks_are_moved(database: Database, is_kept: bool) -> None:
    counted = Counted(database)
    if is_kept:
        assert keep_zone(database, "Europe/Berlin")
    # 29 March 2026 has 23 hours in Berlin: from 23:00 UTC to 22:00 UTC.
    for hour in (datetime(2026, 3, 28, 22, tzinfo=UTC) + timedelta(hours=number) for number in range(26)):
        counted.add(hour)

    days = asked(database, DAY, since=date(2026, 3, 28), days=3, time_zone="Europe/Berlin")
    hours = asked(database, HOUR, since=date(2026, 3, 29), days=1, time_zone="Europe/Berlin")

    assert shown_by_key(days) == {("2026-03-28",): 10, ("2026-03-29",): 230, ("2026-03-30",): 20}
    assert len(hours.rows) == 23
    assert [row.keys[0] for row in hours.rows][1:3] == ["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"]


def test_an_hour_that_comes_twice_is_told_twice(database: Database) -> None:
    counted = Counted(database)
    for hour in range(24):
        counted.add(at(25, hour, month=10))

    report = asked(database, HOUR, since=date(2026, 10, 25), days=1, time_zone="Europe/Berlin")

    keys = [row.keys[0] for row in report.rows]
    assert {"2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"} <= set(keys)


def test_keeping_a_zone_later_or_before_gives_the_same_days(database: Database) -> None:
    counted = Counted(database)
    keep_zone(database, "Asia/Shanghai")
    for number in range(60):
        where = ("feed", "story")[number % 2]
        counted.add(at(1) + timedelta(hours=7 * number), ("a1", "a2", "a3")[number % 3], "", 20 + number, where)
    assert keep_zone(database, "America/New_York")
    counted.add(at(3), shown=1000)
    assert not keep_zone(database, "America/New_York")
    assert kept_zones(database) == ["America/New_York", "Asia/Shanghai", "UTC"]

    for zone in kept_zones(database):
        for second, name in ((ADVERTISER, "advertiser_id"), (PLACEMENT, "placement"), (CREATIVE, "creative_id")):
            told = asked(database, DAY, second, days=20, time_zone=zone)
            by_hand: dict[tuple[str, ...], int] = {}
            for cell in counted.ledger.hourly_metrics():
                key = (cell.hour.astimezone(ZoneInfo(zone)).date().isoformat(), getattr(cell, name))
                by_hand[key] = by_hand.get(key, 0) + cell.statistics.impressions
            assert shown_by_key(told) == by_hand
            assert summed(told.totals.values()).impressions == sum(by_hand.values())


@pytest.mark.parametrize(
    ("by", "where", "table"),
    [
        ([DAY, ADVERTISER], [], "campaign_days"),
        ([CAMPAIGN], [], "campaign_days"),
        ([], ["placement=feed"], "placement_days"),
        ([DAY, PLACEMENT], ["advertiser=a1"], "placement_days"),
        ([PLACEMENT], ["campaign=k-a1"], "daily_metrics"),
        ([CREATIVE], [], "daily_metrics"),
    ],
)
def test_days_are_read_from_the_table_of_the_fewest_rows_that_tells_them(
    database: Database, by: list[Dimension], where: list[str], table: str
) -> None:
    Counted(database).add(at(1))
    heard: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))

    assert summed(asked(database, *by, where=where).totals.values()).impressions == 10

    assert [one.split("FROM")[-1].split()[0] for one in heard if "sum(" in one] == [table]


def test_filters_pick_ids_and_are_never_sql(database: Database) -> None:
    counted = Counted(database)
    counted.add(at(1), campaign="k1", shown=10)
    counted.add(at(1), campaign="k2", shown=20)
    counted.add(at(1), campaign="k3' OR 1=1 --", shown=40)

    def shown(*where: str) -> int:
        return summed(asked(database, where=where).totals.values()).impressions

    assert shown("campaign=k1|k2") == 30
    assert shown("campaign!=k1") == 60
    assert shown("campaign=k3' OR 1=1 --") == 40
    assert shown("campaign=k1' OR 1=1 --") == 0
    assert shown("campaign=k1", "placement=story") == 0
    for wrong in ("hour=3", "campaign~k", "user=u1", "spend>1"):
        with pytest.raises(ConfigRejected):
            shown(wrong)


def test_giant_ranges_are_refused_with_what_would_do(database: Database) -> None:
    with pytest.raises(ConfigRejected, match="at most 400 days"):
        asked(database, days=401)
    with pytest.raises(ConfigRejected, match="at most 7 days, or 31 of named campaigns"):
        asked(database, HOUR, days=8)
    asked(database, HOUR, days=31, where=("campaign=k1",))
    with pytest.raises(ConfigRejected, match="adplat report-zones --add Asia/Tokyo"):
        asked(database, days=8, time_zone="Asia/Tokyo")
    with pytest.raises(ConfigRejected, match="ends before it begins"):
        asked(database, days=0)


def test_zones_that_are_none_or_begin_within_an_hour_are_refused(database: Database) -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "", "Asia/Kolkata"):
        with pytest.raises(ConfigRejected):
            asked(database, time_zone=zone)
        with pytest.raises(ConfigRejected):
            keep_zone(database, zone)
    assert kept_zones(database) == ["UTC"]


def test_an_advertiser_meets_its_own_rows_alone(database: Database) -> None:
    counted = Counted(database)
    for advertiser in ("a1", "a2", "a3"):
        counted.add(at(1), advertiser)
    mine = seen_by(database, Viewer("li", Role.ADVERTISER, frozenset({"a2"})))

    for by in ((), (DAY,), (HOUR,), (DAY, ADVERTISER, CAMPAIGN, CREATIVE, PLACEMENT)):
        report = asked(mine, *by, days=7)
        assert summed(report.totals.values()).impressions == 10
        assert list(report.totals) == ["USD"]
    assert not asked(mine, where=("advertiser=a1",)).rows
    assert len(asked(seen_by(database, Viewer("mei", Role.ANALYST)), ADVERTISER).rows) == 3


ZONES = ("UTC", "Asia/Shanghai", "Asia/Singapore", "America/New_York", "Pacific/Auckland")


@pytest.mark.parametrize(
    "by", [(), (DAY,), (CAMPAIGN,), (CREATIVE,), (PLACEMENT, DAY), (DAY, CAMPAIGN, CREATIVE, PLACEMENT)]
)
def test_every_way_to_add_up_comes_to_the_hours_within_the_days(database: Database, by: tuple[Dimension, ...]) -> None:
    """Rows of campaigns or creatives; kept days, of this zone or one alike; whole days with hours at the ends."""
    counted = Counted(database)
    assert keep_zone(database, "Asia/Shanghai")
    for number in range(9 * 12):
        placement, campaign = ("feed", "story")[number % 2], f"k{number % 3}"
        counted.add(
            at(1) + timedelta(hours=2 * number), ("a1", "a2")[number % 5 == 0], campaign, 10 + number, placement
        )
    for name in ZONES:
        zone, since = ZoneInfo(name), MARCH + timedelta(days=1)
        told = asked(database, *by, since=since, days=6, time_zone=name)
        wanted: dict[tuple[tuple[str, ...], str], int] = {}
        for cell in counted.ledger.hourly_metrics():
            day = cell.hour.astimezone(zone).date()
            if since <= day < since + timedelta(days=6):
                of = {
                    DAY: day.isoformat(),
                    CAMPAIGN: cell.campaign_id,
                    CREATIVE: cell.creative_id,
                    PLACEMENT: cell.placement,
                }
                key = (tuple(of[one] for one in by), {"a1": "CNY", "a2": "USD"}[cell.advertiser_id])
                wanted[key] = wanted.get(key, 0) + cell.statistics.impressions
        assert {(row.keys, row.currency): row.sums.impressions for row in told.rows} == wanted, name


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/Paris"])
def test_what_lies_in_hours_beside_the_days_alone_is_not_told(database: Database, zone: str) -> None:
    """Days of UTC with hours taken away at an end (New York) or added (Paris begins its days before them)."""
    counted, first = Counted(database), datetime(2026, 3, 2, tzinfo=ZoneInfo(zone))
    hour = timedelta(hours=1)
    counted.add(first - hour, campaign="before")
    counted.add(first, campaign="in")
    counted.add(first + 23 * hour, campaign="in", placement="story")
    counted.add(first + 24 * hour, campaign="after")

    for by in ((CAMPAIGN,), (DAY, CAMPAIGN), (DAY, CREATIVE, PLACEMENT, CAMPAIGN)):
        told = asked(database, *by, since=first.date(), days=1, time_zone=zone)
        assert {row.keys[-1] for row in told.rows} == {"in"}
        assert told.totals == {"CNY": MetricSums(20, 2, 0, 2.0, 200, 20_000)}


def test_a_zone_that_is_not_kept_is_answered_from_one_with_the_same_days_for_as_long_as_that_one(
    database: Database,
) -> None:
    Counted(database).add(at(1))
    assert keep_zone(database, "Asia/Shanghai")

    assert len(asked(database, CREATIVE, days=90, time_zone="Asia/Singapore").rows) == 1
    # London has the days of UTC until its clocks are moved at the end of March.
    assert len(asked(database, CREATIVE, days=28, time_zone="Europe/London").rows) == 1
    with pytest.raises(ConfigRejected, match="not kept"):
        asked(database, CREATIVE, days=40, time_zone="Europe/London")
