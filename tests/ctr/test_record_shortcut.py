from __future__ import annotations

import torch

from adplat.ctr.record_shortcut import RecordShortcut
from adplat.ctr.shape import NetworkShape


def test_the_click_logit_starts_as_the_sum_of_the_named_columns() -> None:
    shortcut = RecordShortcut(NetworkShape(record=4, record_log_odds=(0, 2), heads=2))
    record = torch.tensor([[1.0, 5.0, 0.5, 7.0], [-2.0, 1.0, 1.0, 1.0]])
    assert torch.equal(shortcut(record), torch.tensor([[1.5, 0.0], [-1.0, 0.0]]))
    assert [name for name, _ in shortcut.named_parameters()] == ["change"]
