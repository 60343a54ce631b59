"""Inverse probability weighting (Horvitz & Thompson, JASA 47, 1952)."""

from __future__ import annotations

from adplat.bandit.off_policy.evidence import Bounded, Contributions, Evidence


def ipw(evidence: Evidence) -> Contributions:
    """``mean(w r)``: unbiased where the log covers the policy; its variance grows with the largest weights."""
    weighted = evidence.weights * evidence.rewards
    return Contributions(weighted, bounded=Bounded(weighted, evidence.weight_bound))
