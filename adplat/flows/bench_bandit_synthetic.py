"""A log with a known truth: ten arms, five numbers of context, logistic rewards.

The setting is that of the Open Bandit Pipeline's example script and its defaults (st-tech/zr-obp,
``examples/synthetic``): arms have their own coefficients, the logging policy is ``softmax(temperature q)``, and the
policy to evaluate was learned from another log of the same size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from adplat.bandit.off_policy import ESTIMATORS, ChoiceLog, Offered, TargetBlock, evaluate_target
from adplat.domain import Progress
from adplat.flows.bench_run import silent
from adplat.statistics import Float64

ARMS, NUMBERS = 10, 5
_TRUTH_ROWS = 200_000
_RIDGE, _STEPS = 1.0, 8


@dataclass(frozen=True)
class SyntheticRun:
    """One seed: by estimator the value, and whether its 95 % bootstrap interval holds the truth.

    ``truth`` is the policy's value over all contexts, which the intervals are about; ``truth_here`` that over the
    contexts of the log, from which errors are counted as published.
    """

    seed: int
    truth: float
    truth_here: float
    values: dict[str, float]
    covered: dict[str, bool]
    ess: float

    def relative_error(self, estimator: str) -> float:
        """Distance from ``truth_here``, over it."""
        return abs(self.values[estimator] - self.truth_here) / self.truth_here


@dataclass(frozen=True, slots=True, eq=False)
class KnownPolicy:
    """A target whose probabilities ``(N, A)`` of all arms are known."""

    probabilities: Float64

    @property
    def chosen(self) -> None:
        """Found among the blocks."""
        return

    def blocks(self, progress: Progress) -> Iterator[TargetBlock]:
        """All rows at once."""
        progress(1, 1, "reading probabilities")
        yield TargetBlock(0, len(self.probabilities), self.probabilities.ravel())


def measure_synthetic(
    seed: int, rows: int, temperature: float, sharpness: float, *, replicates: int = 1000
) -> SyntheticRun:
    """Draw a world, learn a policy ``∝ q̂^sharpness`` from one log of it, evaluate the policy on another."""
    rng = np.random.default_rng(seed)
    arms = Arms(rng.random((ARMS, NUMBERS)), rng.random(ARMS))
    learned = _learn(arms.log(rng, rows, temperature))
    log = arms.log(rng, rows, temperature)
    target = KnownPolicy(_sharpened(learned, log.numbers, sharpness))
    found = evaluate_target(log, target, rng, silent, replicates=replicates)
    elsewhere = rng.normal(size=(_TRUTH_ROWS, NUMBERS))
    truth, here = (
        float((_sharpened(learned, contexts, sharpness) * arms.rewards(contexts)).sum(axis=1).mean())
        for contexts in (elsewhere, log.numbers)
    )
    values, covered = {}, {}
    for name in ESTIMATORS:
        one = found.estimates[name]
        if one.value is not None and one.bootstrap is not None:
            values[name], covered[name] = one.value, not one.bootstrap.excludes(truth)
    return SyntheticRun(seed, truth, here, values, covered, found.weights.ess)


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """Logistic rewards: ``coefficients (A, D)`` of the context and ``levels (A,)``."""

    coefficients: Float64
    levels: Float64

    def rewards(self, contexts: Float64) -> Float64:
        """``(n, A)`` expected rewards."""
        expected: Float64 = expit(contexts @ self.coefficients.T + self.levels)
        return expected

    def log(self, rng: np.random.Generator, rows: int, temperature: float) -> ChoiceLog:
        """``rows`` choices of ``softmax(temperature q)``."""
        contexts = rng.normal(size=(rows, NUMBERS))
        expected = self.rewards(contexts)
        shares = softmax(temperature * expected, axis=1)
        edges = shares.cumsum(axis=1)
        chosen = (rng.random((rows, 1)) * edges[:, -1:] < edges).argmax(axis=1).astype(np.int64)
        taken = np.arange(rows), chosen
        moments = np.arange(rows, dtype=np.int64)
        return ChoiceLog(
            row_names=tuple(str(row) for row in range(rows)),
            actions=tuple(str(arm) for arm in range(len(self.levels))),
            chosen=chosen,
            slots=np.zeros(rows, dtype=np.int64),
            rewards=(rng.random(rows) < expected[taken]).astype(np.float64),
            propensities=shares[taken],
            times_us=moments,
            known_us=moments,
            categories=np.empty((rows, 0), dtype=np.int64),
            numbers=contexts,
            action_numbers=np.empty((len(self.levels), 0)),
            offered=Offered(
                (np.arange(len(self.levels)),), np.zeros(rows, dtype=np.int64), propensities=shares.ravel()
            ),
        )


def _learn(log: ChoiceLog) -> Arms:
    """A ridge logistic regression an arm, by Newton's method."""
    arms = []
    for arm in range(len(log.actions)):
        mine = log.chosen == arm
        columns = np.column_stack([np.ones(int(mine.sum())), log.numbers[mine]])
        beta = np.zeros(columns.shape[1])
        for _ in range(_STEPS):
            rate = expit(columns @ beta)
            slope = columns.T @ (log.rewards[mine] - rate) - _RIDGE * beta
            bend = columns.T @ (columns * (rate * (1.0 - rate))[:, None]) + _RIDGE * np.eye(len(beta))
            beta = beta + np.linalg.solve(bend, slope)
        arms.append(beta)
    found = np.array(arms)
    return Arms(found[:, 1:], found[:, 0])


def _sharpened(learned: Arms, contexts: Float64, sharpness: float) -> Float64:
    """``(n, A)`` probabilities proportional to the learned reward to the power of ``sharpness``."""
    raised = learned.rewards(contexts) ** sharpness
    shares: Float64 = raised / raised.sum(axis=1, keepdims=True)
    return shares
