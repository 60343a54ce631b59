"""Sums of hourly metrics by campaign and by day: on both databases."""

from __future__ import annotations

from datetime import timedelta

from adplat.domain import ArmStatistics, MetricSums, Role, StreamPosition, Viewer
from adplat.storage import Database, SqlDelivery, SqlMetricsLedger, seen_by

from .builders import NOON

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def fill(database: Database) -> None:
    """One showing in the first hour of k1, two in the next, …; the same for k2 a day later."""
    cells, spend = {}, {}
    for number, start in ((1, NOON), (2, NOON + DAY)):
        for hours in range(14):
            cell = (start + hours * HOUR, f"a{number}", f"k{number}", f"c{hours % 2}", "feed")
            cells[cell] = ArmStatistics(hours + 1, 1, 0, 0.5, 7)
            spend[cell] = 100 * (hours + 1)
    assert SqlMetricsLedger(database).add(StreamPosition(0, 0), StreamPosition(1, 0), cells, spend)


def test_campaigns_that_were_asked_for_are_summed_over_the_time_asked_for(database: Database) -> None:
    fill(database)
    told = SqlDelivery(database).by_campaign(["k1", "k2", "k9"], NOON, NOON + 3 * HOUR)
    assert told == {"k1": MetricSums(6, 3, 0, 1.5, 600, 21)}
    assert set(SqlDelivery(database).by_campaign(["k2"], NOON, NOON + 9 * DAY)) == {"k2"}


def test_days_are_those_of_utc(database: Database) -> None:
    fill(database)
    told = SqlDelivery(database).by_day("k1", NOON, NOON + 9 * DAY)
    assert told == {
        NOON.date(): MetricSums(sum(range(1, 13)), 12, 0, 6.0, 7800, 84),
        (NOON + DAY).date(): MetricSums(13 + 14, 2, 0, 1.0, 2700, 14),
    }


def test_a_viewer_sees_its_own_delivery_alone(database: Database) -> None:
    fill(database)
    mine = SqlDelivery(seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1"}))))
    assert set(mine.by_campaign(["k1", "k2"], NOON, NOON + 9 * DAY)) == {"k1"}
    assert mine.by_day("k2", NOON, NOON + 9 * DAY) == {}
