from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from adplat import statistics
from adplat.ctr.level_tracking import follow_level

HOURS, EACH = 24 * 8, 400


def market(seed: int, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """EACH rows an hour at about 7 % clicks, the true level moved by ``shift`` (HOURS,)."""
    rng = np.random.default_rng(seed)
    hours = np.repeat(np.arange(HOURS, dtype=np.int64), EACH)
    logits = rng.normal(-2.7, 0.6, len(hours))
    return logits, (rng.random(len(hours)) < expit(logits + shift[hours])).astype(float), hours


DRIFTS = {
    "still": np.zeros(HOURS),
    "falling for days": -0.4 * np.clip((np.arange(HOURS) - 60) / 72, 0, 1),
    "a sudden step": np.where(np.arange(HOURS) < 70, 0.0, 0.4),
    "a daily wave": 0.2 * np.sin(2 * np.pi * np.arange(HOURS) / 24),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_clicks_promised_are_clicks_that_come(name: str) -> None:
    wrong = []
    for seed in range(4):
        logits, labels, hours = market(seed, DRIFTS[name])
        told = follow_level(logits, labels, hours)
        wrong.append(statistics.pcoc(labels, expit(logits + told.served)) - 1.0)
    # 5,400 clicks a run leave ±1.4 % of chance; four runs ±0.7 %.
    assert abs(np.mean(wrong)) < 0.02


def test_following_costs_nothing_in_a_still_market_and_pays_in_a_moving_one() -> None:
    for name, gain in (("still", -2e-4), ("falling for days", 1e-3), ("a sudden step", 1e-3)):
        logits, labels, hours = market(9, DRIFTS[name])
        served = expit(logits + follow_level(logits, labels, hours).served)
        assert statistics.logloss(labels, expit(logits)) - statistics.logloss(labels, served) > gain


def test_a_served_shift_knows_only_the_hours_before() -> None:
    logits, labels, hours = market(3, DRIFTS["a sudden step"])
    now = hours >= 100
    other = np.where(now, 1.0 - labels, labels)
    first, second = follow_level(logits, labels, hours), follow_level(logits, other, hours)
    assert first.served[hours <= 100] == pytest.approx(second.served[hours <= 100], abs=0)
    assert not np.allclose(first.served[hours > 101], second.served[hours > 101])


def test_the_next_hour_gets_what_the_row_after_would_have_been_served() -> None:
    logits, labels, hours = market(4, DRIFTS["falling for days"])
    until = hours < 150
    assert follow_level(logits[until], labels[until], hours[until]).shift == pytest.approx(
        follow_level(logits, labels, hours).served[hours == 150][0], abs=1e-12
    )


def test_empty_hours_and_no_rows_are_no_evidence() -> None:
    assert follow_level(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)).shift == 0.0
    logits, labels, hours = market(5, DRIFTS["still"])
    gap = (hours < 50) | (hours > 90)
    assert abs(follow_level(logits[gap], labels[gap], hours[gap]).shift) < 0.15
