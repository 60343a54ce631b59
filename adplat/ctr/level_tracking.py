"""The level of a market that moves: how far calibrated logits must be shifted in the next hour, from the hours before.

A calibration fitted once is right on the rows that it was fitted on. When the click rate drifts it misses by as much as
the rate has moved, whatever its shape; and an average over the last days lags behind a rate that keeps falling. So
the shift is a *state*: it wanders, with a trend that dies out, and every hour's clicks correct it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Float64 = npt.NDArray[np.float64]
# Per hour, on the logit scale: how far the level may wander by itself, and its trend. All pairs run side by side.
_WANDERS = np.array([0.003, 0.01, 0.02, 0.05])
_TRENDS = np.array([0.0, 0.0003, 0.001, 0.003, 0.01])
_TREND_KEPT = 0.98
_FIRST_LEVEL = 0.05
_FIRST_TREND = 1e-4
_MEMORY = 0.97


@dataclass(frozen=True)
class FollowedLevel:
    """``served`` (N,) the shift known before each row's hour began; ``shift`` the one for the next hour."""

    served: Float64
    shift: float


def follow_level(logits: Float64, labels: Float64, hours: npt.NDArray[np.int64]) -> FollowedLevel:
    """Follow the level of calibrated ``logits`` (N,) through ``hours`` (N,), which never fall; ``labels`` are 0 or 1.

    Each hour is one observation ``r = s + (Σy − Σp) / Σp(1−p)`` of the shift, with variance ``1 / Σp(1−p)`` (one Newton
    step from the shift ``s`` served). Twenty Kalman filters with a damped local linear trend (Harvey, "Forecasting,
    structural time series models and the Kalman filter", 1989) suppose markets from calm to wild; their forecasts
    are averaged by how well each foretold the hours so far, older hours counting less (dynamic model averaging:
    Raftery, Kárný & Ettler, Technometrics 52, 2010). The grid is fixed, the weights learn: a calm market gives the
    weight to the calm.
    """
    wander, trend = (grid.ravel() for grid in np.meshgrid(_WANDERS**2, _TRENDS**2, indexing="ij"))
    filters = _Filters(wander, trend)
    served = np.zeros(len(logits))
    if not len(logits):
        return FollowedLevel(served, 0.0)
    first, last = int(hours[0]), int(hours[-1])
    bounds = np.searchsorted(hours, np.arange(first, last + 2))
    for start, end in pairwise(bounds.tolist()):
        shift = filters.forecast()
        if end > start:
            served[start:end] = shift
            chance = expit(logits[start:end] + shift)
            information = float((chance * (1.0 - chance)).sum())
            filters.see(shift + float((labels[start:end] - chance).sum()) / information, 1.0 / information)
    return FollowedLevel(served, filters.forecast())


class _Filters:
    """Filters side by side: state (K, 2) of level and trend, and what each is worth."""

    def __init__(self, wander: Float64, trend: Float64) -> None:
        self._noise = np.zeros((len(wander), 2, 2))
        self._noise[:, 0, 0], self._noise[:, 1, 1] = wander, trend
        self._state = np.zeros((len(wander), 2))
        self._spread = np.tile(np.diag([_FIRST_LEVEL**2, _FIRST_TREND**2]), (len(wander), 1, 1))
        self._worth = np.zeros(len(wander))

    def forecast(self) -> float:
        """Move on by an hour; the averaged level."""
        step = np.array([[1.0, 1.0], [0.0, _TREND_KEPT]])
        self._state = self._state @ step.T
        self._spread = step @ self._spread @ step.T + self._noise
        share = np.exp(self._worth - self._worth.max())
        return float(share @ self._state[:, 0] / share.sum())

    def see(self, level: float, variance: float) -> None:
        """Correct every filter by an observed level, and credit it for having foretold it."""
        total = self._spread[:, 0, 0] + variance
        surprise = level - self._state[:, 0]
        self._worth = _MEMORY * self._worth - 0.5 * (np.log(total) + surprise**2 / total)
        gain = self._spread[:, :, 0] / total[:, None]
        self._state = self._state + gain * surprise[:, None]
        self._spread = self._spread - gain[:, :, None] * self._spread[:, None, 0, :]
