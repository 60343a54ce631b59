"""The trial of simulated campaigns: nothing of the truth in a forecast, and figures that say what they measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adplat.domain import TOLD_LEVELS, Metric
from adplat.flows.bench_forecast_campaigns import trial_figures
from adplat.flows.campaign_trial import Trial, try_campaigns
from adplat.flows.campaign_world_log import WorldLog, opportunities_before, past_before
from adplat.flows.campaign_worlds import FIRST_HELD_OUT, ORIGINS, WorldCampaigns, draw_market, forecast_world
from adplat.forecast import CampaignCorrection
from adplat.simulator import build_world, live_through


@pytest.fixture(scope="module")
def market() -> WorldCampaigns:
    return forecast_world(9_500, 24)


@pytest.fixture(scope="module")
def trial(market: WorldCampaigns) -> Trial:
    return try_campaigns([market], [market])


@pytest.fixture(scope="module")
def log() -> WorldLog:
    world = build_world(replace(draw_market(9_501), impressions=8_000, users=800, days=21))
    return WorldLog.of(world, live_through(world, 21))


def test_campaigns_are_told_at_the_last_origin_before_they_begin(market: WorldCampaigns) -> None:
    assert set(market.past.starts_s.tolist()) <= {float(origin) for origin in ORIGINS}
    assert np.all(market.past.ends_s >= market.past.starts_s + 8.0)
    assert np.all(market.past.starts_s[market.held_out] >= FIRST_HELD_OUT)
    assert len(market.past) + market.refused == 24


def test_a_sample_knows_nothing_of_later_days(log: WorldLog) -> None:
    sample = opportunities_before(log, 14)
    assert sample.at_s.max() < log.moment(14).timestamp()
    assert sample.opportunities == log.life.rows_of_days(0, 14).stop
    assert sample.cells.counts.shape[0] == 24 * 14


def test_a_past_knows_nothing_of_later_clicks_and_unripe_conversions(log: WorldLog) -> None:
    past, _ = past_before(log, 14)
    before = log.shown.filter(log.shown["day"] < 14)
    assert past.shown["impressions"].sum() == before.height
    assert past.shown["clicks"].sum() == (before["clicked"] < 14).sum()
    assert past.clicked["clicked"].max() < 7


def test_raw_forecasts_are_near_what_comes(market: WorldCampaigns) -> None:
    law, actual = market.past.laws[Metric.IMPRESSIONS], market.past.actual[Metric.IMPRESSIONS]
    middles = CampaignCorrection().quantiles(Metric.IMPRESSIONS, law, market.past.features, market.past.slices)[
        :, TOLD_LEVELS.index(0.5)
    ]
    large = actual > 100
    assert np.abs(middles[large] - actual[large]).sum() / actual[large].sum() < 0.25


def test_every_held_out_campaign_is_told_by_all_three(market: WorldCampaigns, trial: Trial) -> None:
    count = int(market.held_out.sum())
    assert len(trial.markets) == count
    for quantiles in trial.told.values():
        assert quantiles.shape == (count, len(TOLD_LEVELS))
        assert np.all(np.diff(quantiles, axis=1) >= 0.0)


def test_figures_count_what_lies_inside(trial: Trial) -> None:
    everything = replace(trial, parts={metric: np.ones_like(parts) for metric, parts in trial.parts.items()})
    figures = {figure.figure_id: figure for figure in trial_figures(everything, (1, 2))}
    assert figures["forecast.1.campaigns.clicks.coverage80"].value == 1.0
    assert not figures["forecast.1.campaigns.clicks.coverage80"].holds
    assert figures["forecast.1.campaigns.slice.capped.coverage95"].value == 1.0
    same = replace(trial, told={key: trial.told["raw", key[1]] for key in trial.told})
    figures = {figure.figure_id: figure for figure in trial_figures(same, (1, 2))}
    assert figures["forecast.1.campaigns.clicks.pinball.raw"].value == pytest.approx(1.0)
