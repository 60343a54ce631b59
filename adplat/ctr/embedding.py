"""Identifiers as vectors: one fused table a side."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class FusedEmbedding(nn.Module):
    """All categorical and bag features of one side in one table; index 0 of each is "unknown"."""

    starts: Tensor
    bag_starts: Tensor

    def __init__(self, categorical: Sequence[int], bags: Sequence[int], width: int) -> None:
        super().__init__()
        sizes = [*categorical, *bags]
        starts = torch.tensor([0, *sizes[:-1]] if sizes else [], dtype=torch.int32).cumsum(0).to(torch.int32)
        self.columns, self.bag_columns, self.width = len(categorical), len(bags), width
        self.register_buffer("starts", starts[: len(categorical)], persistent=False)
        self.register_buffer("bag_starts", starts[len(categorical) :], persistent=False)
        self.table = nn.Embedding(max(sum(sizes), 1), width)
        nn.init.normal_(self.table.weight, std=0.01)

    @property
    def out(self) -> int:
        """Width of the concatenated fields."""
        return (self.columns + self.bag_columns) * self.width

    def forward(self, categorical: Tensor, bags: Tensor) -> list[Tensor]:
        """(X, F) and (X, B, K) indices to fields of shapes (X, F·width) and (X, B·width)."""
        fields = []
        if self.columns:
            fields.append(self.table(categorical + self.starts).flatten(1))
        if self.bag_columns:
            present = (bags > 0).to(torch.float32).unsqueeze(-1)
            values = self.table(bags + self.bag_starts[:, None]) * present
            fields.append((values.sum(2) / present.sum(2).clamp(min=1.0)).flatten(1))
        return fields
