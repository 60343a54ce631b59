"""Slots of a page: the sums are those of all orders written out."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.bandit.off_policy.slot_marginals import slot_marginals
from adplat.domain import ConfigRejected


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=6))
def test_the_sums_are_those_of_all_orders(raw: list[float]) -> None:
    shares = np.array(raw) / sum(raw)
    plain = np.zeros((3, len(raw)))
    for page in permutations(range(len(raw)), 3):
        left, chance = 1.0, 1.0
        for action in page:
            chance *= shares[action] / left
            left -= shares[action]
        for slot, action in enumerate(page):
            plain[slot, action] += chance
    assert slot_marginals(shares, 3) == pytest.approx(plain, abs=1e-9)


def test_uniform_shares_are_uniform_in_every_slot() -> None:
    assert slot_marginals(np.full(46, 1 / 46), 3) == pytest.approx(np.full((3, 46), 1 / 46), rel=1e-12)


def test_with_fewer_actions_than_slots_every_slot_is_a_draw_of_its_own() -> None:
    assert slot_marginals(np.array([0.3, 0.7]), 3).tolist() == [[0.3, 0.7]] * 3


def test_more_than_three_slots_are_refused() -> None:
    with pytest.raises(ConfigRejected, match="page of 4 slots"):
        slot_marginals(np.array([0.1, 0.1, 0.2, 0.2, 0.4]), 4)
    assert slot_marginals(np.full(5, 0.2), 4).tolist() == [[0.2] * 5] * 4
