from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import BundleRejected, InputError, MissingInput, SchemaMismatch
from adplat.features import FeatureEncoding, Histories, ItemBlock
from tests.features.builders import rows_of, tables_of

Ready = tuple[FeatureEncoding, ItemBlock, Histories]


def test_a_loaded_encoding_encodes_alike(ready: Ready, pictures: Path, tmp_path: Path) -> None:
    encoding, items, histories = ready
    encoding.save(tmp_path)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"vocab.parquet", "schema.yaml", "features.safetensors", "features.json"}
    again = FeatureEncoding.load(tmp_path)
    assert (again.schema, again.digest, again.sizes) == (encoding.schema, encoding.digest, encoding.sizes)
    block = again.item_block(tables_of()["goods"], pictures)
    rows = rows_of(seed=9)
    left = encoding.row_arrays(rows, tables_of(), items, histories)
    right = again.row_arrays(rows, tables_of(), block, histories)
    for name in ("item", "categorical", "bags", "numeric", "history"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name))
    for name in ("categorical", "bags", "numeric", "image", "text"):
        np.testing.assert_array_equal(getattr(items, name), getattr(block, name))


def test_saving_twice_writes_the_same_bytes(ready: Ready, tmp_path: Path) -> None:
    for name in ("a", "b"):
        ready[0].save(tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize("name", ["vocab.parquet", "schema.yaml", "features.safetensors", "features.json"])
def test_an_absent_or_cut_file_is_refused(ready: Ready, tmp_path: Path, name: str) -> None:
    ready[0].save(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(InputError):
        FeatureEncoding.load(tmp_path)
    path.unlink()
    with pytest.raises(MissingInput):
        FeatureEncoding.load(tmp_path)


def test_a_swapped_schema_is_refused(ready: Ready, tmp_path: Path) -> None:
    ready[0].save(tmp_path)
    path = tmp_path / "schema.yaml"
    path.write_text(path.read_text().replace("every-kind", "another"))
    with pytest.raises(SchemaMismatch):
        FeatureEncoding.load(tmp_path)


def test_another_format_is_refused(ready: Ready, tmp_path: Path) -> None:
    ready[0].save(tmp_path)
    path = tmp_path / "features.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(BundleRejected, match="format 99"):
        FeatureEncoding.load(tmp_path)
