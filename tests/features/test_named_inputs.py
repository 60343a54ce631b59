"""Everything that a model is given has a name, so that nothing can differ unseen."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from adplat.domain import TableRejected
from adplat.features import (
    FeatureEncoding,
    Histories,
    ItemBlock,
    RowArrays,
    StoredProfile,
    differing,
    fold_history,
    item_hash,
    named_inputs,
    pack_served_inputs,
    unpack_served_inputs,
)
from adplat.features.named_inputs import USER
from tests.features.builders import rows_of, tables_of

Ready = tuple[FeatureEncoding, ItemBlock, Histories]
# How items are found, not what a model is given of them.
NO_INPUTS = {"ids", "hashes", "encoding_report"}


def some_rows(ready: Ready) -> RowArrays:
    encoding, items, histories = ready
    return encoding.row_arrays(rows_of(seed=1, count=20), tables_of(), items, histories)


def changed(array: np.ndarray, place: tuple[int, ...]) -> np.ndarray:
    other = array.copy()
    other[place] += 1
    return other


def test_no_cell_of_a_row_can_change_unseen(ready: Ready) -> None:
    encoding, items, _ = ready
    rows = some_rows(ready)
    before = named_inputs(encoding.layout, rows, items, 3)
    for field in fields(RowArrays):
        array = getattr(rows, field.name)
        for place in np.ndindex(array.shape[1:]):
            if field.name == "history" and array[3, *place] + 1 >= len(items.hashes):
                continue
            other = replace(rows, **{field.name: changed(array, (3, *place))})
            assert differing(before, named_inputs(encoding.layout, other, items, 3)), (field.name, place)


def test_no_cell_of_an_item_can_change_unseen(ready: Ready) -> None:
    encoding, items, _ = ready
    rows = some_rows(ready)
    place = int(np.flatnonzero(rows.item)[0])
    before = named_inputs(encoding.layout, rows, items, place)
    for field in fields(ItemBlock):
        if field.name in NO_INPUTS:
            continue
        array = getattr(items, field.name)
        for cell in np.ndindex(array.shape[1:]):
            other = replace(items, **{field.name: changed(array, (int(rows.item[place]), *cell))})
            assert differing(before, named_inputs(encoding.layout, rows, other, place)), (field.name, cell)


def test_a_difference_is_told_under_the_name_of_its_feature(ready: Ready) -> None:
    encoding, items, _ = ready
    rows = some_rows(ready)
    before = named_inputs(encoding.layout, rows, items, 0)
    hour = [feature.name for feature in encoding.layout.row.categorical].index("hour")
    other = replace(rows, categorical=changed(rows.categorical, (0, hour)), user=changed(rows.user, (0,)))
    assert differing(before, named_inputs(encoding.layout, other, items, 0)) == [USER, "hour"]
    assert differing(before, {name: value for name, value in before.items() if name != "hour"}) == ["hour"]


def packed(ready: Ready, **changes: Any) -> bytes:
    encoding, items, _ = ready
    user = fold_history(encoding.user_vector({"who": "3"}), 0, item_hash(items.ids[4]), 1_700_000_000)
    candidates = np.array([2, 5, 1], dtype=np.int32)
    given: dict[str, Any] = {"profile": StoredProfile.USED, "attributes": {"gender": "f"}, "folded_to": "17-3"}
    inputs = encoding.candidate_rows(user, {"hour": 20}, items, candidates)
    names = [items.ids[row - 1] for row in (5, 2, 1)]
    return pack_served_inputs(encoding.layout, user, inputs, items, names, **(given | changes))


def test_what_was_served_is_read_back_by_creative_as_the_model_saw_it(ready: Ready) -> None:
    encoding, items, _ = ready
    served = unpack_served_inputs(packed(ready))
    assert (served.profile, served.attributes, served.folded_to) == (StoredProfile.USED, {"gender": "f"}, "17-3")
    assert [one.creative_id for one in served.candidates] == [items.ids[row - 1] for row in (5, 2, 1)]
    [first, *_] = encoding.layout.sequences
    assert served.histories[first.name] == [(1_700_000_000, item_hash(items.ids[4]))]
    user = fold_history(encoding.user_vector({"who": "3"}), 0, item_hash(items.ids[4]), 1_700_000_000)
    one = encoding.candidate_rows(user, {"hour": 20}, items, np.array([5], dtype=np.int32))
    expected = named_inputs(encoding.layout, one, items, 0)
    assert {name: tuple(value) for name, value in served.candidates[0].features.items()} == expected
    assert expected[first.name] == (items.ids[4],)


def test_foreign_bytes_are_refused(ready: Ready) -> None:
    for blob in (b"", b"AUV1", packed(ready)[:-1], b"\x81\xa1a\x01"):
        with pytest.raises(TableRejected, match="no served inputs"):
            unpack_served_inputs(blob)
