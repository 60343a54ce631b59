"""What fresh rows say of a calibration in use: how far its level and its fields' offsets have to move."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from adplat.ctr.field_offsets import fit_field_offsets
from adplat.ctr.field_places import Cells
from adplat.ctr.head_calibration import FieldOffsets, HeadCalibration
from adplat.ctr.level_tracking import follow_level

Float64 = npt.NDArray[np.float64]
Hours = npt.NDArray[np.int64]
HALF_LIFE_HOURS = 24.0


@dataclass(frozen=True)
class Refresh:
    """What fresh rows say: ``moves`` (V,) a field to add to its offsets, and ``shift`` to add to the level."""

    moves: tuple[Float64, ...]
    shift: float

    def applied_to(self, head: HeadCalibration) -> HeadCalibration:
        """The head with both."""
        fields = tuple(
            FieldOffsets(field.place, tuple((np.array(field.values) + move).tolist()))
            for field, move in zip(head.fields, self.moves, strict=True)
        )
        return replace(head, fields=fields).moved(self.shift)


def moves_of(calibrated: Float64, labels: Float64, cells: Cells, hours: Hours) -> tuple[Float64, ...]:
    """What rows in time order add to each field's offsets; a row counts half as much for every day that it is older."""
    if not cells.places or not len(labels):
        return tuple(np.zeros(size) for size in cells.sizes)
    weights = 0.5 ** ((hours[-1] - hours) / HALF_LIFE_HOURS)
    level = HeadCalibration().anchored(calibrated, labels, cells.indices, weights).logit_map.at_first
    return tuple(fit_field_offsets(calibrated + level, labels, cells.indices, cells.sizes, weights))


def moved_by(moves: tuple[Float64, ...], cells: Cells) -> Float64:
    """(N,) what the moves add to each row's logit."""
    return sum((move[cells.indices[:, number]] for number, move in enumerate(moves)), np.zeros(len(cells.indices)))


def refresh_of(calibrated: Float64, labels: Float64, cells: Cells, hours: Hours) -> Refresh:
    """Fields first, then the level of what they leave. ``calibrated`` (N,) logits as served, in time order."""
    moves = moves_of(calibrated, labels, cells, hours)
    return Refresh(moves, follow_level(calibrated + moved_by(moves, cells), labels, hours).shift)
