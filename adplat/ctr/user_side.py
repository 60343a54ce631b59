"""The user's part of a score: user, moment and history, computed once per request however many candidates there are."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.dropout import Dropout
from adplat.ctr.embedding import FusedEmbedding
from adplat.ctr.interest import Memory
from adplat.ctr.layers import dense_layers, joined
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Parts, Shares, Widths


class UserSide(nn.Module):
    """Named row inputs and the past items' parts to the parts that the crossing reads, each (U, ·)."""

    def __init__(
        self,
        shape: NetworkShape,
        config: ModelConfig,
        widths: Widths,
        outs: Mapping[str, int],
        totals: Mapping[str, int],
    ) -> None:
        super().__init__()
        self.shape, self.width = shape, widths.user
        self.keeps_fields = config.cross_layers > 0 and widths.user > 0
        self.ids = FusedEmbedding(shape.row_categorical, shape.row_bags, config.embedding)
        self.memory = Memory(shape, widths, config) if widths.interest else None
        self.dropout = Dropout(config.embedding_dropout)
        self.layers, grown = dense_layers(widths.user, config.user_layers, config)
        reads = {name: widths.user if name == "cross" else widths.user + grown for name in outs}
        self.shares = Shares(outs, reads, totals, bias=True)
        self.meets = nn.Linear(widths.user + grown, widths.dots * config.dot_width) if widths.dots else None

    def forward(self, inputs: Mapping[str, Tensor], past: Mapping[str, Tensor]) -> Parts:
        """The user's shares of the crossing, and the memory that candidates meet.

        ``inputs["history"]`` (U, S, L) points into the rows of ``past``, the item side's parts. Without anything to
        read (no user, no moment) every user is the same.
        """
        if not self.width:
            return {name: self.shares(name, None, inputs["row_numeric"]) for name in self.shares.outs}
        read: list[Tensor] = []
        if self.ids.out:
            read += self.ids(inputs.get("row_categorical"), inputs.get("row_bags"))
        if self.shape.row_numeric:
            read.append(inputs["row_numeric"])
        memory: Parts = {}
        if self.memory is not None:
            memory, alone = self.memory(inputs["history"], past)
            read.append(alone)
        fields = self.dropout(joined(read))
        wide = torch.cat([fields, self.layers(fields)], dim=1) if len(self.layers) else fields
        parts = {name: self.shares(name, fields if name == "cross" else wide, fields) for name in self.shares.outs}
        if self.meets is not None:
            parts["dots"] = self.meets(wide)
        if self.keeps_fields:
            parts["fields"] = fields
        return parts | memory
