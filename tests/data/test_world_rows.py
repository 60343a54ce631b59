"""A world's rows written day by day are those of the join in memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from adplat.data import Lake, read_table, training_rows, write_world_rows
from adplat.domain import MissingInput, TableRejected
from tests.data.builders import START, impressions

HOUR_S = 3_600


def silent(_done: int, _total: int, _what: str) -> None:
    """Nobody listens."""


def world(root: Path, hours: int = 100, apart_s: int = HOUR_S) -> Path:
    """An impression an hour over four days, in no order within a part; every third is clicked."""
    names = [f"d{number:03}" for number in range(hours)]
    times = pl.Series("ts", [START.timestamp() + number * apart_s for number in range(hours)])
    moments = pl.from_epoch(times.cast(pl.Int64), "s").dt.replace_time_zone("UTC").dt.cast_time_unit("us")
    shown = impressions(hours).with_columns(pl.Series("decision_id", names), moments.alias("ts"))
    lake = Lake(root / "lake")
    lake.write("impressions", shown.reverse(), "p")
    lake.write("clicks", shown.select("decision_id", pl.col("ts") + pl.duration(hours=30))[::3], "p")
    return root


def test_both_files_together_are_the_rows_in_memory(tmp_path: Path) -> None:
    root = world(tmp_path)
    written = write_world_rows(root, 0.2, silent)
    assert written == {"rows/train.parquet": 80, "rows/valid.parquet": 20}
    parts = pl.concat([read_table(root / name) for name in written])
    assert_frame_equal(parts, training_rows(root))


def test_nothing_is_held_out_where_nobody_asks(tmp_path: Path) -> None:
    assert write_world_rows(world(tmp_path), 0.0, silent) == {"rows/train.parquet": 100}
    assert not (tmp_path / "rows" / "valid.parquet").exists()


def test_one_minute_is_not_parted(tmp_path: Path) -> None:
    with pytest.raises(TableRejected, match="of one minute"):
        write_world_rows(world(tmp_path, 5, 1), 0.2, silent)
    assert not list(tmp_path.glob("rows/*"))


def test_a_folder_without_a_lake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        write_world_rows(tmp_path, 0.2, silent)
