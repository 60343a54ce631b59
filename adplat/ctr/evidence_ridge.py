"""Ridge regression across items whose penalties are chosen by marginal likelihood, one for each group of columns.

A Gaussian process with one linear kernel a group (Rasmussen & Williams 2006, ch. 2 and 5)::

    z = m + X b + own effect + noise,   b_k ~ N(0, explained_g · scale_k),   own ~ N(0, own)

Useless groups get no weight. All work is done in the columns' space: cost O(M K² + K³) for ``M`` items, ``K`` columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

_EXPLAINED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # variance of log-odds that one group may explain
_OWN = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # variance of log-odds that no column explains
_SWEEPS = 3


@dataclass(frozen=True)
class Penalties:
    """Prior variance of each weight (K,) and of the items' own effect."""

    scales: Float64
    own: float


@dataclass(frozen=True)
class Ridge:
    """Posterior mean of the weights (K,) and the centre of the responses."""

    weights: Float64
    centre: float

    def __call__(self, columns: Float64) -> Float64:
        """What ``columns`` (M, K) say, (M,)."""
        told: Float64 = columns @ self.weights + self.centre
        return told


def choose_penalties(columns: Float64, widths: Sequence[int], response: Float64, noise: Float64) -> Penalties:
    """The most likely penalties of groups of these ``widths`` (adding up to K), by coordinate ascent over grids.

    ``response`` (M,) has variance ``noise`` (M,) beyond the items' own effect.
    """
    shares, own = [_EXPLAINED[3] if width else 0.0 for width in widths], _OWN[3]
    best = -np.inf
    for _ in range(_SWEEPS):
        before, met = best, _Meeting.of(columns, response, noise + own)
        for place, width in enumerate(widths):
            for share in _EXPLAINED if width else ():
                tried = [*shares[:place], share, *shares[place + 1 :]]
                found = met.likelihood(_spread(widths, tried))
                if found > best:
                    best, shares = found, tried
        for value in _OWN:
            found = _Meeting.of(columns, response, noise + value).likelihood(_spread(widths, shares))
            if found > best:
                best, own = found, value
        if best <= before:
            break
    return Penalties(_spread(widths, shares), own)


def fit_ridge(columns: Float64, response: Float64, noise: Float64, penalties: Penalties) -> Ridge:
    """The posterior mean given these penalties."""
    met, root = _Meeting.of(columns, response, noise + penalties.own), np.sqrt(penalties.scales)
    return Ridge(root * np.linalg.solve(met.inner(root), root * met.projected), met.centre)


def _spread(widths: Sequence[int], shares: Sequence[float]) -> Float64:
    return np.repeat(np.asarray(shares, np.float64), widths)


@dataclass(frozen=True)
class _Meeting:
    """Columns, responses and their precisions, met once for all penalties: what every likelihood is made of."""

    gram: Float64  # (K, K)
    projected: Float64  # (K,)
    centre: float
    plain: float

    @classmethod
    def of(cls, columns: Float64, response: Float64, variance: Float64) -> _Meeting:
        precision = 1.0 / variance
        centre = float(np.average(response, weights=precision))
        centred, weighed = response - centre, columns * precision[:, None]
        plain = float((precision * centred**2).sum() - np.log(precision).sum())
        return cls(weighed.T @ columns, weighed.T @ centred, centre, plain)

    def inner(self, root: Float64) -> Float64:
        """The matrix that both lemmas need, (K, K)."""
        inner: Float64 = np.eye(len(root)) + root[:, None] * self.gram * root[None, :]
        return inner

    def likelihood(self, scales: Float64) -> float:
        """Log marginal likelihood up to a constant, by the matrix inversion and determinant lemmas."""
        used = np.flatnonzero(scales)
        root = np.sqrt(scales[used])
        inner = np.eye(len(used)) + root[:, None] * self.gram[np.ix_(used, used)] * root[None, :]
        lower = np.linalg.cholesky(inner)
        solved = np.linalg.solve(lower, root * self.projected[used])
        return -0.5 * (self.plain + 2.0 * float(np.log(np.diag(lower)).sum()) - float(solved @ solved))
