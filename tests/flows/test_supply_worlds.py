"""The simulated platforms whose supply is foretold."""

from __future__ import annotations

import numpy as np

from adplat.flows.supply_worlds import TARGETINGS, draw_supply_world


def test_a_world_is_its_seeds_and_every_targeting_is_a_part_of_it() -> None:
    world, again, other = (draw_supply_world(seed) for seed in (3, 3, 4))
    assert np.array_equal(world.total, again.total)
    assert not np.array_equal(world.total[:28], other.total[:28])
    assert world.parts.shape == (TARGETINGS, world.history + 14)
    assert 28 <= world.history <= 120
    assert (world.parts <= world.total).all()
    assert (world.parts.sum(axis=1) > 0).all()


def test_worlds_have_weeks_holidays_and_days_that_are_unlike_any_other() -> None:
    worlds = [draw_supply_world(seed) for seed in range(20)]
    assert sum(world.holidays.any() for world in worlds) > 10
    roughest = [np.abs(np.diff(np.log(world.total))).max() for world in worlds]
    assert np.median(roughest) > 0.1
