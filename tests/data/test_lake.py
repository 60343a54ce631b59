"""Writing a part again is the same as writing it once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.data import Lake
from adplat.domain import TableRejected
from tests.data.builders import START, impressions, refusal


def ids(lake: Lake) -> list[str]:
    return sorted(lake.scan("impressions").collect()["decision_id"])


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3)), min_size=1, max_size=6))
def test_the_last_writing_of_each_part_is_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[str, int]]
) -> None:
    root = tmp_path_factory.mktemp("lake")
    lake = Lake(root)
    frames = {seed: impressions(20, seed=seed, hours=3.0 * (seed + 1)) for seed in range(4)}
    for part, seed in writes:
        lake.write("impressions", frames[seed], part)
    last = dict(writes)
    assert ids(lake) == sorted(name for seed in last.values() for name in frames[seed]["decision_id"])
    before = files(root)
    for part, seed in last.items():
        lake.write("impressions", frames[seed], part)
    assert files(root) == before
    assert lake.parts("impressions") == sorted(last)


def test_rows_lie_in_the_folder_of_their_hour_and_keep_their_own_hour_column(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    shown = impressions(200, hours=5).with_columns(hour=pl.lit(99))
    assert lake.write("impressions", shown, "a") == 200
    assert sorted(path.name for path in (tmp_path / "impressions").iterdir()) == [
        f"hour=2026-03-01T{hour:02}" for hour in range(5)
    ]
    assert lake.scan("impressions").select("hour").collect()["hour"].unique().to_list() == [99]


def test_parts_with_different_further_columns_are_read_together(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write("impressions", impressions(10, seed=1), "a")
    lake.write("impressions", impressions(10, seed=2).with_columns(weather=pl.lit("rain")), "b")
    read = lake.scan("impressions").collect()
    assert read.height == 20
    assert read["weather"].null_count() == 10
    assert read["p_cvr"].dtype == pl.Float64


def test_dropped_parts_are_gone_from_every_table(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    shown = impressions(10, hours=1)
    for part in ("keep", "drop-1", "drop-2"):
        lake.write("impressions", shown, part)
        lake.write("clicks", shown.select("decision_id", "ts"), part)
    assert lake.drop_parts(lambda part: part.startswith("drop")) == 4
    assert lake.parts("impressions") == lake.parts("clicks") == ["keep"]


def test_an_absent_table_is_an_empty_one(tmp_path: Path) -> None:
    empty = Lake(tmp_path).scan("conversions").collect()
    assert empty.is_empty()
    assert "value_micros" in empty.columns


def test_what_does_not_belong_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    lake, shown = Lake(tmp_path / "lake"), impressions(5)
    naive = shown.with_columns(pl.col("ts").dt.replace_time_zone(None))
    assert "no table" in refusal(TableRejected, lambda: lake.write("views", shown, "a"))
    assert "part name" in refusal(TableRejected, lambda: lake.write("impressions", shown, "../a"))
    assert "time zone" in refusal(TableRejected, lambda: lake.write("impressions", naive, "a"))
    assert "'ts'" in refusal(TableRejected, lambda: lake.write("impressions", shown.drop("ts"), "a"))
    wrong = shown.with_columns(position=pl.lit("first"))
    assert "position" in refusal(TableRejected, lambda: lake.write("impressions", wrong, "a"))
    assert not (tmp_path / "lake").exists()


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write("impressions", impressions(5, hours=1), "a")
    (path,) = tmp_path.rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    assert str(path) in refusal(TableRejected, lambda: lake.scan("impressions"))


def test_parts_from_before_experiments_were_told_read_beside_newer_ones(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for part, told in (("old", None), ("new", [["e:a"], [], ["e:b", "f:a"]])):
        shown = impressions(3, seed=len(part)).with_columns(decision_id=pl.format("{}-{}", pl.lit(part), "decision_id"))
        lake.write("impressions", shown if told is None else shown.with_columns(experiments=pl.Series(told)), part)
    for path in tmp_path.rglob("part-old.parquet"):
        pl.read_parquet(path).drop("experiments").write_parquet(path)
    read = lake.scan("impressions").collect().group_by(pl.col("decision_id").str.head(3)).agg("experiments")
    by_part = {part: sorted(cells, key=str) for part, cells in read.rows()}
    assert by_part == {"old": [None] * 3, "new": [["e:a"], ["e:b", "f:a"], []]}
    assert lake.scan("impressions").collect().schema["experiments"] == pl.List(pl.String)


def test_the_files_of_a_time_are_those_of_its_hours(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write("impressions", impressions(200, hours=5), "a")
    named = [path.parent.name[-2:] for path in lake.files("impressions")]
    assert named == ["00", "01", "02", "03", "04"]
    some = lake.files(
        "impressions", since=START + timedelta(hours=1, minutes=59), until=START + timedelta(hours=3, minutes=1)
    )
    assert [path.parent.name[-2:] for path in some] == ["01", "02", "03"]
    assert "no table" in refusal(TableRejected, lambda: lake.files("views"))


def test_a_lake_reaches_to_the_end_of_its_newest_hour_of_any_table(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert lake.reaches_to() is None
    late = datetime(2026, 3, 2, 23, 10, tzinfo=UTC)
    for table, moment in (("impressions", late - timedelta(days=1)), ("clicks", late)):
        lake.write(table, pl.DataFrame({"decision_id": ["d1"], "ts": [moment]}), "p1")
    assert lake.reaches_to() == datetime(2026, 3, 3, tzinfo=UTC)
