"""Where item and user meet: the only work that is done for every candidate, so it is kept small.

Letters as in ``sides``: ``D`` the width of everything side by side.

* low-order crossing (DCN-V2, Wang et al. 2021: x_{l+1} = x_0 * (W x_l + b) + x_l), its first layer cut into shares;
* ``dots`` heads of ``dot_width``: <item, user>, the bilinear meeting of the two sides (as in factorisation machines
  and two-tower models), a handful of multiplications where the sides themselves may be as wide as they like;
* an MLP whose first layer is the sum of the shares; with ``experts`` several of them, mixed for each
  head by gates (MMoE, Ma et al. 2018);
* heads pCTR and, with a conversion label, pCVR. The pair's own numbers (records) also reach them directly.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from adplat.ctr.config import ModelConfig
from adplat.ctr.dropout import Dropout
from adplat.ctr.interest import Meeting
from adplat.ctr.layers import after_linear, dense_layers, joined
from adplat.ctr.linear import Linear, crossed
from adplat.ctr.record_shortcut import RecordShortcut
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Shares, Widths


class Crossing(nn.Module):
    """Parts of the targets (N, ·), of their users (N, · or 1, ·) and records (N, R) to logits (N, H)."""

    def __init__(
        self,
        shape: NetworkShape,
        config: ModelConfig,
        widths: Widths,
        outs: Mapping[str, int],
        totals: Mapping[str, int],
    ) -> None:
        super().__init__()
        self.config, self.widths, self.record, self.outputs = config, widths, shape.record, shape.heads
        self.experts = max(config.experts, 1)
        self.meeting = Meeting(widths, config) if widths.interest else None
        self.shortcut = RecordShortcut(shape) if shape.record_log_odds else None
        self.dropout = Dropout(config.embedding_dropout)
        self.shares = Shares(outs, dict.fromkeys(outs, widths.pair), totals, bias=False)
        self.cross = nn.ModuleList(Linear(widths.crossed, widths.crossed) for _ in range(config.cross_layers - 1))
        self.first = nn.Sequential(*after_linear(outs["first"], config))
        tails = [dense_layers(config.hidden[0], config.hidden[1:], config)[0] for _ in range(self.experts)]
        self.deep = nn.ModuleList(tails)
        beside = widths.crossed if config.cross_layers else widths.pair
        self.heads = nn.Linear(beside + widths.dots + config.hidden[-1], shape.heads)

    def forward(self, target: Mapping[str, Tensor], user: Mapping[str, Tensor], record: Tensor | None) -> Tensor:
        """Logits. ``record`` is ``None`` where the schema keeps none."""
        logits = self._crossed_logits(target, user, self._pair(target, user, record))
        return logits if self.shortcut is None or record is None else logits + self.shortcut(record)

    def _crossed_logits(self, target: Mapping[str, Tensor], user: Mapping[str, Tensor], pair: Tensor | None) -> Tensor:
        sums = {name: self._sum(name, target, user, pair) for name in self.shares.outs}
        beside = [pair] if pair is not None else []
        if "cross" in sums:
            beside = [self._crossed(target, user, pair, sums["cross"])]
        if self.widths.dots:
            met = (target["dots"] * user["dots"]).reshape(-1, self.widths.dots, self.config.dot_width)
            beside.append(met.sum(2))
        first = self.first(sums["first"])
        if not self.config.experts:
            return self._read([*beside, self.deep[0](first)])
        return self._mixed(beside, first, sums["gates"])

    def _pair(self, target: Mapping[str, Tensor], user: Mapping[str, Tensor], record: Tensor | None) -> Tensor | None:
        """(N, C): the record and what the user's past says about this target."""
        told = [record] if record is not None and self.record else []
        if self.meeting is not None:
            told.append(self.meeting(target, user))
        return self.dropout(torch.cat(told, dim=1)) if told else None

    def _sum(self, name: str, target: Mapping[str, Tensor], user: Mapping[str, Tensor], pair: Tensor | None) -> Tensor:
        both = target[name] + user[name] if name in target else user[name]
        return both if pair is None else both + self.shares(name, pair, pair)

    def _crossed(
        self, target: Mapping[str, Tensor], user: Mapping[str, Tensor], pair: Tensor | None, first: Tensor
    ) -> Tensor:
        sides = [part["fields"] for part in (target, user) if "fields" in part]
        x0 = joined([*(side.expand(first.shape[0], -1) for side in sides), *([] if pair is None else [pair])])
        x = crossed(x0, x0, first)
        for layer in self.cross:
            x = crossed(x, x0, layer(x))
        return x

    def _read(self, parts: list[Tensor]) -> Tensor:
        """The heads of everything side by side; in training one part after the other, without a copy of them all."""
        if not self.training:
            logits: Tensor = self.heads(torch.cat(parts, dim=1))
            return logits
        weights = torch.split(self.heads.weight, [part.shape[1] for part in parts], dim=1)
        read = [functional.linear(part, weight) for part, weight in zip(parts, weights, strict=True)]
        return torch.stack(read).sum(0) + self.heads.bias

    def _mixed(self, beside: list[Tensor], first: Tensor, gates: Tensor) -> Tensor:
        """Every head reads its own mixture of the experts."""
        parts = first.reshape(-1, self.experts, self.config.hidden[0]).unbind(1)
        said = torch.stack([expert(part) for expert, part in zip(self.deep, parts, strict=True)], dim=1)
        share = torch.softmax(gates.reshape(-1, self.outputs, self.experts), dim=2)
        mixed = torch.matmul(share, said)  # (N, H, hidden[-1])
        whole = [side.unsqueeze(1).expand(-1, self.outputs, -1) for side in beside]
        read = torch.cat([*whole, mixed], dim=2)
        return (read * self.heads.weight).sum(2) + self.heads.bias
