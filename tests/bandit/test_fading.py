"""Fading: what was clicked long ago counts for less, so that a best arm that changes is followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from adplat.bandit import Context, Knowledge, ThompsonWithPrior
from adplat.bandit.memory import remembered
from adplat.domain import ArmStatistics, of_click, of_impression

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = [f"c{arm}" for arm in range(5)]
TOLD = np.full(5, 0.05)


class Day:
    """Five creatives of which the model thinks alike, 555 showings an hour, learned from every 100."""

    def __init__(self, policy: ThompsonWithPrior, seed: int) -> None:
        self.policy, self.rng = policy, np.random.default_rng(seed)
        self.arms = dict.fromkeys(NAMES, ArmStatistics())
        self.now = BEGIN

    def run(self, rates: list[float], showings: int) -> np.ndarray:
        """Shares of the last 200 showings, by arm."""
        shares = np.zeros(5)
        for done in range(0, showings, 100):
            known = self.policy.update(Knowledge.of(self.arms, self.now))
            found = known.choose(Context(TOLD), NAMES, self.rng).propensities
            shares += found / 2 if done >= showings - 200 else 0.0
            for arm in self.rng.choice(5, 100, p=found).tolist():
                self.now += timedelta(seconds=6.5)
                told = of_impression(float(TOLD[arm]), self.now)
                if self.rng.random() < rates[arm]:
                    told += of_click(float(TOLD[arm]), None, self.now, self.now)
                self.arms[NAMES[arm]] += told
        return shares


BEFORE, AFTER = [0.20, 0.05, 0.05, 0.05, 0.05], [0.05, 0.20, 0.05, 0.05, 0.05]
FADING, LASTING = ThompsonWithPrior(half_life_h=1.0), ThompsonWithPrior()


def test_when_the_best_arm_changes_nine_tenths_of_the_traffic_follow_within_two_thousand_showings() -> None:
    followed = []
    for seed in range(8):
        day = Day(FADING, seed)
        day.run(BEFORE, 8_000)
        followed.append(day.run(AFTER, 2_000)[1])
    assert np.mean(followed) >= 0.9
    day = Day(LASTING, 0)
    day.run(BEFORE, 8_000)
    assert day.run(AFTER, 2_000)[1] < 0.5


def test_where_nothing_changes_fading_loses_little() -> None:
    earned = [
        np.mean([Day(policy, seed).run(BEFORE, 5_000) @ BEFORE for seed in range(5)]) for policy in (FADING, LASTING)
    ]
    assert earned[0] > 0.98 * earned[1]


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


def rows(*numbers: float) -> np.ndarray:
    return np.array(numbers)[:, None]


def test_memory_that_agrees_is_kept_and_memory_that_does_not_is_dropped() -> None:
    recent = 40.0, 40.0
    agrees = remembered(rows(recent[0], 1000.0), rows(recent[1], 1000.0), 10.0)
    differs = remembered(rows(recent[0], 3000.0), rows(recent[1], 1000.0), 10.0)
    assert agrees[1][0] > 880.0 and agrees[0][0] / agrees[1][0] == pytest.approx(1.0)
    assert differs[0][0] / differs[1][0] == pytest.approx(1.0, abs=0.01) and differs[1][0] < 45.0


def test_behind_a_change_nothing_is_remembered() -> None:
    # Changed one shell ago; what lies further back happens to agree with today again.
    events, _ = remembered(rows(100.0, 400.0, 1400.0), rows(100.0, 200.0, 1200.0), 10.0)
    assert events[0] == pytest.approx(100.0, rel=0.01)


def test_nothing_new_keeps_most_of_what_is_old() -> None:
    events, expected = remembered(rows(0.0, 50.0), rows(0.0, 100.0), 10.0)
    assert (events[0], expected[0]) == pytest.approx((0.8 * 50.0, 0.8 * 100.0))


@pytest.mark.parametrize("hours", [0.0, 3.0, 5000.0])
def test_counts_of_any_age_give_numbers(hours: float) -> None:
    arm = of_impression(0.05, BEGIN) + of_click(0.05, None, BEGIN, BEGIN)
    policy = FADING.update(Knowledge.of({"c0": arm}, BEGIN + timedelta(hours=hours)))
    assert np.isfinite(policy.belief.click_rates).all() and (policy.belief.click_shapes > 0.0).all()
