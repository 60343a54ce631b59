"""The loop closed: forecasts are kept, scored and learned from, and those to come are nearer to what happens.

The world is simulated, and its people are told as clicking twice as often as they do: so raw forecasts of clicks are
too low by construction, and those of impressions are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adplat.domain import Metric, Quantiles, Refused
from adplat.flows.campaign_document import forecast_document
from adplat.flows.campaign_world_log import (
    WorldLog,
    landscape_before,
    openings_frame,
    opportunities_before,
    past_before,
    price_log_sd_before,
)
from adplat.flows.campaign_worlds import draw_market, plan_of
from adplat.flows.forecast_campaign import read_correction
from adplat.flows.forecast_response import responses_by_history
from adplat.flows.keep_forecast import keep_forecast
from adplat.flows.learn_from_kept import learn_from_kept, rows_of_kept
from adplat.flows.replay_plan import Market, replay_plan
from adplat.forecast import (
    CampaignCorrection,
    CampaignPlan,
    PlanResponse,
    RawForecast,
    correction_id,
    forecast_supply,
    promises_of,
    score_promise,
    told_forecast,
)
from adplat.simulator import build_world, live_through, simulate_campaigns
from tests.flows.campaign_market import silent
from tests.flows.forecast_rig import Rig, a_rig

TODAY, LIFE_DAYS = 14, 36
TAUGHT, LATER = 48, 12
CLICK_TWICE = {Metric.CLICKS: 2.0, Metric.CONVERSIONS: 2.0, Metric.VALUE: 2.0}


@dataclass(frozen=True)
class Planned:
    """One campaign as it was replayed on the day of its forecast, and what came of it."""

    plan: CampaignPlan
    raw: RawForecast
    response: PlanResponse
    happened: dict[Metric, float]
    data_to: str

    def told(self, correction: CampaignCorrection) -> dict[str, Any]:
        inputs = {"data_to": self.data_to, "correction_id": correction_id(correction)}
        return forecast_document(self.plan, told_forecast(self.raw, correction), self.response, inputs)


@pytest.fixture(scope="module")
def campaigns() -> list[Planned]:
    """In order of their start."""
    config = replace(draw_market(9_501), impressions=12_000, users=1_200, days=21, click_rate=0.03)
    world = build_world(config)
    life = live_through(world, LIFE_DAYS)
    log = WorldLog.of(world, life)
    sample, (past, word) = opportunities_before(log, TODAY), past_before(log, TODAY)
    landscape, price_log_sd = landscape_before(log, TODAY), price_log_sd_before(log, TODAY)
    found = []
    for number, one in enumerate(simulate_campaigns(world, life, 72, first_day=TODAY, seed=3, step_s=300.0)):
        plan = replace(plan_of(one), name=f"campaign {number}", campaign_id=f"k{number:03}")
        rows = np.flatnonzero(sample.mask(plan.targeting, plan.time_zone))
        rng = np.random.default_rng(number)
        supply = forecast_supply(sample, plan.targeting, plan.time_zone, plan.start, plan.end, rng, draws=200)
        if isinstance(supply, Refused) or not len(rows):
            continue
        response = responses_by_history(
            past, log.catalogue, word, plan, openings_frame(sample, rows), log.moment(TODAY)
        )
        if isinstance(response, Refused):
            continue
        market = Market(sample, supply, None, landscape, price_log_sd)
        raw = replay_plan(plan, market, response, seed=number, replicates=8, most_openings=2_000)
        total = one.outcome.total
        happened = {metric: CLICK_TWICE.get(metric, 1.0) * getattr(total, metric.value) for metric in Metric}
        found.append(Planned(plan, raw, response, happened, (log.moment(TODAY) - timedelta(seconds=1)).isoformat()))
    assert len(found) >= TAUGHT + LATER
    return sorted(found, key=lambda one: one.plan.start)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def kept_and_scored(rig: Rig, campaigns: Sequence[Planned], correction: CampaignCorrection) -> None:
    for one in campaigns:
        document = one.told(correction)
        kept = keep_forecast(rig.parts, one.plan, document, document["slices"])
        now = rig.clock.now()
        scores = [
            score_promise(promise, one.happened[promise.metric], kept.forecast_id, now)
            for promise in promises_of(document, where="test")
            if promise.day is None
        ]
        rig.parts.forecasts.add_scores(kept.forecast_id, scores, now, "mei", complete=True)


def middles(campaigns: Sequence[Planned], correction: CampaignCorrection, metric: Metric) -> np.ndarray:
    totals = [one.told(correction)["total"][metric.value] for one in campaigns]
    return np.array([Quantiles.from_document(total).at(0.5) for total in totals])


def test_later_forecasts_are_moved_to_where_things_happen_and_only_those(
    campaigns: list[Planned], rig: Rig, tmp_path: Path
) -> None:
    out = tmp_path / "forecast" / "correction.json"
    taught, later = campaigns[:TAUGHT], campaigns[TAUGHT:]
    kept_and_scored(rig, taught, CampaignCorrection())
    document = learn_from_kept(rig.parts, out, silent)
    assert (document["campaigns"], document["left_out"], document["correction"]) == (TAUGHT, 0, str(out))
    learned = read_correction(out)
    assert document["correction_id"] == correction_id(learned) != ""
    clicks = document["metrics"]["clicks"]
    assert (clicks["way"], clicks["campaigns"]) == ("offsets", TAUGHT)
    assert clicks["loss_after"] < 0.9 * clicks["loss_before"]
    happened = np.array([one.happened[Metric.CLICKS] for one in later])
    before, after = (middles(later, one, Metric.CLICKS) for one in (CampaignCorrection(), learned))
    assert np.all(after >= before)
    assert after.sum() > 1.25 * before.sum()
    # Sixteen campaigns of some ten clicks tell of the level alone; most of a single one's miss is its luck.
    assert abs(after.sum() - happened.sum()) < 0.5 * abs(before.sum() - happened.sum())
    shown, shown_before = (middles(later, one, Metric.IMPRESSIONS) for one in (learned, CampaignCorrection()))
    assert shown.sum() == pytest.approx(shown_before.sum(), rel=0.1)

    # What was told by it teaches the same again, not that nothing is left to correct.
    (tmp_path / "second").mkdir()
    with a_rig(tmp_path / "second") as second:
        kept_and_scored(second, taught, learned)
        again = tmp_path / "again.json"
        learn_from_kept(second.parts, again, silent)
        [first_kept, *_] = second.parts.forecasts.forecasts()
        assert first_kept.correction_id == document["correction_id"]
    assert again.read_bytes() == out.read_bytes()


def test_of_the_forecasts_of_one_flight_the_last_before_it_teaches(
    campaigns: list[Planned], rig: Rig, tmp_path: Path
) -> None:
    kept_and_scored(rig, campaigns[:3], CampaignCorrection())
    # Told again when the flight begins, and once more in the middle of it: the numbers of clicks tell them apart.
    for after, clicks in ((timedelta(0), 111.0), (timedelta(hours=5), 222.0)):
        rig.clock.advance(3600)
        again = [
            replace(
                one,
                data_to=(one.plan.flight.start + after).isoformat(),
                happened=one.happened | {Metric.CLICKS: clicks},
            )
            for one in campaigns[:3]
        ]
        kept_and_scored(rig, again, CampaignCorrection())
    rows, seen = rows_of_kept(rig.parts)
    assert seen == 9
    assert [row["actual"]["clicks"] for row in rows] == [111.0, 111.0, 111.0]
    out = tmp_path / "correction.json"
    document = learn_from_kept(rig.parts, out, silent)
    assert (document["campaigns"], document["left_out"], document["correction"]) == (3, 6, None)
    assert not out.exists()


def test_with_forecasts_from_within_the_flight_alone_the_first_teaches(campaigns: list[Planned], rig: Rig) -> None:
    for hours, clicks in ((5, 111.0), (9, 222.0)):
        rig.clock.advance(3600)
        data_to = (campaigns[0].plan.flight.start + timedelta(hours=hours)).isoformat()
        one = replace(campaigns[0], data_to=data_to, happened=campaigns[0].happened | {Metric.CLICKS: clicks})
        kept_and_scored(rig, [one], CampaignCorrection())
    [row], _ = rows_of_kept(rig.parts)
    assert row["actual"]["clicks"] == 111.0


def test_what_an_older_release_kept_otherwise_is_left_out(rig: Rig, tmp_path: Path) -> None:
    name = rig.keep()
    rig.parts.forecasts.add_scores(name, [], rig.clock.now(), "mei", complete=True)
    document = learn_from_kept(rig.parts, tmp_path / "correction.json", silent)
    assert (document["campaigns"], document["left_out"]) == (0, 1)
