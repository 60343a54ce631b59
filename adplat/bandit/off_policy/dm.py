"""The direct method: the reward model alone."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.shrinkage import missing_of


def dm(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π(a|x) q̂(x,a))``: no weights, little variance, and all of the model's bias.

    Its interval knows how far other rewards would have moved the model, and reaches as far as the weighted rows
    say that the model is wrong. A bound that holds for any model does not exist, so there is no other interval.
    """
    tried = np.column_stack([evidence.weights, np.zeros_like(evidence.weights)])
    weighted, alone = evidence.corrected(tried).T
    return Contributions(alone, missing=missing_of(weighted - alone))
