"""libFM text: how entries become columns, and lines that are refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from adplat.data import IMPORTERS, import_libfm, read_feature_schema
from adplat.domain import ConfigRejected, FeatureKind, MissingInput, TableRejected
from tests.data.builders import real_data, refusal, silent


def imported(folder: Path, text: str, index: str = "") -> pl.DataFrame:
    source = folder / "log.txt"
    source.write_text(text, encoding="utf-8")
    if index:
        (folder / "featindex.txt").write_text(index, encoding="utf-8")
    import_libfm(source, folder / "out")
    return pl.read_parquet(folder / "out" / "rows.parquet")


def kinds(folder: Path) -> dict[str, tuple[FeatureKind, str]]:
    schema = read_feature_schema(folder / "out" / "schema.yaml")
    return {feature.name: (feature.kind, feature.separator) for feature in schema.features}


def test_fixed_places_become_columns(tmp_path: Path) -> None:
    rows = imported(tmp_path, "1 3:1 8:1\n0 4:1 8:1  # a remark\n\n-1 3:1 9:1\n")
    assert rows.to_dict(as_series=False) == {
        "click": [1, 0, 0],
        "field_0": ["3", "4", "3"],
        "field_1": ["8", "8", "9"],
    }


def test_lines_of_different_lengths_become_one_bag_with_numbers_apart(tmp_path: Path) -> None:
    rows = imported(tmp_path, "1 3:1 8:1 70:0.5\n0 3:1\n0 8:1 9:1\n")
    assert rows["features"].to_list() == ["3|8", "3", "8|9"]
    assert rows["value_70"].to_list() == [0.5, None, None]
    assert kinds(tmp_path) == {
        "features": (FeatureKind.CATEGORICAL, "|"),
        "value_70": (FeatureKind.NUMERIC, ""),
    }


def test_fields_of_libffm_become_columns(tmp_path: Path) -> None:
    rows = imported(tmp_path, "1 0:3:1 1:8:1 1:9:1 2:5:0.25\n0 0:4:1 2:5:4\n")
    assert rows["field_0"].to_list() == ["3", "4"]
    assert rows["field_1"].to_list() == ["8|9", None]
    assert rows["field_2"].to_list() == [0.25, 4.0]


def test_a_feature_index_names_columns_and_values(tmp_path: Path) -> None:
    index = "truncate\t0\ndevice:phone\t1\ndevice:desk\t2\n26:sport\t3\n26:news\t4 a remark\n"
    rows = imported(tmp_path, "1 1:1 3:1 4:1\n0 2:1\n", index)
    assert rows["device"].to_list() == ["phone", "desk"]
    assert rows["column_26"].to_list() == ["sport|news", None]


def test_the_ipinyou_sample_gets_its_sixteen_fields(tmp_path: Path) -> None:
    source = real_data("ipinyou")
    summary = IMPORTERS["ipinyou"](source, tmp_path / "out", schema_path=None, progress=silent)
    assert summary.rows == {"rows.parquet": 26_773, "test.parquet": 21_150}
    rows = pl.read_parquet(tmp_path / "out" / "rows.parquet")
    assert rows.columns[:3] == ["click", "weekday", "hour"]
    assert rows.columns[-1] == "slotprice"
    assert rows.null_count().sum_horizontal().item() == 0
    # The index beside the sample numbers another file: by it, one row would have thirteen addresses.
    assert summary.notes
    assert "featindex.txt" in summary.notes[0]
    with (source / "train.fm.txt").open(encoding="utf-8") as file:
        clicks = sum(line.startswith("1") for line in file)
    assert rows["click"].sum() == clicks == 255


def test_a_long_file_is_written_in_batches_without_loss(tmp_path: Path) -> None:
    lines = [f"{number % 2} {number % 7}:1 {10 + number % 3}:1" for number in range(120_001)]
    rows = imported(tmp_path, "\n".join(lines))
    assert rows.height == 120_001
    assert rows["field_0"][-1] == str(120_000 % 7)
    assert rows["click"].sum() == 60_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 3:1\n2 3:1\n", "label '2'"),
        ("1 3:1\nyes 3:1\n", "label 'yes'"),
        ("1 3:1\n0 three\n", "'three'"),
        ("1 3:1\n0 3:nan\n", "'3:nan'"),
        ("1 3:1\n0 1:2:3:4\n", "'1:2:3:4'"),
        ("1 3:1\n0 3:1 1:3:1\n", "stand in one line"),
        ("1 3:1\n0 1:3:1\n", "mixed"),
    ],
)
def test_a_line_of_another_format_is_refused(tmp_path: Path, text: str, told: str) -> None:
    source, out = tmp_path / "log.txt", tmp_path / "out"
    source.write_text(text, encoding="utf-8")
    line = refusal(TableRejected, lambda: import_libfm(source, out))
    assert told in line
    assert "line 2" in line or told == "mixed"
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]


def test_other_refusals_leave_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    refusal(MissingInput, lambda: import_libfm(tmp_path / "nowhere.txt", out))
    source = tmp_path / "log.txt"
    source.write_bytes(b"1 3:1\n\xff\xfe\n")
    assert "not a text file" in refusal(TableRejected, lambda: import_libfm(source, out))
    source.write_text("", encoding="utf-8")
    assert "no rows" in refusal(TableRejected, lambda: import_libfm(source, out))
    source.write_text("1 3:1\n0 99:1 3:1\n", encoding="utf-8")
    (tmp_path / "featindex.txt").write_text("device:phone\t3\n", encoding="utf-8")
    assert "index 99" in refusal(TableRejected, lambda: import_libfm(source, out))
    (tmp_path / "featindex.txt").write_text("device:phone 3\n", encoding="utf-8")
    assert "line 1" in refusal(TableRejected, lambda: import_libfm(source, out))
    line = refusal(ConfigRejected, lambda: import_libfm(source, out, schema_path=tmp_path / "s.yaml"))
    assert "its own schema" in line
    assert not out.exists()
