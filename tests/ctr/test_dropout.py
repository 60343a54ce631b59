from __future__ import annotations

import pytest
import torch

from adplat.ctr.dropout import Dropout


def test_it_drops_the_share_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    values = torch.ones(1000, 301, requires_grad=True)
    dropped = Dropout(0.3).train()(values)
    assert (dropped == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.01)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())


def test_every_byte_of_a_draw_drops_alike() -> None:
    torch.manual_seed(0)
    dropped = Dropout(0.25).train()(torch.ones(20_000, 8))
    shares = (dropped == 0).float().mean(0)
    assert torch.allclose(shares, torch.full((8,), 0.25), atol=0.015)


@pytest.mark.parametrize("share", [0.0, 0.9])
def test_in_evaluation_nothing_changes(share: float) -> None:
    values = torch.randn(3, 4)
    assert torch.equal(Dropout(share).eval()(values), values)


def test_a_small_share_never_becomes_none() -> None:
    assert Dropout(1e-4).dropped == 1
    assert Dropout(0.9999).dropped == 255
    assert Dropout(0.0).dropped == 0
