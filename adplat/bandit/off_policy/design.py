"""What the reward model reads of a row: the moment, the action, and the two together, as sparse columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from adplat.bandit.off_policy.choice_log import ChoiceLog
from adplat.bandit.policy import Indices
from adplat.statistics import Float64

# A probability this close to 0 or 1 says no more about a click than one a little further away.
_NEAREST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of the log: ``context (N, C)`` sparse, ``facts (A, G)`` of the actions, scaled to mean 0, deviation 1.

    ``scores`` are the logits of the model's pCTR of all pairs, ``(M,)``, or ``None``; ``own_scores`` those of the
    chosen. The click model adds to the score where there is one.
    """

    context: Any
    facts: Float64
    scores: Float64 | None
    own_scores: Float64  # (N,), zero without scores

    @staticmethod
    def of(log: ChoiceLog) -> Design:
        """The columns of a log. Slots count as part of the moment."""
        parts = [sp.csr_matrix(_scaled(log.numbers))] if log.numbers.shape[1] else []
        codes = log.categories if not log.slots.any() else np.column_stack([log.categories, log.slots])
        parts += [_indicators(codes[:, number]) for number in range(codes.shape[1])]
        context = sp.hstack(parts, format="csr") if parts else sp.csr_matrix((len(log), 0))
        p_ctr = None if log.offered is None else log.offered.p_ctr
        if p_ctr is None:
            return Design(context, _scaled(log.action_numbers), None, np.zeros(len(log)))
        near = np.clip(p_ctr, _NEAREST, 1.0 - _NEAREST)
        scores = np.log(near) - np.log1p(-near)
        return Design(context, _scaled(log.action_numbers), scores, scores[log.chosen_pairs()])

    def columns(self, rows: Indices, chosen: Indices, *, crossed: bool) -> Any:
        """``(n, P)`` sparse: a one, the moment (C), the action's facts (G), the action itself (A), and where asked
        the moment once more in the columns of the row's own action (A · C).
        """
        main = self._main(rows, chosen)
        return sp.hstack([main, self._crossed(rows, chosen)], format="csr") if crossed else main

    def add_gradient(self, gradient: Float64, context: Any, actions: Indices, slopes: Float64) -> None:
        """Add ``Σ slopes[i, a] · columns(i, a)`` over the pairs of ``context (n, C)`` and ``actions (m,)``."""
        facts, moments = self.facts.shape[1], context.shape[1]
        by_action = slopes.sum(axis=0)
        ends = np.cumsum([1, moments, facts, self.facts.shape[0]])
        gradient[0] += slopes.sum()
        gradient[1 : ends[1]] += context.T @ slopes.sum(axis=1)
        gradient[ends[1] : ends[2]] += by_action @ self.facts[actions]
        gradient[ends[2] + actions] += by_action
        if len(gradient) > ends[3]:
            gradient[ends[3] :].reshape(-1, moments)[actions] += (context.T @ slopes).T

    def _main(self, rows: Indices, chosen: Indices) -> Any:
        actions = self.facts.shape[0]
        one_hot = sp.csr_matrix(
            (np.ones(len(rows)), (np.arange(len(rows)), chosen[rows])), shape=(len(rows), actions), dtype=np.float64
        )
        facts = sp.csr_matrix(self.facts[chosen[rows]])
        return sp.hstack([np.ones((len(rows), 1)), self.context[rows], facts, one_hot], format="csr")

    def _crossed(self, rows: Indices, chosen: Indices) -> Any:
        context = self.context[rows]
        width = context.shape[1]
        lengths = np.diff(context.indptr)
        columns = context.indices.astype(np.int64) + np.repeat(chosen[rows], lengths) * width
        shape = (len(rows), self.facts.shape[0] * width)
        return sp.csr_matrix((context.data, columns, context.indptr), shape=shape)


def _scaled(numbers: Float64) -> Float64:
    deviation = numbers.std(axis=0)
    centred: Float64 = (numbers - numbers.mean(axis=0)) / np.where(deviation > 0.0, deviation, 1.0)
    return centred


def _indicators(codes: Indices) -> Any:
    _, dense = np.unique(codes, return_inverse=True)
    rows = np.arange(len(codes))
    return sp.csr_matrix((np.ones(len(codes)), (rows, dense)), shape=(len(codes), int(dense.max()) + 1))
