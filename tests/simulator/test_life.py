"""Weather, and traffic that goes on after the log as it was within it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adplat.domain import ConfigRejected
from adplat.simulator import World, build_world, live_through
from adplat.simulator.history import HOUR_US, play_history
from adplat.simulator.traffic import Requests
from adplat.simulator.weather import WeatherConfig, weather_of
from tests.simulator.builders import a_small_config, a_tiny_config

ROUGH = WeatherConfig(traffic_sd=0.08, weekly_growth=0.02, holidays=(3,), holiday_traffic=0.5, price_sd=0.05)


def test_calm_weather_changes_nothing() -> None:
    calm = weather_of(WeatherConfig(), 1, 30)
    assert (calm.traffic == 1.0).all()
    assert (calm.price == 1.0).all()


def test_weather_has_the_spread_and_the_growth_it_was_given() -> None:
    days = 4000
    weather = weather_of(WeatherConfig(traffic_sd=0.08, weekly_growth=0.0, price_sd=0.05), 7, days)
    assert np.log(weather.traffic).std() == pytest.approx(0.08, rel=0.05)
    assert np.log(weather.price).std() == pytest.approx(0.05, rel=0.12)
    level = np.log(weather.price)
    assert np.corrcoef(level[1:], level[:-1])[0, 1] == pytest.approx(0.75, abs=0.05)
    grown = weather_of(WeatherConfig(weekly_growth=0.02, holidays=(14,), holiday_traffic=0.5), 7, 29)
    assert grown.traffic[28] / grown.traffic[0] == pytest.approx(np.exp(0.08))
    assert grown.traffic[14] / grown.traffic[7] == pytest.approx(0.5 * np.exp(0.02))


def test_a_world_that_lives_on_keeps_the_days_it_had() -> None:
    short, long = weather_of(ROUGH, 3, 10), weather_of(ROUGH, 3, 40)
    assert np.array_equal(short.traffic, long.traffic[:10])
    assert np.array_equal(short.price, long.price[:10])
    world = build_world(a_tiny_config(days=4, impressions=2000, weather=ROUGH))
    first, second = live_through(world, 6), live_through(world, 9)
    rows = slice(0, len(first))
    assert np.array_equal(first.time_us, second.time_us[rows])
    assert np.array_equal(first.min_to_win_micros, second.min_to_win_micros[rows])


@pytest.mark.parametrize(
    "change", [{"traffic_sd": -0.1}, {"price_sd": 0.9}, {"holiday_traffic": 0.0}, {"holidays": (-1,)}]
)
def test_impossible_weather_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigRejected, match=next(iter(change))):
        WeatherConfig(**change)


def test_within_the_log_it_is_the_auctions_of_the_log() -> None:
    world = build_world(a_small_config(weather=ROUGH))
    life = live_through(world, world.config.days)
    chunks = list(play_history(world))
    asked = Requests.joined([chunk.requests for chunk in chunks])
    assert np.array_equal(life.requests.user, asked.user)
    assert np.array_equal(life.time_us, np.concatenate([chunk.time_us for chunk in chunks]))
    told = np.concatenate([chunk.auctions.min_to_win_micros for chunk in chunks])
    assert np.array_equal(life.min_to_win_micros, told)
    assert life.days == world.config.days


def a_long_world(days: int = 28, **changes: Any) -> World:
    return build_world(a_small_config(days=days, users=2000, impressions=56_000, **changes))


def test_after_the_log_traffic_and_prices_go_on_alike() -> None:
    life = live_through(a_long_world(), 56)
    assert (np.diff(life.time_us) >= 0).all()
    day = life.time_us // (24 * HOUR_US)
    a_day = np.bincount(day, minlength=56)
    assert a_day[28:].mean() == pytest.approx(a_day[:28].mean(), rel=0.02)
    # The shape of the week too.
    assert a_day[28:].reshape(4, 7).mean(0) == pytest.approx(a_day[:28].reshape(4, 7).mean(0), rel=0.06)
    within, after = life.rows_of_days(0, 28), life.rows_of_days(28, 56)
    for column in ("placement", "device", "language", "position", "hour"):
        shares = [np.bincount(getattr(life.requests, column)[rows], minlength=24) for rows in (within, after)]
        assert shares[0] / shares[0].sum() == pytest.approx(shares[1] / shares[1].sum(), abs=0.01)
    prices = [np.log(life.min_to_win_micros[rows]).mean() for rows in (within, after)]
    assert prices[0] == pytest.approx(prices[1], abs=0.01)


def test_weather_is_in_the_log_and_after_it() -> None:
    rough = WeatherConfig(holidays=(10, 40), holiday_traffic=0.5, traffic_sd=0.08, price_sd=0.1)
    world = a_long_world(weather=rough)
    life = live_through(world, 56)
    calm = live_through(a_long_world(), 56)
    day, calm_day = life.time_us // (24 * HOUR_US), calm.time_us // (24 * HOUR_US)
    weather = world.weather(56)
    traffic = np.bincount(day, minlength=56) / np.bincount(calm_day, minlength=56)
    assert np.corrcoef(traffic, weather.traffic)[0, 1] > 0.9
    assert traffic[[10, 40]].mean() == pytest.approx(weather.traffic[[10, 40]].mean(), rel=0.1)
    level = np.array([np.log(life.min_to_win_micros[day == number]).mean() for number in range(56)])
    assert np.corrcoef(level[:28], weather.price[:28])[0, 1] > 0.9
    assert np.corrcoef(level[28:], weather.price[28:])[0, 1] > 0.9


def test_advertisers_who_come_late_are_in_the_catalogue_and_never_in_the_log() -> None:
    config = a_tiny_config(advertisers=3, late_advertisers=1, impressions=3000, days=5)
    world = build_world(config)
    campaigns = world.catalogue.campaigns
    late = campaigns.advertiser == 2
    assert (campaigns.start_day[late] == config.days).all()
    assert (campaigns.start_day[~late] < config.days).all()
    bid = np.concatenate([chunk.campaign for chunk in play_history(world)])
    assert set(campaigns.advertiser[bid].tolist()) == {0, 1}
    assert (world.catalogue.creatives.first_day[late[world.catalogue.creatives.campaign]] == config.days).all()
    with pytest.raises(ConfigRejected, match="late_advertisers"):
        a_tiny_config(late_advertisers=2)
