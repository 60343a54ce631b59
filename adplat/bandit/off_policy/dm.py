"""The direct method: the reward model alone."""

from __future__ import annotations

from adplat.bandit.off_policy.evidence import Contributions, Evidence


def dm(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π(a|x) q̂(x,a))``: no weights, hardly any variance, and all of the model's bias.

    Its interval says how sure the mean is, not how wrong the model may be.
    """
    return Contributions(evidence.expected, width=1.0 if evidence.is_direct else None)
