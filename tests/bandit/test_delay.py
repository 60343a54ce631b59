"""Delays of conversions, learned from sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

import numpy as np
import pytest

from adplat.bandit import (
    AT_ONCE,
    DELAYS,
    UNTAUGHT,
    Belief,
    Count,
    DelayCurve,
    Fading,
    Knowledge,
    delay_counts,
    learn_delays,
    matured,
)
from adplat.bandit.delay import EDGES_H
from adplat.domain import HALF_LIVES_H, ArmStatistics, of_click, of_conversion

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
P_CVR = 0.0625


def a_day_late(rng: np.random.Generator, count: int) -> np.ndarray:
    """Hours: three in ten within the first hour, the median after a day; no mixture of our half-lives."""
    late = rng.lognormal(np.log(42.0), 0.9, count)
    return np.where(rng.random(count) < 0.3, rng.random(count), late)


class Shop:
    """Clicks and conversions of some creatives that began one after another, as known at ``days``."""

    def __init__(self, seed: int, factors: list[float], days: float, clicks_a_day: int = 400) -> None:
        rng = np.random.default_rng(seed)
        self.now = BEGIN + timedelta(days=days)
        self.arms: dict[str, ArmStatistics] = {}
        self.delays_s: list[float] = []
        self.eventual: list[int] = []
        for place, factor in enumerate(factors):
            first_h = 24.0 * days * place / len(factors)
            count = int(clicks_a_day * (24.0 * days - first_h) / 24.0)
            clicked_h = rng.uniform(first_h, 24.0 * days, count)
            converts = rng.random(count) < factor * P_CVR
            delays_h = a_day_late(rng, count)
            parts = []
            for at_h, will, delay_h in zip(clicked_h, converts, delays_h, strict=True):
                at = BEGIN + timedelta(hours=float(at_h))
                parts.append(of_click(0.05, P_CVR, at, at))
                if will and at_h + delay_h <= 24.0 * days:
                    parts.append(of_conversion(1, at))
                    self.delays_s.append(3600.0 * float(delay_h))
            self.arms[f"c{place}"] = reduce(add, parts)
            self.eventual.append(int(converts.sum()))

    @property
    def known(self) -> Knowledge:
        return Knowledge.of(self.arms, self.now, {DELAYS: tuple(delay_counts(self.delays_s).tolist())})


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(1, [0.6, 1.0, 1.5, 1.0, 0.7, 1.2], days=18)


def test_the_curve_is_found_although_the_latest_conversions_are_missing(shop: Shop) -> None:
    curve = learn_delays(shop.known, 10.0)
    truth = a_day_late(np.random.default_rng(7), 200_000)
    for age_h in (1.0, 6.0, 24.0, 48.0, 96.0, 240.0):
        assert curve.share_by(age_h) == pytest.approx((truth <= age_h).mean(), abs=0.09)
    # What has come so far alone would look much too quick.
    seen = np.array(shop.delays_s) / 3600.0
    assert (seen <= 24.0).mean() > (truth <= 24.0).mean() + 0.02


def test_corrected_rates_are_right_for_the_young_creatives_too(shop: Shop) -> None:
    known = shop.known
    come = matured(known, learn_delays(known, 10.0))
    for place, name in enumerate(shop.arms):
        row = known.row_of[name]
        conversions, clicks = known.counts[[Count.CONVERSIONS, Count.CLICKS], row]
        rate, truth = P_CVR * conversions / come[row], shop.eventual[place] / clicks
        assert rate == pytest.approx(truth, abs=4 * (truth / conversions) ** 0.5 * truth**0.5)
    youngest = known.row_of["c5"]
    naive = known.counts[Count.CONVERSIONS, youngest] / known.counts[Count.CLICKS, youngest]
    assert naive < 0.7 * shop.eventual[5] / known.counts[Count.CLICKS, youngest]


def test_what_matures_with_the_clock_needs_no_new_event(shop: Shop) -> None:
    known = shop.known
    curve = learn_delays(known, 10.0)
    later = known.with_arms({}, shop.now + timedelta(days=60))
    row = known.row_of["c5"]
    assert matured(known, curve)[row] < 0.8 * known.counts[Count.EXPECTED_CONVERSIONS, row]
    assert matured(later, curve)[row] == pytest.approx(known.counts[Count.EXPECTED_CONVERSIONS, row], rel=0.01)


def test_the_order_in_which_it_was_told_does_not_matter(shop: Shop) -> None:
    turned = dict(reversed(shop.arms.items()))
    again = Knowledge.of(turned, shop.now, {DELAYS: tuple(delay_counts(shop.delays_s[::-1]).tolist())})
    assert learn_delays(again, 10.0).left == pytest.approx(learn_delays(shop.known, 10.0).left, abs=1e-7)


def test_nothing_is_corrected_where_conversions_come_at_once() -> None:
    arm = reduce(add, [of_click(0.05, 0.5, BEGIN, BEGIN), of_conversion(1, BEGIN)] * 300)
    known = Knowledge.of({"a": arm}, BEGIN + timedelta(hours=6), {DELAYS: tuple(delay_counts([5.0] * 300).tolist())})
    curve = learn_delays(known, 10.0)
    assert curve.share_by(0.0) > 0.9
    assert matured(known, curve)[0] == pytest.approx(150.0, rel=0.05)


def test_without_conversions_nothing_is_corrected() -> None:
    clicked = Knowledge.of({"a": of_click(0.05, 0.5, BEGIN, BEGIN)}, BEGIN)
    assert learn_delays(clicked, 10.0) == AT_ONCE
    assert matured(clicked, AT_ONCE).tolist() == [0.5, 0.0]
    assert learn_delays(clicked.with_arms({}, BEGIN, {DELAYS: (1.0,)}), 10.0) == AT_ONCE


def test_every_delay_falls_in_one_bin_and_shares_rise_to_one() -> None:
    assert delay_counts([-5.0, 0.0, 59.0, 1e9]).sum() == 4
    assert delay_counts([-5.0])[0] == 1 and delay_counts([1e9])[-1] == 1
    assert len(delay_counts([])) == len(EDGES_H)
    curve = DelayCurve((0.2, 0.2, 0.2, 0.2, 0.1))
    shares = [curve.share_by(float(age)) for age in (0, 1, 10, 100, 1e4)]
    assert shares[0] == pytest.approx(0.1) and shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    assert Fading.EXPECTED_CONVERSIONS == 2 and len(HALF_LIVES_H) == 5


def test_conversions_under_way_make_the_belief_narrower_and_leave_it_where_it_is(shop: Shop) -> None:
    known = shop.known
    learned = replace(UNTAUGHT, delays=learn_delays(known, 10.0))
    rows = known.rows_of(["c0", "c5"])
    late, at_once = Belief(known, learned), Belief(known, replace(learned, delays=AT_ONCE))
    found, blind = late.conversions(rows, None), at_once.conversions(rows, None)
    come, k = matured(known, learned.delays)[rows], learned.conversion_strength
    assert found.means == pytest.approx((k + known.counts[Count.CONVERSIONS, rows]) / (k + come))
    # As narrow as if all had come, at the rate that is believed; the blind one believes that no more will come.
    all_told = known.counts[Count.EXPECTED_CONVERSIONS, rows]
    assert found.shapes[0] == pytest.approx(found.means * (k + all_told))
    assert (found.means > 1.1 * blind.means).all()
