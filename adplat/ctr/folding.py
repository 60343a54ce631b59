"""Batch norm disappears into the linear maps before it once training is over.

In evaluation it is a fixed scale and shift a column, s (W x + b) + t = (s W) x + (s b + t), exact up to rounding;
left in the graph it costs every candidate two passes over its widest layer.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_linear_bn_eval

from adplat.ctr.network import Network


def fold_norms(network: Network) -> None:
    """Fold every batch norm of a network in evaluation mode, in place; its scores stay the same."""
    crossing = network.crossing
    if isinstance(crossing.first[0], nn.BatchNorm1d):
        _fold_shares(network, crossing.first[0])
        crossing.first[0] = nn.Identity()
    for stack in (network.item_side.layers, network.user_side.layers, *crossing.deep):
        if isinstance(stack, nn.Sequential):
            _fold_stack(stack)


def _fold_shares(network: Network, norm: nn.BatchNorm1d) -> None:
    """The first layer's sum is normalised: each side scales its share, the user's, which owns the bias, shifts it."""
    scale, shift = _scale_and_shift(norm)
    sides = (network.item_side.shares, network.user_side.shares, network.crossing.shares)
    with torch.no_grad():
        for shares in sides:
            if "first" in shares.maps:
                weight = shares.maps["first"].get_parameter("weight")
                weight.mul_(scale[:, None])
        bias = network.user_side.shares.biases["first"]
        bias.copy_(bias * scale + shift)


def _scale_and_shift(norm: nn.BatchNorm1d) -> tuple[torch.Tensor, torch.Tensor]:
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise TypeError("a batch norm without running statistics cannot be folded")
    scale = norm.weight / torch.sqrt(variance + norm.eps)
    return scale, norm.bias - mean * scale


def _fold_stack(stack: nn.Sequential) -> None:
    for place, (linear, norm) in enumerate(pairwise(list(stack))):
        if isinstance(linear, nn.Linear) and isinstance(norm, nn.BatchNorm1d):
            stack[place] = fuse_linear_bn_eval(linear, norm)
            stack[place + 1] = nn.Identity()
