"""Every bad file gets one line; what is written comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.data import read_table, scan_rows, table_writer, write_table
from adplat.domain import MissingInput, TableRejected
from tests.data.builders import refusal, shop_rows


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_written_table_comes_back_with_its_types(tmp_path: Path, suffix: str) -> None:
    rows = shop_rows(200)
    write_table(rows, tmp_path / f"t{suffix}")
    back = read_table(tmp_path / f"t{suffix}")
    assert back.schema == rows.schema
    assert back.select(pl.exclude("price")).equals(rows.select(pl.exclude("price")))
    assert (back["price"] - rows["price"]).abs().max() < 1e-12


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_batches_are_the_table_in_order_with_equal_types(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    write_table(shop_rows(1_000), path)
    batches = list(scan_rows(path, batch_rows=64))
    assert all(batch.height <= 64 for batch in batches)
    assert len(batches) >= 16
    assert pl.concat(batches).equals(read_table(path))


def test_a_csv_whose_types_change_late_has_one_type_in_every_batch(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,x\n" * 300_000 + "2.5,\n", encoding="utf-8")
    batches = list(scan_rows(path))
    assert {batch.schema["a"] for batch in batches} == {pl.Float64()}
    assert batches[-1]["b"][-1] is None
    assert pl.concat(batches).equals(read_table(path))


def test_an_empty_table_still_tells_its_columns(tmp_path: Path) -> None:
    write_table(shop_rows(5).clear(), tmp_path / "t.parquet")
    (batch,) = scan_rows(tmp_path / "t.parquet")
    assert batch.is_empty()
    assert batch.columns == shop_rows(1).columns


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5_000))
def test_a_truncated_parquet_is_refused_wherever_it_ends(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "t.parquet"
    write_table(shop_rows(500), path)
    content = path.read_bytes()
    path.write_bytes(content[: max(1, len(content) - cut)])
    assert "truncated" in refusal(TableRejected, lambda: read_table(path))
    assert "truncated" in refusal(TableRejected, lambda: list(scan_rows(path)))


def test_damage_inside_a_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    write_table(shop_rows(2_000), path)
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(bytes(content))
    assert str(path) in refusal(TableRejected, lambda: read_table(path))


def test_an_absent_file_names_its_neighbours(tmp_path: Path) -> None:
    write_table(shop_rows(5), tmp_path / "train.parquet")
    assert "train.parquet" in refusal(MissingInput, lambda: read_table(tmp_path / "rows.parquet"))


def test_an_absent_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(MissingInput, lambda: read_table(tmp_path / "nowhere" / "rows.parquet"))


def test_a_folder_an_empty_file_and_an_unknown_suffix(tmp_path: Path) -> None:
    assert "a folder" in refusal(TableRejected, lambda: read_table(tmp_path))
    (tmp_path / "t.csv").touch()
    assert "empty" in refusal(TableRejected, lambda: read_table(tmp_path / "t.csv"))
    (tmp_path / "t.xlsx").write_bytes(b"x")
    assert ".xlsx" in refusal(TableRejected, lambda: read_table(tmp_path / "t.xlsx"))


def test_a_wrong_header_names_the_near_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("user_id,clik\n1,0\n", encoding="utf-8")
    line = refusal(TableRejected, lambda: read_table(path, ["user_id", "click"]))
    assert "no column 'click'" in line
    assert "'clik'" in line
    assert "'click'" in refusal(TableRejected, lambda: list(scan_rows(path, ["click"])))


def test_a_wrong_value_names_column_row_and_value(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("click\n0\n1\nyes\n", encoding="utf-8")
    line = refusal(TableRejected, lambda: read_table(path, expect={"click": "integer"}))
    assert "'yes' in row 3" in line


@pytest.mark.parametrize(("value", "kind"), [("1.5", "integer"), ("soon", "time"), ("maybe", "boolean")])
def test_values_of_another_kind_are_refused(tmp_path: Path, value: str, kind: str) -> None:
    (tmp_path / "t.csv").write_text(f"a\n{value}\n", encoding="utf-8")
    assert kind in refusal(TableRejected, lambda: read_table(tmp_path / "t.csv", expect={"a": kind}))


def test_a_ragged_csv_and_binary_rubbish_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n3,4,5\n", encoding="utf-8")
    refusal(TableRejected, lambda: read_table(tmp_path / "ragged.csv"))
    refusal(TableRejected, lambda: list(scan_rows(tmp_path / "ragged.csv")))
    (tmp_path / "rubbish.csv").write_bytes(b"a,b\n\xff\xfe\x00,\x81\n")
    refusal(TableRejected, lambda: read_table(tmp_path / "rubbish.csv"))


def test_times_are_read_as_utc(tmp_path: Path) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    lines = ["ts", "2026-03-01T12:00:00Z", "2026-03-01 13:00:00+01:00", "2026-03-01 12:00:00.000", ""]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    assert read_table(tmp_path / "t.csv")["ts"].drop_nulls().to_list() == [noon, noon, noon]


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_table(shop_rows(3), path)
    before = path.read_bytes()

    def fail_midway() -> None:
        with table_writer(path) as writer:
            writer.write(shop_rows(10))
            writer.write(shop_rows(10).rename({"price": "cost"}))

    assert "other columns" in refusal(TableRejected, fail_midway)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_got_nothing_is_refused(tmp_path: Path) -> None:
    def write_nothing() -> None:
        with table_writer(tmp_path / "out.parquet"):
            pass

    assert "no batch" in refusal(TableRejected, write_nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refusal(MissingInput, lambda: write_table(shop_rows(3), tmp_path / "file" / "out.parquet"))
