"""The item's part of a score: everything that depends on the creative alone, computed once per catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.dropout import Dropout
from adplat.ctr.embedding import FusedEmbedding
from adplat.ctr.interest import PastItems
from adplat.ctr.layers import dense_layers
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Parts, Shares, Widths


class ContentTower(nn.Module):
    """One modality: (X, D) vector and (X,) present flag to (X, out); absent ones share a learned constant."""

    def __init__(self, width: int, out: int, dropout: float) -> None:
        super().__init__()
        self.reduce = nn.Linear(width, out)
        self.absent = nn.Parameter(torch.zeros(out))
        self.dropout = Dropout(dropout)

    def forward(self, vector: Tensor, present: Tensor) -> Tensor:
        """Tower output; the flag multiplies, so a stray vector behind flag 0 changes nothing."""
        flag = present.unsqueeze(-1)
        reduced = torch.tanh(self.reduce(self.dropout(vector * flag)))
        return flag * reduced + (1.0 - flag) * self.absent


class IdentityGate(nn.Module):
    """How far an item is known by its name: g · identifier + (1 - g) · what its content makes of it.

    The gate sees the identifier's vector, which training leaves near zero where an item was rarely shown and which is
    the one of "unknown" for a new one; so a new creative is judged by pictures and words, a known one by its record.
    """

    def __init__(self, identifier: int, content: int) -> None:
        super().__init__()
        self.stand_in = nn.Linear(content, identifier)
        self.gate = nn.Linear(identifier + content, identifier)
        nn.init.ones_(self.gate.bias)

    def forward(self, identifier: Tensor, content: Tensor) -> Tensor:
        """(M, width) and (M, content) to (M, width)."""
        known = torch.sigmoid(self.gate(torch.cat([identifier, content], dim=1)))
        mixed: Tensor = known * identifier + (1.0 - known) * self.stand_in(content)
        return mixed


class ItemSide(nn.Module):
    """Named item inputs to the parts that the other sides read, each (M, ·)."""

    def __init__(
        self,
        shape: NetworkShape,
        config: ModelConfig,
        widths: Widths,
        outs: Mapping[str, int],
        totals: Mapping[str, int],
    ) -> None:
        super().__init__()
        self.shape, self.width = shape, widths.item
        self.keeps_fields = config.cross_layers > 0 and widths.item > 0
        self.ids = FusedEmbedding(shape.item_categorical, shape.item_bags, config.embedding)
        self.towers = nn.ModuleDict(
            {
                name: ContentTower(width, config.tower, config.dropout)
                for name, width in shape.contents.items()
                if width and config.tower
            }
        )
        content = config.tower * len(self.towers)
        gated = shape.item_id_columns if config.gate and content else ()
        self.gates = nn.ModuleDict({str(column): IdentityGate(config.embedding, content) for column in gated})
        self.dropout = Dropout(config.embedding_dropout)
        self.interest = PastItems(widths, config) if widths.interest else None
        self.layers, grown = dense_layers(widths.item, config.item_layers, config)
        reads = {name: widths.item if name == "cross" else widths.item + grown for name in outs}
        self.shares = Shares(outs, reads, totals, bias=False)
        self.meets = nn.Linear(widths.item + grown, widths.dots * config.dot_width) if widths.dots else None

    def forward(self, inputs: Mapping[str, Tensor]) -> Parts:
        """The item's shares of the crossing, and what the interest needs of it."""
        rows = inputs["item_image_present"]
        if not self.width:
            if self.training:
                return {}  # every row has a user of its own, so there is nothing that zeros would be broadcast to
            return {name: self.shares(name, None, rows) for name in self.shares.outs}
        plain = self._fields(inputs)
        fields = self.dropout(plain)
        wide = torch.cat([fields, self.layers(fields)], dim=1) if len(self.layers) else fields
        parts = {name: self.shares(name, fields if name == "cross" else wide, rows) for name in self.shares.outs}
        if self.meets is not None:
            parts["dots"] = self.meets(wide)
        if self.keeps_fields:
            parts["fields"] = fields
        if self.interest is not None:
            parts |= self.interest(plain, inputs)
        return parts

    def _fields(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """(M, E): everything known about each item."""
        content = [tower(inputs[f"item_{name}"], inputs[f"item_{name}_present"]) for name, tower in self.towers.items()]
        ids = self.ids(inputs.get("item_categorical"), inputs.get("item_bags")) if self.ids.out else []
        if self.gates:
            ids[0] = self._gated(ids[0], torch.cat(content, dim=1))
        numeric = [inputs["item_numeric"]] if self.shape.item_numeric else []
        return torch.cat([*ids, *numeric, *content], dim=1)

    def _gated(self, ids: Tensor, content: Tensor) -> Tensor:
        columns = list(torch.split(ids, self.ids.width, dim=1))
        for place, gate in self.gates.items():
            columns[int(place)] = gate(columns[int(place)], content)
        return torch.cat(columns, dim=1)
