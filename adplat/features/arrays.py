"""The arrays that pass from features to models: ItemBlock, RowArrays, UserVector.

Letters used in shapes: ``M`` items, ``N`` rows, ``L`` history length, ``K`` values in a bag,
``F``/``B``/``G`` categorical, bag and numeric features, ``Di``/``Dt`` image and text vector sizes.

Index 0 always means unknown, missing or padding: in vocabularies, in item rows, in histories.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


def item_hash(item_id: str) -> int:
    """A stable, non-zero, signed 64-bit hash of an item id (BLAKE2b); same in every process."""
    # A JSON request may carry a lone surrogate; it must hash like any other text, not fail.
    content = item_id.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True) or 1


@dataclass(frozen=True, slots=True)
class EncodingProblem:
    """One cell that gave no vector: which item, which column, why."""

    item_id: str
    column: str
    reason: str


@dataclass(frozen=True)
class ItemBlock:
    """The item (creative) side of every feature, computed once per catalogue. Row 0 is the unknown item, all zero.

    ``ids`` has M entries and belongs to rows 1..M; every array has M + 1 rows.
    """

    ids: tuple[str, ...]
    hashes: Int64  # (M+1,)  item_hash(ids[i-1]), 0 at row 0
    categorical: Int32  # (M+1, F_item)
    bags: Int32  # (M+1, B_item, K) zero padded
    numeric: Float32  # (M+1, G_item) standardised, 0 where missing
    image: Float32  # (M+1, Di) reduced and whitened; Di = 0 without image feature
    image_present: Float32  # (M+1,) 1.0 where the vector is real
    text: Float32  # (M+1, Dt)
    text_present: Float32  # (M+1,)
    encoding_report: tuple[EncodingProblem, ...] = ()  # images and texts that gave no vector

    @cached_property
    def _rows_by_id(self) -> dict[str, int]:
        return {item_id: row for row, item_id in enumerate(self.ids, start=1)}

    @cached_property
    def _sorted_hashes(self) -> tuple[Int64, Int32]:
        order = np.argsort(self.hashes, kind="stable").astype(np.int32)
        return self.hashes[order], order

    def rows_of(self, ids: Sequence[str]) -> Int32:
        """The row of each item id, 0 where it is unknown. Indexed once, so a request pays per candidate."""
        known = self._rows_by_id
        return np.fromiter((known.get(item_id, 0) for item_id in ids), dtype=np.int32, count=len(ids))

    def rows_of_hashes(self, hashes: Int64) -> Int32:
        """The row of each item hash (any shape), 0 where it is unknown or padding."""
        known, order = self._sorted_hashes
        place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        # int32 twice: numpy would widen where() to int64 from a plain 0.
        return np.where(known[place] == hashes, order[place], np.int32(0)).astype(np.int32)


@dataclass(frozen=True)
class RowArrays:
    """One table of impressions (or of candidates for one request) as numbers."""

    item: Int32  # (N,) rows of the ItemBlock
    categorical: Int32  # (N, F_row) row, user and other-table features in schema order
    bags: Int32  # (N, B_row, K)
    numeric: Float32  # (N, G_row)
    history: Int32  # (N, S, L) rows of the ItemBlock, newest first, 0 = padding; S sequence features
    user: Int64  # (N,) item_hash of the canonical user key, 0 = nobody known

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class UserVector:
    """One user as kept in Redis, packed with the schema digest by ``pack_user``.

    It holds facts, not indices: hashes of canonical values, raw numbers and item hashes. So it outlives a
    catalogue and a retrained vocabulary; only another schema makes it unreadable. Histories are newest
    first, 0 = padding.
    """

    categorical: Int64  # (F_user,) item_hash of the canonical value, 0 = missing
    bags: Int64  # (B_user, K) the same, one per value, 0 = padding
    numeric: Float64  # (G_user,) as given, NaN = missing
    history: Int64  # (S, L) item hashes
    history_time_s: Int64  # (S, L) unix seconds, 0 = padding
    key: int = 0  # item_hash of the user key, 0 = nobody known; not packed, since it is what a vector is kept under
