"""The log: exactly as long as asked, day-shaped, with honest propensities and worn-out pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.simulator import World, build_world
from adplat.simulator.history import Meetings, play_history
from adplat.simulator.traffic import HOURLY, WEEKLY, hour_weights
from tests.simulator.builders import a_tiny_config, catalogued, logged, true_of


def test_the_log_has_exactly_the_impressions_asked_for(small_world: World, small_folder: Path) -> None:
    impressions = logged(small_folder, "impressions")
    assert impressions.height == small_world.config.impressions
    assert impressions["decision_id"].n_unique() == impressions.height


@pytest.mark.parametrize("impressions", [1, 7, 333])
def test_even_a_few_impressions_over_many_hours_are_exact(impressions: int) -> None:
    world = build_world(a_tiny_config(impressions=impressions, days=5))
    assert sum(len(chunk.won) for chunk in play_history(world)) == impressions


def test_the_day_sleeps_at_four_and_peaks_in_the_evening(small_folder: Path) -> None:
    by_hour = dict(logged(small_folder, "impressions").group_by("hour").len().iter_rows())
    assert by_hour[4] < 0.25 * by_hour[12] < by_hour[20]
    seen = np.array([by_hour.get(hour, 0) for hour in range(24)])
    assert np.corrcoef(seen, HOURLY)[0, 1] > 0.95


def test_the_week_has_its_shape() -> None:
    config = a_tiny_config(days=14)
    by_day = hour_weights(config).reshape(14, 24).sum(axis=1)
    assert np.argmax(by_day[:7]) == int(np.argmax(WEEKLY))
    assert by_day[:7] == pytest.approx(by_day[7:])


def test_hours_and_weekdays_are_local(small_world: World, small_folder: Path) -> None:
    offset = pl.duration(hours=small_world.config.utc_offset_hours)
    impressions = logged(small_folder, "impressions").with_columns((pl.col("ts") + offset).alias("local"))
    assert (impressions["hour"] == impressions["local"].dt.hour()).all()
    assert (impressions["weekday"] + 1 == impressions["local"].dt.weekday()).all()


def test_every_eligible_creative_is_shown_as_often_as_its_propensity_says(small_folder: Path) -> None:
    """Summed over the impressions of a campaign on one day, propensities are the expected counts."""
    impressions = logged(small_folder, "impressions").with_columns(
        ((pl.col("ts") + pl.duration(hours=8)).dt.date()).alias("day")
    )
    deviations, cells = 0.0, 0
    for _, rows in impressions.group_by("campaign_id", "day"):
        (propensity,) = rows["propensity"].unique()
        counts = rows.group_by("creative_id").len()["len"].to_numpy()
        arms = round(1 / propensity)
        assert len(counts) <= arms
        if rows.height < 20 * arms:
            continue
        expected = rows.height * propensity
        deviations += float(((counts - expected) ** 2 / expected).sum() + (arms - len(counts)) * expected)
        cells += arms - 1
    assert cells > 50
    # Pearson's statistic has mean `cells` and standard deviation sqrt(2 cells) under honest propensities.
    assert abs(deviations - cells) < 4.5 * np.sqrt(2 * cells)


def test_only_live_creatives_of_running_campaigns_are_shown(small_folder: Path) -> None:
    shown = (
        logged(small_folder, "impressions")
        .join(catalogued(small_folder, "creatives").select("creative_id", "created"), on="creative_id")
        .join(catalogued(small_folder, "campaigns").select("campaign_id", "start", "end"), on="campaign_id")
    )
    assert shown.height == logged(small_folder, "impressions").height
    assert (shown["created"] <= shown["ts"]).all()
    assert (shown["start"] <= shown["ts"]).all()
    assert shown.filter(pl.col("end") <= pl.col("ts")).is_empty()


def test_bids_win_where_they_reach_the_price_and_pay_no_more(small_folder: Path) -> None:
    bids, impressions = logged(small_folder, "bids"), logged(small_folder, "impressions")
    assert (bids["won"] == (bids["bid_micros"] >= bids["min_to_win_micros"])).all()
    assert 0.3 < bids["won"].mean() < 0.8
    assert set(bids.filter("won")["request_id"]) == set(impressions["request_id"])
    assert (impressions["price_micros"] <= impressions["bid_micros"]).all()


def test_clicks_follow_the_true_probabilities(small_folder: Path) -> None:
    clicks, truth = logged(small_folder, "clicks"), true_of(small_folder, "impressions")
    expected = truth["p_click"].sum()
    assert abs(clicks.height - expected) < 4.5 * np.sqrt(expected)
    assert 0.005 < clicks.height / truth.height <= 0.02


def test_conversions_come_later_than_their_clicks_and_within_the_log(small_world: World, small_folder: Path) -> None:
    clicks = logged(small_folder, "clicks").rename({"ts": "clicked"})
    conversions = logged(small_folder, "conversions").join(clicks, on="decision_id")
    assert conversions.height == logged(small_folder, "conversions").height > 0
    assert (conversions["ts"] > conversions["clicked"]).all()
    assert (conversions["ts"] - conversions["clicked"]).median().total_seconds() > 600
    assert conversions["ts"].max() < small_world.config.log_end
    assert true_of(small_folder, "conversions").height >= conversions.height


@given(
    chunks=st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_meetings_count_what_a_dictionary_would(chunks: list[list[tuple[int, int]]]) -> None:
    meetings, plain = Meetings(4, 3), dict[tuple[int, int], int]()
    for chunk in chunks:
        expected = []
        for pair in chunk:
            expected.append(plain.get(pair, 0))
            plain[pair] = expected[-1] + 1
        user, creative = np.array(chunk, dtype=np.int32).T
        assert meetings.meet(user, creative).tolist() == expected
