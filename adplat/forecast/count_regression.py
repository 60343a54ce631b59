"""Counts with more spread than chance: a negative binomial regression whose effects are shrunk, group by group.

    y_i ~ NB(mean mu_i, size k_i),   log mu_i = log n_i + a + x_i b,   b_g ~ N(0, t_g^2)

with variance ``mu + mu^2/k``. Effects are found by penalised scoring (McCullagh and Nelder 1989, ch. 2 and 11),
strengths ``t_g`` by the evidence of the linearised model (MacKay 1992; Breslow and Clayton 1993). A group of effects
that the rows do not bear out shrinks to nothing, so that a useless feature costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from adplat.forecast.arrays import Floats, Whole

ROUNDS = 30
SIZES = np.geomspace(0.05, 200.0, 56)
FIRST_STRENGTH = 0.5
CONSTANT_STRENGTH = 1e3
STEEPEST = 4.0
ENOUGH = 1e-4
WEAKEST, STRONGEST = 1e-6, 25.0


@dataclass(frozen=True, slots=True)
class CountRegression:
    """``variances`` is the diagonal of the effects' posterior covariance; the constant comes first in both."""

    effects: Floats
    variances: Floats
    sizes: Floats

    def log_means(self, columns: Floats, impressions: Floats) -> Floats:
        """Log of the expected count, before any campaign."""
        told: Floats = np.log(impressions) + self.effects[0] + columns @ self.effects[1:]
        return told


def log_chance(counts: Floats, means: Floats, sizes: Floats) -> Floats:
    """Log of the negative binomial's mass; shapes broadcast."""
    chance: Floats = (
        gammaln(counts + sizes)
        - gammaln(sizes)
        - gammaln(counts + 1.0)
        + sizes * np.log(sizes / (sizes + means))
        + counts * np.log(means / (sizes + means))
    )
    return chance


def fit_counts(
    counts: Floats, impressions: Floats, columns: Floats, groups: Whole, clusters: Whole | None = None
) -> CountRegression:
    """Fit by alternating effects, strengths and sizes.

    Args:
        counts: outcomes of rows with impressions above 0.
        impressions: of the same rows.
        columns: ``rows x columns`` without the constant.
        groups: the group of each column.
        clusters: number of each row's campaign, from 0 on: sizes are then one a campaign, shrunk together.

    Returns:
        The regression; ``sizes`` has one entry, or one a cluster.
    """
    design = np.concatenate([np.ones((len(counts), 1)), columns], axis=1)
    strengths = np.full(design.shape[1], FIRST_STRENGTH**2)
    strengths[0] = CONSTANT_STRENGTH**2
    effects = np.zeros(design.shape[1])
    effects[0] = np.log((counts.sum() + 0.5) / impressions.sum())
    offset = np.log(impressions)
    home = np.zeros(len(counts), dtype=np.int64) if clusters is None else clusters
    sizes = np.ones(int(home.max()) + 1)
    variances = np.zeros_like(effects)
    for number in range(ROUNDS):
        fitted = np.clip(offset + design @ effects, -30.0, 30.0)
        means = np.exp(fitted)
        weights = means / (1.0 + means / sizes[home])
        answer = fitted - offset + np.clip((counts - means) / means, -STEEPEST, STEEPEST)
        curvature = (design * weights[:, None]).T @ design + np.diag(1.0 / strengths)
        covariance = np.linalg.inv(curvature)
        new = covariance @ (design.T @ (weights * answer))
        moved = float(np.abs(new - effects).max())
        effects, variances = new, np.diag(covariance).copy()
        for group in np.unique(groups):
            inside = np.concatenate([[False], groups == group])
            strengths[inside] = strength(effects[inside], variances[inside], strengths[inside])
        means = np.exp(np.clip(offset + design @ effects, -30.0, 30.0))
        sizes = _sizes(counts, means, home)
        if number > 2 and moved < ENOUGH:
            break
    return CountRegression(effects, variances, sizes)


def strength(effects: Floats, variances: Floats, before: Floats) -> float:
    """Next variance of a group's effects: their squares over how many of them the rows determine (MacKay 1992).

    It has the fixed points of the EM step and gets there in a few rounds, also where it ends at nothing.
    """
    determined = len(effects) - float(np.sum(variances / before))
    return float(np.clip(np.sum(effects**2) / max(determined, 1e-3), WEAKEST, STRONGEST))


def _sizes(counts: Floats, means: Floats, home: Whole) -> Floats:
    """Posterior mean of log size by cluster, under a log-normal that all clusters teach (empirical Bayes on a grid)."""
    by_cluster = np.zeros((int(home.max()) + 1, len(SIZES)))
    for at, size in enumerate(SIZES):
        by_cluster[:, at] = np.bincount(home, log_chance(counts, means, size), minlength=len(by_cluster))
    logs = np.log(SIZES)
    if len(by_cluster) == 1:
        return np.asarray([SIZES[int(np.argmax(by_cluster[0]))]])
    centre, spread = 0.5, 1.0
    for _ in range(20):
        told = by_cluster - 0.5 * ((logs - centre) / spread) ** 2
        told = np.exp(told - told.max(axis=1, keepdims=True))
        told /= told.sum(axis=1, keepdims=True)
        means_of_logs = told @ logs
        centre = float(means_of_logs.mean())
        spread = max(float(np.sqrt(np.mean(told @ logs**2 - 2 * centre * means_of_logs + centre**2))), 0.1)
    return np.asarray(np.exp(means_of_logs))
