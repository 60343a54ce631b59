"""The picture of a running test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from adplat.domain import TableRejected
from adplat.reporting import ArmOverTime, draw_intervals_over_time

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_arm(name: str = "bright", **facts: Any) -> ArmOverTime:
    width = 1.0 / np.sqrt(np.arange(1, 11))
    told: dict[str, Any] = {
        "at": [NOON + timedelta(hours=hour) for hour in range(10)],
        "estimate": np.full(10, 0.1),
        "low": 0.1 - width,
        "high": 0.1 + width,
    }
    return ArmOverTime(name, **(told | facts))


def drawn(*arms: ArmOverTime, **facts: Any) -> str:
    told = {"control": "plain", "metric": "ctr", "as_percent": True} | facts
    return draw_intervals_over_time(arms, **told).decode()


def test_every_treatment_has_its_panel_and_its_end() -> None:
    svg = drawn(an_arm(), an_arm("dark", ended=(NOON + timedelta(hours=5), "paused")))
    for words in ("ctr: bright against plain", "ctr: dark against plain", "paused", "difference, %"):
        assert words in svg
    assert "stopped" not in svg


def test_what_happened_to_the_whole_test_stands_in_every_panel() -> None:
    svg = drawn(an_arm(), an_arm("dark"), marks=[(NOON + timedelta(hours=3), "traffic 50 %")])
    assert svg.count("traffic 50 %") == 2


def test_open_ends_and_looks_that_said_nothing_are_drawn_as_far_as_they_go() -> None:
    gaps = np.full(10, 0.1)
    gaps[3] = np.nan
    assert "bright" in drawn(an_arm(estimate=gaps, high=np.full(10, np.nan)), as_percent=False)


def test_a_png_is_a_png() -> None:
    picture = draw_intervals_over_time([an_arm()], control="plain", metric="ctr", as_percent=False, form="png")
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arms", "what"),
    [
        ([], "no treatment"),
        ([an_arm(low=np.zeros(3))], "unequal length"),
        ([an_arm(at=[], estimate=[], low=[], high=[])], "unequal length"),
        ([an_arm(**{name: np.full(10, np.nan) for name in ("estimate", "low", "high")})], "no look said anything"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arms: list[ArmOverTime], what: str) -> None:
    with pytest.raises(TableRejected, match=what):
        drawn(*arms)
