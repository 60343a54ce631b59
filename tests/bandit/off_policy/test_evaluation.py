"""The whole way from a log to a verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.bandit import Uniform
from adplat.bandit.off_policy import ChoiceLog, Evaluation, Offered, Replay, TableTarget, evaluate_target
from adplat.bandit.off_policy.cross_fitting import cross_fit
from adplat.bandit.off_policy.gathering import gather_evidence
from tests.bandit.off_policy.builders import silent, some_log


def judged(log: ChoiceLog, seed: int = 0, **told: int) -> Evaluation:
    return evaluate_target(
        log, Replay(Uniform(), log), np.random.default_rng(seed), silent, **{"replicates": 50, **told}
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 3), st.sampled_from([0.0, 1.0, None]))
def test_the_smallest_logs_give_finite_numbers_and_a_refusal(
    rows: int, actions: int, seed: int, reward: float | None
) -> None:
    log = some_log(rows, actions=actions, seed=seed)
    if reward is not None:
        log = replace(log, rewards=np.full(rows, reward))
    found = judged(log)
    assert found.verdict == "refused"
    for name, one in found.estimates.items():
        assert one.value is not None
        assert np.isfinite(one.value), name
        if one.bootstrap is not None:
            assert one.bootstrap.low <= one.bootstrap.high


def test_a_policy_that_never_does_what_was_logged_has_no_ratio() -> None:
    log = some_log(200)
    found = evaluate_target(log, TableTarget(log, np.zeros(200)), np.random.default_rng(0), silent, replicates=50)
    assert found.verdict == "refused"
    assert (found.estimates["snipw"].value, found.estimates["snipw"].bootstrap) == (None, None)
    assert found.estimates["ipw"].value == 0.0
    assert (found.weights.ess, found.weights.largest_share) == (0.0, 0.0)


def test_a_reweighted_mean_is_resampled_with_its_own_spread() -> None:
    log = some_log(400)
    shares = np.random.default_rng(1).uniform(0.0, 0.5, 400)
    models = cross_fit(log, np.random.default_rng(0), silent)
    evidence, _ = gather_evidence(log, TableTarget(log, shares), models, silent)
    weights, told = evidence.weights, evidence.predicted
    whole = (weights @ told) / weights.sum()
    without = (weights @ told - weights * told) / (weights.sum() - weights)
    pseudo_values = 400 * whole - 399 * without  # of the jackknife (Tukey 1958)
    assert not evidence.is_direct
    assert evidence.expected.mean() == pytest.approx(whole, rel=1e-12)
    assert evidence.expected == pytest.approx(pseudo_values, abs=0.02)


def test_coverage_counts_what_the_log_never_took_and_never_could() -> None:
    log = some_log(3000)
    kept = np.flatnonzero(log.chosen != 3)
    rows = len(kept)
    told = np.full((rows, 4), 0.1)
    told[np.arange(rows), log.chosen[kept]] = 1 / 3
    told[:, 3] = 0.0
    shares = np.full(rows, 1 / 3)
    offered = Offered((np.arange(4),), np.zeros(rows, dtype=np.int64), None, told.ravel())
    columns = ("chosen", "slots", "rewards", "times_us", "known_us", "categories", "numbers")
    taken = {name: getattr(log, name)[kept] for name in columns}
    names = tuple(log.row_names[row] for row in kept)
    short = replace(log, row_names=names, propensities=shares, offered=offered, **taken)
    found = judged(short)
    assert found.coverage.never_taken == pytest.approx(0.25)
    assert found.coverage.impossible == pytest.approx(0.25)
    assert found.verdict == "refused"
    assert "25.0 % of what the policy would do had no chance" in found.reasons[0]
    blind = judged(replace(short, offered=Offered(offered.sets, offered.set_of)))
    assert "25 % of what the policy would do had no chance" in blind.reasons[0]


def test_intervals_hold_the_truth_of_a_policy_that_is_another_than_the_log() -> None:
    held = dict.fromkeys(("ipw", "snipw", "dm", "dr", "switch_dr", "dros"), 0)
    arms = np.array([0.1, 0.2, 0.3, 0.4])
    for seed in range(30):
        rng = np.random.default_rng(seed)
        log = some_log(1500, seed=seed)
        log = replace(log, rewards=(rng.random(1500) < arms[log.chosen]).astype(np.float64))
        found = judged(log, seed, replicates=200)
        for name in held:
            interval = found.estimates[name].bootstrap
            held[name] += interval is not None and not interval.excludes(0.25)
    # 95 % of 30 is 28.5; 24 or fewer come about once in two hundred.
    assert min(held.values()) >= 25, held
