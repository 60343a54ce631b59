"""The click and conversion network: towers, interest in the past, crossing, heads.

Letters as in ``features.arrays``; ``E`` the width of an item's fields, ``D`` the width of the crossed
vector. A first honest multimodal model, every part replaceable by itself:

* identifiers from one fused table a side, bags as the mean of their values;
* image and text each through a small tower of its own, a learned constant where one is missing;
* the history through ``Interest`` (target attention, mean, histogram of content cosines);
* low-order crossing (DCN-V2, Wang et al. 2021: x_{l+1} = x_0 * (W x_l + b) + x_l) beside an MLP;
* heads pCTR and, with a conversion label, pCVR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.embedding import FusedEmbedding
from adplat.ctr.interest import Interest
from adplat.ctr.shape import NetworkShape


class ContentTower(nn.Module):
    """One modality: (X, D) vector and (X,) present flag to (X, out); absent ones share a learned constant."""

    def __init__(self, width: int, out: int, dropout: float) -> None:
        super().__init__()
        self.reduce = nn.Linear(width, out)
        self.absent = nn.Parameter(torch.zeros(out))
        self.dropout = nn.Dropout(dropout)

    def forward(self, vector: Tensor, present: Tensor) -> Tensor:
        """Tower output; the flag multiplies, so a stray vector behind flag 0 changes nothing."""
        flag = present.unsqueeze(-1)
        reduced = torch.tanh(self.reduce(self.dropout(vector * flag)))
        return flag * reduced + (1.0 - flag) * self.absent


class CrossingTrunk(nn.Module):
    """Cross layers beside an MLP, concatenated: (N, D) to (N, D + hidden[-1])."""

    def __init__(self, width: int, config: ModelConfig) -> None:
        super().__init__()
        self.cross = nn.ModuleList(nn.Linear(width, width) for _ in range(config.cross_layers))
        layers: list[nn.Module] = []
        before = width
        for size in config.hidden:
            layers.append(nn.Linear(before, size))
            if config.batch_norm:
                layers.append(nn.BatchNorm1d(size))
            layers += [nn.ReLU(), nn.Dropout(config.dropout)]
            before = size
        self.deep = nn.Sequential(*layers)
        self.out = before + (width if config.cross_layers else 0)

    def forward(self, x0: Tensor) -> Tensor:
        """Crossed and deep features side by side."""
        deep: Tensor = self.deep(x0)
        if not len(self.cross):
            return deep
        x = x0
        for layer in self.cross:
            x = x0 * layer(x) + x
        return torch.cat([x, deep], dim=1)


class Network(nn.Module):
    """Named input tensors (``examples.assemble``) to logits (N, H): click and, where H = 2, conversion."""

    def __init__(self, shape: NetworkShape, config: ModelConfig) -> None:
        super().__init__()
        self.shape, self.config = shape, config
        self.item_ids = FusedEmbedding(shape.item_categorical, shape.item_bags, config.embedding)
        self.row_ids = FusedEmbedding(shape.row_categorical, shape.row_bags, config.embedding)
        content = {"image": shape.image, "text": shape.text}
        self.towers = nn.ModuleDict(
            {
                name: ContentTower(width, config.tower, config.dropout)
                for name, width in content.items()
                if width and config.tower
            }
        )
        item_width = self.item_ids.out + shape.item_numeric + config.tower * len(self.towers)
        self.interest = Interest(item_width, shape, config) if shape.sequences and item_width else None
        width = item_width + self.row_ids.out + shape.row_numeric + shape.record
        width += self.interest.out if self.interest is not None else 0
        self.dropout = nn.Dropout(config.embedding_dropout)
        self.trunk = CrossingTrunk(width, config)
        self.heads = nn.Linear(self.trunk.out, shape.heads)

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Logits (N, H)."""
        items, fields = self._item_fields(inputs), []
        row_item = inputs["row_item"]
        if items is not None:
            fields.append(items.index_select(0, row_item))
        if self.row_ids.out:
            fields += self.row_ids(inputs.get("row_categorical"), inputs.get("row_bags"))
        for name, width in (("row_numeric", self.shape.row_numeric), ("row_record", self.shape.record)):
            if width:
                fields.append(inputs[name])
        if self.interest is not None and items is not None:
            fields.append(self.interest(items, inputs))
        logits: Tensor = self.heads(self.trunk(self.dropout(torch.cat(fields, dim=1))))
        return logits

    def _item_fields(self, inputs: Mapping[str, Tensor]) -> Tensor | None:
        """(M', E): everything known about each item of the sub-block."""
        fields: list[Tensor] = []
        if self.item_ids.out:
            fields += self.item_ids(inputs.get("item_categorical"), inputs.get("item_bags"))
        if self.shape.item_numeric:
            fields.append(inputs["item_numeric"])
        for name, tower in self.towers.items():
            fields.append(tower(inputs[f"item_{name}"], inputs[f"item_{name}_present"]))
        return torch.cat(fields, dim=1) if fields else None

    def embedding_weights(self) -> list[Tensor]:
        """The tables that ``embedding_penalty`` applies to."""
        return [self.item_ids.table.weight, self.row_ids.table.weight]


class Committee(nn.Module):
    """Several networks of one shape as one: the mean of their logits."""

    def __init__(self, members: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Logits (N, H)."""
        return torch.stack([member(inputs) for member in self.members]).mean(0)
