"""Shares of clustered trials: as Wilson where trials are independent, honest where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import clustered_proportion, wilson_interval


def test_trials_that_are_alone_in_their_clusters_give_about_wilsons_interval() -> None:
    hits = np.r_[np.ones(800), np.zeros(200)]
    found, plain = clustered_proportion(hits, np.arange(1000)), wilson_interval(800, 1000)
    assert found.value == 0.8
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=2e-4)


def test_clusters_that_say_one_thing_count_once_each() -> None:
    hits, clusters = np.repeat(np.r_[np.ones(40), np.zeros(10)], 20), np.repeat(np.arange(50), 20)
    found, plain = clustered_proportion(hits, clusters), wilson_interval(40, 50)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.01)


def test_where_all_held_the_clusters_say_how_sure_that_is() -> None:
    found = clustered_proportion(np.ones(60), np.repeat(np.arange(6), 10))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(wilson_interval(6, 6).low)
    assert clustered_proportion(np.ones(60), np.zeros(60)).low == pytest.approx(wilson_interval(1, 1).low)


@pytest.mark.parametrize("clusters", [8, 30])
def test_it_covers_where_days_of_a_campaign_go_well_together(clusters: int) -> None:
    rng = np.random.default_rng(7)
    inside, wilson_inside = [], []
    for _ in range(1500):
        chance = rng.beta(4.0, 1.0, clusters)  # mean 0.8
        names = np.repeat(np.arange(clusters), 10)
        hits = rng.random(len(names)) < chance[names]
        found, plain = clustered_proportion(hits, names), wilson_interval(int(hits.sum()), len(hits))
        inside.append(found.low <= 0.8 <= found.high)
        wilson_inside.append(plain.low <= 0.8 <= plain.high)
    assert 0.93 <= np.mean(inside) <= 0.985
    assert np.mean(wilson_inside) < 0.9


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(TableRejected):
        clustered_proportion([0.0, 2.0], [1, 2])
    with pytest.raises(TableRejected):
        clustered_proportion([0.0, 1.0], [1])
    with pytest.raises(TableRejected):
        clustered_proportion([], [])
    with pytest.raises(ConfigRejected):
        clustered_proportion([1.0], [1], level=1.0)
