"""A lake that cannot be read: its part is named within it, and only ``where`` says where the lake lies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from adplat.data import Lake, reading_lake, user_attributes
from adplat.domain import TableRejected

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PART = "impressions/hour=2026-03-01T12/part-one.parquet"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Of one part."""
    lake = Lake(tmp_path / "tea" / "lake")
    lake.write("impressions", pl.DataFrame({"decision_id": ["d1"], "ts": [NOON]}), "one")
    return lake


def test_of_what_polars_says_the_part_is_told_and_its_folder_is_not(lake: Lake) -> None:
    scanned = lake.scan("impressions")
    (lake.root / PART).unlink()
    with pytest.raises(TableRejected, match="the lake cannot be read") as caught, reading_lake(lake.root):
        scanned.collect()
    assert caught.value.where == str(lake.root)
    assert PART in caught.value.what and str(lake.root.parent) not in caught.value.what


def test_the_same_of_duckdb(lake: Lake) -> None:
    (lake.root / PART).write_bytes((lake.root / PART).read_bytes()[:100])
    with pytest.raises(TableRejected, match="the lake cannot be read") as caught:
        user_attributes(lake)
    assert caught.value.where == str(lake.root)
    assert PART in caught.value.what and str(lake.root.parent) not in caught.value.what
