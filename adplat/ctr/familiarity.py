"""What this user did with this very item before: has it been clicked, how often, how often passed over.

People come back to what they liked. A network has to spend its identifiers on learning such pairs by heart; counted,
they are three numbers that any network can read, and its identifiers are free to tell what the user will like *next*.

A row may know its pair's past, never its own outcome. While training, ``ordered`` counts rows strictly earlier in time,
``others`` all other rows, for tables without time. All training rows go into the bundle and answer for later ones.
Among many users pairs are found by a 64-bit mixture of index and hash: two share a key with probability 2^-64.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from adplat.ctr.item_record import earlier_counts
from adplat.ctr.shape import NetworkShape
from adplat.features import RowArrays

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

FAMILIARITY = "familiarity.safetensors"
FAMILIARITY_WIDTH = 3
_MIXER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: consecutive users end far apart


@dataclass(frozen=True)
class Familiarity:
    """Impressions and positives of each pair, by user, then item hash, both ascending."""

    users: Int32
    hashes: Int64
    impressions: Float32
    positives: Float32

    @classmethod
    def of(cls, users: Int32, hashes: Int64, positive: Float32) -> Familiarity:
        """Count ``N`` rows given by user index, item hash and outcome. Index 0 and hash 0 are nobody and nothing."""
        known = (users != 0) & (hashes != 0)
        users, hashes = users[known], hashes[known]
        _, first, place = np.unique(pair_keys(users, hashes), return_index=True, return_inverse=True)
        order = np.lexsort((hashes[first], users[first]))
        impressions = np.bincount(place, minlength=len(first)).astype(np.float32)
        positives = np.bincount(place, weights=positive[known], minlength=len(first)).astype(np.float32)
        return cls(users[first][order], hashes[first][order], impressions[order], positives[order])

    def joined(self, other: Familiarity) -> Familiarity:
        """The counts of both."""
        users, hashes, impressions, positives = (
            np.concatenate([getattr(part, name) for part in (self, other)])
            for name in ("users", "hashes", "impressions", "positives")
        )
        _, first, place = np.unique(pair_keys(users, hashes), return_index=True, return_inverse=True)
        order = np.lexsort((hashes[first], users[first]))
        sums = (np.bincount(place, part, len(first)).astype(np.float32)[order] for part in (impressions, positives))
        return Familiarity(users[first][order], hashes[first][order], *sums)

    def features(self, users: Int32, hashes: Int64) -> Float32:
        """(N, 3); zeros for a pair that never met. ``users`` has N entries, or one for all."""
        if not len(self.users):
            return np.zeros((len(hashes), FAMILIARITY_WIDTH), np.float32)
        place, met = self._of_one(int(users[0]), hashes) if len(users) == 1 else self._of_many(users, hashes)
        met &= (users != 0) & (hashes != 0)
        return _as_features(np.where(met, self.impressions[place], 0.0), np.where(met, self.positives[place], 0.0))

    def _of_one(self, user: int, hashes: Int64) -> tuple[Int64, npt.NDArray[np.bool_]]:
        """Where the pairs of one user stand, and whether they do: a request searches one person's past, not all."""
        start, end = np.searchsorted(self.users, np.array([user, user + 1], np.int32)).tolist()
        if start == end:
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.bool_)
        place = np.minimum(np.searchsorted(self.hashes[start:end], hashes), end - start - 1) + start
        return place, self.hashes[place] == hashes

    def _of_many(self, users: Int32, hashes: Int64) -> tuple[Int64, npt.NDArray[np.bool_]]:
        known, order = self._by_key
        keys = pair_keys(users, hashes)
        place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return order[place], known[place] == keys

    @cached_property
    def _by_key(self) -> tuple[Int64, Int64]:
        keys = pair_keys(self.users, self.hashes)
        order = np.argsort(keys).astype(np.int64)
        return keys[order], order

    def save(self, path: Path) -> None:
        """Write one safetensors file."""
        parts: dict[str, npt.NDArray[Any]] = {"users": self.users, "hashes": self.hashes}
        save_file(parts | {"impressions": self.impressions, "positives": self.positives}, path)

    @classmethod
    def load(cls, path: Path) -> Familiarity:
        """Read what ``save`` wrote."""
        parts = load_file(path)
        return cls(parts["users"], parts["hashes"], parts["impressions"], parts["positives"])


NO_FAMILIARITY = Familiarity(
    np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32)
)


def familiarity_features(
    how: Literal["none", "ordered", "others"], users: Int32, hashes: Int64, times: Int64, positive: Float32
) -> Float32:
    """What each *training* row may know of its pair, (N, 3), or (N, 0) for ``none``."""
    if how == "none":
        return np.zeros((len(hashes), 0), np.float32)
    keys = pair_keys(users, hashes)
    if how == "ordered":
        impressions, positives = earlier_counts(keys, times, positive)
    else:
        _, place = np.unique(keys, return_inverse=True)
        impressions = np.bincount(place).astype(np.float64)[place] - 1.0
        positives = np.bincount(place, weights=positive).astype(np.float64)[place] - positive.astype(np.float64)
    return pair_facts(users, hashes, impressions, positives)


def pair_facts(users: Int32, hashes: Int64, impressions: Float64, positives: Float64) -> Float32:
    """(N, 3) from counts (N,); zeros where a row names nobody or nothing."""
    told = _as_features(impressions, positives)
    told[(users == 0) | (hashes == 0)] = 0.0
    return told


def pair_features(shape: NetworkShape, pairs: Familiarity, rows: RowArrays, hashes: Int64) -> Float32:
    """What ``pairs`` tells later rows of these item hashes: (N, shape.pair)."""
    if not shape.pair:
        return np.zeros((len(hashes), 0), np.float32)
    return pairs.features(rows.categorical[:, shape.row_user_columns[0]], hashes)


def pair_keys(users: Int32, hashes: Int64) -> Int64:
    """One number for each user index and item hash; user 0 leaves the hash as it is."""
    mixed: Int64 = (hashes.view(np.uint64) ^ (users.astype(np.uint64) * _MIXER)).view(np.int64)
    return mixed


def _as_features(impressions: Float64 | Float32, positives: Float64 | Float32) -> Float32:
    """Columns: whether there was a positive, log positives, log impressions without one (both ÷ 3)."""
    passed = np.log1p(impressions - positives) / 3.0
    return np.column_stack([positives > 0, np.log1p(positives) / 3.0, passed]).astype(np.float32)
