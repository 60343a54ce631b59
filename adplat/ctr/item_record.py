"""What an item's own past says: shrunken log-odds and volume of its earlier impressions.

The log-odds shrink to what the item's content says of it (``centre``, see ``content_prior``; 0 without), so that a
new item starts from its picture and words and moves to its own outcomes as they come.

A row may know its item's past, never its own outcome. Two ways keep that promise while training:

* ``ordered``: only rows strictly earlier in time count, exactly what will be known when a live request
  comes, so an item's first rows train the network to do without;
* ``folds``: rows of the other folds count, for tables without time.

A finished record (all training rows) goes into the bundle and answers for every later row; scored rows
never enter it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

RECORD_WIDTH = 4
_FOLDS = 5


@dataclass(frozen=True)
class ItemRecord:
    """Impressions and positives per item hash (ascending), and the overall rate they shrink to."""

    hashes: Int64
    impressions: Float64
    positives: Float64
    rate: float
    shrinkage: float

    @classmethod
    def of(cls, hashes: Int64, positive: Float32, shrinkage: float) -> ItemRecord:
        """Count ``N`` rows given by item hash and outcome (0 or 1)."""
        known, place = np.unique(hashes, return_inverse=True)
        return cls(
            hashes=known,
            impressions=np.bincount(place, minlength=len(known)).astype(np.float64),
            positives=np.bincount(place, weights=positive, minlength=len(known)).astype(np.float64),
            rate=overall_rate(float(positive.sum(dtype=np.float64)), len(positive)),
            shrinkage=shrinkage,
        )

    def features(self, hashes: Int64, centres: Float64) -> Float32:
        """The record of each hash, shape (N, 4); for one never shown, or hash 0, what its content says."""
        if not len(self.hashes):
            nothing = np.zeros(len(hashes))
            return record_of_counts(nothing, nothing, self.rate, self.shrinkage, centres)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = (self.hashes[place] == hashes) & (hashes != 0)
        return record_of_counts(
            np.where(known, self.impressions[place], 0.0),
            np.where(known, self.positives[place], 0.0),
            self.rate,
            self.shrinkage,
            centres,
        )

    def save(self, path: Path) -> None:
        """Write one safetensors file."""
        save_file(
            {
                "hashes": self.hashes,
                "impressions": self.impressions,
                "positives": self.positives,
                "rate": np.array([self.rate]),
                "shrinkage": np.array([self.shrinkage]),
            },
            path,
        )

    @classmethod
    def load(cls, path: Path) -> ItemRecord:
        """Read what ``save`` wrote."""
        parts = load_file(path)
        return cls(
            hashes=parts["hashes"],
            impressions=parts["impressions"],
            positives=parts["positives"],
            rate=float(parts["rate"][0]),
            shrinkage=float(parts["shrinkage"][0]),
        )


def record_features(
    how: Literal["none", "ordered", "folds"],
    hashes: Int64,
    times: Int64,
    positive: Float32,
    shrinkage: float,
    rng: np.random.Generator,
    centres: Float64,
) -> Float32:
    """The record each *training* row may know, shape (N, 4), or (N, 0) for ``none``; ``centres`` is (N,)."""
    if how == "none":
        return np.zeros((len(hashes), 0), np.float32)
    if how == "ordered":
        return _ordered(hashes, times, positive, shrinkage, centres)
    fold = rng.integers(_FOLDS, size=len(hashes))
    features = np.zeros((len(hashes), RECORD_WIDTH), np.float32)
    for number in range(_FOLDS):
        others = ItemRecord.of(hashes[fold != number], positive[fold != number], shrinkage)
        features[fold == number] = others.features(hashes[fold == number], centres[fold == number])
    return features


def _ordered(hashes: Int64, times: Int64, positive: Float32, shrinkage: float, centres: Float64) -> Float32:
    impressions, positives = earlier_counts(hashes, times, positive)
    rate = overall_rate(float(positive.sum(dtype=np.float64)), len(positive))
    return record_of_counts(impressions, positives, rate, shrinkage, centres)


def earlier_counts(keys: Int64, times: Int64, positive: Float32) -> tuple[Float64, Float64]:
    """Impressions and positives (N,) of each row's key in rows strictly earlier in time."""
    order = np.lexsort((times, keys))
    key, time, outcome = keys[order], times[order], positive[order].astype(np.float64)
    position = np.arange(len(order))
    new_key = np.r_[True, key[1:] != key[:-1]][: len(order)]
    new_moment = new_key | np.r_[True, time[1:] != time[:-1]][: len(order)]
    key_start = np.maximum.accumulate(np.where(new_key, position, 0))
    moment_start = np.maximum.accumulate(np.where(new_moment, position, 0))
    before = np.r_[0.0, np.cumsum(outcome)]
    impressions, positives = np.empty(len(order)), np.empty(len(order))
    impressions[order] = moment_start - key_start
    positives[order] = before[moment_start] - before[key_start]
    return impressions, positives


def hide_records(record: Float32, hidden: npt.NDArray[np.bool_]) -> None:
    """Make these rows look never shown, in place: no volume, and the log-odds that content alone gives."""
    if record.shape[1]:
        record[hidden, 0] = record[hidden, 3]
        record[hidden, 1:3] = 0.0


def overall_rate(positives: float, rows: int) -> float:
    """The share of positives that log-odds shrink to, kept off 0 and 1."""
    return float(np.clip(positives / rows if rows else 0.5, 1e-6, 1 - 1e-6))


def record_of_counts(
    impressions: Float64, positives: Float64, rate: float, shrinkage: float, centres: Float64
) -> Float32:
    """Columns: shrunken log-odds above the overall rate, log volume (÷ 5), whether there is any past, the centre.

    log((c + k q) / (n - c + k (1 - q))) - logit p with logit q = logit p + centre: the posterior mean under a
    Beta(k q, k (1-q)) prior.
    """
    base = np.log(rate / (1.0 - rate))
    expected = 1.0 / (1.0 + np.exp(-(base + centres)))
    odds = (positives + shrinkage * expected) / (impressions - positives + shrinkage * (1.0 - expected))
    volume = np.log1p(impressions) / 5.0
    return np.column_stack([np.log(odds) - base, volume, impressions > 0, centres]).astype(np.float32)
