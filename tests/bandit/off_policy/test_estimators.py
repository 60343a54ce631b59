"""Each estimator is its formula, and what it may not know it does not use."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit.off_policy import ESTIMATORS, Contributions, Evidence
from adplat.bandit.off_policy.shrinkage import grid_of, missing_of
from adplat.statistics import Float64


def evidence(seed: int = 0, rows: int = 500, heavy: float = 1.0, off: float = 0.0) -> Evidence:
    """Weights of mean about 1 and a reward model that is ``off`` by so much."""
    rng = np.random.default_rng(seed)
    rate = rng.uniform(0.1, 0.6, rows)
    weights = rng.lognormal(-(heavy**2) / 2, heavy, rows)
    return Evidence(
        rewards=(rng.random(rows) < rate).astype(np.float64),
        weights=weights,
        predicted=rate + off,
        expected=rate + off,
        weight_bound=float(weights.max()),
        is_direct=True,
        influence=np.zeros_like,
    )


def value(found: Contributions) -> float:
    return float(found.above.sum() / found.denominators().sum())


def test_ipw_snipw_dm_and_dr_are_their_formulas() -> None:
    e = evidence()
    w, r, q, x = e.weights, e.rewards, e.predicted, e.expected
    expected = {
        "ipw": (w * r).mean(),
        "snipw": (w * r).sum() / w.sum(),
        "dm": x.mean(),
        "dr": (x + w * (r - q)).mean(),
    }
    for name, wanted in expected.items():
        assert value(ESTIMATORS[name](e)) == pytest.approx(wanted, rel=1e-12), name


@pytest.mark.parametrize("name", ["switch_dr", "dros"])
def test_a_model_that_is_wrong_keeps_the_weights(name: str) -> None:
    e = evidence(rows=5000, off=0.3)
    assert value(ESTIMATORS[name](e)) == pytest.approx(value(ESTIMATORS["dr"](e)), abs=0.02)
    assert abs(value(ESTIMATORS["dm"](e)) - value(ESTIMATORS["dr"](e))) > 0.2


@pytest.mark.parametrize(("name", "share"), [("switch_dr", 0.85), ("dros", 0.5)])
def test_heavy_weights_are_given_up_where_the_model_is_right(name: str, share: float) -> None:
    squared = dict.fromkeys((name, "dr"), 0.0)
    for seed in range(60):
        e = evidence(seed, heavy=2.2)
        for key in squared:
            squared[key] += (value(ESTIMATORS[key](e)) - e.expected.mean()) ** 2
    assert squared[name] < share * squared["dr"]


@pytest.mark.parametrize("name", ["dm", "switch_dr", "dros"])
def test_what_was_given_up_stands_in_the_limits(name: str) -> None:
    e = evidence(heavy=2.2, off=0.05)
    found = ESTIMATORS[name](e)
    low, high = found.missing
    assert low <= value(ESTIMATORS["dr"](e)) - value(found) <= high
    assert low <= 0.0 <= high


def test_nothing_given_up_leaves_nothing_missing() -> None:
    assert missing_of(np.zeros(10)) == (0.0, 0.0)
    assert missing_of(np.full(10, 0.2)) == pytest.approx((0.0, 0.2))


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_a_policy_that_never_does_what_was_logged_breaks_nothing(name: str) -> None:
    e = evidence()
    nothing = Evidence(e.rewards, np.zeros(500), e.predicted, e.expected, 1e-300, True, np.zeros_like)
    found = ESTIMATORS[name](nothing)
    assert np.isfinite(found.above).all()
    if name != "snipw":
        assert value(found) == pytest.approx(0.0 if name == "ipw" else e.expected.mean())


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_contributions_stay_within_their_range(name: str) -> None:
    bounded = ESTIMATORS[name](evidence(heavy=2.0)).bounded
    if name in ("snipw", "dm"):
        assert bounded is None
    else:
        assert bounded is not None
        assert bounded.values.max() - bounded.values.min() <= bounded.width


def test_reweighted_evidence_has_no_bernstein_interval_but_ipw() -> None:
    e = evidence()
    reweighted = Evidence(e.rewards, e.weights, e.predicted, e.expected, e.weight_bound, False, np.zeros_like)
    assert [name for name in ESTIMATORS if ESTIMATORS[name](reweighted).bounded is not None] == ["ipw"]


def test_thresholds_fall_from_the_largest_weight_and_occur() -> None:
    weights: Float64 = np.array([0.0, 0.0, 0.5, 2.0, 9.0])
    assert grid_of(weights).tolist() == [9.0, 2.0, 0.5]
