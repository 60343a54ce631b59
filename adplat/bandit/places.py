"""What the places of a page are worth, beside what the model says of them, and statistics as if all were equal.

A creative at the bottom of a page is seen by few. A model that does not know that, or that a page has changed, expects
too many clicks there, and the creative looks worse than it is: it stays at the bottom, and nobody finds out.

Letters used in shapes: ``n`` arms, ``J`` places (PLACE_STARTS).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from adplat.bandit.knowledge import Count, Fading, Knowledge
from adplat.bandit.learned_prior import DEFAULT_PRIOR_STRENGTH
from adplat.domain import PLACE_STARTS, place_of
from adplat.statistics import Float64

PLACES = "places"
"""Name of the shared sum that counts clicks by the place of the page."""
PLACE_STRENGTH = 20.0
"""How many expected clicks the model's word about a place is worth."""
_TOLERANCE = 1e-10
_MOST_ROUNDS = 300
_OF_SHOWINGS = (
    Count.IMPRESSIONS,
    Count.EXPECTED_CLICKS,
    Count.POWER_QUARTER,
    Count.POWER_HALF,
    Count.POWER_THREE_QUARTERS,
    Count.SPEND,
)


def place_clicks(positions: Sequence[int]) -> Float64:
    """``(J,)`` clicks in each place, of clicks at these positions."""
    counts = np.bincount([place_of(position) for position in positions], minlength=len(PLACE_STARTS))
    clicks: Float64 = counts.astype(np.float64)
    return clicks


@dataclass(frozen=True, slots=True)
class PlaceEffects:
    """``factors`` ``(J,)``: by which clicks in a place differ from what the model expects there.

    Their mean over all that was expected is one: how far the model is off everywhere is no matter of places.
    """

    factors: tuple[float, ...]

    NONE: ClassVar[PlaceEffects]

    def at(self, position: int) -> float:
        """That of a position of the page."""
        return self.factors[place_of(position)]

    def corrected(self, known: Knowledge) -> Knowledge:
        """With the clicks that could be expected where each arm stood, in place of what the model expected.

        It is as if the arm had been shown that much less, or more, in a place like all the others: impressions, their
        cost, the sums of powers and what fades go by the arm's mean factor, for their places are not told apart.
        """
        if self == PlaceEffects.NONE:
            return known
        more = np.add.reduce((np.array(self.factors)[:, None] - 1.0) * known.by_place, axis=0)
        expected = known.counts[Count.EXPECTED_CLICKS]
        ratio = 1.0 + np.divide(more, expected, out=np.zeros_like(more), where=expected > 0.0)
        counts, begun = known.counts.copy(), known.begun.copy()
        counts[list(_OF_SHOWINGS)] *= ratio
        begun[Fading.EXPECTED_CLICKS] *= ratio
        return replace(known, counts=counts, begun=begun)


PlaceEffects.NONE = PlaceEffects((1.0,) * len(PLACE_STARTS))


def learn_places(known: Knowledge, strength: float = DEFAULT_PRIOR_STRENGTH) -> PlaceEffects:
    """The factors under which the clicks of all places and all arms are most likely.

    With ``e_cj`` clicks expected by the model of arm c in place j, clicks are Poisson of mean ``λ_c θ_j e_cj`` (an
    examination factor as in the position-based model, Richardson, Dominowska & Ragno, WWW 2007, here on top of the
    model's own). Of such a product the clicks of each arm and of each place are sufficient, so that nothing needs the
    clicks of every pair. With ``λ_c ~ Gamma(k, k)`` and a prior of κ = 20 expected clicks on every ``θ_j``, EM::

        E   λ_c = (k + clicks_c) / (k + Σ_j θ_j e_cj)
        M   θ_j = (κ + clicks_j) / (κ + Σ_c λ_c e_cj)       then scaled to Σ_j θ_j e_j = Σ_j e_j

    Good arms stand in good places; since each place is held against the arms that stood in it, that does not make the
    places better than they are, nor the arms worse. Where everything stood in one place there is nothing to learn.
    It depends on sums alone, so on no order. Cost: linear in arms, mostly some ten rounds.

    Args:
        known: with the shared sum ``PLACES``.
        strength: ``k``, how many expected clicks the model's word about an arm is worth.
    """
    clicks = np.array(known.sums.get(PLACES, ()), dtype=np.float64)
    of_places = np.add.reduce(known.by_place, axis=1)
    if clicks.shape != of_places.shape or np.count_nonzero(of_places) < 2:
        return PlaceEffects.NONE
    shown = known.by_place.any(axis=0)
    # Nothing here may go through BLAS, whose order of summation changes with threads and processors.
    by_place = np.ascontiguousarray(known.by_place[:, shown])
    elsewhere = (known.counts[Count.EXPECTED_CLICKS] - np.add.reduce(known.by_place, axis=0))[shown]
    arm_clicks = known.counts[Count.CLICKS, shown]
    factors = np.ones(len(clicks))
    for _ in range(_MOST_ROUNDS):
        expected = elsewhere + np.add.reduce(factors[:, None] * by_place, axis=0)
        rates = (strength + arm_clicks) / (strength + np.maximum(expected, 0.0))
        found = (PLACE_STRENGTH + clicks) / (PLACE_STRENGTH + np.add.reduce(rates * by_place, axis=1))
        found *= of_places.sum() / (found * of_places).sum()
        change = float(np.abs(found - factors).max())
        factors = found
        if change < _TOLERANCE:
            break
    # A place where nothing ever stood is as good as the model says.
    factors[of_places <= 0.0] = 1.0
    return PlaceEffects(tuple(factors.tolist()))
