"""What trees read: the same columns from a table and from a request."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.ctr.examples import Examples, item_inputs, user_inputs
from adplat.ctr.flattening import categorical_columns, column_inputs, flatten, flattened_examples
from adplat.ctr.shape import NetworkShape
from tests.ctr.builders import plain_block, plain_rows

SHAPE = NetworkShape(
    item_categorical=(4,), item_bags=(3,), row_bags=(70,), image=2, sequences=1, length=3, record=1, row_numeric=1
)


def some_examples() -> Examples:
    block = plain_block(
        3,
        bags=np.array([[[0, 0]], [[1, 2]], [[2, 0]], [[0, 0]]], np.int32),
        image=np.eye(4, 2, k=-1, dtype=np.float32),
        image_present=np.array([0, 1, 1, 0], np.float32),
    )
    history = np.array([[[1, 2, 0]], [[0, 0, 0]]], np.int32)
    rows = plain_rows(
        [1, 2],
        history=history,
        bags=np.array([[[69]], [[2]]], np.int32),
        numeric=np.array([[0.25], [0.75]], np.float32),
    )
    return Examples(block, rows, np.array([[0.5], [0.7]], np.float32), np.zeros((2, 1), np.float32))


def test_trees_see_every_input_flattened() -> None:
    columns = flattened_examples(SHAPE, some_examples())
    inputs = column_inputs(SHAPE)
    assert columns.shape == (2, len(inputs))
    assert categorical_columns(SHAPE) == [0]

    def of(name: str) -> list[list[float]]:
        return columns[:, [place for place, (source, _) in enumerate(inputs) if source == name]].tolist()

    assert of("item_categorical") == [[1], [2]]
    assert of("item_image") == [[1, 0], [0, 1]]
    assert of("row_numeric") == [[0.25], [0.75]]
    assert np.array(of("row_record")) == pytest.approx(np.array([[0.5], [0.7]]))
    assert of("item_bags") == [[1, 1], [0, 1]]
    # 64 flags at most: the value 69 is beyond them, the value 2 is the second.
    assert np.array(of("row_bags")).shape == (2, 64)
    assert np.argwhere(of("row_bags")).tolist() == [[1, 1]]
    # length, mean cosine, highest cosine
    assert of("history") == [[2, 0.5, 1.0], [0, 0.0, 0.0]]


def test_one_user_for_all_candidates_gives_the_columns_of_the_tiled_rows() -> None:
    examples = some_examples()
    rows = {"row_item": np.array([1, 2, 3], np.int32), "row_record": np.array([[0.1], [0.2], [0.3]], np.float32)}
    items, users = item_inputs(examples.items, slice(None)), user_inputs(examples.rows)
    one = {name: part[:1] for name, part in users.items()}
    tiled = {name: np.repeat(part[:1], 3, axis=0) for name, part in users.items()}
    assert np.array_equal(flatten(SHAPE, items, one, rows), flatten(SHAPE, items, tiled, rows))
