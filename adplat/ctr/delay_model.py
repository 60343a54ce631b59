"""How long conversions take, learned from those that have arrived.

Whoever looks at a log sees a conversion only when it was faster than its click is old: delays are truncated from the
right. Plain averages of the delays seen are therefore far too short. Seen backwards in time the problem disappears:
among conversions that came within ``t`` of clicks older than ``t``, the share that came in the last moment before ``t``
is unbiased whatever is still missing (reverse-time hazard; Lagakos, Barraj & De Gruttola, Biometrika 75, 1988).

    r_k = P(t_{k-1} < D | D <= t_k)          F(t_j) = prod_{k > j} (1 - r_k)

``r_k`` is a logistic regression on the bin and, for the values of each group column, on four smooth functions of the
bin with a ridge penalty, so that a rare campaign waits like everybody and a common one like itself. No conversion
probability enters: a conversion rate that drifts does not bend the delays.

Letters used in shapes: ``N`` rows, ``G`` group columns, ``K`` bins.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file
from scipy.optimize import minimize
from scipy.special import expit

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]

DELAYS = "delays.safetensors"  # in a bundle that was trained on late conversions
_BINS = 24
_NODES = 4
_FEWEST = 20
_FOLDS = 4
_PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
_LEVEL_SMOOTHNESS = 0.2
_LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class DelayModel:
    """``F``: the share of the conversions of ``horizon_s`` that have arrived at an age, by group values.

    ``edges_s`` (K + 1,) from 0 to the horizon, ``level`` (K,) logits of the reverse hazard, ``shifts`` one array
    (values, nodes) per group column, row 0 for unknown values.
    """

    edges_s: Float64
    level: Float64
    shifts: tuple[Float64, ...]

    @property
    def horizon_s(self) -> float:
        """Age at which all has arrived that will ever count."""
        return float(self.edges_s[-1])

    @classmethod
    def fit(cls, delays_s: Float64, ages_s: Float64, groups: Int32, horizon: float) -> DelayModel:
        """From arrived conversions: delays and their rows' ages (N,), group values (N, G) with 0 for unknown.

        Delays beyond the ``horizon`` (seconds) do not count; it must not be beyond the oldest row, for nothing is
        known of what comes later. With very few conversions all seem to come at once, which corrects nothing.
        """
        kept = (delays_s <= horizon) & (delays_s <= ages_s)
        delays_s, ages_s, groups = delays_s[kept], ages_s[kept], groups[kept]
        sizes = [int(groups[:, column].max(initial=0)) + 1 for column in range(groups.shape[1])]
        if len(delays_s) < _FEWEST:
            at_once = np.array([0.0, min(1.0, 0.5 * horizon), horizon])
            return cls(at_once, np.array([0.0, -40.0]), tuple(np.zeros((size, _NODES)) for size in sizes))
        edges = _edges(delays_s, horizon)
        cells = _Cells.of(delays_s, ages_s, groups, edges, sizes)
        penalty = _PENALTIES[0]
        if sizes and len(delays_s) >= _FOLDS * _FEWEST:
            fold = np.arange(len(delays_s)) % _FOLDS
            losses = [
                sum(_left_out_loss(delays_s, ages_s, groups, edges, sizes, fold == f, told) for f in range(_FOLDS))
                for told in _PENALTIES
            ]
            penalty = _PENALTIES[int(np.argmin(losses))]
        return cls(edges, *cells.fitted(penalty))

    def save(self, path: Path) -> None:
        """Write one safetensors file."""
        shifts = {f"shift{number}": np.ascontiguousarray(shift) for number, shift in enumerate(self.shifts)}
        save_file({"edges_s": self.edges_s, "level": self.level} | shifts, path)

    @classmethod
    def load(cls, path: Path) -> DelayModel:
        """Read what ``save`` wrote."""
        parts = load_file(path)
        shifts = tuple(parts[f"shift{number}"] for number in range(len(parts) - 2))
        return cls(parts["edges_s"], parts["level"], shifts)

    def seen_share(self, ages_s: Float64, groups: Int32) -> Float64:
        """(N,) ``F(age | groups)`` in [0.001, 1]: the chance that a conversion would have been seen by now."""
        distinct, place = np.unique(groups, axis=0, return_inverse=True)
        place = place.reshape(-1)
        hazard = expit(_logits(self.level, self.shifts, distinct))
        later = np.cumsum(np.log1p(-np.minimum(hazard, 1 - 1e-12))[:, ::-1], axis=1)[:, ::-1]
        shares = np.exp(np.column_stack([later, np.zeros(len(distinct))]))
        shares[:, 0] = 0.0
        # Between edges the share grows evenly in log time, as the edges do.
        unit = self.edges_s[1]
        steps, asked = np.log1p(self.edges_s / unit), np.log1p(np.clip(ages_s, 0.0, self.horizon_s) / unit)
        bin_of = np.clip(np.searchsorted(steps, asked, side="right") - 1, 0, len(steps) - 2)
        part = (asked - steps[bin_of]) / (steps[bin_of + 1] - steps[bin_of])
        low, high = shares[place, bin_of], shares[place, bin_of + 1]
        return np.asarray(np.clip(low + part * (high - low), _LEAST_SHARE, 1.0))


@dataclass(frozen=True)
class _Cells:
    """Counts by distinct group values (C, G) and bin: conversions no later than the bin, and those inside it."""

    groups: Int32
    at_risk: Float64  # (C, K)
    inside: Float64  # (C, K)
    sizes: list[int]

    @classmethod
    def of(cls, delays_s: Float64, ages_s: Float64, groups: Int32, edges: Float64, sizes: list[int]) -> _Cells:
        distinct, place = np.unique(groups, axis=0, return_inverse=True)
        place = place.reshape(-1)
        bins = len(edges) - 1
        arrived = np.clip(np.searchsorted(edges, delays_s, side="left") - 1, 0, bins - 1)
        # The last bin whose end the row has lived through.
        lived = np.searchsorted(edges, ages_s, side="right") - 2
        inside, at_risk = np.zeros((len(distinct), bins)), np.zeros((len(distinct), bins + 1))
        counted = arrived <= lived
        np.add.at(inside, (place[counted], arrived[counted]), 1.0)
        # At risk in every bin from its own to the last one lived through.
        np.add.at(at_risk, (place[counted], arrived[counted]), 1.0)
        np.add.at(at_risk, (place[counted], lived[counted] + 1), -1.0)
        at_risk = np.cumsum(at_risk, axis=1)[:, :bins]
        # The first bin holds all that is left, whatever the group: F(0) = 0 and nothing to learn.
        at_risk[:, 0] = inside[:, 0] = 0.0
        return cls(distinct.astype(np.int32), at_risk, inside, sizes)

    def fitted(self, penalty: float) -> tuple[Float64, tuple[Float64, ...]]:
        """Level and shifts of the penalised maximum likelihood."""
        bins, rows = self.inside.shape[1], len(self.groups)
        basis = _basis(bins)
        total = sum(self.sizes) * _NODES
        starts = bins + _NODES * np.cumsum([0, *self.sizes[:-1]]) if self.sizes else np.zeros(0, int)

        def cost(parameters: Float64) -> tuple[float, Float64]:
            level = parameters[:bins]
            shifts = _split(parameters[bins:], self.sizes)
            z = _logits(level, shifts, self.groups)
            error = self.at_risk * expit(z) - self.inside
            steps = np.diff(level[1:])
            value = (self.at_risk * np.logaddexp(0.0, z) - self.inside * z).sum()
            value += 0.5 * penalty * (parameters[bins:] ** 2).sum() + _LEVEL_SMOOTHNESS * (steps**2).sum()
            gradient = np.zeros(bins + total)
            gradient[:bins] = error.sum(0)
            gradient[1 : bins - 1] -= 2 * _LEVEL_SMOOTHNESS * steps
            gradient[2:bins] += 2 * _LEVEL_SMOOTHNESS * steps
            gradient[bins:] = penalty * parameters[bins:]
            by_node = error @ basis
            for column, start in enumerate(starts):
                for node in range(_NODES):
                    np.add.at(gradient, start + self.groups[:, column] * _NODES + node, by_node[:, node])
            return float(value), gradient

        start = np.zeros(bins + total)
        rate = (self.inside.sum(0) + 0.5) / (self.at_risk.sum(0) + 1.0)
        start[1:bins] = np.log(rate / (1 - rate))[1:] if rows else 0.0
        found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
        return found[:bins], _split(found[bins:], self.sizes)

    def loss(self, level: Float64, shifts: tuple[Float64, ...]) -> float:
        """Negative log likelihood of these cells."""
        z = _logits(level, shifts, self.groups)
        return float((self.at_risk * np.logaddexp(0.0, z) - self.inside * z).sum())


def _left_out_loss(
    delays_s: Float64,
    ages_s: Float64,
    groups: Int32,
    edges: Float64,
    sizes: list[int],
    left_out: npt.NDArray[np.bool_],
    penalty: float,
) -> float:
    learned = _Cells.of(delays_s[~left_out], ages_s[~left_out], groups[~left_out], edges, sizes).fitted(penalty)
    return _Cells.of(delays_s[left_out], ages_s[left_out], groups[left_out], edges, sizes).loss(*learned)


def _edges(delays_s: Float64, horizon: float) -> Float64:
    """Half the edges at quantiles of the delays seen, half evenly in log time, so that the unseen tail has some too."""
    seen = np.quantile(delays_s, np.linspace(0, 1, _BINS // 2 + 1)[1:-1])
    spread = np.geomspace(max(seen[0], 1.0), horizon, _BINS // 2 + 1)
    edges = np.unique(np.concatenate([[0.0], seen, spread[:-1]]))
    edges = edges[np.r_[True, np.diff(edges) > 1e-6 * horizon]]
    return np.append(edges[edges < 0.999 * horizon], horizon)


def _basis(bins: int) -> Float64:
    """(K, nodes) hat functions over the bins: neighbouring bins of a group move together."""
    place = np.linspace(0, _NODES - 1, bins)[:, None]
    return np.asarray(np.clip(1.0 - np.abs(place - np.arange(_NODES)[None, :]), 0.0, None))


def _logits(level: Float64, shifts: tuple[Float64, ...], groups: Int32) -> Float64:
    """(C, K) logits of the reverse hazard; values never met in fitting shift nothing."""
    moved = np.zeros((len(groups), _NODES))
    for column, shift in enumerate(shifts):
        known = groups[:, column] < len(shift)
        moved[known] += shift[groups[known, column]]
    return level[None, :] + moved @ _basis(len(level)).T


def _split(parameters: Float64, sizes: list[int]) -> tuple[Float64, ...]:
    cuts = np.cumsum([size * _NODES for size in sizes])[:-1]
    return tuple(part.reshape(-1, _NODES) for part in np.split(parameters, cuts)) if sizes else ()
