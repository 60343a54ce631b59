"""Fading: what was clicked long ago counts for less, so that a best arm that changes is followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from adplat.bandit import Context, Knowledge, ThompsonWithPrior
from adplat.domain import ArmStatistics, of_click, of_impression

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = [f"c{arm}" for arm in range(5)]
TOLD = np.full(5, 0.05)


class Day:
    """Five creatives, 400 showings an hour, learned from every 100."""

    def __init__(self, policy: ThompsonWithPrior, seed: int) -> None:
        self.policy, self.rng = policy, np.random.default_rng(seed)
        self.arms = dict.fromkeys(NAMES, ArmStatistics())
        self.now = BEGIN

    def run(self, rates: list[float], showings: int) -> np.ndarray:
        """Shares of the last 500 showings, by arm."""
        shares = np.zeros(5)
        for done in range(0, showings, 100):
            known = self.policy.update(Knowledge.of(self.arms, self.now))
            found = known.choose(Context(TOLD), NAMES, self.rng).propensities
            shares += found / 5 if done >= showings - 500 else 0.0
            for arm in self.rng.choice(5, 100, p=found).tolist():
                self.now += timedelta(seconds=9.0)
                told = of_impression(0.05, self.now)
                if self.rng.random() < rates[arm]:
                    told += of_click(0.05, None, self.now, self.now)
                self.arms[NAMES[arm]] += told
        return shares


def test_when_the_best_arm_changes_nine_tenths_of_the_traffic_follow_within_two_thousand_showings() -> None:
    followed, stayed = [], []
    for seed in range(6):
        for kept, policy in ((followed, ThompsonWithPrior(half_life_h=1.0)), (stayed, ThompsonWithPrior())):
            day = Day(policy, seed)
            day.run([0.10, 0.05, 0.03, 0.03, 0.03], 10_000)
            kept.append(day.run([0.02, 0.10, 0.03, 0.03, 0.03], 2_000)[1])
    assert np.mean(followed) >= 0.9
    assert np.mean(stayed) < np.mean(followed)


def test_where_nothing_changes_fading_loses_little() -> None:
    rates = [0.10, 0.05, 0.03, 0.03, 0.03]
    earned = {}
    for half_life in (1.0, None):
        shares = [Day(ThompsonWithPrior(half_life_h=half_life), seed).run(rates, 6_000) for seed in range(5)]
        earned[half_life] = float(np.mean([share @ rates for share in shares]))
    assert earned[1.0] > 0.97 * earned[None]


def test_the_order_in_which_events_are_told_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    moments = [BEGIN + timedelta(hours=float(hour)) for hour in rng.uniform(0.0, 900.0, 300)]
    parts = [(NAMES[n % 5], of_impression(0.05, at)) for n, at in enumerate(moments)]
    parts += [(NAMES[n % 5], of_click(0.05, 0.1, at, at)) for n, at in enumerate(moments[::7])]
    told = []
    for order in (range(len(parts)), rng.permutation(len(parts)).tolist()):
        arms = dict.fromkeys(NAMES, ArmStatistics())
        for place in order:
            name, part = parts[place]
            arms[name] += part
        policy = ThompsonWithPrior(half_life_h=16.0).update(Knowledge.of(arms, BEGIN + timedelta(hours=901)))
        told.append(policy.choose(Context(TOLD), NAMES, np.random.default_rng(0)).propensities)
    assert told[0] == pytest.approx(told[1], abs=1e-9)


def test_an_arm_that_is_not_shown_any_more_drifts_back_to_its_prior() -> None:
    at = BEGIN
    tired = sum((of_impression(0.05, at) for _ in range(2000)), ArmStatistics())
    arms = dict.fromkeys(NAMES, tired + of_click(0.05, None, at, at))
    means = []
    for hours in (0.0, 4.0, 40.0):
        policy = ThompsonWithPrior(10.0, half_life_h=4.0).update(Knowledge.of(arms, at + timedelta(hours=hours)))
        means.append(float(policy.belief.clicks(policy.known.rows_of(["c0"]), np.array([0.05])).means[0]))
    assert means == pytest.approx([0.05 * 11 / 110, 0.05 * 10.5 / 60, 0.05 * (10 + 2**-10) / (10 + 100 * 2**-10)])
