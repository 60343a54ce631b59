"""What a row would have earned under each action: a logistic regression on moment, action and both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.special import expit

from adplat.bandit.off_policy.design import Design
from adplat.bandit.policy import Indices
from adplat.statistics import Float64

# Ridge of the columns of their own, and of the crossed ones (None leaves them out); from stiff to free. The first is
# close to one rate for all rows, which is all that a few dozen clicks can tell.
STRENGTHS: tuple[tuple[float, float | None], ...] = (
    (1000.0, None),
    (30.0, None),
    (3.0, None),
    (3.0, 100.0),
    (3.0, 10.0),
    (3.0, 1.0),
)
HELD_OUT = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class RewardModel:
    """``logit q̂(x, a) = score + β₀ + x β + facts_a φ + α_a + x Θ_a``, all by maximum penalised likelihood."""

    intercept: float
    context: Float64  # (C,)
    action: Float64  # (A,) facts and the action's own level together
    crossed: Float64 | None  # (A, C)

    def logits(self, context: Any, actions: Indices) -> Float64:
        """``(n, m)`` for every row of ``context (n, C)`` with every one of the ``m`` actions, without their scores."""
        moment = np.asarray(context @ self.context)[:, None]
        logits: Float64 = self.intercept + moment + self.action[actions][None, :]
        if self.crossed is not None:
            logits = logits + np.asarray(context @ self.crossed[actions].T)
        return logits

    def own_logits(self, context: Any, chosen: Indices) -> Float64:
        """``(n,)`` for every row with its own action."""
        logits: Float64 = self.intercept + np.asarray(context @ self.context) + self.action[chosen]
        if self.crossed is None:
            return logits
        return logits + np.asarray(context.multiply(self.crossed[chosen]).sum(axis=1)).ravel()


def fit_reward_model(
    design: Design, chosen: Indices, rewards: Float64, rows: Indices, rng: np.random.Generator
) -> RewardModel:
    """Fit on ``rows`` alone. A quarter of them, held out first, says how stiff the model has to be."""
    shuffled = rng.permutation(rows)
    cut = max(1, int(HELD_OUT * len(rows)))
    held_out, kept = np.sort(shuffled[:cut]), np.sort(shuffled[cut:])
    if not len(kept):
        kept = held_out
    losses = [
        _loss(model, design, chosen, rewards, held_out) for model in _path(design, chosen, rewards, kept, STRENGTHS)
    ]
    best = STRENGTHS[int(np.argmin(losses))]
    return _path(design, chosen, rewards, rows, [best])[0]


def _path(
    design: Design, chosen: Indices, rewards: Float64, rows: Indices, strengths: Sequence[tuple[float, float | None]]
) -> list[RewardModel]:
    """One model a strength, each started from the last one's solution."""
    main, moments = design.main(rows, chosen), design.context.shape[1]
    whole = main
    rate = np.clip(rewards[rows].mean(), 1e-6, 1.0 - 1e-6)
    start = np.zeros(main.shape[1])
    start[0] = np.log(rate / (1.0 - rate)) - design.own_scores[rows].mean()
    models = []
    for ridge, crossed_ridge in strengths:
        penalty = np.full(main.shape[1], ridge)
        penalty[0] = 0.0
        if crossed_ridge is not None:
            if whole is main:
                whole = sp.hstack([main, design.crossed(rows, chosen)], format="csr")
            extra = whole.shape[1] - main.shape[1]
            penalty = np.concatenate([penalty, np.full(extra, crossed_ridge)])
            start = np.concatenate([start, np.zeros(len(penalty) - len(start))])
        columns = whole if crossed_ridge is not None else main
        start = _fit(columns, rewards[rows], design.own_scores[rows], penalty, start)
        models.append(_unpacked(start, design, moments, crossed_ridge is not None))
    return models


def _fit(columns: Any, rewards: Float64, scores: Float64, penalty: Float64, start: Float64) -> Float64:
    """Minimise ``Σ ln(1 + e^z) − r z + ½ Σ penalty β²`` with ``z = score + columns β``."""

    def surprise(beta: Float64) -> tuple[float, Float64]:
        z = scores + columns @ beta
        value = float(np.logaddexp(0.0, z).sum() - rewards @ z + 0.5 * penalty @ (beta * beta))
        return value, columns.T @ (expit(z) - rewards) + penalty * beta

    found = minimize(surprise, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "gtol": 1e-4})
    solution: Float64 = found.x
    return solution


def _unpacked(beta: Float64, design: Design, moments: int, has_crossed: bool) -> RewardModel:
    actions, facts = design.facts.shape
    ends = np.cumsum([1, moments, facts, actions])
    phi, own = beta[ends[1] : ends[2]], beta[ends[2] : ends[3]]
    crossed = beta[ends[3] :].reshape(actions, moments) if has_crossed else None
    return RewardModel(float(beta[0]), beta[1 : ends[1]], design.facts @ phi + own, crossed)


def _loss(model: RewardModel, design: Design, chosen: Indices, rewards: Float64, rows: Indices) -> float:
    z = design.own_scores[rows] + model.own_logits(design.context[rows], chosen[rows])
    return float((np.logaddexp(0.0, z) - rewards[rows] * z).mean())
