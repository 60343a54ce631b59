"""One pass over the training rows: batches in, gradients out, a step each.

Every batch draws from a generator of its own, named by seed, epoch and number, so that a run can go on in the
middle of an epoch and several workers can share the batches of one run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from adplat.ctr.batches import Int64, epoch_batches
from adplat.ctr.config import FitConfig
from adplat.ctr.corruption import corrupt
from adplat.ctr.examples import Examples, Inputs, assemble, take_rows
from adplat.ctr.losses import entire_space_loss
from adplat.ctr.network import Network
from adplat.ctr.optimisers import Optimisers


@dataclass(frozen=True)
class Crew:
    """Several processes that train one network: each takes its part of every batch.

    ``average`` replaces tensors in place by their mean over the ``count`` workers; all call it in the same order.
    """

    rank: int
    count: int
    average: Callable[[Sequence[Tensor]], None]

    def part_of(self, rows: Int64) -> Int64:
        """This worker's rows of a batch; never none while there are as many rows as workers."""
        return rows[self.rank :: self.count]


ALONE = Crew(0, 1, lambda _tensors: None)


@dataclass(frozen=True)
class Passing:
    """What one epoch reads and changes."""

    network: Network
    optimisers: Optimisers
    train: Examples
    fit: FitConfig
    seed: int
    crew: Crew = ALONE

    def run(
        self,
        epoch: int,
        start: int = 0,
        total: float = 0.0,
        rows: int = 0,
        after_batch: Callable[[int, float, int], object] = lambda *_told: None,
    ) -> float:
        """Train on every batch from number ``start`` on; returns the mean loss of the rows of the whole epoch.

        ``total`` (loss summed over rows) and ``rows`` tell of the batches before ``start``;
        ``after_batch(batches, total, rows)`` hears where the epoch stands after each.
        """
        self.network.train()
        clicked, fit = self.train.labels[:, 0], self.fit
        order = np.random.default_rng([self.seed, epoch])
        for number, index in enumerate(epoch_batches(clicked, fit.batch, fit.negatives, order)):
            if number < start or 1 < len(index) < 2 * self.crew.count:
                continue  # done before, or too few rows to give every worker two of them
            rng = np.random.default_rng([self.seed, epoch, number, self.crew.rank])
            total += self._step(index, rng) * len(index)
            rows += len(index)
            after_batch(number + 1, total, rows)
        self.crew.average([buffer for buffer in self.network.buffers() if buffer.is_floating_point()])
        return total / max(rows, 1)

    def _step(self, index: Int64, rng: np.random.Generator) -> float:
        """One batch: forward, backward, average, update. Returns its mean loss."""
        mine = self.crew.part_of(index)
        inputs, labels = self._inputs(mine, rng)
        # A kept negative stands for those left out of this epoch, so the loss keeps its mean.
        weights = np.where(labels[:, 0] > 0.5, 1.0, 1.0 / self.fit.negatives).astype(np.float32)
        with torch.autocast("cpu", torch.bfloat16) if self.fit.bf16 else nullcontext():
            logits = self.network(as_tensors(inputs))
        late = self.train.conversion
        conversion = None if late is None else torch.from_numpy(late.take(mine).stacked())
        loss = entire_space_loss(logits.float(), torch.from_numpy(labels), torch.from_numpy(weights), conversion)
        self.optimisers.clear()
        # Parts of unequal size: the mean over workers must be the mean over the rows of the whole batch.
        share = len(mine) * self.crew.count / len(index)
        (loss * share if share != 1.0 else loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        told = loss.detach() * share
        if self.crew.count > 1:
            self.crew.average([*self.optimisers.gradients(), told])
        self.optimisers.step()
        return float(told)

    def _inputs(self, index: Int64, rng: np.random.Generator) -> tuple[Inputs, np.ndarray]:  # float32 labels
        train = self.train
        inputs = assemble(train.items, take_rows(train.rows, index), train.record[index])
        corrupt(inputs, self.network.shape, self.network.config, rng)
        return inputs, train.labels[index]


def as_tensors(inputs: Inputs) -> dict[str, Tensor]:
    """The same memory as tensors."""
    return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in inputs.items()}


def state_of(network: nn.Module) -> dict[str, Tensor]:
    """A copy of every weight and buffer that the network keeps."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
