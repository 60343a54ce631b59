"""A drifting world: the same world until the day, and another one after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from adplat.data import as_config, configs_folder, read_config
from adplat.domain import ConfigRejected
from adplat.simulator import World, WorldConfig, build_world
from adplat.simulator.drift import DriftConfig
from adplat.simulator.history import play_history

SMALL = WorldConfig(
    name="drifting", start=date(2026, 9, 7), days=6, advertisers=4, users=300, impressions=30_000, click_rate=0.1
)


def log_of(world: World) -> dict[str, np.ndarray]:
    parts = []
    for chunk in play_history(world):
        shown = chunk.requests.take(chunk.won.astype(np.int32))
        parts.append((shown.day, shown.user, shown.placement, chunk.creative, chunk.p_click))
    names = ("day", "user", "placement", "creative", "p_click")
    return {name: np.concatenate([part[n] for part in parts]) for n, name in enumerate(names)}


def test_a_ramp_begins_on_its_day_and_ends_when_it_is_over() -> None:
    drift = DriftConfig(from_day=2, ramp_days=2, click_logit=-0.5, placement_effects=(0, 0, 0, 1, 0))
    assert drift.progress(np.array([0, 48, 72, 96, 200])).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert drift.click_logits(np.array([96, 96, 72]), np.array([0, 3, 3])).tolist() == [-0.5, 0.5, 0.25]
    assert DriftConfig(from_day=2).progress(np.array([47, 48])).tolist() == [0.0, 1.0]


def test_a_world_keeps_still_until_the_day_and_then_moves_as_told() -> None:
    drift = DriftConfig(
        from_day=4,
        click_logit=-0.7,
        newcomers=0.5,
        placement_shares=(0.0, 0.2, 0.2, 0.4, 0.2),
        new_creatives_per_campaign=4,
    )
    still, moved = log_of(build_world(SMALL)), log_of(build_world(replace(SMALL, drift=drift)))
    before, after = moved["day"] < 4, moved["day"] >= 4
    assert moved["p_click"][before].mean() == pytest.approx(still["p_click"][still["day"] < 4].mean(), rel=0.1)
    assert moved["p_click"][after].mean() < 0.7 * moved["p_click"][before].mean()
    assert moved["user"][before].max() < 150 <= moved["user"][after].max()
    assert (moved["placement"][before] == 0).mean() > 0.2
    assert (moved["placement"][after] == 0).sum() == 0
    assert len(np.setdiff1d(moved["creative"][after], moved["creative"][before])) >= 20


def test_the_committed_worlds_drift_each_in_its_own_way() -> None:
    names = ("drift_rate", "drift_mix", "drift_creatives")
    drifts = [read_config(configs_folder() / "worlds" / f"{name}.yaml", WorldConfig).drift for name in names]
    assert drifts[0].click_logit and drifts[1].newcomers and drifts[2].new_creatives_per_campaign
    assert len({drift.from_day for drift in drifts} - {0}) >= 1


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"placement_shares": [0.5, 0.5]}, "give 5 numbers"),
        ({"placement_shares": [0.5, 0.5, 0.5, -0.5, 0.0]}, "sum to 1"),
        ({"click_logit": 9.0}, "from -3 to 3"),
    ],
)
def test_an_impossible_drift_is_refused(told: dict[str, object], line: str) -> None:
    with pytest.raises(ConfigRejected, match=line):
        as_config(told, DriftConfig, where="world")
