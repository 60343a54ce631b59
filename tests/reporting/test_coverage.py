"""Told intervals that held: every group and every told share is on the picture, and what cannot be drawn is refused."""

from __future__ import annotations

from datetime import date

import pytest

from adplat.domain import Interval, TableRejected
from adplat.reporting import HeldOverTime, draw_held_over_time, draw_held_shares

HELD = {0.5: Interval(0.5, 0.4, 0.6), 0.8: Interval(0.6, 0.5, 0.7)}
WEEKS = [date(2026, 3, 2), date(2026, 3, 9)]


def test_each_group_and_each_told_share_is_named() -> None:
    drawn = draw_held_shares({"clicks, days": HELD, "题": HELD}).decode()
    for words in ("clicks, days", "题", "50 % intervals", "80 % intervals", "held"):
        assert words in drawn, words


def test_what_is_out_of_reach_has_another_colour() -> None:
    within = draw_held_shares({"a": {0.5: HELD[0.5]}}).decode()
    beyond = draw_held_shares({"a": {0.5: Interval(0.3, 0.2, 0.4)}}).decode()
    assert ("#e0792b" in within, "#e0792b" in beyond) == (False, True)


def test_each_series_over_time_is_a_panel() -> None:
    series = [HeldOverTime(name, WEEKS, [HELD[0.5], HELD[0.8]]) for name in ("clicks", "reach")]
    drawn = draw_held_over_time(series, told=0.8).decode()
    assert "clicks" in drawn and "reach" in drawn
    assert draw_held_over_time(series, told=0.8, form="png").startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(TableRejected):
        draw_held_shares({})
    with pytest.raises(TableRejected, match="different intervals"):
        draw_held_shares({"a": HELD, "b": {0.5: HELD[0.5]}})
    with pytest.raises(TableRejected):
        draw_held_over_time([], told=0.8)
    with pytest.raises(TableRejected, match="unequal length"):
        draw_held_over_time([HeldOverTime("a", WEEKS, [HELD[0.5]])], told=0.8)
