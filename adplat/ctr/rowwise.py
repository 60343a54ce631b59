"""Adam on table rows that a batch touched: work grows with the batch, never with the table.

For a touched row with gradient g of its t-th touch (Kingma & Ba 2015, moments per row as in "lazy" Adam):
m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) mean(g^2), w = w - rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + e).
One second moment serves a whole row: it halves the state that must travel through the memory. A row's moments
stand still while nobody asks for it, and t counts its own touches, so a rare value takes full steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from adplat.ctr.embedding import FusedEmbedding, Touched

_FIRST, _SECOND, _SMALL = 0.9, 0.999, 1e-8


class RowwiseAdam:
    """The optimiser of one fused table in ``train_rows`` mode."""

    def __init__(self, embedding: FusedEmbedding, penalty: float) -> None:
        size, width = embedding.table.weight.shape
        self.embedding, self.penalty = embedding, penalty
        self.first = torch.zeros(size, width)
        self.second = torch.zeros(size)
        self.touches = torch.zeros(size)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update the rows that forward passes since the last step touched; ``penalty`` shrinks these alone."""
        touched = self.embedding.take_touched()
        if not touched:
            return
        rows, gradient = _merged(touched)
        table = self.embedding.table.weight
        values = table.index_select(0, rows)
        if self.penalty:
            gradient = torch.add(gradient, values, alpha=self.penalty)
        touches = self.touches.index_select(0, rows) + 1.0
        first = self.first.index_select(0, rows).lerp_(gradient, 1.0 - _FIRST)
        second = self.second.index_select(0, rows).lerp_(gradient.square().mean(1), 1.0 - _SECOND)
        self.touches.index_copy_(0, rows, touches)
        self.first.index_copy_(0, rows, first)
        self.second.index_copy_(0, rows, second)
        spread = (second / (1.0 - _SECOND**touches)).sqrt_().add_(_SMALL)
        size = rate / ((1.0 - _FIRST**touches) * spread)
        # Rows are distinct, so they are written back: adding into place would go row by row, four times as slow.
        table.index_copy_(0, rows, values.sub_(first.mul_(size.unsqueeze(1))))

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint keeps."""
        return {"first": self.first, "second": self.second, "touches": self.touches}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from ``state``."""
        for name, mine in self.state().items():
            mine.copy_(state[name])


def _merged(touched: Sequence[Touched]) -> tuple[Tensor, Tensor]:
    """Distinct rows (U,) and their gradients (U, width) over all forward passes of one step."""
    gradients = [one.values.grad if one.values.grad is not None else torch.zeros_like(one.values) for one in touched]
    if len(touched) == 1:
        return touched[0].rows, gradients[0]
    rows, places = torch.unique(torch.cat([one.rows for one in touched]), return_inverse=True)
    every = torch.cat(gradients)
    return rows, every.new_zeros(len(rows), every.shape[1]).index_add_(0, places, every)
