"""A stack of dense layers, as every part of the network builds it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from adplat.ctr.config import ModelConfig
from adplat.ctr.dropout import Dropout
from adplat.ctr.linear import Linear


def dense_layers(width: int, sizes: Sequence[int], config: ModelConfig) -> tuple[nn.Sequential, int]:
    """Linear, batch norm where the config wants it, ReLU, dropout, for each size; and the width that comes out.

    Empty, and 0, where there are no sizes or nothing to read.
    """
    layers: list[nn.Module] = []
    for size in sizes if width else ():
        layers += [Linear(width, size), *after_linear(size, config)]
        width = size
    return nn.Sequential(*layers), width if layers else 0


def joined(parts: Sequence[Tensor]) -> Tensor:
    """Side by side (X, ·); a single part is not copied."""
    return torch.cat(list(parts), dim=1) if len(parts) > 1 else parts[0]


def after_linear(size: int, config: ModelConfig) -> list[nn.Module]:
    """What follows a linear map of this width."""
    norm = [nn.BatchNorm1d(size)] if config.batch_norm else []
    return [*norm, nn.ReLU(), Dropout(config.dropout)]
