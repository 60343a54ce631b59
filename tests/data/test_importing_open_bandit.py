"""The Open Bandit folder as published, and folders that are not."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from adplat.data import DataConfig, import_open_bandit, load_training_tables, read_feature_schema
from adplat.domain import ConfigRejected, InputError, MissingInput, TableRejected
from tests.data.builders import real_data, refusal

FEATURES = ",".join(f"user_feature_{number}" for number in range(4))
HEADER = f",timestamp,item_id,position,click,propensity_score,{FEATURES},user-item_affinity_0,user-item_affinity_1"
FIRST = "0,2019-11-24 00:00:34.762830+00:00,1,3,0,0.5,a,b,c,d,0.25,0.75"
SECOND = "1,2019-11-24 00:00:35+00:00,0,1,1,0.5,a,b,c,d,2.5,0.0"


def campaign(folder: Path, *lines: str, header: str = HEADER) -> Path:
    """A published-looking campaign folder ``random/all`` with two items."""
    source = folder / "random" / "all"
    source.mkdir(parents=True)
    (source / "all.csv").write_text("\n".join([header, *(lines or (FIRST, SECOND))]) + "\n", encoding="utf-8")
    items = ",item_id,item_feature_0,item_feature_1,item_feature_2,item_feature_3\n0,0,-0.5,x,y,z\n1,1,0.5,x,y,w\n"
    (source / "item_context.csv").write_text(items, encoding="utf-8")
    return source


def refused(kind: type[InputError], source: Path, out: Path) -> str:
    """Refused in one line, and nothing is left beside or at ``out``."""
    line = refusal(kind, lambda: import_open_bandit(source, out))
    assert not out.exists()
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    return line


def test_each_row_keeps_the_affinity_of_the_item_it_shows(tmp_path: Path) -> None:
    summary = import_open_bandit(campaign(tmp_path), tmp_path / "out")
    rows = pl.read_parquet(tmp_path / "out" / "rows.parquet")
    assert summary.rows == {"rows.parquet": 2, "items.parquet": 2}
    assert rows["affinity"].to_list() == [0.75, 2.5]
    assert rows["decision_id"].to_list() == ["all-00000000", "all-00000001"]
    assert rows["policy"].unique().to_list() == ["random"]
    assert rows["ts"].dt.epoch("us").to_list() == [1_574_553_634_762_830, 1_574_553_635_000_000]


@pytest.mark.parametrize("name", ["random/all", "random/men", "bts/women"])
def test_the_published_sample_comes_in_whole(tmp_path: Path, name: str) -> None:
    source = real_data("open_bandit") / name
    import_open_bandit(source, tmp_path / "out")
    rows = pl.read_parquet(tmp_path / "out" / "rows.parquet")
    log = pl.read_csv(source / f"{source.name}.csv")
    assert rows.height == log.height == 10_000
    for ours, theirs in [("click", "click"), ("propensity", "propensity_score"), ("item_id", "item_id")]:
        assert rows[ours].to_list() == log[theirs].to_list()
    own = [row[f"user-item_affinity_{row['item_id']}"] for row in log.iter_rows(named=True)]
    assert rows["affinity"].to_list() == pytest.approx(own, rel=1e-6)
    schema = read_feature_schema(tmp_path / "out" / "schema.yaml")
    tables = load_training_tables(schema, DataConfig(), tmp_path / "out")
    assert tables.rows.height == 9_000


def test_the_same_import_may_be_repeated_and_gives_the_same_bytes(tmp_path: Path) -> None:
    source, out = campaign(tmp_path), tmp_path / "out"
    import_open_bandit(source, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    import_open_bandit(source, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    provenance = json.loads(before["provenance.json"])
    assert provenance["rows"] == {"rows.parquet": 2, "items.parquet": 2}
    assert sorted(provenance["files"]) == sorted(before)
    assert {origin["name"] for origin in provenance["sources"]} == {"all.csv", "item_context.csv"}


def test_a_folder_with_other_things_is_never_replaced(tmp_path: Path) -> None:
    source, out = campaign(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert "not empty" in refusal(ConfigRejected, lambda: import_open_bandit(source, out))
    (out / "thesis.txt").unlink()
    import_open_bandit(source, out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    assert "notes.txt" in refusal(ConfigRejected, lambda: import_open_bandit(source, out))
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert "the source itself" in refusal(ConfigRejected, lambda: import_open_bandit(source, source))
    file = tmp_path / "file"
    file.touch()
    assert "a file" in refusal(ConfigRejected, lambda: import_open_bandit(source, file))


def test_an_import_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    source, out = campaign(tmp_path), tmp_path / "out"
    import_open_bandit(source, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with (source / "all.csv").open("a", encoding="utf-8") as log:
        log.write("2,2019-11-24 00:00:36+00:00,0,1")
    refusal(TableRejected, lambda: import_open_bandit(source, out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_missing_folder_and_a_missing_item_file(tmp_path: Path) -> None:
    assert "no such folder" in refused(MissingInput, tmp_path / "nowhere", tmp_path / "out")
    source = campaign(tmp_path)
    (source / "item_context.csv").unlink()
    assert "item_context.csv" in refused(MissingInput, source, tmp_path / "out")


def test_a_wrong_header(tmp_path: Path) -> None:
    source = campaign(tmp_path, header=HEADER.replace("propensity_score", "propensity"))
    line = refused(TableRejected, source, tmp_path / "out")
    assert "no column 'propensity_score'" in line
    assert "did you mean 'propensity'" in line


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (SECOND.replace(",0,1,1,", ",0,1,perhaps,"), "perhaps"),
        (SECOND.replace("2019-11-24 00:00:35+00:00", "yesterday"), "'yesterday' in row 2"),
        (SECOND.replace(",0,1,1,", ",7,1,1,"), "item 7 in row 2 has no affinity column"),
        (SECOND[:40], "not a whole Open Bandit log"),
    ],
)
def test_a_spoilt_row(tmp_path: Path, spoilt: str, told: str) -> None:
    assert told in refused(TableRejected, campaign(tmp_path, FIRST, spoilt), tmp_path / "out")


def test_a_log_without_rows(tmp_path: Path) -> None:
    source = campaign(tmp_path)
    (source / "all.csv").write_text(HEADER + "\n", encoding="utf-8")
    refused(TableRejected, source, tmp_path / "out")
