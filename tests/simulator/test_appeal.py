"""Where the differences between creatives come from: the picture, the words, the person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from adplat.simulator import World, build_world
from adplat.simulator.appeal import HARMONY_STEPS, harmony_table
from adplat.simulator.traffic import draw_requests
from tests.simulator.builders import the_demo_config

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def demo(request: pytest.FixtureRequest) -> World:
    return build_world(the_demo_config(), request.param)


def explained(target: npt.NDArray[np.float64], *columns: npt.NDArray[np.float64]) -> float:
    """R² of a least-squares line."""
    design = np.column_stack([np.ones(len(target)), *columns])
    weights = np.linalg.lstsq(design, target, rcond=None)[0]
    return float(1.0 - np.var(target - design @ weights) / np.var(target))


def test_pictures_and_words_explain_most_of_the_spread_between_creatives(demo: World) -> None:
    log_rates = np.log(demo.expected_click_rates(1500))
    appeal = demo.response.appeal
    assert explained(log_rates, appeal.visual) >= 0.25
    assert explained(log_rates, appeal.words) >= 0.15
    assert explained(log_rates, appeal.visual, appeal.words) >= 0.6


def test_good_creatives_get_three_to_four_times_the_clicks_of_poor_ones(demo: World) -> None:
    rates = demo.expected_click_rates(1500)
    low, high = np.quantile(rates, [0.1, 0.9])
    assert 3.0 <= high / low <= 4.5
    assert 0.012 <= rates.mean() <= 0.016


def test_much_of_the_click_is_personal(demo: World) -> None:
    """For one creative, the spread of the logit over people is as large as over creatives, and mostly interest."""
    rng = np.random.default_rng(5)
    requests = draw_requests(demo.population, np.full(4000, 12, dtype=np.int32), rng, people_only=True)
    creative = np.full(4000, 7, dtype=np.int32)
    logit = demo.response.click_logit(requests, creative, np.zeros(4000, dtype=np.int64))
    category = demo.catalogue.creatives.category[7]
    assert logit.std() > 0.6
    assert explained(logit, demo.population.interest[requests.user, category]) > 0.25


def test_segments_see_a_part_of_the_interests(demo: World) -> None:
    people = demo.population
    known = [
        np.corrcoef(people.segments[:, row], people.interest[:, row])[0, 1] for row in range(people.interest.shape[1])
    ]
    assert min(known) > 0.3
    assert max(known) < 0.85


def test_no_background_suits_everything() -> None:
    table = harmony_table(1)
    assert all(sorted(row) == sorted(HARMONY_STEPS) for row in table)
    assert (np.argmax(table, axis=1) != np.argmax(table, axis=1)[0]).any()
    assert not np.array_equal(table, harmony_table(2))


def test_the_click_rate_is_the_configured_one() -> None:
    low = build_world(replace(the_demo_config(), click_rate=0.008)).expected_click_rates(1500).mean()
    high = build_world(replace(the_demo_config(), click_rate=0.016)).expected_click_rates(1500).mean()
    assert 1.8 < high / low < 2.1
