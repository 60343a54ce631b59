"""The curve nearest to replayed points among those that never fall and have one inflexion at most.

Slopes at the knots that rise up to knot ``k`` and fall from there are the non-negative mixtures of slopes that are 1
from knot ``i`` to knot ``j`` and 0 elsewhere, ``i <= k <= j``. So the fit with a given inflexion is a non-negative
least squares problem (Lawson and Hanson 1974, ch. 23; splines of a given shape: Meyer, Annals of Applied Statistics 2,
2008), and the inflexion is tried at every knot. A curve is taken to be concave unless the points speak against it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from adplat.domain import TOLD_LEVELS, InternalFault, TableRejected
from adplat.forecast.arrays import Floats
from adplat.forecast.spend_curve import ReplayedPoints, SpendCurve

CERTAIN = (1.0,) * len(TOLD_LEVELS)
LEAST_NOISE = 0.03
"""Least noise of the last point, as a share of it, where points do not tell theirs: a replay that counts a thousand."""
FEW = 0.01
"""Of a point below this share of the last one, the noise is that at this share."""
CLOSE = 0.01
"""Spends within this share of the last are one point: budgets that no longer bind are spent alike."""
EVIDENCE = 3.84
"""How much better (in squared noise) the best inflexion must fit than a concave curve: a chi-square's 95 %."""
FEWEST_TO_LEAVE_OUT = 4
NOTHING = 1e-100
SMOOTH = 0.003
"""Weight of a jump or bend of the slope beside a miss of the last point: chooses among curves that fit alike."""


def fit_spend_curve(
    spends_micros: ArrayLike,
    outcomes: ArrayLike,
    *,
    sds: ArrayLike | None = None,
    ratios: tuple[float, ...] = CERTAIN,
    where: str = "",
) -> SpendCurve:
    """The curve through (0, 0) by weighted least squares; points at a spend of 0 say nothing.

    Args:
        spends_micros: ``(N,)`` in any order.
        outcomes: ``(N,)`` expected clicks, conversions or micros of value at those spends.
        sds: ``(N,)`` noise of each outcome from the replay (not that of the forecast's level); none: estimated.
        ratios: see ``SpendCurve``.
        where: names the points in an error.

    Raises:
        TableRejected: numbers that are negative or not finite, fewer than 2 spends that differ by 1 % of the largest.

    Cost: one non-negative least squares for each knot; some ten milliseconds for a dozen points.
    """
    points = _points(spends_micros, outcomes, sds, where)
    if not points.outcomes.any():
        return _curve(points, np.zeros(2 * len(points.outcomes)), 0, ratios)
    # The slope may be steepest at 0, after any inner point, or before the last one.
    peaks = [*range(0, 2 * len(points.outcomes), 2), 2 * len(points.outcomes) - 1]
    fits = [_fit(points, peak) for peak in peaks]
    misfits = [misfit for _, misfit in fits]
    best = int(np.argmin(misfits))
    freedom = max(1, len(points.outcomes) - 3)
    scale = 1.0 if sds is not None else max(1.0, misfits[best] / freedom)
    if misfits[0] - misfits[best] <= EVIDENCE * scale:
        best = 0
    known = replace(points, sds=points.sds * np.sqrt(scale))
    return _curve(known, fits[best][0], peaks[best], ratios)


def redrawn(curve: SpendCurve, rng: np.random.Generator) -> SpendCurve:
    """The curve of another replay: one point fewer, the others moved by their noise, the inflexion where it was.

    What is missed adds up along the curve, for the showings of a small budget are counted again under a larger one. A
    point fewer tells what the curve does not know between its points.
    """
    points = curve.points
    if not points.outcomes.any():
        return curve
    fitted = curve.outcome(points.spends_micros)
    steps = np.sqrt(np.diff(np.maximum.accumulate(points.sds) ** 2, prepend=0.0))
    missed = np.cumsum(steps * rng.standard_normal(len(fitted)))
    moved = replace(points, outcomes=np.maximum(fitted + missed, 0.0))
    if len(fitted) >= FEWEST_TO_LEAVE_OUT:
        kept = np.arange(len(fitted)) != rng.integers(len(fitted) - 1)
        moved = ReplayedPoints(moved.spends_micros[kept], moved.outcomes[kept], moved.sds[kept])
    if not moved.outcomes.any():
        return curve
    knots = _knots(moved.spends_micros)
    peak = 2 * int(np.argmin(np.abs(knots[::2] - curve.inflexion_micros)))
    if curve.peak == len(curve.spends_micros) - 1:
        peak = len(knots) - 1
    return _curve(moved, _fit(moved, peak)[0], peak, curve.ratios)


def _points(spends_micros: ArrayLike, outcomes: ArrayLike, sds: ArrayLike | None, where: str) -> ReplayedPoints:
    spend, outcome = np.asarray(spends_micros, np.float64), np.asarray(outcomes, np.float64)
    noise = np.ones_like(outcome) if sds is None else np.asarray(sds, np.float64)
    if not (spend.ndim == 1 and spend.shape == outcome.shape == noise.shape):
        raise TableRejected("spends and outcomes do not run in parallel", where=where, hint="give as many of each")
    if not (np.isfinite(spend) & (spend >= 0) & np.isfinite(outcome) & (outcome >= 0) & (noise > 0)).all():
        raise TableRejected("a point is negative or not a number", where=where, hint="give finite numbers from 0")
    order = np.argsort(spend, kind="stable")
    order = order[spend[order] > 0.0]
    groups: list[list[int]] = []
    for at in order.tolist():
        if groups and spend[at] - spend[groups[-1][0]] <= CLOSE * spend[order[-1]]:
            groups[-1].append(at)
        else:
            groups.append([at])
    if len(groups) < 2:
        raise TableRejected(
            "a curve needs two points of different spend",
            where=where,
            hint="replay the plan at several budgets; one that cannot spend more has nothing to be split",
        )
    merged = np.array([np.average(outcome[group], weights=noise[group] ** -2) for group in groups])
    # Less than any sum of chances can be, and its squares would be no numbers any more.
    merged[merged < NOTHING] = 0.0
    if sds is None:
        top = max(float(merged.max()), NOTHING)
        # A replay counts showings, so a point's variance goes with its count.
        spread = LEAST_NOISE * top * np.sqrt(np.maximum(merged / top, FEW))
    else:
        spread = np.array([np.sum(noise[group] ** -2) ** -0.5 for group in groups])
    return ReplayedPoints(np.array([spend[group].mean() for group in groups]), merged, spread)


def _fit(points: ReplayedPoints, peak: int) -> tuple[Floats, float]:
    """Slopes at the knots (outcome for one micro), and the misfit in squared noise."""
    knots = _knots(points.spends_micros / points.spends_micros[-1])
    top = float(points.outcomes.max())
    place = np.arange(len(knots))[:, None]
    first, last = (ends.ravel() for ends in np.meshgrid(np.arange(peak + 1), np.arange(peak, len(knots))))
    mixed = ((place >= first) & (place <= last)).astype(np.float64)
    widths = np.diff(knots)[::2]
    area = np.cumsum(widths[:, None] * (mixed[::2] + mixed[1::2]) / 2.0, axis=0)
    jumps = mixed[2::2] - mixed[1:-1:2]
    turns = (mixed[1::2] - mixed[::2]) / widths[:, None]
    bends = np.diff(turns, axis=0) * np.minimum(widths[:-1], widths[1:])[:, None]
    weights = (top / points.sds)[:, None]
    rows = np.concatenate([weights * area, SMOOTH * weights[-1] * jumps, SMOOTH * weights[-1] * bends])
    told = np.concatenate([weights[:, 0] * points.outcomes / top, np.zeros(2 * len(jumps))])
    try:
        shares, _ = nnls(rows, told, maxiter=100 * rows.shape[1])
    except RuntimeError as reason:
        raise InternalFault("a spend curve could not be fitted", hint="report the points") from reason
    slopes: Floats = mixed @ shares
    misfit = float(np.sum((weights[:, 0] * (area @ shares - points.outcomes / top)) ** 2))
    return slopes * top / points.spends_micros[-1], misfit


def _knots(spends: Floats) -> Floats:
    """0, every point twice (the slope before and after it), and the last one."""
    return np.concatenate([[0.0], np.repeat(spends, 2)[:-1]])


def _curve(points: ReplayedPoints, slopes: Floats, peak: int, ratios: tuple[float, ...]) -> SpendCurve:
    knots = _knots(points.spends_micros)
    # Rounding of the mixture must not leave a slope that rises past the peak by a last digit.
    tidy = slopes.copy()
    tidy[peak:] = np.minimum.accumulate(slopes[peak:])
    tidy[: peak + 1] = np.maximum.accumulate(tidy[: peak + 1])
    outcomes = np.concatenate([[0.0], np.cumsum(np.diff(knots) * (tidy[:-1] + tidy[1:]) / 2.0)])
    return SpendCurve(knots, outcomes, tidy, peak, points, ratios)
