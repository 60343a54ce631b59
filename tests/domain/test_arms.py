"""Statistics of arms: parts told in any order, seen from any moment."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

import numpy as np
import pytest

from adplat.domain import BLOCK_H, HALF_LIVES_H, ArmStatistics, of_click, of_conversion, of_impression
from tests.storage.builders import about

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def a_story(seed: int, days: float) -> list[tuple[datetime, ArmStatistics]]:
    """Showings, clicks and conversions of one creative, over several blocks of time."""
    rng, story = np.random.default_rng(seed), []
    for at in (BEGIN + timedelta(days=float(day)) for day in rng.uniform(0, days, 400)):
        p = float(rng.beta(3, 50))
        story.append((at, of_impression(p, at)))
        if rng.random() < 0.3:
            clicked_at = at + timedelta(seconds=5)
            story.append((at, of_click(p, 0.125, at, clicked_at)))
            if rng.random() < 0.4:
                story.append((at, of_conversion(int(rng.integers(1, 10**8)), at)))
    return story


@pytest.mark.parametrize("days", [0.5, 40])
def test_the_order_in_which_parts_are_told_does_not_matter(days: float) -> None:
    parts = [part for _, part in a_story(1, days)]
    straight = reduce(add, parts)
    for seed in range(3):
        turned = [parts[place] for place in np.random.default_rng(seed).permutation(len(parts))]
        # In batches that are summed apart, as several workers would.
        batches = [reduce(add, turned[start : start + 37]) for start in range(0, len(turned), 37)]
        assert about(reduce(add, batches), straight)


def test_a_fading_sum_weighs_what_happened_by_its_age() -> None:
    story = a_story(2, 30)
    arm = reduce(add, (part for _, part in story))
    now = BEGIN + timedelta(days=31)
    since = now.timestamp() / 3600.0 - arm.fading.block * BLOCK_H
    for place, half_life in enumerate(HALF_LIVES_H):
        clicks = sum(2.0 ** (-(now - at).total_seconds() / 3600.0 / half_life) for at, part in story if part.clicks)
        assert arm.fading.clicks[place] * 2.0 ** (-since / half_life) == pytest.approx(clicks, rel=1e-9)


def test_one_event_adds_what_it_says() -> None:
    shown = of_impression(0.0625, BEGIN)
    assert (shown.impressions, shown.expected_clicks, shown.powers) == (1, 0.0625, (0.5, 0.25, 0.125))
    clicked = of_click(0.0625, None, BEGIN, BEGIN)
    assert (clicked.clicks, clicked.expected_conversions) == (1, 1.0)
    assert clicked.log_p_of_clicks == pytest.approx(math.log(0.0625))
    assert of_click(0.0, 0.5, BEGIN, BEGIN).expected_conversions == 0.5
    bought = of_conversion(3_000_000, BEGIN)
    assert (bought.conversions, bought.value_micros, bought.value_squares) == (1, 3_000_000, 9.0)
