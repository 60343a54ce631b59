from __future__ import annotations

import numpy as np
import pytest

from adplat.ctr.examples import assemble, of_one_user, take_rows, without_content
from tests.ctr.builders import plain_block, plain_rows


def seen_by_the_network(inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """What each row's item and history are, whatever the local numbering."""
    identity = inputs["item_categorical"][:, 0]
    return identity[inputs["row_item"]], identity[inputs["history"]]


@pytest.mark.parametrize("catalogue", [30, 5000], ids=["small catalogue", "large catalogue"])
def test_a_batch_holds_its_own_items_and_no_others(catalogue: int) -> None:
    rng = np.random.default_rng(0)
    rows = plain_rows(rng.integers(0, 30, 12), history=rng.integers(0, 30, (12, 2, 4)).astype(np.int32))
    inputs = assemble(plain_block(catalogue), rows, np.zeros((12, 0), np.float32))
    items, histories = seen_by_the_network(inputs)
    assert np.array_equal(items, rows.item)
    assert np.array_equal(histories, rows.history)
    assert len(inputs["item_categorical"]) == len({0, *rows.item.tolist(), *rows.history.ravel().tolist()})
    assert inputs["item_categorical"][0, 0] == 0


def test_candidates_of_one_request_are_recognised_and_others_are_not() -> None:
    history = np.array([[3, 2, 0]], np.int32)
    seen_once = plain_rows([1, 2, 3], history=np.broadcast_to(history, (3, 1, 3)))
    written_out = plain_rows([1, 2, 3], history=np.repeat(history[None], 3, axis=0))
    assert of_one_user(seen_once)
    assert of_one_user(written_out)
    other = plain_rows([1, 2, 3], numeric=np.array([[1.0], [2.0], [1.0]], np.float32))
    assert not of_one_user(other)
    assert not of_one_user(plain_rows([]))


def test_rows_are_taken_in_the_given_order() -> None:
    rows = plain_rows([1, 2, 3], numeric=np.array([[1.0], [2.0], [3.0]], np.float32))
    taken = take_rows(rows, np.array([2, 0]))
    assert taken.item.tolist() == [3, 1]
    assert taken.numeric[:, 0].tolist() == [3.0, 1.0]


def test_without_content_neither_image_nor_text_is_left() -> None:
    block = plain_block(3, image=np.ones((4, 2), np.float32), image_present=np.ones(4, np.float32))
    bare = without_content(block)
    assert bare.image.shape == (4, 0)
    assert not bare.image_present.any()
    assert bare.ids == block.ids
