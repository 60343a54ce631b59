"""The benchmark's Frappe: the same halves for everybody, indices as the rivals' own preparation gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.data import read_table, write_table
from adplat.domain import MissingInput
from adplat.flows.bench_ctr_frappe import write_frappe


@pytest.fixture
def source(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    for name, rows, users in (("train", 300, 20), ("valid", 200, 30)):
        frame = pl.DataFrame(
            {
                "label": rng.integers(0, 2, rows),
                "user": rng.integers(0, users, rows) * 7,
                "item": rng.integers(0, 50, rows),
            }
        )
        write_table(frame, tmp_path / "source" / f"{name}.parquet")
    return tmp_path / "source"


def test_the_halves_part_valid_and_nothing_else(source: Path, tmp_path: Path) -> None:
    files = write_frappe(source, tmp_path / "halves")
    stop, report = read_table(files.folder / "valid.parquet"), read_table(files.report)
    valid = read_table(source / "valid.parquet")
    assert pl.concat([stop, report]).sort(pl.all()).equals(valid.sort(pl.all()))
    assert 0.3 < report.height / valid.height < 0.7
    assert read_table(files.folder / "train.parquet").equals(read_table(source / "train.parquet"))


def test_rivals_get_every_row_and_one_index_for_what_training_never_saw(source: Path, tmp_path: Path) -> None:
    files = write_frappe(source, tmp_path / "halves")
    train, report = read_table(files.folder / "train.parquet"), read_table(files.report)
    with np.load(files.arrays) as arrays:
        assert arrays["names"].tolist() == ["user", "item"]
        assert (arrays["labels_report"] == report["label"].to_numpy()).all()
        for number, name in enumerate(arrays["names"]):
            known = np.unique(train[name].to_numpy())
            unseen = len(known) + 1
            assert arrays["sizes"][number] == unseen + 1
            found = arrays["fields_report"][:, number]
            new = ~np.isin(report[name].to_numpy(), known)
            assert (found[new] == unseen).all()
            assert (known[found[~new] - 1] == report[name].to_numpy()[~new]).all()
            assert arrays["fields_train"][:, number].min() >= 1
        assert (arrays["fields_report"][:, 0] == arrays["sizes"][0] - 1).any(), "the case of an unseen user is there"


def test_a_missing_data_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        write_frappe(tmp_path / "nowhere", tmp_path / "halves")
