from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from adplat.ctr import linear
from adplat.ctr.linear import Linear, crossed, product

LARGE, SMALL = (2048, 96, 64), (16, 8, 4)


def gradients(mapped: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.autograd.grad(mapped.square().sum(), inputs)


@pytest.mark.parametrize("size", [LARGE, SMALL])
@pytest.mark.parametrize("biased", [True, False])
def test_a_product_and_its_gradients_are_those_of_a_linear_map(size: tuple[int, int, int], biased: bool) -> None:
    torch.manual_seed(0)
    rows, reads, out = size
    values, weight = torch.randn(rows, reads, requires_grad=True), torch.randn(out, reads, requires_grad=True)
    bias = torch.randn(out, requires_grad=True) if biased else None
    inputs = [one for one in (values, weight, bias) if one is not None]
    ours, plain = product(values, weight, bias), functional.linear(values, weight, bias)
    assert torch.allclose(ours, plain, rtol=1e-4, atol=1e-4)
    for mine, theirs in zip(gradients(ours, *inputs), gradients(plain, *inputs), strict=True):
        assert torch.allclose(mine, theirs, rtol=1e-3, atol=1e-3 * float(theirs.abs().max()))


def test_values_that_need_no_gradient_get_none() -> None:
    values, weight = torch.randn(2048, 96), torch.randn(64, 96, requires_grad=True)
    product(values, weight).sum().backward()
    assert values.grad is None and weight.grad is not None


def test_large_products_go_to_the_faster_library_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def told(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        asked.append(len(values))
        return functional.linear(values, weight, bias)

    monkeypatch.setattr(linear, "_onednn", told)
    layer, large, small = Linear(96, 64).train(), torch.randn(2048, 96), torch.randn(16, 96)
    monkeypatch.setattr(linear, "_FASTER", True)
    layer(small), layer.eval()(large), layer.train()(large)
    assert asked == [2048]
    with torch.autocast("cpu", torch.bfloat16):
        layer(large)
    monkeypatch.setattr(linear, "_FASTER", False)
    layer(large)
    assert asked == [2048]


def test_it_starts_as_a_plain_linear_map() -> None:
    torch.manual_seed(3)
    ours = Linear(5, 7)
    torch.manual_seed(3)
    plain = nn.Linear(5, 7)
    assert torch.equal(ours.weight, plain.weight) and torch.equal(ours.bias, plain.bias)


def test_a_crossing_step_and_its_gradients() -> None:
    x, x0, mapped = (torch.randn(6, 4, dtype=torch.float64, requires_grad=True) for _ in range(3))
    assert torch.allclose(crossed(x, x0, mapped), x0 * mapped + x)
    assert torch.autograd.gradcheck(crossed, (x, x0, mapped))
