from __future__ import annotations

import numpy as np
import pytest

from adplat.ctr.familiarity import Familiarity, pair_keys
from adplat.ctr.item_record import earlier_counts
from adplat.ctr.running_counts import RunningCounts


@pytest.mark.parametrize("batch", [1, 7, 50, 1000])
def test_batches_count_what_the_whole_table_counts(batch: int) -> None:
    rng = np.random.default_rng(batch)
    users, hashes = rng.integers(0, 4, 300).astype(np.int32), rng.integers(-3, 4, 300)
    times, positive = np.sort(rng.integers(0, 60, 300)), rng.integers(0, 2, 300).astype(np.float32)
    running = RunningCounts()
    parts = [
        running.before(*(column[start : start + batch] for column in (users, hashes, times, positive)))
        for start in range(0, 300, batch)
    ]
    whole = earlier_counts(pair_keys(users, hashes), times, positive)
    for told, expected in zip(zip(*parts, strict=True), whole, strict=True):
        assert np.array_equal(np.concatenate(told), expected)
    pairs, expected_pairs = running.pairs(), Familiarity.of(users, hashes, positive)
    for name in ("users", "hashes", "impressions", "positives"):
        assert np.array_equal(getattr(pairs, name), getattr(expected_pairs, name)), name


def test_joined_familiarity_is_that_of_all_rows() -> None:
    rng = np.random.default_rng(0)
    users, hashes = rng.integers(0, 4, 200).astype(np.int32), rng.integers(-3, 4, 200)
    positive = rng.integers(0, 2, 200).astype(np.float32)
    halves = [Familiarity.of(users[part], hashes[part], positive[part]) for part in (slice(80), slice(80, None))]
    whole = Familiarity.of(users, hashes, positive)
    for name in ("users", "hashes", "impressions", "positives"):
        assert np.array_equal(getattr(halves[0].joined(halves[1]), name), getattr(whole, name)), name
