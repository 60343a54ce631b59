"""Counts as of each row while rows stream by in order of time: of every item, or of every user and item that met.

The counting itself is ``earlier_counts``, the very function that tables in memory are counted with; here it sees one
batch, and what earlier batches left is added. Rows of one second never count for each other, also where a batch ends
in the middle of a second: the latest second is kept apart until time moves on.

Memory grows with the distinct pairs that rows have shown, about 28 bytes each, 100 while a batch is merged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.familiarity import Familiarity, pair_keys
from adplat.ctr.item_record import earlier_counts

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Counted:
    """Impressions and positives of pairs (C,), by key, ascending."""

    keys: Int64
    users: Int32
    impressions: Float64
    positives: Float64

    def plus(self, keys: Int64, users: Int32, impressions: Float64, positives: Float64) -> _Counted:
        """With more counts of any pairs, in any order."""
        if not len(keys):
            return self
        both = np.concatenate([self.keys, keys])
        known, first, place = np.unique(both, return_index=True, return_inverse=True)
        return _Counted(
            known,
            np.concatenate([self.users, users])[first],
            np.bincount(place, np.concatenate([self.impressions, impressions]), len(known)).astype(np.float64),
            np.bincount(place, np.concatenate([self.positives, positives]), len(known)).astype(np.float64),
        )

    def of(self, keys: Int64) -> tuple[Float64, Float64]:
        """Impressions and positives (N,) of each key; 0 for one never seen."""
        if not len(self.keys):
            return np.zeros(len(keys)), np.zeros(len(keys))
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        return np.where(known, self.impressions[place], 0.0), np.where(known, self.positives[place], 0.0)


_NOTHING = _Counted(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0), np.zeros(0))


class RunningCounts:
    """What earlier rows tell of each pair; of an item alone where every user is 0."""

    def __init__(self) -> None:
        self._settled, self._latest, self._moment = _NOTHING, _NOTHING, np.iinfo(np.int64).min

    def before(self, users: Int32, hashes: Int64, times: Int64, positive: Float32) -> tuple[Float64, Float64]:
        """Impressions and positives (N,) in strictly earlier rows of this batch and all before; then counts it.

        ``times`` ascend, within the batch and over batches.
        """
        if not len(hashes):
            return np.zeros(0), np.zeros(0)
        keys, outcome = pair_keys(users, hashes), positive.astype(np.float64)
        impressions, positives = earlier_counts(keys, times, positive)
        moved = times > self._moment
        for counts, seen in ((self._settled, np.ones(len(keys), np.bool_)), (self._latest, moved)):
            shown, liked = counts.of(keys)
            impressions += shown * seen
            positives += liked * seen
        last = int(times[-1])
        if last > self._moment:
            self._settle(self._latest)
            self._latest = _NOTHING
            earlier = times < last
            self._settle(_NOTHING.plus(keys[earlier], users[earlier], np.ones(int(earlier.sum())), outcome[earlier]))
            self._moment = last
        now = times == last
        self._latest = self._latest.plus(keys[now], users[now], np.ones(int(now.sum())), outcome[now])
        return impressions, positives

    def pairs(self) -> Familiarity:
        """All that was counted, pair by pair; nobody and nothing left out."""
        every = self._settled.plus(
            self._latest.keys, self._latest.users, self._latest.impressions, self._latest.positives
        )
        # A key is its hash mixed with its user, and mixing twice gives the hash back.
        hashes = pair_keys(every.users, every.keys)
        known = np.flatnonzero((every.users != 0) & (hashes != 0))
        order = known[np.lexsort((hashes[known], every.users[known]))]
        impressions, positives = every.impressions[order], every.positives[order]
        return Familiarity(
            every.users[order], hashes[order], impressions.astype(np.float32), positives.astype(np.float32)
        )

    def _settle(self, more: _Counted) -> None:
        self._settled = self._settled.plus(more.keys, more.users, more.impressions, more.positives)
