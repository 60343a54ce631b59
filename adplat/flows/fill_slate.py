"""Several creatives for one page: which stands in which place, each with the propensity of its own choice.

The places are filled one after another, the most seen first, and each is a choice of its own among those left: the
policy is asked anew with what the model says of that place. So every slot's propensity is the probability of its
choice given the slots before, and whoever replays the policy on the log gets the same number from what the log tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.bandit import Bools, Choice, Context, Policy
from adplat.features import RowArrays
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class ScoredPlace:
    """What the model says of all ``n`` candidates in one place, and what it was asked with."""

    context: dict[str, str | float]
    inputs: RowArrays
    p_ctr: Float64
    p_cvr: Float64 | None


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One slot: ``order`` are the candidates that were left, best first, the first of them drawn.

    ``p_ctr``, ``p_cvr`` and ``propensities`` run parallel to it; ``p_cvr`` is empty without that head.
    """

    slot: int
    scored: ScoredPlace
    order: tuple[int, ...]
    p_ctr: tuple[float, ...]
    p_cvr: tuple[float, ...]
    propensities: tuple[float, ...]


def fill_slate(
    policy: Policy,
    ids: Sequence[str],
    slots: int,
    scored_at: Callable[[int], ScoredPlace],
    context_of: Callable[[ScoredPlace], Context],
    seen: Sequence[float],
    rng: np.random.Generator,
    *,
    groups: Sequence[str] = (),
) -> list[PlaceChoice]:
    """Choose for each of ``slots`` places; fewer where the candidates do not suffice. In order of the slots.

    A place is as good as the clicks that the candidates would bring there, on average, as the model has it, times
    what its position was found to be worth beside that (``seen``). Cost: one choice a slot.

    Args:
        policy: knows the statistics.
        ids: the ``n`` candidates.
        slots: 1 or more.
        scored_at: by slot; asked more than once.
        context_of: what the policy is told of a place, all candidates.
        seen: ``(slots,)`` factors of the positions.
        rng: the only source of randomness.
        groups: ``(n,)`` of each group only one candidate may stand in the slate; empty: all may.
    """
    slots = min(slots, len(set(groups) if groups else ids))
    if slots == 1:
        choices = {0: policy.choose(context_of(scored_at(0)), ids, rng)}
    else:
        worth = [float(np.add.reduce(scored_at(slot).p_ctr)) * seen[slot] for slot in range(slots)]
        blocked = np.zeros(len(ids), dtype=np.bool_)
        choices = {}
        for slot in sorted(range(slots), key=lambda slot: (-worth[slot], slot)):
            choices[slot] = choice = policy.choose(context_of(scored_at(slot)), ids, rng, blocked=blocked.copy())
            first = int(choice.order[0])
            blocked |= _alike(ids, groups, first)
    return [_place(slot, scored_at(slot), choices[slot]) for slot in range(slots)]


def _alike(ids: Sequence[str], groups: Sequence[str], chosen: int) -> Bools:
    """(n,) what may stand in no further slot."""
    if groups:
        return np.array([group == groups[chosen] for group in groups], dtype=np.bool_)
    alone = np.zeros(len(ids), dtype=np.bool_)
    alone[chosen] = True
    return alone


def _place(slot: int, scored: ScoredPlace, choice: Choice) -> PlaceChoice:
    order = choice.order
    return PlaceChoice(
        slot,
        scored,
        tuple(order.tolist()),
        tuple(scored.p_ctr[order].tolist()),
        () if scored.p_cvr is None else tuple(scored.p_cvr[order].tolist()),
        tuple(choice.propensities[order].tolist()),
    )
