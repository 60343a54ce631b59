from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.domain import BundleRejected, MissingInput, SchemaMismatch
from adplat.features import (
    EncodingProblem,
    FeatureEncoding,
    Histories,
    ItemBlock,
    item_hash,
    load_items,
    merge_items,
    save_items,
)
from tests.features.builders import tables_of

Ready = tuple[FeatureEncoding, ItemBlock, Histories]


def test_rows_are_found_by_id_and_by_hash(ready: Ready) -> None:
    _, items, _ = ready
    assert items.rows_of(["3", "nobody", "0"]).tolist() == [4, 0, 1]
    hashes = np.array([[item_hash("3"), 0], [item_hash("nobody"), item_hash("0")]])
    found = items.rows_of_hashes(hashes)
    assert found.tolist() == [[4, 0], [0, 1]]
    assert found.dtype == np.int32


def test_saved_items_come_back_equal(ready: Ready, tmp_path: Path) -> None:
    _, items, _ = ready
    told = replace(items, encoding_report=(EncodingProblem("3", "picture", "animated"),), ids=("甲", *items.ids[1:]))
    save_items(told, tmp_path)
    again = load_items(tmp_path)
    assert again.ids == told.ids
    assert again.encoding_report == told.encoding_report
    for name in ("hashes", "categorical", "bags", "numeric", "image", "image_present", "text", "text_present"):
        np.testing.assert_array_equal(getattr(again, name), getattr(told, name))
        assert getattr(again, name).dtype == getattr(told, name).dtype


def test_a_damaged_or_absent_file_is_refused(ready: Ready, tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load_items(tmp_path)
    save_items(ready[1], tmp_path)
    path = tmp_path / "items.safetensors"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BundleRejected):
        load_items(tmp_path)


def test_given_items_win_over_kept_ones(ready: Ready, pictures: Path) -> None:
    encoding, kept, _ = ready
    dearer = tables_of()["goods"].filter(pl.col("item").is_in([2, 3])).with_columns(price=pl.lit(0.0))
    strange = dearer.head(1).with_columns(item=pl.lit(500, dtype=pl.Int64))
    given = encoding.item_block(pl.concat([dearer, strange]), pictures)
    merged = merge_items(kept, given)
    assert len(merged.ids) == len(set(merged.ids)) == 13
    for item_id in merged.ids:
        source = given if item_id in given.ids else kept
        there, here = source.rows_of([item_id])[0], merged.rows_of([item_id])[0]
        np.testing.assert_array_equal(merged.numeric[here], source.numeric[there])
        np.testing.assert_array_equal(merged.image[here], source.image[there])
        assert merged.hashes[here] == item_hash(item_id)
    assert not merged.image[0].any()


def test_the_kept_items_stand_in_for_an_absent_table(ready: Ready, pictures: Path) -> None:
    encoding, kept, _ = ready
    assert encoding.items_for(pl.DataFrame({"item": [1]}), {}, pictures, kept=kept) is kept


def test_blocks_of_two_encodings_do_not_mix(ready: Ready) -> None:
    _, items, _ = ready
    with pytest.raises(SchemaMismatch, match="image"):
        merge_items(items, replace(items, image=items.image[:, :2]))
