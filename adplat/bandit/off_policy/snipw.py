"""Self-normalised inverse probability weighting (Swaminathan & Joachims, NIPS 2015)."""

from __future__ import annotations

from adplat.bandit.off_policy.evidence import Contributions, Evidence


def snipw(evidence: Evidence) -> Contributions:
    """``Σ w r / Σ w``: a little biased, never outside the rewards, unmoved when all rewards shift by a constant."""
    return Contributions(evidence.weights * evidence.rewards, below=evidence.weights)
