"""A short vector of picture and words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adplat.features import FeatureEncoding, Histories, ItemBlock, leading_vectors

Ready = tuple[FeatureEncoding, ItemBlock, Histories]


def with_sizes(items: ItemBlock, image: int, text: int) -> ItemBlock:
    rows, rng = len(items.image), np.random.default_rng(0)
    pictures, words = (rng.normal(size=(rows, size)).astype(np.float32) for size in (image, text))
    here = np.ones(rows, dtype=np.float32)
    here[[0, 2]] = 0.0
    return replace(items, image=pictures, text=words, image_present=here, text_present=here)


@pytest.mark.parametrize(
    ("image", "text", "images", "texts"),
    [(4, 4, 4, 4), (64, 64, 12, 11), (64, 3, 20, 3), (5, 64, 5, 18), (0, 64, 0, 23)],
)
def test_each_modality_gets_half_of_the_room_and_what_the_other_leaves(
    ready: Ready, image: int, text: int, images: int, texts: int
) -> None:
    items = with_sizes(ready[1], image, text)
    rows = np.array([3, 1], dtype=np.int32)
    found = leading_vectors(items, rows)
    assert np.array_equal(found[:, :images], items.image[rows, :images])
    assert np.array_equal(found[:, images:-1], items.text[rows, :texts])
    assert found.shape == (2, images + texts + 1) and found.shape[1] <= 24


def test_an_item_with_neither_is_marked(ready: Ready) -> None:
    found = leading_vectors(with_sizes(ready[1], 4, 4), np.array([0, 1, 2], dtype=np.int32))
    assert found[:, -1].tolist() == [1.0, 0.0, 1.0]


def test_without_pictures_and_words_there_is_no_vector(ready: Ready) -> None:
    assert leading_vectors(with_sizes(ready[1], 0, 0), np.array([1], dtype=np.int32)).shape == (1, 0)
