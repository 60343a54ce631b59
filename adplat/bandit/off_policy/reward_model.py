"""What a row would have earned under each action: a logistic regression on moment, action and both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from adplat.bandit.off_policy.design import Design
from adplat.bandit.policy import Indices
from adplat.statistics import Float64

# Ridge of the columns of their own, and of the crossed ones (None leaves them out); from stiff to free. The first is
# close to one rate for all rows, which is all that a few dozen clicks can tell.
STRENGTHS: tuple[tuple[float, float | None], ...] = (
    (1000.0, None),
    (100.0, None),
    (30.0, None),
    (3.0, None),
    (3.0, 100.0),
    (3.0, 10.0),
    (3.0, 1.0),
)
HELD_OUT = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class RewardModel:
    """``logit q̂(x, a) = score + β₀ + x β + facts_a φ + α_a + x Θ_a``, by maximum penalised likelihood on ``rows``.

    ``penalty`` is the ridge of each coefficient, in the order of ``Design.columns``.
    """

    rows: Indices
    penalty: Float64  # (P,)
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

    def predicted(self, design: Design, chosen: Indices, rows: Indices) -> Float64:
        """``(n,)`` the predicted reward of ``rows`` under their own actions."""
        rewards: Float64 = expit(self._own_logits(design, chosen, rows))
        return rewards

    def loss(self, design: Design, chosen: Indices, rewards: Float64, rows: Indices) -> float:
        """Mean log loss in nats over ``rows``."""
        z = self._own_logits(design, chosen, rows)
        return float((np.logaddexp(0.0, z) - rewards[rows] * z).mean())

    def _own_logits(self, design: Design, chosen: Indices, rows: Indices) -> Float64:
        context, actions = design.context[rows], chosen[rows]
        logits: Float64 = design.own_scores[rows] + self.intercept + context @ self.context + self.action[actions]
        if self.crossed is not None:
            logits = logits + np.asarray(context.multiply(self.crossed[actions]).sum(axis=1)).ravel()
        return logits


def fit_reward_model(
    design: Design, chosen: Indices, rewards: Float64, rows: Indices, rng: np.random.Generator
) -> RewardModel:
    """Fit on ``rows`` alone. A quarter of them, held out first, says how stiff the model has to be."""
    shuffled = rng.permutation(rows)
    cut = max(1, int(HELD_OUT * len(rows)))
    held_out, kept = np.sort(shuffled[:cut]), np.sort(shuffled[cut:])
    if not len(kept):
        kept = held_out
    tried = _path(design, chosen, rewards, kept, STRENGTHS)
    best = int(np.argmin([model.loss(design, chosen, rewards, held_out) for model in tried]))
    return _path(design, chosen, rewards, rows, [STRENGTHS[best]])[0]


def _path(
    design: Design, chosen: Indices, rewards: Float64, rows: Indices, strengths: Sequence[tuple[float, float | None]]
) -> list[RewardModel]:
    """One model a strength, each started from the last one's solution."""
    both = {crossed: design.columns(rows, chosen, crossed=crossed) for crossed in {s[1] is not None for s in strengths}}
    rate = np.clip(rewards[rows].mean(), 1e-6, 1.0 - 1e-6)
    start = np.array([np.log(rate / (1.0 - rate)) - design.own_scores[rows].mean()])
    mains = 1 + design.context.shape[1] + sum(design.facts.shape)
    models = []
    for ridge, crossed_ridge in strengths:
        columns = both[crossed_ridge is not None]
        penalty = np.full(columns.shape[1], ridge if crossed_ridge is None else crossed_ridge)
        penalty[:mains] = ridge
        penalty[0] = 0.0
        start = np.concatenate([start, np.zeros(len(penalty) - len(start))])
        start = _fit(columns, rewards[rows], design.own_scores[rows], penalty, start)
        models.append(_unpacked(start, design, rows, penalty))
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


def _unpacked(beta: Float64, design: Design, rows: Indices, penalty: Float64) -> RewardModel:
    actions, facts = design.facts.shape
    moments = design.context.shape[1]
    ends = np.cumsum([1, moments, facts, actions])
    phi, own = beta[ends[1] : ends[2]], beta[ends[2] : ends[3]]
    crossed = beta[ends[3] :].reshape(actions, moments) if len(beta) > ends[3] else None
    return RewardModel(rows, penalty, float(beta[0]), beta[1 : ends[1]], design.facts @ phi + own, crossed)
