"""A monotone map from the network's logit to a trustworthy one.

Piecewise linear in the logit with positive slopes: one piece is Platt scaling; more pieces, allowed as
positives grow, bend where a straight line cannot. Strictly increasing, so it never changes an order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize
from scipy.special import expit

from adplat.ctr.config import CalibrationConfig

Float64 = npt.NDArray[np.float64]
_SLOPES = (0.1, 5.0)
_SMOOTHNESS = 1.0
# Fewer events of the rarer kind tell a level, but no slope.
_FEWEST_FOR_A_SLOPE = 20


@dataclass(frozen=True, slots=True)
class LogitMap:
    """f(z) = at_first + slopes[0] min(z - knots[0], 0) + Σ_k slopes[k] clip(z - knots[k-1], 0, gap_k).

    ``slopes`` has one more entry than ``knots``; with no knot f(z) = at_first + slopes[0] z.
    """

    at_first: float = 0.0
    slopes: tuple[float, ...] = (1.0,)
    knots: tuple[float, ...] = ()

    def __call__(self, logits: Float64) -> Float64:
        """Calibrated logits, same shape."""
        pieces = _pieces(logits, np.array(self.knots))
        calibrated: Float64 = self.at_first + pieces @ np.array(self.slopes)
        return calibrated

    def anchored(self, logits: Float64, labels: Float64) -> LogitMap:
        """The same shape, moved up or down until the mean chance of these rows is their mean label.

        Unchanged without both classes.
        """
        rate = float(labels.mean()) if len(labels) else 0.0
        if not 0.0 < rate < 1.0:
            return self
        calibrated = self(logits)
        shift = brentq(lambda move: float(expit(calibrated + move).mean()) - rate, -20.0, 20.0)
        return replace(self, at_first=self.at_first + float(shift))

    def to_json(self) -> dict[str, Any]:
        """For calibration.json."""
        return {"at_first": self.at_first, "slopes": list(self.slopes), "knots": list(self.knots)}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> LogitMap:
        """Read what ``to_json`` gave."""
        return cls(float(content["at_first"]), tuple(content["slopes"]), tuple(content["knots"]))


def fit_logit_map(logits: Float64, labels: Float64, config: CalibrationConfig) -> LogitMap:
    """Maximum likelihood with neighbouring slopes held together; few events move the level alone, none nothing.

    ``logits`` and ``labels`` have shape (N,). Labels are counted as in Platt (1999), (n₊+1)/(n₊+2) and
    1/(n₋+2), so that few rows never lead to a step.
    """
    positives = float(labels.sum())
    rarer = min(positives, len(labels) - positives)
    if rarer < _FEWEST_FOR_A_SLOPE:
        return LogitMap().anchored(logits, labels)
    count = int(np.clip(rarer // config.positives_per_piece, 1, config.pieces))
    knots = np.unique(np.quantile(logits, np.linspace(0, 1, count + 1)[1:-1]))
    knots = knots[np.r_[True, np.diff(knots) > 1e-3]] if len(knots) else knots
    parts = _pieces(logits, knots)
    targets = np.where(labels > 0.5, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))

    def cost(parameters: Float64) -> tuple[float, Float64]:
        slopes = np.exp(parameters[1:])
        z = parameters[0] + parts @ slopes
        steps = np.diff(parameters[1:])
        error = expit(z) - targets
        gradient = np.concatenate([[error.sum()], (parts.T @ error) * slopes])
        gradient[1:-1] -= 2 * _SMOOTHNESS * steps
        gradient[2:] += 2 * _SMOOTHNESS * steps
        value = (np.logaddexp(0.0, z) - targets * z).sum() + _SMOOTHNESS * (steps**2).sum()
        return float(value), gradient

    start = np.zeros(len(knots) + 2)
    start[0] = knots[0] if len(knots) else 0.0
    low, high = np.log(_SLOPES)
    bounds = [(None, None)] + [(low, high)] * (len(knots) + 1)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return LogitMap(float(found[0]), tuple(np.exp(found[1:]).tolist()), tuple(knots.tolist()))


def _pieces(logits: Float64, knots: Float64) -> Float64:
    """(N, K+1): how far each logit reaches into each piece; their plain sum is the logit less knots[0]."""
    if not len(knots):
        return logits[:, None]
    below = np.minimum(logits - knots[0], 0.0)
    gaps = np.append(np.diff(knots), np.inf)
    inside = [np.clip(logits - knot, 0.0, gap) for knot, gap in zip(knots, gaps, strict=True)]
    return np.column_stack([below, *inside])
