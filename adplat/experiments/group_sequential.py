"""A few looks at a test whose end is known: boundaries that spend α as units come in.

More power than an anytime-valid interval where the largest number of units can be told beforehand. The boundaries come
from the recursion over looks of Armitage, McPherson & Rowe (JRSS A 132, 1969): without a difference ``B(t) = Z √t``
moves by independent normal steps, and the density of B among tests still running is carried from look to look. The
state is that density, so that a later look costs one step however many went before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import ConfigRejected
from adplat.statistics import Float64

Spending = Callable[[float, Float64], Float64]
NODES_PER_DEVIATION = 2.5  # bounds differ by less than 1e-12 from those of three times as many
LEAST_NODES, MOST_NODES = 32, 800
FARTHEST = 12.0  # a bound beyond this is never crossed: Φ(−12) = 2e-33
HALVINGS = 60


def obrien_fleming_like(fraction: float, alpha: Float64) -> Float64:
    """``2(1 − Φ(z_{α/2}/√t))`` of one side: next to nothing early (Lan & DeMets, Biometrika 70, 1983)."""
    spent: Float64 = 2.0 * ndtr(ndtri(alpha / 2.0) / math.sqrt(fraction))
    return spent


def pocock_like(fraction: float, alpha: Float64) -> Float64:
    """``α ln(1 + (e − 1)t)`` of one side: about alike at every look (Lan & DeMets, the same)."""
    return alpha * math.log1p((math.e - 1.0) * fraction)


SPENDING: dict[str, Spending] = {"obrien-fleming": obrien_fleming_like, "pocock": pocock_like}


@dataclass(frozen=True, slots=True)
class Look:
    """At ``fraction`` of the planned units: ``bound`` of ``|z|`` (two-sided) or of ``z``, and the α spent so far."""

    fraction: float
    bound: Float64
    spent: Float64


@dataclass(frozen=True, slots=True)
class BoundaryState:
    """All that later looks need, for several α in parallel.

    ``alpha`` ``(a,)`` are of one side. ``nodes`` and ``mass`` ``(a, m)``: where B can be while the test runs, and how
    likely; empty before the first look.
    """

    spending: str
    two_sided: bool
    alpha: Float64
    looks: tuple[Look, ...] = ()
    nodes: Float64 = field(default_factory=lambda: np.zeros((0, 0)))
    mass: Float64 = field(default_factory=lambda: np.zeros((0, 0)))


def first_boundary_state(alpha: Float64, *, two_sided: bool, spending: str) -> BoundaryState:
    """The state before any look. ``alpha`` ``(a,)`` in all; a two-sided test spends half of it on either side."""
    if spending not in SPENDING:
        raise ConfigRejected(
            f"unknown spending {spending!r}", where="group_sequential", hint=f"known: {', '.join(SPENDING)}"
        )
    return BoundaryState(spending, two_sided, np.asarray(alpha, dtype=np.float64) / (2.0 if two_sided else 1.0))


def next_look(state: BoundaryState, fraction: float) -> BoundaryState:
    """The state after a look at ``fraction`` of the planned units; beyond the plan it is the last look.

    Raises:
        ConfigRejected: no units, or not more of them than at the look before.
    """
    before = state.looks[-1].fraction if state.looks else 0.0
    fraction = min(fraction, 1.0)
    if not fraction > before:
        raise ConfigRejected(
            f"a look at {fraction:.4g} of the planned units after one at {before:.4g}",
            where="group_sequential",
            hint="give looks in order, with more units each, and none after the end",
        )
    spent = SPENDING[state.spending](fraction, state.alpha)
    if not state.looks:
        bound = np.minimum(-ndtri(spent), FARTHEST)
        nodes, weights = _nodes(bound, fraction, fraction, state.two_sided)
        mass = weights * _density(nodes / math.sqrt(fraction)) / math.sqrt(fraction)
    else:
        step = math.sqrt(fraction - before)
        bound = _bound(state, spent - state.looks[-1].spent, fraction, step)
        nodes, weights = _nodes(bound, fraction, fraction - before, state.two_sided)
        kernel = _density((nodes[:, :, None] - state.nodes[:, None, :]) / step)
        mass = weights * (kernel * state.mass[:, None, :]).sum(axis=2) / step
    look = Look(fraction, bound, spent)
    return BoundaryState(state.spending, state.two_sided, state.alpha, (*state.looks, look), nodes, mass)


def nodes_of(look: Look, step: float, *, two_sided: bool) -> Float64:
    """Where B can be after a look that came ``step`` of the plan after the one before, ``(a, m)``."""
    return _nodes(look.bound, look.fraction, step, two_sided)[0]


def _bound(state: BoundaryState, spend: Float64, fraction: float, step: float) -> Float64:
    """The bound of z that is first crossed now, on the upper side, with probability ``spend``: by halving."""
    low, high = np.full(len(spend), -FARTHEST), np.full(len(spend), FARTHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        reach = (middle * math.sqrt(fraction))[:, None] - state.nodes
        crossed = (state.mass * ndtr(-reach / step)).sum(axis=1)
        low, high = np.where(crossed > spend, middle, low), np.where(crossed > spend, high, middle)
    found: Float64 = np.maximum(high, 0.0) if state.two_sided else high
    return found


def _nodes(bound: Float64, fraction: float, step_variance: float, two_sided: bool) -> tuple[Float64, Float64]:
    """Gauss–Legendre nodes and weights over where B goes on, close enough for the narrowest kernel so far."""
    top = bound * math.sqrt(fraction)
    bottom = -top if two_sided else np.full_like(top, -8.0 * math.sqrt(fraction))
    width = float((top - bottom).max()) / math.sqrt(step_variance)
    count = int(min(max(LEAST_NODES, NODES_PER_DEVIATION * width), MOST_NODES))
    points, weights = np.polynomial.legendre.leggauss(count)
    half = ((top - bottom) / 2.0)[:, None]
    return bottom[:, None] + half * (points + 1.0), half * weights


def _density(z: Float64) -> Float64:
    found: Float64 = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return found
