"""From canonical values to indices. Index 0 is unknown or missing; it is never learned.

A learned vocabulary knows what stood in at least ``min_count`` training rows; a hashed one spreads every
value over ``buckets - 1`` indices by a stable hash, so it needs no memory of its values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from adplat.features.arrays import Int32, Int64, item_hash
from adplat.features.values import positions


@dataclass(frozen=True)
class LearnedValues:
    """``values[i]`` has index ``i + 1``."""

    values: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many indices there are, 0 included."""
        return len(self.values) + 1

    @cached_property
    def _column(self) -> pl.Series:
        return pl.Series(self.values, dtype=pl.String)

    @cached_property
    def _by_hash(self) -> dict[int, int]:
        return {item_hash(value): index for index, value in enumerate(self.values, start=1)}

    def indices(self, column: pl.Series) -> Int32:
        """The index of each canonical value. (N,)"""
        return positions(column, self._column)

    def index_of_hash(self, value_hash: int) -> int:
        """The index of the value with this ``item_hash``; 0 for 0 and for the unknown."""
        return self._by_hash.get(value_hash, 0)


@dataclass(frozen=True)
class HashedValues:
    """``index = 1 + hash mod (buckets - 1)``."""

    buckets: int

    @property
    def size(self) -> int:
        """How many indices there are, 0 included."""
        return self.buckets

    def indices(self, column: pl.Series) -> Int32:
        """The index of each canonical value. (N,)"""
        distinct = column.drop_nulls().unique()
        hashed = np.array([self.index_of_hash(item_hash(value)) for value in distinct], dtype=np.int32)
        places = positions(column, distinct)
        return np.concatenate([np.zeros(1, dtype=np.int32), hashed])[places]

    def index_of_hash(self, value_hash: int) -> int:
        """The index of the value with this ``item_hash``; 0 for 0."""
        return 1 + value_hash % (self.buckets - 1) if value_hash else 0


Values = LearnedValues | HashedValues


def learn_values(counts: Mapping[str, int] | Counter[str], min_count: int) -> LearnedValues:
    """The values seen in ``min_count`` training rows or more, most frequent first, ties by value."""
    kept = [(value, count) for value, count in counts.items() if count >= min_count]
    return LearnedValues(tuple(value for value, _ in sorted(kept, key=lambda pair: (-pair[1], pair[0]))))


def bag_indices(values: Values, hashes: Int64, width: int) -> Int32:
    """Known values of one bag, distinct, in order, zero padded to ``width``. (K,) → (width,)"""
    found = dict.fromkeys(values.index_of_hash(int(value)) for value in hashes if value)
    kept = [index for index in found if index][:width]
    return np.array(kept + [0] * (width - len(kept)), dtype=np.int32)
