"""What is known of a user besides the past, as columns: frequent values and numbers, centred on training users."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.fact_flags import FactFlags
from adplat.features import Layout, RowArrays

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_FEWEST_USERS = 20


@dataclass(frozen=True)
class UserColumns:
    """Which columns of the row side are facts about the user, the identifier left out."""

    categorical: tuple[int, ...]
    bags: tuple[int, ...]
    numeric: tuple[int, ...]

    @classmethod
    def of(cls, layout: Layout) -> UserColumns:
        """Read off the schema's layout."""
        sides = (layout.row.categorical, layout.row.bags, layout.row.numeric)
        places = []
        for features in sides:
            own = (layout.is_user_side(f) and (f.table != "" or f.columns != (layout.user_column,)) for f in features)
            places.append(tuple(place for place, mine in enumerate(own) if mine))
        return cls(*places)


@dataclass(frozen=True)
class UserFacts:
    """``numeric`` row columns as they are, ``flags`` of the others; ``centre`` (F,) over training users."""

    flags: FactFlags
    numeric: Int64
    centre: Float64

    @classmethod
    def fit(cls, rows: RowArrays, first: Int64, columns: UserColumns) -> UserFacts:
        """``first`` is one row of each training user."""
        bags = rows.bags[first]
        flags = FactFlags.fit(rows.categorical[first], bags, columns.categorical, columns.bags, _FEWEST_USERS)
        plain = cls(flags, np.array(columns.numeric, np.int64), np.zeros(0))
        told = plain._raw(rows, first)
        return cls(flags, plain.numeric, told.mean(0) if len(first) else np.zeros(told.shape[1]))

    def columns(self, rows: RowArrays, index: Int64 | slice) -> Float64:
        """(X, F) of these rows."""
        told: Float64 = self._raw(rows, index) - self.centre
        return told

    def _raw(self, rows: RowArrays, index: Int64 | slice) -> Float64:
        flags = self.flags.columns(rows.categorical[index], rows.bags[index])
        return np.concatenate([flags, rows.numeric[index][:, self.numeric].astype(np.float64)], axis=1)
