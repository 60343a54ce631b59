"""The click and conversion network in three parts: item side, user side, crossing.

The cut is by who asks how often. The item side runs once per catalogue, the user side once per request, the crossing
once per candidate; training runs all three on a batch. What passes between them is a dictionary of named tensors, so
that each part can be exported and served by itself (``export``). Any part may be replaced without the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.crossing import Crossing
from adplat.ctr.item_side import ItemSide
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Parts, Widths, additive_widths
from adplat.ctr.user_side import UserSide


class Network(nn.Module):
    """Named input tensors (``examples.assemble``) to logits (N, H): click and, where H = 2, conversion."""

    def __init__(self, shape: NetworkShape, config: ModelConfig) -> None:
        super().__init__()
        self.shape, self.config = shape, config
        widths = Widths.of(shape, config)
        outs = additive_widths(shape, config, widths)
        grown = (config.item_layers[-1] if config.item_layers and widths.item else 0) + (
            config.user_layers[-1] if config.user_layers and widths.user else 0
        )
        totals = {name: widths.crossed + (0 if name == "cross" else grown) for name in outs}
        self.item_side = ItemSide(shape, config, widths, outs, totals)
        self.user_side = UserSide(shape, config, widths, outs, totals)
        self.crossing = Crossing(shape, config, widths, outs, totals)

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Logits (N, H)."""
        items = self.items(inputs)
        users = self.users(inputs, items)
        return self.cross(items, users, inputs["row_item"], inputs.get("row_record"))

    def items(self, inputs: Mapping[str, Tensor]) -> Parts:
        """Once per catalogue: parts (M, ·) of every item."""
        parts: Parts = self.item_side(inputs)
        return parts

    def users(self, inputs: Mapping[str, Tensor], items: Mapping[str, Tensor]) -> Parts:
        """Once per request: parts (U, ·); ``history`` points into the rows of ``items``."""
        parts: Parts = self.user_side(inputs, items)
        return parts

    def cross(
        self, items: Mapping[str, Tensor], users: Mapping[str, Tensor], row_item: Tensor, record: Tensor | None
    ) -> Tensor:
        """Once per candidate: logits (N, H). Users have N rows, or one that is shared by all."""
        target = {name: part.index_select(0, row_item) for name, part in items.items() if name != "key"}
        logits: Tensor = self.crossing(target, users, record)
        return logits

    @property
    def heads(self) -> nn.Linear:
        """The last layer, one output a head."""
        return self.crossing.heads

    def embedding_weights(self) -> list[Tensor]:
        """The tables that ``embedding_penalty`` applies to."""
        return [self.item_side.ids.table.weight, self.user_side.ids.table.weight]


class Committee(nn.Module):
    """Several networks of one shape as one: the mean of their logits. Parts are named ``m<number>_<part>``."""

    def __init__(self, members: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    @property
    def networks(self) -> list[Network]:
        """The members."""
        return [member for member in self.members if isinstance(member, Network)]

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Logits (N, H)."""
        items = self.items(inputs)
        return self.cross(items, self.users(inputs, items), inputs["row_item"], inputs.get("row_record"))

    def items(self, inputs: Mapping[str, Tensor]) -> Parts:
        """As ``Network.items``, for all members."""
        return _named(member.items(inputs) for member in self.networks)

    def users(self, inputs: Mapping[str, Tensor], items: Mapping[str, Tensor]) -> Parts:
        """As ``Network.users``, for all members."""
        return _named(member.users(inputs, _own(items, number)) for number, member in enumerate(self.networks))

    def cross(
        self, items: Mapping[str, Tensor], users: Mapping[str, Tensor], row_item: Tensor, record: Tensor | None
    ) -> Tensor:
        """As ``Network.cross``: the mean of the members' logits."""
        logits = [
            member.cross(_own(items, number), _own(users, number), row_item, record)
            for number, member in enumerate(self.networks)
        ]
        return torch.stack(logits).mean(0) if len(logits) > 1 else logits[0]


def _named(parts: Iterable[Parts]) -> Parts:
    return {f"m{number}_{name}": part for number, own in enumerate(parts) for name, part in own.items()}


def _own(parts: Mapping[str, Tensor], number: int) -> Parts:
    prefix = f"m{number}_"
    return {name.removeprefix(prefix): part for name, part in parts.items() if name.startswith(prefix)}
