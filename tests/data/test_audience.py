"""Rows of blocks hold what the lake holds: events on the day they happened, users where they may be known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from adplat.data import Lake, audience_rows, user_attributes
from adplat.domain import ConfigRejected

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARCH_1, MARCH_2, MARCH_3 = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


def a_lake(root: Path) -> Lake:
    lake = Lake(root)
    late = NOON + timedelta(hours=11, minutes=59)
    shown = [
        ("d1", NOON, "u1", "k1", "phone", "north"),
        ("d2", NOON + timedelta(hours=1), "u1", "k1", "phone", "north"),
        ("d3", late, "u2", "k1", "desktop", None),
        ("d4", NOON, "", "k1", "phone", "north"),
        ("d5", NOON, "u9", "k2", "phone", "north"),
    ]
    columns = ("decision_id", "ts", "user_key", "campaign_id", "device", "region")
    frame = pl.DataFrame(shown, schema=columns, orient="row").with_columns(
        creative_id=pl.lit("c1"), placement=pl.lit("feed"), p_ctr=pl.lit(0.5), age=pl.lit(30), segments=pl.lit(["a"])
    )
    lake.write("impressions", frame, "one")
    clicks = [("d1", NOON), ("d3", late + timedelta(minutes=5)), ("unknown", NOON)]
    lake.write("clicks", pl.DataFrame(clicks, schema=["decision_id", "ts"], orient="row"), "one")
    bought = [("d3", NOON + timedelta(days=1), 7_000_000, "sale"), ("d3", NOON + timedelta(days=2), 1, "sale")]
    told = pl.DataFrame(bought, schema=["decision_id", "ts", "value_micros", "kind"], orient="row")
    lake.write("conversions", told, "one")
    return lake


def by_user(frame: pl.DataFrame) -> dict[tuple[object, ...], tuple[int, ...]]:
    return {
        (row["day"] - 20513, row["user"], row["a0"]): (
            row["impressions"],
            row["clicks"],
            row["conversions"],
            row["value_micros"],
        )
        for row in frame.iter_rows(named=True)
    }


def test_events_count_on_the_day_they_happened_with_the_user_of_their_decision(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)

    both = audience_rows(lake, ["k1"], MARCH_1, MARCH_3, ["device"])

    assert by_user(both) == {
        (0, None, "phone"): (1, 0, 0, 0),
        (0, "u1", "phone"): (2, 1, 0, 0),
        (0, "u2", "desktop"): (1, 0, 0, 0),
        (1, "u2", "desktop"): (0, 1, 1, 7_000_000),
    }
    second = audience_rows(lake, ["k1"], MARCH_2, MARCH_3, ["device"])
    assert by_user(second) == {(1, "u2", "desktop"): (0, 1, 1, 7_000_000)}


def test_what_is_not_known_is_a_value_of_its_own(tmp_path: Path) -> None:
    rows = audience_rows(a_lake(tmp_path), ["k1"], MARCH_1, MARCH_2, ["region", "device"])

    assert {(row["user"], row["a0"], row["a1"]) for row in rows.iter_rows(named=True)} == {
        (None, "north", "phone"),
        ("u1", "north", "phone"),
        ("u2", "", "desktop"),
    }


def test_expected_clicks_are_told_where_every_impression_has_a_prediction(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    shown = [("d1", "u1", 0.25), ("d2", "u1", 0.5), ("d3", "u2", 0.5), ("d4", "u2", None)]
    frame = pl.DataFrame(shown, schema=["decision_id", "user_key", "p_ctr"], orient="row").with_columns(
        ts=pl.lit(NOON), campaign_id=pl.lit("k1"), creative_id=pl.lit("c1"), placement=pl.lit("feed"), age=pl.lit(30)
    )
    lake.write("impressions", frame, "one")
    lake.write("clicks", pl.DataFrame([("d1", NOON)], schema=["decision_id", "ts"], orient="row"), "one")

    rows = audience_rows(lake, ["k1"], MARCH_1, MARCH_2, ["age"])

    assert {row["user"]: row["expected_clicks"] for row in rows.iter_rows(named=True)} == {"u1": 0.75, "u2": None}


def test_only_what_is_told_of_users_by_values_is_an_attribute(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)

    assert set(user_attributes(lake)) == {"age", "consent", "device", "language", "region"}
    for wrong in ("user_key", "decision_id", "creative_id", "p_ctr", "segments", "hour", "x; DROP TABLE seen", 'a"b'):
        with pytest.raises(ConfigRejected, match="no attribute of users"):
            audience_rows(lake, ["k1"], MARCH_1, MARCH_2, [wrong])


def test_a_lake_without_rows_has_none(tmp_path: Path) -> None:
    assert audience_rows(Lake(tmp_path), ["k1"], MARCH_1, MARCH_2, ["device"]).is_empty()
    assert user_attributes(Lake(tmp_path)) == []
    assert audience_rows(a_lake(tmp_path / "full"), ["k' OR 1=1"], MARCH_1, MARCH_2, ["device"]).is_empty()
