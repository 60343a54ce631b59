"""How showings were shared: days that are over are read once, until one of their files is written again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from adplat.data import ChoiceShare, Lake, choice_shares
from adplat.data.exposures import choice_shares as asked

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def shown(lake: Lake, at: datetime, chosen: list[str], part: str) -> None:
    """One showing each, of x and y at 0.75 and 0.25."""
    ids = [f"{part}-{at:%d%H}-{number}" for number in range(len(chosen))]
    seen = pl.DataFrame({"decision_id": ids, "creative_id": chosen}).with_columns(
        ts=pl.lit(at), campaign_id=pl.lit("k"), request_id=pl.col("decision_id")
    )
    lake.write("impressions", seen, part)
    stood = {"decision_id": ids, "candidates": [["x", "y"]] * len(ids), "propensities": [[0.75, 0.25]] * len(ids)}
    lake.write("choices", pl.DataFrame(stood).with_columns(ts=pl.lit(at)), part)


def told(lake: Lake, until: datetime = NOW) -> list[ChoiceShare]:
    since = (until - 3 * DAY).replace(hour=0, minute=0)
    return choice_shares(lake, "k", ["x", "y"], since, until, DAY)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    for days, chosen in ((2, ["x", "x", "y"]), (1, ["x", "y"]), (0, ["x"])):
        shown(made, NOW - days * DAY - timedelta(hours=1), chosen, f"p{days}")
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The lakes that were opened, one for each day that is read."""
    opened: list[Path] = []

    def watched(root: Path) -> object:
        opened.append(root)
        return really(root)

    really = asked.opened
    monkeypatch.setattr(asked, "opened", watched)
    return opened


def test_days_that_are_over_are_read_once_and_today_each_time(lake: Lake, read: list[Path]) -> None:
    first = told(lake)
    assert [(one.at.day, one.creative_id, one.offered, one.chosen) for one in first] == [
        (8, "x", 3, 2), (8, "y", 3, 1), (9, "x", 2, 1), (9, "y", 2, 1), (10, "x", 1, 1), (10, "y", 1, 0),
    ]  # fmt: skip
    assert len(read) == 3
    assert told(lake, NOW + timedelta(minutes=1)) == first
    assert len(read) == 4


def test_a_day_that_is_over_and_gets_another_showing_is_read_again(lake: Lake, read: list[Path]) -> None:
    told(lake)
    shown(lake, NOW - 2 * DAY, ["y", "y"], "late")
    assert [(one.creative_id, one.offered, one.chosen) for one in told(lake) if one.at.day == 8] == [
        ("x", 5, 2), ("y", 5, 3),
    ]  # fmt: skip
    assert len(read) == 5
