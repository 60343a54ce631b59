"""What the bandit knows, as columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from adplat.bandit import NOTHING_KNOWN, Count, Fading, Knowledge
from adplat.domain import HALF_LIVES_H, ArmStatistics, of_click, of_impression

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def shown_on(day: int, *, clicked: bool = False) -> ArmStatistics:
    at = NOW - timedelta(days=day)
    return of_impression(0.25, at) + (of_click(0.25, 0.5, at, at) if clicked else ArmStatistics())


def test_statistics_learned_bit_by_bit_are_those_learned_at_once() -> None:
    first = {"a": shown_on(60), "b": shown_on(2, clicked=True)}
    later = {"b": first["b"] + shown_on(0), "c": shown_on(0, clicked=True)}

    grown = NOTHING_KNOWN.with_arms(first, NOW).with_arms(later, NOW)
    whole = Knowledge.of(first | later, NOW)

    names = ["a", "b", "c", "never"]
    assert np.array_equal(grown.counts[:, grown.rows_of(names)], whole.counts[:, whole.rows_of(names)])
    assert np.allclose(grown.fading[:, :, grown.rows_of(names)], whole.fading[:, :, whole.rows_of(names)], rtol=1e-12)
    assert (whole.counts[:, -1] == 0).all() and (whole.fading[:, :, -1] == 0).all()
    assert not NOTHING_KNOWN.counts.any()


def test_columns_hold_what_the_statistics_say() -> None:
    known = Knowledge.of({"a": shown_on(0, clicked=True), "b": shown_on(0)}, NOW)
    rows = known.rows_of(["b", "a"])
    assert known.counts[Count.IMPRESSIONS, rows].tolist() == [1, 1]
    assert known.counts[Count.CLICKS, rows].tolist() == [0, 1]
    assert known.counts[Count.EXPECTED_CONVERSIONS, rows].tolist() == [0, 0.5]
    assert known.counts[Count.POWER_HALF, rows].tolist() == [0.5, 0.5]


def test_what_is_known_fades_with_the_clock_alone() -> None:
    known = Knowledge.of({"a": shown_on(1, clicked=True)}, NOW)
    later = known.with_arms({}, NOW + timedelta(days=2))
    for place, half_life in enumerate(HALF_LIVES_H):
        clicks = [one.fading[Fading.CLICKS, place, one.row_of["a"]] for one in (known, later)]
        assert np.allclose(clicks, [2.0 ** (-24 / half_life), 2.0 ** (-72 / half_life)], rtol=1e-9)
