"""A policy that is known by a table alone: its probability of each logged action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adplat.bandit.off_policy.choice_log import ChoiceLog
from adplat.bandit.off_policy.target import TargetBlock
from adplat.domain import Progress, TableRejected
from adplat.statistics import Float64

_BLOCK_ROWS = 4096
_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TableTarget:
    """Probabilities ``(N,)`` in row order of the log.

    What the policy gives to actions that were not logged stands nowhere, unless the table shows that it looks at
    nothing but the slot: every action has one probability in each slot, and they sum to one. Then all are known.

    Raises:
        TableRejected: not one probability in [0, 1] for each row.
    """

    log: ChoiceLog
    chosen: Float64

    def __post_init__(self) -> None:
        if self.chosen.shape != (len(self.log),):
            raise TableRejected(
                f"{len(self.chosen)} probabilities for {len(self.log)} logged rows",
                where="policy table",
                hint="give one probability for every row of the log",
            )
        bad = ~((self.chosen >= 0.0) & (self.chosen <= 1.0))
        if bad.any():
            raise TableRejected(
                f"row {self.log.row_names[int(bad.argmax())]} has no probability between 0 and 1",
                where="policy table",
                hint="give the probability of the logged action",
            )

    def blocks(self, progress: Progress) -> Iterator[TargetBlock] | None:
        """All pairs where the policy looks at nothing but the slot, else ``None``."""
        by_slot = self._by_slot()
        return None if by_slot is None else self._spread(by_slot, progress)

    def _by_slot(self) -> Float64 | None:
        """``(slots, A)`` probabilities of a policy that never looks at the moment, or ``None``."""
        log = self.log
        if log.offered is None or len(log.offered.sets) != 1:
            return None
        shape = (int(log.slots.max()) + 1, len(log.actions))
        lowest, highest = np.full(shape, np.inf), np.full(shape, -np.inf)
        np.minimum.at(lowest, (log.slots, log.chosen), self.chosen)
        np.maximum.at(highest, (log.slots, log.chosen), self.chosen)
        seen = highest >= 0.0
        if not seen.all() or (highest - lowest).max() > _SAME or np.abs(highest.sum(axis=1) - 1.0).max() > 1e-6:
            return None
        return highest

    def _spread(self, by_slot: Float64, progress: Progress) -> Iterator[TargetBlock]:
        log = self.log
        members = log.offered.sets[0] if log.offered is not None else np.arange(len(log.actions))
        for start in range(0, len(log), _BLOCK_ROWS):
            stop = min(start + _BLOCK_ROWS, len(log))
            progress(stop, len(log), "reading the policy table")
            yield TargetBlock(start, stop, by_slot[log.slots[start:stop]][:, members].ravel())
