"""Criteo's and Avazu's logs as published, plain and gzipped, and files that are not."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from adplat.data import IMPORTERS, DataConfig, load_training_tables, read_feature_schema
from adplat.data.importers.click_logs import AVAZU
from adplat.domain import ConfigRejected, InputError, MissingInput, TableRejected
from tests.data.builders import real_data, refusal, silent


def criteo_line(label: str = "1", first: str = "3", category: str = "68fd1e64", separator: str = "\t") -> str:
    """A line as published: an empty second count and an empty last category."""
    return separator.join([label, first, "", *["0"] * 11, category, *["05db9164"] * 24, ""])


def avazu_line(click: str = "0", hour: str = "14102113", row_id: str = "10000169349117863715") -> str:
    return ",".join([row_id, click, hour, "1005", "0", *["1fbe01fe"] * 19])


HEADER = ",".join(AVAZU.labelled)


def brought_in(name: str, source: Path, out: Path) -> pl.DataFrame:
    IMPORTERS[name](source, out, schema_path=None, progress=silent)
    return pl.read_parquet(out / "rows.parquet")


def test_a_gzipped_criteo_log_keeps_counts_categories_and_gaps(tmp_path: Path) -> None:
    source = tmp_path / "train.txt.gz"
    source.write_bytes(gzip.compress(f"{criteo_line()}\n{criteo_line('0', '-2', 'ff')}\n".encode()))
    rows = brought_in("criteo", source, tmp_path / "out")
    assert rows["label"].to_list() == [1, 0]
    assert rows["I1"].to_list() == [3, -2]
    assert rows["I2"].to_list() == [None, None]
    assert rows["C1"].to_list() == ["68fd1e64", "ff"]
    assert rows["C26"].to_list() == [None, None]


def test_tabs_and_commas_are_the_same_log(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(criteo_line() + "\n")
    (tmp_path / "b.csv").write_text(criteo_line(separator=",") + "\n")
    both = [brought_in("criteo", tmp_path / name, tmp_path / name[0]) for name in ("a.tsv", "b.csv")]
    assert both[0].equals(both[1])


def test_a_folder_gives_its_splits_and_the_test_part_needs_no_label(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "train.txt").write_text(criteo_line() + "\n")
    (tmp_path / "in" / "test.txt").write_text(criteo_line().partition("\t")[2] + "\n")
    brought_in("criteo", tmp_path / "in", tmp_path / "out")
    test = pl.read_parquet(tmp_path / "out" / "test.parquet")
    assert "label" not in test.columns
    assert test["I1"].to_list() == [3]


@pytest.mark.parametrize("header", [True, False])
def test_avazus_hour_becomes_time_hour_and_weekday(tmp_path: Path, header: bool) -> None:
    source = tmp_path / "train.gz"
    lines = [*([HEADER] if header else []), avazu_line("1", "14102113"), avazu_line("0", "14103000")]
    source.write_bytes(gzip.compress("\n".join(lines).encode()))
    rows = brought_in("avazu", source, tmp_path / "out")
    assert [f"{moment:%Y-%m-%d %H:%M %Z}" for moment in rows["ts"]] == ["2014-10-21 13:00 UTC", "2014-10-30 00:00 UTC"]
    assert rows["hour_of_day"].to_list() == [13, 0]
    assert rows["weekday"].to_list() == [2, 4]  # a Tuesday and a Thursday
    assert rows["id"].to_list() == ["10000169349117863715"] * 2


def test_an_imported_log_is_split_by_its_time(tmp_path: Path) -> None:
    lines = [avazu_line(str(number % 2), f"141021{number // 4:02d}") for number in range(40)]
    (tmp_path / "train.csv").write_text("\n".join([HEADER, *lines]))
    brought_in("avazu", tmp_path / "train.csv", tmp_path / "out")
    schema = read_feature_schema(tmp_path / "out" / "schema.yaml")
    tables = load_training_tables(schema, DataConfig(valid_fraction=0.2), tmp_path / "out")
    assert tables.valid is not None
    assert tables.rows["ts"].max() < tables.valid["ts"].min()  # type: ignore[operator]  # both are times


@pytest.mark.parametrize(("name", "label"), [("criteo", "label"), ("avazu", "click")])
def test_the_published_sample_comes_in_whole(tmp_path: Path, name: str, label: str) -> None:
    source = real_data(f"{name}_small")
    rows = brought_in(name, source, tmp_path / "out")
    lines = [line for line in (source / "train.csv").read_text().splitlines() if not line.startswith("id,")]
    place = 0 if name == "criteo" else 1
    separator = "\t" if "\t" in lines[0] else ","
    assert rows[label].to_list() == [int(line.split(separator)[place]) for line in lines]
    assert (tmp_path / "out" / "valid.parquet").exists()
    assert (tmp_path / "out" / "test.parquet").exists()


Spoil = Callable[[], str]


@pytest.mark.parametrize(
    ("name", "content", "kind", "named"),
    [
        (
            "criteo",
            lambda: criteo_line() + "\n" + criteo_line(first="many"),
            TableRejected,
            "'many' in row 2",
        ),
        ("criteo", lambda: criteo_line("2"), TableRejected, "'label' holds 2 in row 1"),
        ("criteo", lambda: criteo_line() + "\n1\t2\t3", TableRejected, "40 columns, got 3"),
        ("criteo", lambda: "1\t2\t3", TableRejected, "3 columns instead of 40 or 39"),
        ("criteo", lambda: criteo_line().partition("\t")[2], TableRejected, "no column 'label'"),
        ("criteo", lambda: "", TableRejected, "no rows"),
        ("avazu", lambda: avazu_line(hour="21.10."), TableRejected, "'hour' holds '21.10.' in row 1"),
        ("avazu", lambda: avazu_line(hour="14139913"), TableRejected, "'hour' holds '14139913' in row 1"),
        ("avazu", lambda: HEADER.replace("site_id", "page") + "\n" + avazu_line(), TableRejected, "'site_id'"),
        ("avazu", lambda: HEADER, TableRejected, "no rows"),
    ],
)
def test_what_is_not_the_log_is_refused_in_one_line(
    tmp_path: Path, name: str, content: Spoil, kind: type[InputError], named: str
) -> None:
    source = tmp_path / "train.csv"
    source.write_text(content())
    assert named in refused(kind, name, source, tmp_path / "out")


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "train.gz"
    whole = gzip.compress("\n".join([HEADER, *[avazu_line(hour=f"141021{n % 24:02d}") for n in range(500)]]).encode())
    source.write_bytes(whole[: len(whole) // 2])
    assert "train.gz" in refused(TableRejected, "avazu", source, tmp_path / "out")


def test_a_source_that_is_not_there_and_a_schema_too_many(tmp_path: Path) -> None:
    assert "nowhere" in refused(MissingInput, "avazu", tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "no train file" in refused(MissingInput, "criteo", tmp_path / "empty", tmp_path / "out")
    line = refusal(
        ConfigRejected,
        lambda: IMPORTERS["criteo"](tmp_path, tmp_path / "out", schema_path=tmp_path / "s.yaml", progress=silent),
    )
    assert "its own schema" in line


def refused(kind: type[InputError], name: str, source: Path, out: Path) -> str:
    """Refused in one line, and nothing is left beside or at ``out``."""
    line = refusal(kind, lambda: IMPORTERS[name](source, out, schema_path=None, progress=silent))
    assert not out.exists()
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    return line
