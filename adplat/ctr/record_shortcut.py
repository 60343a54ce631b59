"""From the record's log-odds straight to the click logit: the network starts as the joint fit and corrects it.

    logit = sum over c of (start_c + change_c) · record_c + network

``start`` is 1 for the columns that are log-odds already and 0 for the rest. Only ``change`` is learned, so weight decay
pulls towards the joint fit, not towards forgetting it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adplat.ctr.shape import NetworkShape


class RecordShortcut(nn.Module):
    """Records (N, R) to what they add to the logits (N, H)."""

    start: Tensor

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        start = torch.zeros(shape.heads, shape.record)
        start[0, list(shape.record_log_odds)] = 1.0
        self.register_buffer("start", start, persistent=False)
        self.change = nn.Parameter(torch.zeros(shape.heads, shape.record))

    def forward(self, record: Tensor) -> Tensor:
        """(N, H)."""
        return torch.matmul(record, (self.start + self.change).t())
