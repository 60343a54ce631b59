"""Calibration as a part of the served graphs: the map of each head, and the offsets looked up on each side.

What a later recalibration changes stands in one named tensor a graph (``LEVELS``, ``ITEM_TABLE``, ``ROW_TABLE``): the
exporter may merge equal tensors, and one that is the only one of its kind is never merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from adplat.ctr.calibration import LogitMap
from adplat.ctr.head_calibration import HeadCalibration

# A float32 sigmoid is 1.0 from about 17 on; staying below keeps sure rows apart and probabilities in (0, 1).
_LOGIT_LIMIT = 15.0
LEVELS, ITEM_TABLE, ROW_TABLE = "module.levels", "module.item_offsets.table", "module.user_offsets.table"


class CalibratedHead(nn.Module):
    """The shape of a ``LogitMap`` as tensors: sums of ramps, so that runtimes need only ReLU."""

    knots: Tensor
    bends: Tensor

    def __init__(self, logit_map: LogitMap) -> None:
        super().__init__()
        slopes, knots = list(logit_map.slopes), list(logit_map.knots)
        self.first_knot, self.first_slope = knots[0] if knots else 0.0, slopes[0]
        bends = [after - before for before, after in pairwise(slopes)]
        self.register_buffer("knots", torch.tensor(knots, dtype=torch.float32))
        self.register_buffer("bends", torch.tensor(bends, dtype=torch.float32))

    def forward(self, logit: Tensor) -> Tensor:
        """(N,) logits to (N,) of what the map makes of them above its level."""
        mapped: Tensor = self.first_slope * (logit - self.first_knot)
        if len(self.knots):
            mapped = mapped + (torch.relu(logit.unsqueeze(1) - self.knots) * self.bends).sum(1)
        return mapped


def chances(calibrated: Tensor) -> Tensor:
    """Calibrated logits to probabilities that stay inside (0, 1)."""
    return torch.sigmoid(calibrated.clamp(-_LOGIT_LIMIT, _LOGIT_LIMIT))


class SideOffsets(nn.Module):
    """What the calibrated fields of one side (item or row) add to the logits of all heads."""

    columns: Tensor
    starts: Tensor

    def __init__(self, side: Literal["item", "row"], heads: Sequence[HeadCalibration]) -> None:
        super().__init__()
        table = side_table(side, heads)
        columns, sizes = side_columns(side, heads)
        self.width = len(columns)
        starts = np.cumsum([0, *sizes])[: self.width]
        self.register_buffer("columns", torch.tensor(columns, dtype=torch.int64))
        self.register_buffer("starts", torch.tensor(starts, dtype=torch.int64))
        self.table = nn.Parameter(torch.from_numpy(table), requires_grad=False)

    def __bool__(self) -> bool:
        return self.width > 0

    def forward(self, categorical: Tensor) -> Tensor:
        """(X, C) indices of one side to (X, H)."""
        places = categorical.index_select(1, self.columns).long() + self.starts
        found = self.table.index_select(0, places.reshape(-1))
        return found.reshape(-1, self.width, self.table.shape[1]).sum(1)


def side_columns(side: Literal["item", "row"], heads: Sequence[HeadCalibration]) -> tuple[list[int], list[int]]:
    """Columns and sizes of the fields of one side; every head has the same fields in the same order."""
    fields = [field for field in heads[0].fields if field.place.side == side] if heads else []
    return [field.place.column for field in fields], [len(field.values) for field in fields]


def side_table(side: Literal["item", "row"], heads: Sequence[HeadCalibration]) -> npt.NDArray[np.float32]:
    """(V, H) the offsets of all fields of one side under each other."""
    columns = [
        np.concatenate([[], *(field.values for field in head.fields if field.place.side == side)]) for head in heads
    ]
    return np.ascontiguousarray(np.column_stack(columns) if columns else np.zeros((0, 0)), np.float32)


def level_vector(heads: Sequence[HeadCalibration]) -> npt.NDArray[np.float32]:
    """(H,) where each head's map begins."""
    return np.array([head.logit_map.at_first for head in heads], np.float32)
