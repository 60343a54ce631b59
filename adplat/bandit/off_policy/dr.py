"""Doubly robust (Dudík, Langford & Li, ICML 2011)."""

from __future__ import annotations

from adplat.bandit.off_policy.evidence import Contributions, Evidence


def dr(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π(a|x) q̂(x,a) + w (r − q̂))``: right when the propensities are, precise when the model is as well."""
    total = evidence.corrected(evidence.weights[:, None])[:, 0]
    return evidence.estimate(evidence.weights, total, evidence.weight_bound)
