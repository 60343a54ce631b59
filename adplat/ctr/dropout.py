"""Dropout from random bytes: on a CPU a tenth of the cost of drawing one number a cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_LEVELS = 256


class Dropout(nn.Module):
    """Zero each cell with chance ``share``, to the nearest 1/256, and scale the rest so that the mean stays.

    One 64-bit draw decides eight cells. A positive share never rounds to none, and none to all.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.dropped = min(max(round(share * _LEVELS), 1), _LEVELS - 1) if share > 0.0 else 0

    def forward(self, values: Tensor) -> Tensor:
        """The same shape; in evaluation mode the very same values."""
        if not self.training or not self.dropped:
            return values
        draws = torch.empty(-(-values.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        kept = draws.view(torch.uint8)[: values.numel()].view(values.shape) >= self.dropped
        scaled: Tensor = torch.ops.aten.native_dropout_backward(values, kept, _LEVELS / (_LEVELS - self.dropped))
        return scaled
