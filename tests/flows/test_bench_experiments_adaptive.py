"""The benchmark of arms that a bandit moved plays what it says, and sees what it claims."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.experiments.adaptive_arms import moments_of, own_arms, pair_of_arms
from adplat.experiments.adaptive_rows import AdaptiveRows
from adplat.flows.bench_experiments_adaptive import PLACEMENTS, _own, _paired
from adplat.flows.bench_experiments_adaptive_worlds import BanditWorld, Played, play_batches, play_rows

WORLD = BanditWorld("small", "", ((0.05, 0.1, 0.3),), (1.0,), 12, 100, 0.02)


def rows_of(world: BanditWorld, played: Played, test: int) -> AdaptiveRows:
    """The same batches, row by row."""
    chosen, rewards = [], []
    for shown, clicks in zip(played.shown[test].astype(int), played.clicks[test].astype(int), strict=True):
        for arm in range(world.arms):
            chosen += [arm] * shown[arm]
            rewards += [1.0] * clicks[arm] + [0.0] * (shown[arm] - clicks[arm])
    told = played.propensities[test].repeat(world.batch, axis=0)
    return AdaptiveRows(tuple("abc"), np.asarray(chosen), np.asarray(rewards), told)


def test_sums_of_batches_and_rows_are_the_same_arms() -> None:
    played = play_batches(WORLD, 3, np.random.default_rng(1))
    own, (control, treatment) = _own(played), _paired(played)
    for test in range(3):
        rows = rows_of(WORLD, played, test)
        expected = moments_of(own_arms(rows, "by_moment", rates=True))
        pair = pair_of_arms(rows, 0, 2, "by_moment", rates=True)
        for name in ("n", "mean", "variance"):
            assert getattr(own, name)[test, -1] == pytest.approx(getattr(expected, name), rel=1e-9)
            for ours, theirs in ((control, pair.control), (treatment, pair.treatment)):
                expected_one = getattr(moments_of([theirs]), name)[0]
                assert getattr(ours, name)[test, -1, 1] == pytest.approx(expected_one, rel=1e-9)


def test_the_bandit_learns_and_keeps_its_floor() -> None:
    played = play_batches(WORLD, 50, np.random.default_rng(2))
    assert played.shown.sum(axis=2) == pytest.approx(WORLD.batch)
    assert played.propensities.min() >= 0.02 - 1e-12
    assert played.propensities[:, 0] == pytest.approx(1 / 3)
    assert played.propensities[:, -1, 2].mean() > 0.9


def test_placements_are_played_by_bandits_of_their_own() -> None:
    (rows,) = play_rows(PLACEMENTS, 1, np.random.default_rng(3))
    assert len(rows) == PLACEMENTS.rounds
    assert rows.propensities.sum(axis=1) == pytest.approx(1.0)
    last = np.unique(rows.propensities[-PLACEMENTS.batch :], axis=0)
    assert len(last) == 2
    assert set(last.argmax(axis=1)) == {1, 2}
