"""Doubly robust with optimistic shrinkage: large weights fade out instead of being cut."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.shrinkage import grid_of, least_error


def dros(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π q̂ + ŵ (r − q̂))`` with ``ŵ = λ w / (w² + λ)`` (Su et al., ICML 2020).

    ``λ`` among the squares of the weights' quantiles, 0 (the model alone) and infinity (plain DR), by the least
    estimated error.
    """
    weights = evidence.weights
    strengths = grid_of(weights)[::-1] ** 2
    tried = [weights, *(strength * weights / (weights**2 + strength) for strength in strengths if strength > 0.0)]
    tried.append(np.zeros_like(weights))
    kept = tried[least_error(evidence, tried)]
    return evidence.corrected(kept, evidence.weight_bound if kept is weights else float(kept.max()))
