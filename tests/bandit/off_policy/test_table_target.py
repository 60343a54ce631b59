"""A policy known by its table: what it must hold, and when it tells more than it says."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit.off_policy import TableTarget
from adplat.domain import TableRejected
from tests.bandit.off_policy.builders import silent, some_log


def test_a_policy_that_looks_at_nothing_is_known_whole() -> None:
    log = some_log(300)
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    blocks = TableTarget(log, shares[log.chosen]).blocks(silent)
    assert blocks is not None
    found = np.concatenate([block.probabilities for block in blocks]).reshape(300, 4)
    assert found == pytest.approx(np.tile(shares, (300, 1)))


def test_one_that_looks_at_the_moment_is_known_for_the_logged_actions_only() -> None:
    log = some_log(300)
    shares = np.where(log.numbers[:, 0] > 0, 0.4, 0.2)
    assert TableTarget(log, shares).blocks(silent) is None


def test_shares_that_do_not_sum_to_one_tell_nothing_of_the_rest() -> None:
    log = some_log(300)
    assert TableTarget(log, np.full(300, 0.1)).blocks(silent) is None


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(value: float) -> None:
    log = some_log(10)
    probabilities = np.full(10, 0.25)
    probabilities[4] = value
    with pytest.raises(TableRejected, match="row r4 has no probability between 0 and 1"):
        TableTarget(log, probabilities)


def test_another_length_is_refused() -> None:
    with pytest.raises(TableRejected, match="9 probabilities for 10 logged rows"):
        TableTarget(some_log(10), np.full(9, 0.25))
