"""Switch: doubly robust where the weight is small, the model alone where it is not."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.shrinkage import grid_of, least_error


def switch_dr(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π q̂ + w 1[w ≤ τ] (r − q̂))`` (Wang, Agarwal & Dudík, ICML 2017).

    ``τ`` among the quantiles of the weights, by the least estimated error; the largest of them is plain DR.
    """
    weights = evidence.weights
    tried = [weights, *(np.where(weights <= threshold, weights, 0.0) for threshold in grid_of(weights)[1:])]
    return least_error(evidence, np.column_stack(tried))
