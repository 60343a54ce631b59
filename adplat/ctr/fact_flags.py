"""Categorical values and bags as 0/1 columns: one for each value that enough items (or users) share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_MOST_VALUES = 64  # of one column; the rest is too rare to learn anything across items
_CATEGORICAL, _BAG = 0, 1


@dataclass(frozen=True)
class FactFlags:
    """``flags`` (C, 3): categorical (0) or bag (1), which column, which value."""

    flags: Int64

    @classmethod
    def fit(
        cls, categorical: Int32, bags: Int32, columns: tuple[int, ...], bag_columns: tuple[int, ...], fewest: int
    ) -> FactFlags:
        """Values that ``fewest`` or more of the given rows hold, in these columns of (X, F) and (X, B, K)."""
        found = []
        for kind, table, chosen in ((_CATEGORICAL, categorical, columns), (_BAG, bags, bag_columns)):
            for column in chosen:
                counts = np.bincount(table[:, column].ravel(), minlength=1)
                order = np.argsort(-counts[1:], kind="stable")[:_MOST_VALUES] + 1
                found += [(kind, column, value) for value in sorted(order.tolist()) if counts[value] >= fewest]
        return cls(np.array(found, np.int64).reshape(-1, 3))

    def __len__(self) -> int:
        return len(self.flags)

    def columns(self, categorical: Int32, bags: Int32) -> Float64:
        """(X, C) of 0 and 1."""
        told = np.zeros((len(categorical), len(self.flags)))
        for place, (kind, column, value) in enumerate(self.flags.tolist()):
            bag = kind == _BAG
            told[:, place] = (bags[:, column] == value).any(1) if bag else categorical[:, column] == value
        return told
