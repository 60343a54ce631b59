from __future__ import annotations

import pytest
import torch

from adplat.ctr.losses import entire_space_loss


def test_one_head_is_the_log_loss_of_the_click() -> None:
    logits, labels = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [0.0]])
    chance = torch.sigmoid(logits[:, 0])
    wanted = -(torch.log(chance[0]) + torch.log(1 - chance[1])) / 2
    assert float(entire_space_loss(logits, labels)) == pytest.approx(float(wanted), rel=1e-6)


def test_two_heads_add_the_log_loss_of_the_product_over_all_rows() -> None:
    logits = torch.tensor([[0.3, -1.0], [-2.0, 0.5], [1.0, 1.0]])
    labels = torch.tensor([[1.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    click, both = torch.sigmoid(logits[:, 0]), torch.sigmoid(logits).prod(1)
    clicked, converted = labels[:, 0], labels.prod(1)
    wanted = torch.nn.functional.binary_cross_entropy(click, clicked)
    wanted = wanted + torch.nn.functional.binary_cross_entropy(both, converted)
    assert float(entire_space_loss(logits, labels)) == pytest.approx(float(wanted), rel=1e-5)


def test_tiny_rates_and_sure_rows_give_finite_gradients() -> None:
    logits = torch.tensor([[-40.0, -40.0], [40.0, 40.0]], requires_grad=True)
    entire_space_loss(logits, torch.tensor([[1.0, 1.0], [0.0, 0.0]])).backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_a_conversion_without_a_click_is_not_counted() -> None:
    logits = torch.tensor([[0.0, 0.0]])
    with_click = entire_space_loss(logits, torch.tensor([[0.0, 1.0]]))
    without = entire_space_loss(logits, torch.tensor([[0.0, 0.0]]))
    assert float(with_click) == float(without)
