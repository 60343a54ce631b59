from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from adplat.domain import MissingInput
from adplat.flows.encode_catalogue import encode_catalogue
from adplat.flows.train_model import train_model
from tests.ctr.builders import ITEMS, shop_folder
from tests.flows.test_train_model import CLOCK, quiet, shop_config


def test_training_encodes_nothing_afterwards(tmp_path: Path) -> None:
    data, config, cache = shop_folder(tmp_path / "data"), shop_config(tmp_path), tmp_path / "cache"
    made = encode_catalogue(config, data, cache_dir=cache, progress=quiet)
    assert (made.encoded, made.cached) == (2 * ITEMS, 0)
    first: list[tuple[int, int]] = []

    def listen(done: int, total: int, what: str) -> None:
        if what.startswith("encoding"):
            first.append((done, total))

    train_model(config, data, tmp_path / "out", cache_dir=cache, clock=CLOCK, progress=listen, epochs=1)
    assert first
    assert all(done == total for done, total in first)


def test_items_that_stand_in_the_rows_are_encoded_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    rows = {"ts": list(range(40)), "title": [f"thing {row % 10}" for row in range(40)], "click": [0, 1] * 20}
    pl.DataFrame(rows).write_parquet(data / "rows.parquet")
    schema = {
        "name": "rows",
        "features": [{"name": "title", "kind": "text"}],
        "outcomes": [{"name": "click", "column": "click"}],
        "time": "ts",
    }
    (tmp_path / "schema.yaml").write_text(yaml.safe_dump(schema))
    config = {"schema": "schema.yaml", "data": {"valid_fraction": 0.2}, "encoders": {"text": "hashing"}}
    (tmp_path / "train.yaml").write_text(yaml.safe_dump(config))
    made = encode_catalogue(tmp_path / "train.yaml", data, cache_dir=tmp_path / "cache", progress=quiet)
    assert (made.encoded, made.cached) == (10, 0)


def test_an_absent_item_table_is_told(tmp_path: Path) -> None:
    data, config = shop_folder(tmp_path / "data"), shop_config(tmp_path)
    (data / "goods.parquet").unlink()
    with pytest.raises(MissingInput, match="goods"):
        encode_catalogue(config, data, cache_dir=tmp_path / "cache", progress=quiet)
    assert not (tmp_path / "cache").exists()
