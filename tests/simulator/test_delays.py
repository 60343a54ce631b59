"""Three shapes of waiting, faster here than there, and never beyond the window."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from adplat.domain import ConfigRejected
from adplat.simulator import DelayConfig, build_world, catalogue_of, whole_log
from adplat.simulator.delays import SOONEST_S
from tests.simulator.builders import a_tiny_config

HOUR_S = 3600.0


def drawn(creative: int = 0, count: int = 20_000, **told: Any) -> npt.NDArray[np.float64]:
    world = build_world(a_tiny_config(delay=DelayConfig(**told)))
    return world.response.delays.draw(np.full(count, creative, dtype=np.int32), np.random.default_rng(1))


@pytest.mark.parametrize(
    ("told", "median_h"),
    [
        ({"shape": "weibull", "slow_hours": 10.0, "exponent": 0.6}, 10.0 * np.log(2) ** (1 / 0.6)),
        ({"shape": "lognormal", "slow_hours": 10.0, "exponent": 0.5}, 10.0),
        ({"fast_hours": 2.0, "slow_hours": 2.0}, 2.0 * np.log(2)),
    ],
)
def test_each_shape_has_its_median(told: dict[str, Any], median_h: float) -> None:
    assert np.median(drawn(**told) - SOONEST_S) / HOUR_S == pytest.approx(median_h, rel=0.05)


def test_nothing_is_attributed_beyond_the_window() -> None:
    free, cut = drawn(slow_hours=200.0), drawn(slow_hours=200.0, window_days=2)
    assert free.max() > 48 * HOUR_S >= cut.max()
    # Those inside the window keep their proportions.
    inside = free[free <= 48 * HOUR_S]
    assert np.median(cut) == pytest.approx(np.median(inside), rel=0.1)


def test_campaigns_wait_differently_long() -> None:
    medians = [np.median(drawn(creative, shape="weibull", campaign_spread=1.0)) for creative in (0, 4, 8)]
    assert max(medians) > 1.3 * min(medians)


def test_a_wrong_delay_is_refused_by_name() -> None:
    with pytest.raises(ConfigRejected, match=r"slow_share is 1\.5"):
        DelayConfig(slow_share=1.5)


def test_the_whole_log_knows_what_comes_after_the_end() -> None:
    config = a_tiny_config(impressions=3000, click_rate=0.15, conversion_base=0.0, delay=DelayConfig(slow_hours=500))
    world = build_world(config)
    rows = whole_log(world)
    arrived = rows["ts"].dt.epoch("s") + rows["conversion_delay_s"]
    assert rows.height == 3000
    assert (arrived > config.log_end.timestamp()).any()
    clicked = rows.filter(rows["click"] == 1)
    assert clicked["conversion"].mean() == pytest.approx(clicked["p_conversion"].mean(), abs=0.1)
    assert {"creatives", "users"} <= set(catalogue_of(world))
