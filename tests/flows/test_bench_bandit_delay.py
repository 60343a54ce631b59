"""The benchmark of late conversions: a fair world, and a figure that can fail."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.flows.bench_bandit_delay import TARGET, LateRun, LateWorld, delay_figure, play_late_world


def test_creatives_come_one_after_another_and_some_are_always_live() -> None:
    world = LateWorld.of(3, 30)
    counts = [len(world.live(hour)) for hour in range(24 * 30)]
    assert min(counts) >= 4 and max(counts) <= 6
    assert world.live(0) == [0, 1, 2, 3] and world.live(24 * 29)[-1] == len(world.rates) - 1


def test_both_play_the_same_world_and_only_the_corrected_one_knows_of_delays() -> None:
    corrected, naive = play_late_world(5, 6)
    again, _ = play_late_world(5, 6)
    assert corrected == again
    assert corrected.by_day[0] == pytest.approx(naive.by_day[0], rel=0.5)
    assert corrected.by_day != naive.by_day
    assert sum(corrected.by_day) == pytest.approx(corrected.regret) and min(corrected.by_day) >= 0.0


def test_the_figure_holds_only_where_the_loss_is_small_enough() -> None:
    def figure(ratio: float) -> bool:
        runs = [(LateRun(ratio * lost, ()), LateRun(lost, ())) for lost in (90.0, 110.0, 100.0)]
        found = delay_figure(runs, (1, 2, 3), 30)
        assert found.value == pytest.approx(ratio) and found.rival_value == pytest.approx(100.0)
        assert np.allclose(found.interval, (ratio, ratio))
        return found.holds

    assert figure(0.9 * TARGET)
    assert not figure(1.1 * TARGET)
