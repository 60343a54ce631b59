"""What is believed of θ, see ``linear_evidence``; own linear algebra, since what decides must not hang on a BLAS.

LAPACK and BLAS add in an order that changes with threads and processor; MABWiser's users get other recommendations on
MKL than on OpenBLAS. The matrices here have at most 26 rows and are met once a second, so plain steps will do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.bandit.knowledge import Knowledge
from adplat.bandit.linear_evidence import LINEAR, features_of
from adplat.domain import InternalFault
from adplat.statistics import Float64


@dataclass(frozen=True, eq=False)
class LinearPosterior:
    """``θ ~ N(mean, root rootᵀ)``: ``mean`` ``(D,)``, ``covariance`` and its upper triangular ``root`` ``(D, D)``."""

    mean: Float64
    root: Float64
    covariance: Float64

    @classmethod
    def of(cls, known: Knowledge, prior_strength: float, features: int) -> LinearPosterior:
        """From the sums of ``LINEAR``; the prior ``N(0, I/prior_strength)`` where there are none.

        Raises:
            InternalFault: the sums belong to vectors of another size than ``features`` says.
        """
        sums = np.array(known.sums.get(LINEAR, ()))
        precision, moment = np.zeros((features, features)), np.zeros(features)
        if len(sums):
            if len(sums) != features * (features + 3) // 2:
                raise InternalFault(
                    f"sums of {features_of(len(sums))} features, and vectors that make {features}",
                    where=LINEAR,
                    hint="give the policy the sums of the same bundle as the vectors",
                )
            upper = np.triu_indices(features)
            precision[upper] = precision.T[upper] = sums[:-features]
            moment = sums[-features:] - precision[0]
        precision[np.diag_indices(features)] += prior_strength
        root = _transposed_inverse(_cholesky(precision))
        covariance = np.einsum("ik,jk->ij", root, root)
        return cls(np.einsum("ij,j->i", covariance, moment), root, covariance)


def _cholesky(matrix: Float64) -> Float64:
    """Lower ``L`` with ``L Lᵀ = matrix``, which is positive definite: the ridge keeps it so."""
    lower = matrix.copy()
    for column in range(len(matrix)):
        lower[column:, column] /= np.sqrt(lower[column, column])
        behind = lower[column + 1 :, column]
        lower[column + 1 :, column + 1 :] -= behind[:, None] * behind[None, :]
    return np.tril(lower)


def _transposed_inverse(lower: Float64) -> Float64:
    """Upper ``L⁻ᵀ`` by forward substitution."""
    inverse = np.zeros_like(lower)
    for row in range(len(lower)):
        known = np.einsum("k,kj->j", lower[row, :row], inverse[:row])
        inverse[row] = -known / lower[row, row]
        inverse[row, row] = 1.0 / lower[row, row]
    return np.ascontiguousarray(inverse.T)
