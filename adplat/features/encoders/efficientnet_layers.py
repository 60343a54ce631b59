"""The layers of EfficientNet-Lite0 (see ``efficientnet`` for the sources). Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Stage(NamedTuple):
    """``repeats`` blocks; the first one strides and changes the width."""

    repeats: int
    channels: int
    kernel: int
    stride: int
    expansion: int


STAGES = (
    Stage(1, 16, 3, 1, 1),
    Stage(2, 24, 3, 2, 6),
    Stage(2, 40, 5, 2, 6),
    Stage(3, 80, 3, 2, 6),
    Stage(3, 112, 5, 1, 6),
    Stage(4, 192, 5, 2, 6),
    Stage(1, 320, 3, 1, 6),
)
STEM, HEAD, CLASSES = 32, 1280, 1000


class SameConvolution(nn.Conv2d):
    """Pads like TensorFlow's SAME: as much as the output ``ceil(in / stride)`` needs, the odd pixel last."""

    def forward(self, input: Tensor) -> Tensor:
        across = self._padding(input.shape[-1], self.kernel_size[1], self.stride[1])
        down = self._padding(input.shape[-2], self.kernel_size[0], self.stride[0])
        padded = functional.pad(input, (*across, *down)) if any((*across, *down)) else input
        result: Tensor = functional.conv2d(padded, self.weight, self.bias, self.stride, 0, 1, self.groups)
        return result

    @staticmethod
    def _padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
        missing = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        return missing // 2, missing - missing // 2


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class InvertedResidual(nn.Module):
    """Expand 1×1, filter per channel, project 1×1; added to the input where shapes allow."""

    def __init__(self, channels_in: int, stage: Stage, stride: int) -> None:
        super().__init__()
        width = channels_in * stage.expansion
        self.expands = stage.expansion != 1
        self.adds = stride == 1 and channels_in == stage.channels
        if self.expands:
            self._expand_conv = SameConvolution(channels_in, width, 1, bias=False)
            self._bn0: nn.Module = _norm(width)
        self._depthwise_conv = SameConvolution(width, width, stage.kernel, stride, groups=width, bias=False)
        self._bn1: nn.Module = _norm(width)
        self._project_conv = SameConvolution(width, stage.channels, 1, bias=False)
        self._bn2: nn.Module = _norm(stage.channels)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        inner = functional.relu6(self._bn1(self._depthwise_conv(inner)))
        inner = self._bn2(self._project_conv(inner))
        result: Tensor = inner + x if self.adds else inner
        return result


class Lite0(nn.Module):
    """(n, 3, 224, 224) to pooled features (n, 1280); the classifier is loaded but not run."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConvolution(3, STEM, 3, stride=2, bias=False)
        self._bn0: nn.Module = _norm(STEM)
        blocks, channels = [], STEM
        for stage in STAGES:
            for place in range(stage.repeats):
                blocks.append(InvertedResidual(channels, stage, stage.stride if place == 0 else 1))
                channels = stage.channels
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConvolution(channels, HEAD, 1, bias=False)
        self._bn1: nn.Module = _norm(HEAD)
        self._fc = nn.Linear(HEAD, CLASSES)

    def forward(self, pixels: Tensor) -> Tensor:
        x = functional.relu6(self._bn0(self._conv_stem(pixels)))
        for block in self._blocks:
            x = block(x)
        return functional.relu6(self._bn1(self._conv_head(x))).mean((2, 3))


# Which normalisation follows which convolution.
_PAIRS = (
    ("_conv_stem", "_bn0"),
    ("_expand_conv", "_bn0"),
    ("_depthwise_conv", "_bn1"),
    ("_project_conv", "_bn2"),
    ("_conv_head", "_bn1"),
)


def lite0(state: Mapping[str, Tensor]) -> Lite0:
    """The net as trained, in evaluation mode. Raises RuntimeError when a name or shape does not fit."""
    net = Lite0()
    net.load_state_dict(dict(state), strict=True)
    return net.eval()


def folded_lite0(state: Mapping[str, Tensor]) -> nn.Module:
    """The same function with every normalisation folded into its convolution; a third faster."""
    net = lite0(state)
    for module in (net, *net._blocks):
        for convolution, norm in _PAIRS:
            if hasattr(module, convolution):
                fused = fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm))
                setattr(module, convolution, fused)
                setattr(module, norm, nn.Identity())
    net.requires_grad_(False)
    for weights in net.parameters():
        if weights.dim() == 4:
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    return net
