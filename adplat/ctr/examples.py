"""Rows, their items and their labels as arrays, and the small tensors of one batch.

A batch carries only the items it needs: the distinct targets and history items become a sub-block with
local indices (0 stays the unknown item), so the work grows with the batch and never with the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from adplat.ctr.delayed_feedback import ConversionTargets
from adplat.features import ItemBlock, RowArrays

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Inputs = dict[str, npt.NDArray[np.float32] | npt.NDArray[np.int32]]


@dataclass(frozen=True)
class Examples:
    """``N`` rows with their items, the items' past (``record``, N x R) and labels (N x H, click first).

    ``plain_record`` is the same past told without what content says: all that ``id_only`` may know.
    ``conversion`` says what each row can know of a conversion that may still come; None takes labels as they are.
    """

    items: ItemBlock
    rows: RowArrays
    record: Float32
    labels: Float32
    plain_record: Float32 | None = None
    conversion: ConversionTargets | None = None

    def __len__(self) -> int:
        return len(self.rows)


def take_rows(rows: RowArrays, index: npt.NDArray[np.int64] | slice) -> RowArrays:
    """The rows at ``index``, in that order."""
    return RowArrays(
        item=rows.item[index],
        categorical=rows.categorical[index],
        bags=rows.bags[index],
        numeric=rows.numeric[index],
        history=rows.history[index],
        user=rows.user[index],
    )


def joined_rows(parts: Sequence[RowArrays]) -> RowArrays:
    """One table after the other; all point into the same block."""
    return RowArrays(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(RowArrays)))


def part_of(examples: Examples, index: slice) -> Examples:
    """Some of the rows, with the same items."""
    return replace(
        examples,
        rows=take_rows(examples.rows, index),
        record=examples.record[index],
        plain_record=None if examples.plain_record is None else examples.plain_record[index],
        labels=examples.labels[index],
        conversion=None if examples.conversion is None else examples.conversion.take(index),
    )


def without_content(items: ItemBlock) -> ItemBlock:
    """The same items with neither image nor text (the ``id_only`` baseline)."""
    rows = len(items.hashes)
    nothing, absent = np.zeros((rows, 0), np.float32), np.zeros(rows, np.float32)
    return replace(items, image=nothing, image_present=absent, text=nothing, text_present=absent)


def assemble(items: ItemBlock, rows: RowArrays, record: Float32) -> Inputs:
    """The network's inputs for ``N`` rows, each with a user of its own.

    Item arrays have one row per distinct item; ``row_item`` (N,) and ``history`` (N, S, L) hold local rows.
    """
    wanted = np.concatenate([rows.item, rows.history.reshape(-1)])
    chosen, local = _local_rows(wanted, len(items.hashes))
    inputs = item_inputs(items, chosen) | user_inputs(rows)
    inputs["row_item"] = local[: len(rows)]
    inputs["row_record"] = record
    inputs["history"] = local[len(rows) :].reshape(rows.history.shape)
    return inputs


def item_inputs(items: ItemBlock, chosen: npt.NDArray[np.int64] | slice) -> Inputs:
    """What the item side reads of these rows of a block."""
    return {
        "item_categorical": items.categorical[chosen],
        "item_bags": items.bags[chosen],
        "item_numeric": items.numeric[chosen],
        "item_image": items.image[chosen],
        "item_image_present": items.image_present[chosen],
        "item_text": items.text[chosen],
        "item_text_present": items.text_present[chosen],
    }


def user_inputs(rows: RowArrays) -> Inputs:
    """What the user side reads, one row each; ``history`` still points into the rows' own block."""
    return {
        "row_categorical": rows.categorical,
        "row_bags": rows.bags,
        "row_numeric": rows.numeric,
        "history": rows.history,
    }


def of_one_user(rows: RowArrays) -> bool:
    """Whether all rows but their items are the same, as the candidates of one request are."""
    return len(rows) > 0 and all(
        _all_same(part) for part in (rows.categorical, rows.bags, rows.numeric, rows.history, rows.user)
    )


def _all_same(part: npt.NDArray[np.int32] | npt.NDArray[np.int64] | npt.NDArray[np.float32]) -> bool:
    # Candidate rows of a request are one row seen many times, which numpy tells by a stride of 0.
    if part.strides[0] == 0 or part.size == 0 or len(part) == 1:
        return True
    return bool(np.array_equal(part[0], part[-1]) and (part == part[0]).all())


def _local_rows(wanted: Int32, block_rows: int) -> tuple[npt.NDArray[np.int64], Int32]:
    """Distinct block rows with row 0 first, and where each wanted row is among them."""
    if len(wanted) * 8 < block_rows:
        chosen, local = np.unique(np.append(wanted, 0), return_inverse=True)
        return chosen.astype(np.int64), local[:-1].astype(np.int32)
    used = np.zeros(block_rows, np.bool_)
    used[wanted] = True
    used[0] = True
    chosen = np.flatnonzero(used)
    place = np.zeros(block_rows, np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    return chosen, place[wanted]
