"""The ridge inside groups: equal to the written-out solution, blind to levels, weighing by what counts can tell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse

from adplat.ctr.contrast_fit import fit_contrast
from adplat.features import WideRows

Float64 = npt.NDArray[np.float64]


def table(seed: int = 0, tests: int = 60) -> tuple[WideRows, npt.NDArray[np.int64], Float64, Float64]:
    """Tests of three rows, five columns of which three matter."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(tests), 3)
    values = rng.normal(size=(len(groups), 5))
    logit = rng.normal(-3, 0.7, tests)[groups] + values @ np.array([0.4, -0.3, 0.0, 0.2, 0.0])
    trials = rng.integers(500, 5_000, len(groups)).astype(np.float64)
    reached = rng.binomial(trials.astype(np.int64), 1 / (1 + np.exp(-logit))).astype(np.float64)
    return WideRows(sparse.csr_array(values[:, :2]), values[:, 2:]), groups, reached, trials


def test_it_is_the_weighted_ridge_with_one_constant_a_group() -> None:
    rows, groups, reached, trials = table()
    fit = fit_contrast(rows, groups, reached, trials, penalty=2.0, iterations=500)
    values = np.hstack([rows.sparse.toarray(), rows.dense])
    rate = (np.bincount(groups, reached) + 0.5) / (np.bincount(groups, trials) + 1.0)
    weight = 1 / (1 / (trials * (rate * (1 - rate))[groups]) + fit.unexplained)
    weight /= weight.mean()
    outcome = np.log((reached + 0.5) / (trials - reached + 0.5))
    design = np.hstack([values, np.eye(groups.max() + 1)[groups]])
    ridge = np.diag([2.0] * 5 + [0.0] * (groups.max() + 1))
    plain = np.linalg.solve(design.T @ (weight[:, None] * design) + ridge, design.T @ (weight * outcome))
    assert fit.coefficients == pytest.approx(plain[:5], abs=1e-4)


def test_a_test_whose_level_is_another_teaches_the_same() -> None:
    rows, groups, _, _ = table()
    trials = np.full(len(groups), 1e9)
    effect = rows.dense[:, 0] * 0.3
    told = [
        fit_contrast(rows, groups, trials / (1 + np.exp(-(level[groups] + effect))), trials, 1.0, 500).coefficients
        for level in (np.full(60, -3.0), np.linspace(-3.0, -3.2, 60))
    ]
    assert told[0] == pytest.approx(told[1], abs=2e-3)
    assert told[0][2] == pytest.approx(0.3, abs=0.02)


def test_what_counting_does_not_explain_is_found() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(400), 4)
    rows = WideRows(sparse.csr_array((1600, 0)), rng.normal(size=(1600, 1)))
    trials = np.full(1600, 4_000.0)
    for spread in (0.0, 0.3):
        logit = -3 + rng.normal(0, spread, 1600)
        reached = rng.binomial(4_000, 1 / (1 + np.exp(-logit))).astype(np.float64)
        found = fit_contrast(rows, groups, reached, trials, 1.0, 50).unexplained
        assert found == pytest.approx(spread**2, abs=0.015)


def test_rows_of_no_group_tell_the_level_alone() -> None:
    rows, groups, reached, trials = table()
    lonely = np.where(groups < 30, groups, -1)
    fit = fit_contrast(rows, lonely, reached, trials, 2.0, 500)
    kept = groups < 30
    alone = fit_contrast(rows.take(kept), groups[kept], reached[kept], trials[kept], 2.0, 500)
    assert fit.coefficients == pytest.approx(alone.coefficients, abs=1e-6)
    chances = 1 / (1 + np.exp(-fit.logits(rows)))
    assert (trials * chances).sum() == pytest.approx(reached.sum(), rel=1e-9)
