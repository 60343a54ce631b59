"""Calibration as a part of the served graphs: the map of each head, and the offsets looked up on each side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from adplat.ctr.calibration import LogitMap
from adplat.ctr.head_calibration import HeadCalibration

# A float32 sigmoid is 1.0 from about 17 on; staying below keeps sure rows apart and probabilities in (0, 1).
_LOGIT_LIMIT = 15.0


class CalibratedHead(nn.Module):
    """``calibration.LogitMap`` as tensors: sums of ramps, so that runtimes need only ReLU."""

    knots: Tensor
    bends: Tensor

    def __init__(self, logit_map: LogitMap) -> None:
        super().__init__()
        slopes, knots = list(logit_map.slopes), list(logit_map.knots)
        self.first_knot = knots[0] if knots else 0.0
        self.at_first, self.first_slope = logit_map.at_first, slopes[0]
        bends = [after - before for before, after in pairwise(slopes)]
        self.register_buffer("knots", torch.tensor(knots, dtype=torch.float32))
        self.register_buffer("bends", torch.tensor(bends, dtype=torch.float32))

    def forward(self, logit: Tensor, offset: Tensor | None = None) -> Tensor:
        """(N,) logits, and what the fields' values add to them once mapped, to (N,) probabilities."""
        calibrated = self.at_first + self.first_slope * (logit - self.first_knot)
        if len(self.knots):
            calibrated = calibrated + (torch.relu(logit.unsqueeze(1) - self.knots) * self.bends).sum(1)
        if offset is not None:
            calibrated = calibrated + offset
        return torch.sigmoid(calibrated.clamp(-_LOGIT_LIMIT, _LOGIT_LIMIT))


class SideOffsets(nn.Module):
    """What the calibrated fields of one side (item or row) add to the logits of all heads."""

    def __init__(self, side: Literal["item", "row"], heads: Sequence[HeadCalibration]) -> None:
        super().__init__()
        self.columns: list[int] = []
        tables = []
        # Every head has the same fields in the same order.
        for number, field in enumerate(heads[0].fields if heads else ()):
            if field.place.side == side:
                self.columns.append(field.place.column)
                tables.append(torch.tensor([head.fields[number].values for head in heads], dtype=torch.float32).T)
        self.tables = nn.ParameterList(nn.Parameter(table.contiguous(), requires_grad=False) for table in tables)

    def __bool__(self) -> bool:
        return bool(self.columns)

    def forward(self, categorical: Tensor) -> Tensor:
        """(X, C) indices of one side to (X, H)."""
        found = [
            table.index_select(0, categorical[:, column])
            for column, table in zip(self.columns, self.tables, strict=True)
        ]
        return torch.stack(found).sum(0)
