"""Every row predicted by a model that never saw it, nor a row of the same person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from adplat.bandit.off_policy.choice_log import ChoiceLog
from adplat.bandit.off_policy.design import Design
from adplat.bandit.off_policy.reward_model import RewardModel, fit_reward_model
from adplat.bandit.off_policy.target import TargetBlock
from adplat.bandit.policy import Indices
from adplat.domain import Progress
from adplat.statistics import Float64

FOLDS = 3
# A logistic regression of some hundred columns learns nothing more from further rows; they are predicted all the same.
MOST_FITTED_ROWS = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class CrossFitted:
    """One model a fold, fitted on the rows of the other folds; ``fold_of (N,)`` says whose word counts for a row."""

    log: ChoiceLog
    design: Design
    fold_of: Indices
    models: tuple[RewardModel, ...]

    def predicted(self) -> Float64:
        """``(N,)`` the predicted reward of the logged action."""
        found = np.empty(len(self.log))
        for number, model in enumerate(self.models):
            rows = self.rows_of(number)
            found[rows] = model.predicted(self.design, self.log.chosen, rows)
        return found

    def rows_of(self, fold: int) -> Indices:
        """The rows that this fold's model never saw."""
        return np.flatnonzero(self.fold_of == fold)

    def no_gradients(self) -> list[Float64]:
        """Zeros, one vector ``(P,)`` a model, for ``expected`` to add to."""
        return [np.zeros_like(model.penalty) for model in self.models]

    def expected(self, block: TargetBlock, offsets: Indices, gradients: list[Float64]) -> Float64:
        """``(stop − start,)`` the predicted reward averaged over what the evaluated policy would do.

        Adds the derivative of their sum by each model's coefficients to ``gradients``.
        """
        offered = self.log.offered
        if offered is None:
            raise ValueError("a block of pairs needs a log that tells what stood for choice")
        rows = np.arange(block.start, block.stop)
        found = np.empty(len(rows))
        # Rows of one fold and one set of candidates form a matrix; there are few of both in a block.
        kinds = self.fold_of[rows] * len(offered.sets) + offered.set_of[rows]
        for kind in np.unique(kinds).tolist():
            fold, number = divmod(kind, len(offered.sets))
            alike = rows[kinds == kind]
            members = offered.sets[number]
            pairs = offsets[alike][:, None] + np.arange(len(members))
            context = self.design.context[alike]
            logits = self.models[fold].logits(context, members)
            if self.design.scores is not None:
                logits = logits + self.design.scores[pairs]
            shares, rewards = block.probabilities[pairs - offsets[block.start]], expit(logits)
            found[alike - block.start] = (shares * rewards).sum(axis=1)
            self.design.add_gradient(gradients[fold], context, members, shares * rewards * (1.0 - rewards))
        return found


def cross_fit(log: ChoiceLog, rng: np.random.Generator, progress: Progress) -> CrossFitted:
    """Fit ``FOLDS`` models; rows of one person lie in one fold."""
    design = Design.of(log)
    fold_of = _folds(log, rng)
    models = []
    for fold in range(FOLDS):
        progress(fold, FOLDS, "fitting the reward model")
        rows = np.flatnonzero(fold_of != fold)
        if len(rows) > MOST_FITTED_ROWS:
            rows = np.sort(rng.choice(rows, MOST_FITTED_ROWS, replace=False))
        models.append(fit_reward_model(design, log.chosen, log.rewards, rows, rng))
    progress(FOLDS, FOLDS, "fitting the reward model")
    return CrossFitted(log, design, fold_of, tuple(models))


def _folds(log: ChoiceLog, rng: np.random.Generator) -> Indices:
    if log.groups is None:
        return (rng.permutation(len(log)) % FOLDS).astype(np.int64)
    _, person = np.unique(log.groups, return_inverse=True)
    dealt: Indices = (rng.permutation(int(person.max()) + 1) % FOLDS)[person].astype(np.int64)
    return dealt
