"""Every input of a row side by side, as trees read them: (N, C), column by column the same in training and serving.

Images and texts are given as the whitened vectors that the network sees, histories as lengths and content cosines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.ctr.examples import Examples, assemble, take_rows
from adplat.ctr.shape import NetworkShape

Float32 = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[Any]]
CONTENT_COLUMNS = 16  # whitened vectors come in falling order of variance; trees drown in more
_FLAGS = 64
_CHUNK = 8192
_CATEGORICAL = ("item_categorical", "row_categorical")


def flatten(shape: NetworkShape, items: Arrays, users: Arrays, rows: Arrays) -> Float32:
    """(N, C) for ``row_item`` (N,) and ``row_record`` (N, R) of ``rows``.

    ``items`` and ``users`` are named arrays as in ``examples``; users have N rows, or one that is shared by all.
    """
    target = rows["row_item"]
    parts = [block for _, block in _blocks(shape, items, users, rows)]
    columns = [np.broadcast_to(part, (len(target), part.shape[1])) for part in parts]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def flattened_examples(shape: NetworkShape, examples: Examples) -> Float32:
    """``flatten`` for a table of rows, piece by piece."""
    pieces = []
    for start in range(0, len(examples), _CHUNK):
        part = slice(start, start + _CHUNK)
        inputs = assemble(examples.items, take_rows(examples.rows, part), examples.record[part])
        pieces.append(flatten(shape, inputs, inputs, inputs))
    return np.concatenate(pieces)


def column_inputs(shape: NetworkShape) -> tuple[tuple[str, int], ...]:
    """Of each column (C): the input it comes from and its place among that input's features (0 where it has one)."""
    told = [(name, place) for name in _CATEGORICAL for place in range(len(_cardinalities(shape)[name]))]
    told += [("item_numeric", place) for place in range(shape.item_numeric)]
    told += [("item_image", 0)] * min(shape.image, CONTENT_COLUMNS)
    told += [("item_text", 0)] * min(shape.text, CONTENT_COLUMNS)
    told += [("row_numeric", place) for place in range(shape.row_numeric)]
    told += [("row_record", place) for place in range(shape.record)]
    for name, sizes in (("item_bags", shape.item_bags), ("row_bags", shape.row_bags)):
        told += [(name, place) for place, size in enumerate(sizes) for _ in range(_flags(size))]
    contents = sum(width > 0 for width in (shape.image, shape.text))
    told += [("history", place) for _ in range(1 + 2 * contents) for place in range(shape.sequences)]
    return tuple(told)


def categorical_columns(shape: NetworkShape) -> list[int]:
    """The numbers of the categorical columns: the first ones."""
    return list(range(sum(len(sizes) for sizes in _cardinalities(shape).values())))


def _cardinalities(shape: NetworkShape) -> dict[str, tuple[int, ...]]:
    return {"item_categorical": shape.item_categorical, "row_categorical": shape.row_categorical}


def _blocks(shape: NetworkShape, items: Arrays, users: Arrays, rows: Arrays) -> Iterator[tuple[str, Float32]]:
    target = rows["row_item"]
    yield "item_categorical", items["item_categorical"][target].astype(np.float32)
    yield "row_categorical", users["row_categorical"].astype(np.float32)
    yield "item_numeric", items["item_numeric"][target]
    for name in ("item_image", "item_text"):
        yield name, items[name][target][:, :CONTENT_COLUMNS]
    yield "row_numeric", users["row_numeric"]
    yield "row_record", rows["row_record"]
    for place, size in enumerate(shape.item_bags):
        yield "item_bags", _many_hot(items["item_bags"][target, place], _flags(size))
    for place, size in enumerate(shape.row_bags):
        yield "row_bags", _many_hot(users["row_bags"][:, place], _flags(size))
    if shape.sequences:
        yield "history", _history_columns(items, users["history"], target)


def _flags(size: int) -> int:
    return min(size - 1, _FLAGS)


def _many_hot(bag: npt.NDArray[np.int32], width: int) -> Float32:
    """(X, K) indices to (X, width) flags of the values with the lowest index."""
    flags = np.zeros((len(bag), width + 1), np.float32)
    row, column = np.nonzero((bag > 0) & (bag <= width))
    flags[row, bag[row, column]] = 1.0
    return flags[:, 1:]


def _history_columns(items: Arrays, history: npt.NDArray[np.int32], target: npt.NDArray[np.int32]) -> Float32:
    """Per sequence: its length, and the mean and highest cosine of each modality with the target. (N, ·)"""
    real = history > 0
    count = real.sum(2)
    columns = [np.broadcast_to(count, (len(target), count.shape[1]))]
    for content in (_unit(items[name]) for name in ("item_image", "item_text") if items[name].shape[1]):
        past = np.broadcast_to(content[history], (len(target), *history.shape[1:], content.shape[1]))
        cosine = np.einsum("nsld,nd->nsl", past, content[target]) * real
        columns += [cosine.sum(2) / np.maximum(count, 1), cosine.max(2, initial=0.0)]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _unit(content: Float32) -> Float32:
    length = np.linalg.norm(content, axis=1, keepdims=True)
    unit: Float32 = content / np.maximum(length, 1e-6)
    return unit
