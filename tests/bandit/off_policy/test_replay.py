"""A policy replayed: it learns from what was known, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adplat.bandit import POLICIES, Reads, policy_named
from adplat.bandit.off_policy import ChoiceLog, Offered, Replay
from adplat.bandit.off_policy.replay import BLOCK_ROWS
from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import Float64
from tests.bandit.off_policy.builders import silent, some_log


def replayed(log: ChoiceLog, name: str = "thompson-without-prior") -> Float64:
    """``(N, A)`` of a log whose rows offer all actions."""
    blocks = Replay(policy_named(name), log).blocks(silent)
    return np.concatenate([block.probabilities for block in blocks]).reshape(len(log), -1)


def with_predictions(log: ChoiceLog) -> ChoiceLog:
    p_ctr = np.random.default_rng(3).uniform(0.01, 0.2, len(log) * len(log.actions))
    return replace(log, offered=Offered((np.arange(4),), np.zeros(len(log), dtype=np.int64), p_ctr))


REPLAYED = [name for name in POLICIES if not policy_named(name).reads & (Reads.VECTORS | Reads.VALUES)]


@pytest.mark.parametrize("name", REPLAYED)
def test_every_row_gets_a_distribution(name: str) -> None:
    found = replayed(with_predictions(some_log(600, slots=3)), name)
    assert found.sum(axis=1) == pytest.approx(np.ones(600), abs=1e-9)
    assert found.min() >= 0.0


def test_uniform_gives_every_candidate_its_share() -> None:
    assert replayed(some_log(50), "uniform") == pytest.approx(np.full((50, 4), 0.25), rel=1e-12)


@pytest.mark.parametrize("place", [0, 5])
def test_a_reward_moves_only_later_blocks(place: int) -> None:
    log = some_log(3 * BLOCK_ROWS)
    row = BLOCK_ROWS + place  # the first of a block is decided in the very moment in which its own click is known
    rewards = log.rewards.copy()
    rewards[row] = 1.0 - rewards[row]
    before, after = replayed(log), replayed(replace(log, rewards=rewards))
    assert np.array_equal(before[: 2 * BLOCK_ROWS], after[: 2 * BLOCK_ROWS])
    assert not np.array_equal(before[2 * BLOCK_ROWS :], after[2 * BLOCK_ROWS :])


def test_a_click_counts_when_it_is_known() -> None:
    log = some_log(3 * BLOCK_ROWS)
    late = replace(log, known_us=log.times_us + BLOCK_ROWS * 1_000_000)
    unrewarded = replace(log, rewards=np.zeros(len(log)))
    assert np.array_equal(replayed(late)[: 2 * BLOCK_ROWS], replayed(unrewarded)[: 2 * BLOCK_ROWS])
    assert not np.array_equal(replayed(late), replayed(unrewarded))


@pytest.mark.parametrize("name", ["thompson-without-prior", "epsilon-greedy", "beta-thompson"])
def test_it_learns_which_action_is_good(name: str) -> None:
    log = some_log(4 * BLOCK_ROWS)
    rewards = np.where(log.chosen == 2, 1.0, 0.0)
    assert replayed(replace(log, rewards=rewards), name)[-1].argmax() == 2


def test_predictions_are_read_where_the_policy_reads_them() -> None:
    log = with_predictions(some_log(300))
    assert log.offered is not None
    assert log.offered.p_ctr is not None
    best = log.offered.p_ctr.reshape(300, 4)[:10].argmax(axis=1)
    assert (replayed(log, "thompson-with-prior")[:10].argmax(axis=1) == best).mean() >= 0.9


def test_only_a_policy_that_learns_needs_order() -> None:
    log = some_log(50)
    mixed = replace(log, times_us=log.times_us[::-1].copy())
    Replay(policy_named("uniform"), mixed)
    with pytest.raises(TableRejected, match="row r1 is earlier than the row before"):
        Replay(policy_named("thompson-without-prior"), mixed)


def test_without_predictions_or_candidates_it_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="reads a pCTR of every candidate, and the log has none"):
        Replay(policy_named("thompson-with-prior"), some_log())
    for name, what in (
        ("lin-ucb", "a vector"),
        ("linear-thompson", "a vector"),
        ("gaussian-thompson", "what each showing"),
    ):
        with pytest.raises(ConfigRejected, match=f"{name!r} cannot be replayed: it reads {what}"):
            Replay(policy_named(name), with_predictions(some_log()))
    with pytest.raises(ConfigRejected, match="does not tell what stood for choice"):
        Replay(policy_named("uniform"), some_log(offered=None))
