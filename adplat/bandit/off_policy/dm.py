"""The direct method: the reward model alone."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence


def dm(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π(a|x) q̂(x,a))``: no weights, little variance, and all of the model's bias.

    Its interval knows how far other rewards would have moved the model, not how wrong the model's form may be; a
    bound that holds for any model does not exist.
    """
    none = np.zeros((len(evidence.rewards), 1))
    return Contributions(evidence.corrected(none)[:, 0])
