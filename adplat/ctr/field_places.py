"""Where the fields named by a config stand among the categorical columns, and which values rows have there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from adplat.ctr.shape import NetworkShape
from adplat.domain import ConfigRejected
from adplat.features import ItemBlock, Layout, RowArrays

Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A categorical feature as a column of ``item_categorical`` or ``row_categorical``."""

    name: str
    side: Literal["item", "row"]
    column: int

    def size(self, shape: NetworkShape) -> int:
        """How many indices the column knows, 0 for the unknown included."""
        return (shape.item_categorical if self.side == "item" else shape.row_categorical)[self.column]


def field_places(layout: Layout, names: Sequence[str], where: str) -> tuple[FieldPlace, ...]:
    """One place a name, in their order. Raises ConfigRejected, naming the key ``where``, for any other feature."""
    known: dict[str, FieldPlace] = {}
    for number, feature in enumerate(layout.item.categorical):
        known[feature.name] = FieldPlace(feature.name, "item", number)
    for number, feature in enumerate(layout.row.categorical):
        known[feature.name] = FieldPlace(feature.name, "row", number)
    for name in names:
        if name not in known:
            raise ConfigRejected(
                f"{name!r} is no categorical feature of one value a row in schema {layout.schema.name!r}",
                where=where,
                hint=f"name some of: {', '.join(known)}",
            )
    return tuple(known[name] for name in names)


def values_at(places: Sequence[FieldPlace], items: ItemBlock, rows: RowArrays) -> Int32:
    """(N, F) which value each row has at each place, 0 where unknown."""
    columns = [
        items.categorical[rows.item, place.column] if place.side == "item" else rows.categorical[:, place.column]
        for place in places
    ]
    return np.column_stack(columns).astype(np.int32) if columns else np.zeros((len(rows), 0), np.int32)


@dataclass(frozen=True)
class Cells:
    """Which value of each calibrated field ``N`` rows have: ``indices`` (N, F), 0 where unknown."""

    places: tuple[FieldPlace, ...]
    sizes: tuple[int, ...]
    indices: Int32

    @classmethod
    def of(cls, places: Sequence[FieldPlace], shape: NetworkShape, items: ItemBlock, rows: RowArrays) -> Cells:
        """Read them off encoded rows."""
        return cls(tuple(places), tuple(place.size(shape) for place in places), values_at(places, items, rows))

    @classmethod
    def none(cls, rows: int) -> Cells:
        """No field is calibrated."""
        return cls((), (), np.zeros((rows, 0), np.int32))

    def take(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64] | slice) -> Cells:
        """Some of the rows."""
        return replace(self, indices=self.indices[chosen])
