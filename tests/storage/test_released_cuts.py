"""What was told is kept under its number, once, whoever is faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from adplat.domain import CountedUsers, MetricSums, NotPermitted, ReleasedCut, Role, Viewer
from adplat.storage import Database, SqlReleasedCuts, seen_by
from adplat.storage.tables import ReleasedBreakdownRow

DAY = date(2026, 3, 1)
CUT = ReleasedCut(
    "k1",
    "a1",
    DAY,
    0,
    "device",
    CountedUsers.SHOWN,
    datetime(2026, 3, 9, tzinfo=UTC),
    "f",
    {"phone": MetricSums(60, 3, 1, 2.5, value_micros=7), "": MetricSums(80, expected_clicks=None)},
)


def test_what_is_kept_comes_back_in_the_order_it_was_told(database: Database) -> None:
    store = SqlReleasedCuts(database)
    second, later = replace(CUT, number=1, attribute="region", shown={}), replace(CUT, day=date(2026, 3, 2))

    store.keep([later, second, CUT, replace(CUT, campaign_id="k2")])

    assert store.cuts(["k1"], DAY, date(2026, 3, 2)) == [CUT, second]
    assert store.cuts(["k1", "k2"], DAY, date(2026, 3, 3)) == [CUT, second, later, replace(CUT, campaign_id="k2")]
    assert store.cuts([], DAY, date(2026, 3, 3)) == []


def test_cuts_of_old_that_took_no_prediction_for_none_promised_are_read_as_not_told(database: Database) -> None:
    store = SqlReleasedCuts(database)
    store.keep([replace(CUT, shown={"phone": MetricSums(60, 3, expected_clicks=0.0)})])

    assert store.cuts(["k1"], DAY, date(2026, 3, 2))[0].shown["phone"].expected_clicks is None


def test_a_number_that_is_taken_stays_with_who_was_first(database: Database) -> None:
    store = SqlReleasedCuts(database)
    store.keep([CUT])

    store.keep([replace(CUT, attribute="region")])

    assert store.cuts(["k1"], DAY, date(2026, 3, 2)) == [CUT]


def test_a_viewer_meets_what_was_told_of_its_own_campaigns_alone(database: Database) -> None:
    SqlReleasedCuts(database).keep([CUT, replace(CUT, campaign_id="k2", advertiser_id="a2")])
    mine = seen_by(database, Viewer("li", Role.ADVERTISER, frozenset({"a2"})))

    assert [cut.campaign_id for cut in SqlReleasedCuts(mine).cuts(["k1", "k2"], DAY, date(2026, 3, 2))] == ["k2"]
    with mine.read() as session:
        assert list(session.scalars(select(ReleasedBreakdownRow.campaign_id))) == ["k2"]
    with pytest.raises(NotPermitted):
        SqlReleasedCuts(seen_by(database, Viewer("ro", Role.READ_ONLY))).keep([CUT])
