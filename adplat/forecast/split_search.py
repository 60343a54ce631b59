"""The best split of money over curves that may start S-shaped: a price of money, and branches where hulls lie.

With concave curves one price for all campaigns is optimal (Lagrange; Everett, Operations Research 11, 1963). Where a
hull is above its curve the answer is a bound only: that campaign's range is cut in two and both parts are solved
(branch and bound for separable problems: Falk and Soland, Management Science 15, 1969). Ties are filled one by one
where a curve is convex, so only one campaign of an answer lies off its curve, and few branches are needed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.stacked_curves import Hull, StackedCurves

GOOD_ENOUGH = 1e-6
MOST_NODES = 400


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Bounds on what some campaigns get together; no campaign is in two groups."""

    members: Whole
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """``spends``: ``(N,)``; no split brings more than ``bound``."""

    spends: Floats
    outcome: float
    bound: float


def best_split(
    curves: StackedCurves, low: Floats, high: Floats, total: float, together: Sequence[Together] = ()
) -> Found:
    """The split of at most ``total`` that brings most, to a millionth of it, or as near as 400 branches come.

    The bounds can be kept: ``low <= high``, and what groups and campaigns must have fits into ``total``.

    Cost: some three milliseconds a branch for a dozen campaigns; concave curves need one.
    """
    best = Found(low, float(np.sum(curves.outcome(low))), np.inf)
    waiting: list[tuple[float, int, Floats, Floats, Floats]] = []
    made = 0

    def add(lower: Floats, upper: Floats) -> None:
        nonlocal best, made
        if not _can_be(lower, upper, total, together):
            return
        made += 1
        hull = curves.hull(lower, upper)
        spends = _at_one_price(hull, total, together)
        outcome = float(np.sum(curves.outcome(spends)))
        if made == 1 or outcome > best.outcome:
            best = Found(spends, outcome, best.bound)
        heapq.heappush(waiting, (-float(np.sum(hull.outcome(spends))), made, lower, upper, spends))

    add(low, high)
    while waiting:
        bound = -waiting[0][0]
        if made >= MOST_NODES or bound - best.outcome <= GOOD_ENOUGH * abs(best.outcome):
            return Found(best.spends, best.outcome, max(bound, best.outcome))
        _, _, lower, upper, spends = heapq.heappop(waiting)
        off = int(np.argmax(curves.hull(lower, upper).outcome(spends) - curves.outcome(spends)))
        below, above = upper.copy(), lower.copy()
        below[off] = above[off] = spends[off]
        add(lower, below)
        add(above, upper)
    return Found(best.spends, best.outcome, best.outcome)


def _can_be(low: Floats, high: Floats, total: float, together: Sequence[Together]) -> bool:
    needed = float(low.sum())
    for group in together:
        own = float(low[group.members].sum())
        if own > group.high * (1 + 1e-12) or float(high[group.members].sum()) < group.low * (1 - 1e-12):
            return False
        needed += max(0.0, group.low - own)
    return needed <= total * (1 + 1e-12)


def _at_one_price(hull: Hull, total: float, together: Sequence[Together]) -> Floats:
    """The split over hulls; money that brings nothing is left."""
    fixed = [
        (group, _part(hull, group.members, group.low, must=True), _part(hull, group.members, group.high, must=False))
        for group in together
    ]

    def taken(price: float) -> Floats:
        spends = hull.taken(price)
        for group, least, most in fixed:
            own = float(spends[group.members].sum())
            if own < group.low:
                spends[group.members] = least
            elif own > group.high:
                spends[group.members] = most
        return spends

    return _priced(hull, taken, total, least=0.0)


def _part(hull: Hull, members: Whole, total: float, *, must: bool) -> Floats:
    """``total`` split over some campaigns alone; with ``must`` also where it brings less than nothing."""
    chosen = StackedCurves(
        hull.curves.spends[members],
        hull.curves.outcomes[members],
        hull.curves.slopes[members],
        hull.curves.peak[members],
    )
    own = Hull(chosen, hull.low[members], hull.high[members], hull.touch[members], hull.rise[members])
    return _priced(own, own.taken, total, least=-float(np.abs(chosen.slopes).max()) - 1.0 if must else 0.0)


def _priced(hull: Hull, taken: Callable[[float], Floats], total: float, *, least: float) -> Floats:
    """What is taken at the price at which ``total`` is spent, or at the price ``least`` where it is not reached."""
    cheap = float(np.nextafter(least, np.inf))
    over = taken(cheap)
    if float(over.sum()) <= total:
        return over
    dear = max(float(hull.curves.slopes.max()), 0.0) * (1.0 + 1e-9) + np.finfo(np.float64).tiny
    under = taken(dear)
    while True:
        middle = (cheap + dear) / 2.0
        if not cheap < middle < dear:
            break
        spends = taken(middle)
        if float(spends.sum()) > total:
            cheap, over = middle, spends
        else:
            dear, under = middle, spends
    return _between(hull, under, over, total)


def _between(hull: Hull, under: Floats, over: Floats, total: float) -> Floats:
    """All take alike between two prices that are one; convex starts are taken whole but for the last."""
    left = total - float(under.sum())
    spends, step = under.copy(), over - under
    jumps = (hull.touch > hull.low) & (under < hull.touch) & (step > 0.0)
    for row in np.flatnonzero(jumps):
        if step[row] <= left:
            spends[row] += step[row]
            left -= float(step[row])
            jumps[row] = False
            step[row] = 0.0
    smooth = np.where(jumps, 0.0, step)
    room = float(smooth.sum())
    if room > 0.0:
        part = min(1.0, left / room)
        spends += part * smooth
        left -= part * room
    for row in np.flatnonzero(jumps)[:1]:
        spends[row] += min(left, float(step[row]))
    return np.clip(spends, hull.low, hull.high)
