"""Pacing and frequency in the benchmark: what is counted is what happened, and a sample of it holds its bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from adplat.bootstrap import benchmark_stores
from adplat.domain import Decision, EventKind, FrequencyCap, InternalFault, ManualClock, Money, Slot
from adplat.flows.bench_bidding_auctions import LATEST_S, Auctions, Telling
from adplat.flows.bench_bidding_day import CURVE_STEPS, CampaignDay, PacedDay
from adplat.flows.bench_bidding_frequency import CapCount, RaceLog, Showing, count_caps, met_another
from adplat.flows.bench_bidding_market import PLANS, Supply
from adplat.flows.bench_bidding_pacing import PICTURE, DaySeen, day_figures, pacing_figures
from adplat.flows.bench_bidding_services import prepare_workload
from adplat.flows.bench_run import BenchRun
from adplat.flows.decide_bid import Offer

START = datetime(2026, 9, 12, tzinfo=UTC)
CAPS = {"twice": (FrequencyCap(2, 60),), "each": (FrequencyCap(1, 60, per_creative=True),), "free": ()}


def shown(*times: float, campaign: str = "twice", creative: str = "c1", user: str = "u1") -> list[Showing]:
    return [Showing(user, campaign, creative, at_s) for at_s in times]


def test_a_window_above_its_cap_is_found_in_whatever_order_it_is_told() -> None:
    assert count_caps(shown(30, 0, 59), CAPS) == CapCount(breaches=1, full=1)
    assert count_caps(shown(0, 30, 59, 59.5), CAPS).breaches == 2
    # A window is open at its begin: what was seen exactly a minute ago has left it.
    assert count_caps(shown(0, 30, 60), CAPS) == CapCount(breaches=0, full=2)


def test_people_campaigns_and_creatives_are_counted_apart() -> None:
    assert count_caps([*shown(0, 1), *shown(2, 3, user="u2")], CAPS).breaches == 0
    assert count_caps([*shown(0, creative="c1"), *shown(1, 2, creative="c2")], CAPS).breaches == 1
    each = [*shown(0, campaign="each", creative="c1"), *shown(1, campaign="each", creative="c2")]
    assert count_caps(each, CAPS).breaches == 0
    assert count_caps([*each, *shown(2, campaign="each", creative="c2")], CAPS).breaches == 1
    assert count_caps(shown(*range(50), campaign="free"), CAPS) == CapCount(0, 0)


def test_a_capped_ad_for_nobody_is_a_breach() -> None:
    assert count_caps(shown(0, user=""), CAPS).breaches == 1
    assert count_caps(shown(0, user="", campaign="free"), CAPS).breaches == 0


def test_requests_of_one_person_that_overlap_are_counted_over_all_processes() -> None:
    here = RaceLog((), (("u1", 0.0, 1.0), ("u1", 2.0, 3.0), ("u2", 0.5, 0.6), ("", 0.0, 9.0)))
    there = RaceLog((), (("u1", 0.9, 1.5), ("", 0.0, 9.0)))
    assert met_another([here, there]) == 2
    assert met_another([here]) == 0


def an_offer(number: int) -> Offer:
    decision = Decision(
        decision_id=f"d{number}",
        request_id="r",
        ts=START,
        user_key="",
        placement="feed",
        advertiser_id="a",
        campaign_id="k",
        creative_id="c",
        propensity=1.0,
        policy="p",
        bundle_id="b",
        candidates=("c",),
        p_ctr=(0.1,),
        p_cvr=(),
        first_slot_propensities=(1.0,),
        bid_micros=1000,
    )
    return Offer(Slot("1", "feed"), None, decision, Money(1000, "CNY"), "", 300)  # type: ignore[arg-type]


def test_a_won_auction_is_charged_once_and_told_late_and_a_lost_one_perhaps_never() -> None:
    auctions = Auctions(START, Telling(), np.random.default_rng(0))
    for number in range(2000):
        auctions.hold(an_offer(number), 10.0, 600 if number % 2 else 1001)
    told = list(auctions.told_by(10.0 + LATEST_S))
    assert auctions.charged == {"k": [(10.0, 600)] * 1000}
    billed = {event.decision_id for event in told if event.kind is EventKind.BILLING}
    assert billed == {f"d{number}" for number in range(1, 2000, 2)}
    assert all(event.price_micros == 600 for event in told if event.kind is EventKind.BILLING)
    lost = {event.decision_id for event in told if event.kind is EventKind.LOSS}
    assert 0.7 < len(lost) / 1000 < 0.8
    names = [event.event_id for event in told]
    assert len(set(names)) < len(names)
    late = [event for event in told if event.ts > START + timedelta(seconds=310)]
    assert {event.kind for event in late} == {EventKind.WIN, EventKind.BILLING}


def a_day(**spent: float) -> DaySeen:
    """Budgets of 1,000; ``small`` may be outbid by ``large``; the market holds but 500 for ``poor``."""
    supply = {
        "large": Supply(9_000, 9_000, frozenset()),
        "small": Supply(2_500, 9_000, frozenset({"large"})),
        "poor": Supply(500, 500, frozenset()),
    }
    days = [
        CampaignDay(name, 1_000, round(1_000 * spent.get(name, 1.0)), round(1_000 * spent.get(name, 1.0)), 90, (), ())
        for name in supply
    ]
    return DaySeen(7, PacedDay(tuple(days), (100,) * CURVE_STEPS, 1, 1), supply)


def test_the_worst_campaign_decides_and_supply_says_who_could_have_spent() -> None:
    over, under, miscounted = day_figures([a_day(poor=0.4), a_day(large=1.004, small=0.985)])
    assert (over.value, over.holds, over.n) == (pytest.approx(0.004), True, 6)
    assert (under.value, under.holds, under.n) == (pytest.approx(0.015), True, 4)
    assert (miscounted.value, miscounted.holds) == (0.0, True)
    over, under, _ = day_figures([a_day(poor=1.006, small=0.979)])
    assert (over.holds, under.holds) == (False, False)


def test_what_others_may_take_away_is_no_supply() -> None:
    seen = a_day()
    assert [one.campaign_id for one in seen.allowed] == ["large", "small"]
    contested = {**seen.supply, "small": Supply(1_999, 9_000, frozenset({"large"}))}
    assert [one.campaign_id for one in replace(seen, supply=contested).allowed] == ["large"]


def test_another_count_than_the_market_s_makes_its_figure_fail() -> None:
    seen = a_day()
    first, *others = seen.day.campaigns
    wrong = replace(seen.day, campaigns=(replace(first, counted_micros=first.spent_micros - 1), *others))
    assert [figure.holds for figure in day_figures([replace(seen, day=wrong)])] == [True, True, False]


def test_without_stores_it_says_so(tmp_path: Path) -> None:
    run = BenchRun(ManualClock(START), lambda *_: None, True, "", tmp_path)
    with pytest.raises(InternalFault, match="stores"):
        pacing_figures(run, tmp_path, tmp_path)


def test_a_day_and_a_race_of_the_real_parts_hold_their_bounds(tmp_path: Path) -> None:
    work = prepare_workload(tmp_path / "made", quick=True)
    run = BenchRun(ManualClock(START), lambda *_: None, True, "bidding.3", tmp_path / "cache", benchmark_stores())
    figures = {figure.figure_id: figure for figure in pacing_figures(run, tmp_path, work.workspace)}
    assert set(figures) == {f"bidding.3.{name}" for name in ("overspend", "underspend", "miscounted", "frequency")}
    assert all(figure.holds for figure in figures.values()), figures
    # Two campaigns want more than the market holds; of the others each had its chance.
    assert figures["bidding.3.overspend"].n == len(PLANS)
    assert figures["bidding.3.underspend"].n == len(PLANS) - 2
    assert figures["bidding.3.frequency"].n > 200
    assert (tmp_path / "cache" / PICTURE).read_bytes()[:4] == b"\x89PNG"
