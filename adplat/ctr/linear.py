"""Linear maps that train through the faster of torch's two matrix libraries.

On x86 torch hands float32 products to MKL, which keeps to 256-bit vectors on processors that are not Intel's; oneDNN,
which torch carries along, writes its kernels for the processor that it finds. One core of an AMD EPYC (Zen 5), products
of 4096 x 624 x 624: 105 GFLOP/s against 230. Evaluation and export see a plain ``nn.Linear``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

# Smaller products are over before oneDNN has found its kernel (128 x 32 x 16: 11 µs against 5).
_MULTIPLICATIONS, _WIDTH = 2**21, 16


class Linear(nn.Linear):
    """``nn.Linear`` with the same weights and start; in training, large float32 products are oneDNN's."""

    def forward(self, values: Tensor) -> Tensor:
        """(X, in) to (X, out)."""
        return product(values, self.weight, self.bias) if self.training else super().forward(values)


def product(values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """values · weightᵀ + bias, differentiable once: (X, in), (out, in) and (out,) to (X, out)."""
    if not _is_for_onednn(values, weight):
        return functional.linear(values, weight, bias)
    mapped: Tensor = _Product.apply(values, weight, bias)  # type: ignore[no-untyped-call]  # torch leaves apply untyped
    return mapped


def crossed(x: Tensor, x0: Tensor, mapped: Tensor) -> Tensor:
    """x0 * mapped + x, the step of a cross layer, in one pass; differentiable once where gradients are kept."""
    if not torch.is_grad_enabled():
        return x0 * mapped + x
    stepped: Tensor = _Crossed.apply(x, x0, mapped)  # type: ignore[no-untyped-call]  # torch leaves apply untyped
    return stepped


class _Crossed(torch.autograd.Function):
    """Torch's own ``addcmul`` walks the gradient twice more, to multiply it by one."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, x0: Tensor, mapped: Tensor) -> Tensor:
        ctx.save_for_backward(x0, mapped)
        return torch.addcmul(x, x0, mapped.to(x0.dtype))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x0, mapped = ctx.saved_tensors
        return gradient, gradient * mapped, (gradient * x0).to(mapped.dtype)


class _Product(torch.autograd.Function):
    """Forward and both backward products by oneDNN, which reads transposed matrices where they lie."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(values, weight)
        return _onednn(values, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor | None]:
        values, weight = ctx.saved_tensors
        to_values = _onednn(gradient, weight.t()) if ctx.needs_input_grad[0] else None
        to_bias = gradient.sum(0) if ctx.needs_input_grad[2] else None
        return to_values, _onednn(gradient.t(), values.t()), to_bias


def _onednn(values: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    mapped: Tensor = torch.ops.mkldnn._linear_pointwise(values, weight, bias, "none", [], "")
    return mapped


def _is_for_onednn(values: Tensor, weight: Tensor) -> bool:
    """Whether this product is large, in float32, and on a processor where oneDNN is the faster one."""
    if not _FASTER or values.dtype != torch.float32 or values.dim() != 2 or torch.is_autocast_enabled("cpu"):
        return False
    return min(weight.shape) >= _WIDTH and values.shape[0] * weight.numel() >= _MULTIPLICATIONS


def _onednn_is_faster() -> bool:
    """Where 512-bit vectors are there to be used; MKL uses them on Intel's processors as well, so nothing is lost."""
    built = bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]  # torch leaves it untyped
    there = built and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return there and torch.backends.cpu.get_cpu_capability() == "AVX512"


_FASTER = _onednn_is_faster()
