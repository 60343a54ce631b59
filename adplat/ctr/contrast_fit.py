"""What makes one member of a group do better than another: ridge regression on differences inside groups.

Of a group g (a creative test) with rows i, reached r and trials n, the empirical log-odds
y = ln((r + 1/2) / (n - r + 1/2)) follow y_i = a_g + x_i·b + u_i + e_i. The group's level a_g is a nuisance (another
day, another audience) and goes away by centring; e_i is the noise of counting, of variance 1 / (n p (1 - p)) with the
group's own p; u_i is what x does not tell. Rows weigh 1 / (var e_i + var u): an outcome told by many trials counts for
more, but not without end. var u is found by the method of moments of DerSimonian & Laird (1986) on centred
outcomes. The minimum of the weighted squares + penalty · mean weight · |b|² is found by LSQR (Paige & Saunders 1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.sparse.linalg import LinearOperator, lsqr
from scipy.special import expit

from adplat.domain import TableRejected
from adplat.features import WideRows

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
_FURTHEST = 20.0
_TOLERANCE = 1e-5


@dataclass(frozen=True)
class ContrastFit:
    """``coefficients`` of the wide columns, the common ``level`` (log-odds) and var u (``unexplained``)."""

    coefficients: Float64
    level: float
    unexplained: float

    def logits(self, rows: WideRows) -> Float64:
        """(N,) log-odds. Rounded to 1e-12: equal rows score equally, whatever they are scored beside."""
        return np.round(self.level + rows.times(self.coefficients), 12)


def fit_contrast(
    rows: WideRows, groups: Int64, reached: Float64, trials: Float64, penalty: float, iterations: int
) -> ContrastFit:
    """Fit on N rows; ``groups`` (N,) are numbers from 0, -1 where a row belongs to none.

    Rows of no group and groups of one row tell the level alone. Raises TableRejected where no group has two rows.
    """
    sizes = np.bincount(groups[groups >= 0]) if (groups >= 0).any() else np.zeros(0, np.int64)
    compared = groups >= 0
    compared[compared] = sizes[groups[compared]] > 1
    if not compared.any():
        raise TableRejected(
            "no group has two rows to compare", where="group", hint="give the rows of one test the same group"
        )
    _, place = np.unique(groups[compared], return_inverse=True)
    seen, total = reached[compared], trials[compared]
    outcome = np.log((seen + 0.5) / (total - seen + 0.5))
    rate = (np.bincount(place, seen) + 0.5) / (np.bincount(place, total) + 1.0)
    noise = 1.0 / (total * (rate * (1.0 - rate))[place])
    unexplained = _moment_variance(outcome, noise, place)
    weight = 1.0 / (noise + unexplained)
    centred = _Centred(rows.take(compared), place, weight / weight.mean())
    told = lsqr(
        centred.operator(),
        centred.root * _less_means(outcome, weight, place),
        damp=float(np.sqrt(penalty)),
        atol=_TOLERANCE,
        btol=_TOLERANCE,
        iter_lim=iterations,
    )
    coefficients = np.asarray(told[0], np.float64)
    effect, rate_of_all = rows.times(coefficients), reached.sum() / trials.sum()
    level = brentq(lambda at: (trials * expit(at + effect)).sum() / trials.sum() - rate_of_all, -_FURTHEST, _FURTHEST)
    return ContrastFit(coefficients, float(level), unexplained)


@dataclass(frozen=True)
class _Centred:
    """The rows less their group's weighted mean, times the root of their weight; never written out, for it is dense."""

    rows: WideRows
    place: Int64
    weight: Float64

    @property
    def root(self) -> Float64:
        return np.sqrt(self.weight)

    def operator(self) -> LinearOperator:
        root = self.root

        def forward(coefficients: Float64) -> Float64:
            return root * _less_means(self.rows.times(coefficients.ravel()), self.weight, self.place)

        def backward(values: Float64) -> Float64:
            pulled = root * values.ravel()
            back = np.bincount(self.place, pulled) / np.bincount(self.place, self.weight)
            return self.rows.transposed_times(pulled - self.weight * back[self.place])

        return LinearOperator((len(self.rows), self.rows.width), forward, backward, dtype=np.float64)


def _less_means(values: Float64, weight: Float64, place: Int64) -> Float64:
    means = np.bincount(place, weight * values) / np.bincount(place, weight)
    less: Float64 = values - means[place]
    return less


def _moment_variance(outcome: Float64, noise: Float64, place: Int64) -> float:
    """var u by moments: (Q - degrees of freedom) / (Σw - Σ_g Σw² / Σ_g w) with w = 1 / noise; not below 0."""
    weight = 1.0 / noise
    spread = float((weight * _less_means(outcome, weight, place) ** 2).sum())
    free = len(outcome) - (int(place.max()) + 1)
    scale = float(weight.sum() - (np.bincount(place, weight**2) / np.bincount(place, weight)).sum())
    return max((spread - free) / scale, 0.0)
