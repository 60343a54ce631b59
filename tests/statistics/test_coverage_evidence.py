"""A bet against the claim that intervals hold: it seldom wins where they do, and wins where they no longer do."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import coverage_evidence


@pytest.mark.parametrize("too_low", [True, False])
def test_its_mean_is_one_where_the_claim_is_just_true(too_low: bool) -> None:
    """Exactly, by all outcomes of six coins that come up with the level: a martingale is fair at any time."""
    for length in (1, 3, 6):
        mean = 0.0
        for outcome in itertools.product((0.0, 1.0), repeat=length):
            chance = math.prod(0.8 if one else 0.2 for one in outcome)
            mean += chance * math.exp(coverage_evidence(outcome, 0.8, too_low=too_low).log_e)
        assert mean == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("too_low", [True, False])
def test_it_ever_passes_twenty_in_at_most_a_twentieth_of_the_sound_streams(too_low: bool) -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        shares = rng.binomial(5, 0.8, 60) / 5.0
        alarms += any(
            coverage_evidence(shares[:end], 0.8, too_low=too_low).log_e >= math.log(20.0) for end in range(1, 61)
        )
    assert alarms / 200 <= 0.05


def test_drift_after_a_good_time_is_found_and_dated() -> None:
    rng = np.random.default_rng(5)
    shares = np.r_[rng.binomial(5, 0.8, 60) / 5.0, rng.binomial(5, 0.5, 25) / 5.0]
    found = coverage_evidence(shares, 0.8, too_low=True)
    assert found.log_e > math.log(480.0)
    assert abs(found.since - 60) <= 12
    assert coverage_evidence(shares, 0.8, too_low=False).log_e < 0.5


def test_intervals_that_always_hold_are_too_wide() -> None:
    assert coverage_evidence(np.ones(80), 0.8, too_low=False).log_e > math.log(480.0)


def test_evidence_fades_when_all_is_well_again() -> None:
    bad = np.zeros(6)
    assert coverage_evidence(np.r_[bad, np.ones(60)], 0.8, too_low=True).log_e < 0.0
    assert coverage_evidence(bad, 0.8, too_low=True).log_e > math.log(480.0)


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ConfigRejected):
        coverage_evidence([0.5], 1.0, too_low=True)
    with pytest.raises(TableRejected):
        coverage_evidence([], 0.8, too_low=True)
    with pytest.raises(TableRejected):
        coverage_evidence([1.1], 0.8, too_low=True)
