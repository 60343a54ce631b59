"""How far one row's reward moved the reward models, and through them an estimate that leans on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adplat.bandit.off_policy.cross_fitting import CrossFitted
from adplat.statistics import Float64

_MOST_STEPS, _CLOSE_ENOUGH = 100, 1e-4


class ModelInfluence:
    """The models as an average over the rows they were fitted on, so that their own uncertainty can be resampled.

    A model fitted by ``Σ_j x_j (r_j − q̂_j) = Λ β`` moves by ``H⁻¹ x_j (r_j − q̂_j)`` on behalf of row ``j``, with
    ``H = Xᵀ diag(q̂ (1 − q̂)) X + Λ`` (the influence function of an M-estimator: van der Vaart, Asymptotic Statistics,
    1998, ch. 5). What an estimate with the gradient ``g`` by the coefficients owes to the row is its product with
    that. Without it an estimate that rests on the model alone would claim to know what the model guessed.
    """

    def __init__(self, models: CrossFitted) -> None:
        log, design = models.log, models.design
        self._rows = len(log)
        self._folds: list[_Fold] = []
        for number, model in enumerate(models.models):
            crossed, seen, unseen = model.crossed is not None, model.rows, models.rows_of(number)
            fitted = model.predicted(design, log.chosen, seen)
            told = model.predicted(design, log.chosen, unseen)
            self._folds.append(
                _Fold(
                    columns=design.columns(seen, log.chosen, crossed=crossed),
                    slopes=fitted * (1.0 - fitted),
                    residuals=log.rewards[seen] - fitted,
                    penalty=model.penalty,
                    seen=seen,
                    told_columns=design.columns(unseen, log.chosen, crossed=crossed),
                    told_slopes=told * (1.0 - told),
                    unseen=unseen,
                )
            )

    def of_gradients(self, gradients: Sequence[Float64]) -> Float64:
        """``(N,)`` of a sum over rows whose derivative by each model's coefficients is given."""
        return self._influence([gradient[:, None] for gradient in gradients])[:, 0]

    def of_predicted(self, weights: Float64) -> Float64:
        """``(N, K)`` of ``Σ_i weights[i, k] q̂(x_i, a_i)``, for ``K`` columns of weights."""
        return self._influence([fold.gradient(weights) for fold in self._folds])

    def _influence(self, gradients: Sequence[Float64]) -> Float64:
        found = np.zeros((self._rows, gradients[0].shape[1]))
        for fold, gradient in zip(self._folds, gradients, strict=True):
            found[fold.seen] += fold.residuals[:, None] * (fold.columns @ fold.solve(gradient))
        centred: Float64 = found - found.mean(axis=0)
        return centred


class _Fold:
    """One model, the rows it was fitted on (``seen``) and those that it predicts."""

    def __init__(
        self,
        *,
        columns: Any,
        slopes: Float64,
        residuals: Float64,
        penalty: Float64,
        seen: Any,
        told_columns: Any,
        told_slopes: Float64,
        unseen: Any,
    ) -> None:
        self.columns, self.residuals, self.seen = columns, residuals, seen
        self._slopes, self._penalty = slopes, penalty
        self._told_columns, self._told_slopes, self._unseen = told_columns, told_slopes, unseen

    def gradient(self, weights: Float64) -> Float64:
        """``(P, K)`` of the weighted sum of its predictions."""
        gradient: Float64 = self._told_columns.T @ (self._told_slopes[:, None] * weights[self._unseen])
        return gradient

    def solve(self, gradient: Float64) -> Float64:
        """``H⁻¹ gradient``, ``(P, K)``, by conjugate gradients with the diagonal as preconditioner."""
        diagonal = self.columns.power(2).T @ self._slopes + self._penalty
        scale = 1.0 / np.maximum(diagonal, 1e-12)[:, None]
        solution, left = np.zeros_like(gradient), gradient.copy()
        direction = scale * left
        size = (left * direction).sum(axis=0)
        enough = _CLOSE_ENOUGH**2 * size
        for _ in range(_MOST_STEPS):
            if (size <= enough).all():
                break
            moved = self.columns.T @ (self._slopes[:, None] * (self.columns @ direction))
            moved += self._penalty[:, None] * direction
            curvature = (direction * moved).sum(axis=0)
            step = np.divide(size, curvature, out=np.zeros_like(size), where=curvature > 0.0)
            solution += step * direction
            left -= step * moved
            scaled = scale * left
            new = (left * scaled).sum(axis=0)
            direction = scaled + np.divide(new, size, out=np.zeros_like(size), where=size > 0.0) * direction
            size = new
        return solution
