"""Did the bandit draw what it says it drew? Choices against the propensities that were logged with them.

There is no planned share to compare with, but in every row there is one: choices less propensities are a martingale,
however the propensities came about, and their sum is normal in the limit with a variance that the propensities tell.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from adplat.experiments.adaptive_rows import AdaptiveRows
from adplat.experiments.sample_ratio import SampleRatio
from adplat.statistics import Float64

LEAST_EXPECTED = 5.0  # a part that is expected less often has no normal limit yet


def expected_choices(rows: AdaptiveRows) -> Float64:
    """``(k,)`` choices of each arm to be expected, ``Σ_t e_t(a)``."""
    found: Float64 = np.nansum(rows.propensities, axis=0)
    return found


def adaptive_sample_ratio(rows: AdaptiveRows) -> SampleRatio:
    """``D' Σ⁻ D`` with ``D = Σ_t (1{A_t} − e_t)`` and ``Σ = Σ_t (diag(e_t) − e_t e_t')``: χ² in the limit.

    The parts are the arms and, where other choices stood beside them, all others together; parts that are hardly ever
    expected are left out. Degrees of freedom are the parts less one, and with propensities that never move the
    statistic is Pearson's. Incomplete rows cannot be tested.
    """
    if not rows.complete:
        return SampleRatio(None, 0, None, 0)
    told = np.nan_to_num(rows.propensities)
    others = np.clip(1.0 - told.sum(axis=1, keepdims=True), 0.0, 1.0)
    shares = np.concatenate([told, others], axis=1)
    arms = told.shape[1]
    counts = np.bincount(np.where(rows.chosen < 0, arms, rows.chosen), minlength=arms + 1)
    kept = np.flatnonzero(shares.sum(axis=0) >= LEAST_EXPECTED)
    if len(kept) < 2:
        return SampleRatio(None, max(len(kept) - 1, 0), None, 0)
    gap = (counts - shares.sum(axis=0))[kept]
    shares = shares[:, kept]
    spread = np.diag(shares.sum(axis=0)) - shares.T @ shares
    freedom = len(kept) - 1
    # The parts add up to (nearly) one in every row: the last follows from the others.
    statistic = float(gap[:-1] @ np.linalg.lstsq(spread[:-1, :-1], gap[:-1], rcond=None)[0])
    return SampleRatio(statistic, freedom, float(chdtrc(freedom, statistic)), 0)
