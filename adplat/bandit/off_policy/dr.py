"""Doubly robust (Dudík, Langford & Li, ICML 2011)."""

from __future__ import annotations

from adplat.bandit.off_policy.evidence import Contributions, Evidence


def dr(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π(a|x) q̂(x,a) + w (r − q̂))``: right when the propensities are, precise when the model is as well."""
    return evidence.corrected(evidence.weights, evidence.weight_bound)
