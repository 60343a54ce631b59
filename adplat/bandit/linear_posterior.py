"""What is believed of θ, see ``linear_evidence``; by the linear algebra of ``statistics``, which hangs on no BLAS.

MABWiser's users get other recommendations on MKL than on OpenBLAS. The matrices here have at most 26 rows and are met
once a second, so plain steps will do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.bandit.knowledge import Knowledge
from adplat.bandit.linear_evidence import LINEAR, features_of
from adplat.domain import InternalFault
from adplat.statistics import Float64, cholesky_factor, inverse_of_factor


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
        root = np.ascontiguousarray(inverse_of_factor(cholesky_factor(precision)).T)
        covariance = np.einsum("ik,jk->ij", root, root)
        return cls(np.einsum("ij,j->i", covariance, moment), root, covariance)
