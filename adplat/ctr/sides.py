"""Who computes what: the widths of the three parts of a network, and linear maps cut between them.

A score needs facts about the item, facts about the user and the moment, and facts about the pair. A linear map over
all of them side by side is the sum of three maps, W [i, u, p] = W_i i + W_u u + W_p p. So the item's share is computed
once per catalogue and the user's once per request; what is left per candidate is an addition. Exact, no approximation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.linear import Linear
from adplat.ctr.shape import NetworkShape

BIN_CENTRES = (-0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
Parts = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Widths:
    """How many numbers each part reads: ``item`` E, ``user`` F (what its history says by itself included), ``pair`` C.

    ``contents`` are the modalities that the similarity of past and target is told of; ``dots`` how many products of
    the two sides are told (none where there is only one side).
    """

    item: int
    user: int
    pair: int
    interest: bool
    contents: tuple[str, ...]
    dots: int

    @classmethod
    def of(cls, shape: NetworkShape, config: ModelConfig) -> Widths:
        """Read off what a network is built for."""
        present = tuple(name for name, width in shape.contents.items() if width)
        item = (len(shape.item_categorical) + len(shape.item_bags)) * config.embedding
        item += shape.item_numeric + config.tower * len(present)
        user = (len(shape.row_categorical) + len(shape.row_bags)) * config.embedding + shape.row_numeric
        interest = bool(shape.sequences and item)
        contents = present if config.similarity and interest else ()
        pair = shape.record
        if interest:
            user += shape.sequences * (config.interest + 1 + shape.sequences)
            pair += shape.sequences * (config.interest + len(contents) * len(BIN_CENTRES))
        return cls(item, user, pair, interest, contents, config.dots if item and user else 0)

    @property
    def crossed(self) -> int:
        """D: all of them side by side."""
        return self.item + self.user + self.pair


def additive_widths(shape: NetworkShape, config: ModelConfig, widths: Widths) -> dict[str, int]:
    """The maps that all three parts add to, and how wide each is."""
    many = max(config.experts, 1)
    return {
        "first": config.hidden[0] * many,
        **({"cross": widths.crossed} if config.cross_layers else {}),
        **({"gates": shape.heads * many} if config.experts else {}),
    }


class Shares(nn.Module):
    """One part's shares of several linear maps.

    ``reads[name]`` is the width that this part contributes to the map, ``totals[name]`` that of all parts together
    (for the usual start of U(-1/√total, 1/√total)). Only one of the parts may own the biases.
    """

    def __init__(
        self, outs: Mapping[str, int], reads: Mapping[str, int], totals: Mapping[str, int], *, bias: bool
    ) -> None:
        super().__init__()
        self.outs = dict(outs)
        self.maps = nn.ModuleDict()
        self.biases = nn.ParameterDict()
        for name, out in outs.items():
            bound = 1.0 / math.sqrt(max(totals[name], 1))
            if reads[name]:
                share = Linear(reads[name], out, bias=False)
                nn.init.uniform_(share.weight, -bound, bound)
                self.maps[name] = share
            if bias:
                self.biases[name] = nn.Parameter(torch.empty(out).uniform_(-bound, bound))

    def forward(self, name: str, values: Tensor | None, rows: Tensor) -> Tensor:
        """The share (X, out) of one map; zeros as long as ``rows`` where this part has nothing to say."""
        share = self.maps[name](values) if name in self.maps else rows.new_zeros((rows.shape[0], self.outs[name]))
        return share + self.biases[name] if name in self.biases else share
