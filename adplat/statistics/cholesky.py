"""Linear algebra of what decides: plain steps in a fixed order.

LAPACK and BLAS add in an order that changes with threads and processor; a propensity that is stored and later divided
by must come out the same everywhere. Only element-wise functions and reductions in a fixed order are used, which costs
some ten times more and is little for a few hundred rows.
"""

from __future__ import annotations

import numpy as np

from adplat.domain import InternalFault
from adplat.statistics.columns import Float64


def cholesky_factor(matrix: Float64) -> Float64:
    """Lower ``L`` with ``L Lᵀ = matrix``, ``(d, d)`` symmetric and positive definite. Raises InternalFault if not."""
    lower = matrix.copy()
    for column in range(len(matrix)):
        pivot = lower[column, column]
        if not pivot > 0.0:
            raise InternalFault("a matrix is not positive definite", hint="give every direction a prior")
        lower[column:, column] /= np.sqrt(pivot)
        behind = lower[column + 1 :, column]
        lower[column + 1 :, column + 1 :] -= behind[:, None] * behind[None, :]
    return np.tril(lower)


def inverse_of_factor(lower: Float64) -> Float64:
    """``L⁻¹`` of a lower triangular ``L``, by forward substitution; the inverse of ``L Lᵀ`` is ``L⁻ᵀ L⁻¹``."""
    inverse = np.eye(len(lower))
    for row in range(len(lower)):
        inverse[row, : row + 1] /= lower[row, row]
        inverse[row + 1 :, : row + 1] -= lower[row + 1 :, row, None] * inverse[None, row, : row + 1]
    return inverse
