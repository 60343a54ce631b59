"""Shares that depend on nothing but who is offered: computed once between two updates, then looked up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.bandit.drawing import draw_order, nothing_to_show
from adplat.bandit.knowledge import Knowledge
from adplat.bandit.policy import Bools, Choice, Context, Indices, allowed_arms
from adplat.statistics import Float64

MOST_OFFERS = 4096


@dataclass(frozen=True, slots=True)
class Weighed:
    """``(m,)`` each, of the arms that are not blocked: first-slot probabilities, and what orders the places behind."""

    shares: Float64
    means: Float64


Remembered = dict[tuple[tuple[str, ...], bytes], Weighed]
"""By the arms offered, in their order, and which of them were blocked. A policy gets an empty one with every update."""


def choose_by_remembered_shares(
    remembered: Remembered,
    known: Knowledge,
    weigh: Callable[[Float64], Weighed],
    context: Context,
    arms: Sequence[str],
    rng: np.random.Generator,
    slots: int,
    blocked: Bools | None,
) -> Choice:
    """``Policy.choose`` of a policy that reads no prediction.

    Args:
        remembered: what ``weigh`` said of other offers; forgotten as a whole at MOST_OFFERS.
        known: the statistics.
        weigh: from ``(12, m)`` columns of ``Knowledge.counts`` to shares, exploration floor included.
        context, arms, rng, slots, blocked: as in ``Policy.choose``; the context is only checked.
    """
    allowed: Indices = allowed_arms(context, arms, blocked)
    if not len(allowed):
        return nothing_to_show(len(arms))
    offer = tuple(arms), b"" if blocked is None else blocked.tobytes()
    weighed = remembered.get(offer)
    if weighed is None:
        if len(remembered) >= MOST_OFFERS:
            remembered.clear()
        weighed = remembered[offer] = weigh(known.counts[:, known.rows_of(arms)[allowed]])
    return draw_order(len(arms), allowed, weighed.shares, weighed.means, rng, slots)
