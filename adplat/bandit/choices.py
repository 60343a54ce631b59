"""Many choices as columns.

Letters used in shapes: ``r`` decisions, ``n`` arms of the one with most, ``s`` slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from adplat.bandit.policy import Choice, Indices
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Choices(Sequence[Choice]):
    """``r`` choices as columns; as a sequence they are ``Choice`` by ``Choice``.

    Args:
        orders: ``(r, n)`` see ``Choice.order``; −1 behind the last.
        propensities: ``(r, n)``; 0 behind the last.
        slot_propensities: ``(r, s)``; NaN where a slot was not drawn.
        offered: ``(r,)`` arms of each decision, the blocked included.
    """

    orders: Indices
    propensities: Float64
    slot_propensities: Float64
    offered: Indices

    @property
    def first(self) -> Indices:
        """``(r,)`` the arm drawn for the first slot; −1 where there is nothing to show."""
        return self.orders[:, 0] if self.orders.shape[1] else np.full(len(self.offered), -1, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.offered)

    @overload
    def __getitem__(self, place: int) -> Choice: ...
    @overload
    def __getitem__(self, place: slice) -> Choices: ...
    def __getitem__(self, place: int | slice) -> Choice | Choices:
        if isinstance(place, slice):
            return Choices(
                self.orders[place], self.propensities[place], self.slot_propensities[place], self.offered[place]
            )
        order, drawn = self.orders[place], self.slot_propensities[place]
        return Choice(
            order[order >= 0],
            self.propensities[place, : self.offered[place]],
            tuple(drawn[~np.isnan(drawn)].tolist()),
        )

    def __iter__(self) -> Iterator[Choice]:
        return (self[place] for place in range(len(self)))


def as_columns(each: Sequence[Choice]) -> Choices:
    """Choices made one by one."""
    most = max((len(choice.propensities) for choice in each), default=0)
    slots = max((len(choice.slot_propensities) for choice in each), default=0)
    shape = (len(each), most)
    found = Choices(
        np.full(shape, -1, dtype=np.int64),
        np.zeros(shape),
        np.full((len(each), slots), np.nan),
        np.array([len(choice.propensities) for choice in each], dtype=np.int64),
    )
    for row, choice in enumerate(each):
        found.orders[row, : len(choice.order)] = choice.order
        found.propensities[row, : len(choice.propensities)] = choice.propensities
        found.slot_propensities[row, : len(choice.slot_propensities)] = choice.slot_propensities
    return found
