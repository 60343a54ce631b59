"""Picture and words of an item as one short vector, for engines that cannot learn hundreds of numbers."""

from __future__ import annotations

import numpy as np

from adplat.features.arrays import Float64, Int32, ItemBlock

MOST = 24  # numbers of a leading vector, the mark included


def leading_vectors(items: ItemBlock, rows: Int32) -> Float64:
    """``(n, d)`` of these rows, ``d ≤ 24``: image first, then text, then 1 where the item has neither, else 0.

    Whitened vectors begin with the directions in which a catalogue differs most, so their leading components keep most
    of what there is. Each modality gets half of the room, and what the other leaves. Without any modality ``d = 0``.
    They mean nothing beside those of another bundle, whose directions are others.
    """
    room = MOST - 1
    texts = min(items.text.shape[1], max(room // 2, room - items.image.shape[1]))
    images = min(items.image.shape[1], room - texts)
    if not images + texts:
        return np.empty((len(rows), 0))
    vectors = np.empty((len(rows), images + texts + 1))
    vectors[:, :images] = items.image[rows, :images]
    vectors[:, images:-1] = items.text[rows, :texts]
    vectors[:, -1] = (items.image_present[rows] == 0.0) & (items.text_present[rows] == 0.0)
    return vectors
