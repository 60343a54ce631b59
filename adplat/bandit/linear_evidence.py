"""What linear policies learn from: features of a showing, and sums of them that can be added in any order.

The model of both linear policies is a correction of the pCTR that all creatives share,

::

    click rate of a creative here = p (1 + θ · x),    x = [1, ln(p / 0.01), v / √d]        D = d + 2 features

with ``p`` the pCTR of this very opportunity and ``v`` the creative's vector: θ says how far off the model is over all,
for high and low predictions, and for pictures and words that point in this direction. A new creative shares
from its first showing in what was learned of those that look alike.

Clicks are rare, so their variance is their rate. Least squares on ``click − p`` with weights ``1/p`` is then

::

    A = k I + Σ_impressions p x xᵀ,    b = Σ_clicks x − Σ_impressions p x,    θ ~ N(A⁻¹ b, A⁻¹)

which for ``x = [1]`` is ``thompson-with-prior`` once more: mean ``(k + clicks) / (k + expected clicks)``, variance
``1/(k + expected clicks)``. ``Σ p x`` is the first row of ``Σ p x xᵀ``, so the sums are the upper triangle of that
matrix, row by row, then ``Σ_clicks x``: ``D (D + 3) / 2`` numbers.
"""

from __future__ import annotations

import math

import numpy as np

from adplat.statistics import Float64

LINEAR = "linear"
"""The name in ``Knowledge.sums`` of the sums that belong to the vectors of the context."""
USUAL_P = 0.01
MOST_LOG = 5.0  # |ln(p / USUAL_P)| beyond this says nothing more; ln 100 = 4.6


def linear_features(p_ctr: Float64, vectors: Float64 | None) -> Float64:
    """``(n, D)`` from ``(n,)`` predictions and ``(n, d)`` vectors; D = 2 without vectors."""
    size = 0 if vectors is None else vectors.shape[1]
    features = np.empty((len(p_ctr), size + 2))
    features[:, 0] = 1.0
    least, most = USUAL_P * math.exp(-MOST_LOG), USUAL_P * math.exp(MOST_LOG)
    features[:, 1] = np.log(np.minimum(np.maximum(p_ctr, least), most) / USUAL_P)
    if vectors is not None and size:
        # A whitened coordinate varies by one: all of them together then count as much as one other feature.
        np.multiply(vectors, 1.0 / math.sqrt(size), out=features[:, 2:])
    return features


def linear_sums(
    p_shown: Float64, vectors_shown: Float64 | None, p_clicked: Float64, vectors_clicked: Float64 | None
) -> Float64:
    """``(D (D + 3) / 2,)`` what these impressions and clicks add; each click with the pCTR of its decision."""
    shown, clicked = linear_features(p_shown, vectors_shown), linear_features(p_clicked, vectors_clicked)
    weighted = np.einsum("nd,ne->de", shown * p_shown[:, None], shown)
    return np.concatenate([weighted[np.triu_indices(len(weighted))], clicked.sum(axis=0)])


def features_of(sums: int) -> int:
    """``D`` from the number of sums; not whole where they are not ``linear_sums``."""
    return (math.isqrt(9 + 8 * sums) - 3) // 2
