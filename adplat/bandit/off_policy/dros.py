"""Doubly robust with optimistic shrinkage: large weights fade out instead of being cut."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.shrinkage import grid_of, least_error


def dros(evidence: Evidence) -> Contributions:
    """``mean(Σ_a π q̂ + ŵ (r − q̂))`` with ``ŵ = λ w / (w² + λ)`` (Su et al., ICML 2020).

    ``λ`` among infinity (plain DR), the squares of the weights' quantiles, and 0 (the model alone), by the least
    estimated error.
    """
    weights = evidence.weights
    strengths = grid_of(weights) ** 2
    faded = [strength * weights / (weights**2 + strength) for strength in strengths]
    return least_error(evidence, np.column_stack([weights, *faded, np.zeros_like(weights)]))
