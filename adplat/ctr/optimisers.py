"""One step for the whole network: fused AdamW for what every batch uses, row-wise Adam for large tables."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adplat.ctr.config import FitConfig
from adplat.ctr.embedding import FusedEmbedding
from adplat.ctr.rowwise import RowwiseAdam

# Below this many rows a table is cheaper to walk through than to pick rows from.
ROWS_OF_A_LARGE_TABLE = 100_000


class Optimisers:
    """All optimisers of one network. ``by_rows`` False trains every table whole."""

    def __init__(self, network: nn.Module, fit: FitConfig, *, by_rows: bool = True) -> None:
        self.rate, self.penalty = fit.rate, fit.embedding_penalty
        self.rowwise: list[RowwiseAdam] = []
        self.whole: list[Tensor] = []
        tables = [module for module in network.modules() if isinstance(module, FusedEmbedding)]
        for table in tables:
            large = by_rows and _by_rows(fit, table)
            table.train_rows(large)
            if large:
                self.rowwise.append(RowwiseAdam(table, self.penalty))
            else:
                self.whole.append(table.table.weight)
        weights = {id(table.table.weight) for table in tables}
        self.dense = [weight for weight in network.parameters() if id(weight) not in weights]
        groups = [{"params": self.dense, "weight_decay": fit.weight_decay}]
        if self.whole:
            groups.append({"params": self.whole, "weight_decay": 0.0})
        self._adam = torch.optim.AdamW(groups, lr=fit.rate, fused=True)

    def clear(self) -> None:
        """Forget the last gradients."""
        self._adam.zero_grad(set_to_none=True)

    def gradients(self) -> list[Tensor]:
        """What the last backward pass left, in a fixed order; parameters without a gradient get zeros."""
        found = []
        for weight in [*self.dense, *self.whole]:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
            found.append(weight.grad)
        return found

    @torch.no_grad()
    def step(self) -> None:
        """Apply the gradients; the penalty 0.5 · p · |w|² joins those of the tables here, without a graph."""
        if self.penalty:
            for weight in self.whole:
                if weight.grad is not None:
                    weight.grad.add_(weight, alpha=self.penalty)
        self._adam.step()
        for one in self.rowwise:
            one.step(self.rate)

    def slow(self, factor: float) -> None:
        """Multiply every rate."""
        self._set_rate(self.rate * factor)

    def state(self) -> dict[str, Tensor]:
        """Every tensor that a checkpoint keeps, by name."""
        kept: dict[str, Tensor] = {}
        for number, weight in enumerate([*self.dense, *self.whole]):
            for name, value in self._adam.state.get(weight, {}).items():
                kept[f"adam.{number}.{name}"] = value
        for number, one in enumerate(self.rowwise):
            kept |= {f"rows.{number}.{name}": value for name, value in one.state().items()}
        return kept

    def load(self, state: dict[str, Tensor], rate: float) -> None:
        """Go on from ``state`` at ``rate``."""
        self._set_rate(rate)
        for number, weight in enumerate([*self.dense, *self.whole]):
            start = f"adam.{number}."
            found = {name.removeprefix(start): value for name, value in state.items() if name.startswith(start)}
            if found:
                self._adam.state[weight] = found
        for number, one in enumerate(self.rowwise):
            start = f"rows.{number}."
            one.load({name.removeprefix(start): value for name, value in state.items() if name.startswith(start)})

    def _set_rate(self, rate: float) -> None:
        self.rate = rate
        for group in self._adam.param_groups:
            group["lr"] = rate


def _by_rows(fit: FitConfig, table: FusedEmbedding) -> bool:
    if fit.tables == "auto":
        return table.table.num_embeddings >= ROWS_OF_A_LARGE_TABLE
    return fit.tables == "rows"
