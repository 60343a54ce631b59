"""Every method's three numbers, and that ours mean the same as mature labels."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from adplat.ctr.delay_config import DelayConfig
from adplat.ctr.delayed_feedback import METHODS, Feedback, targets_of
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.late_calibration import levelled
from adplat.ctr.losses import entire_space_loss
from adplat.domain import ConfigRejected

RATE = 0.3


def late_rows(count: int = 40_000, seed: int = 3) -> Feedback:
    """Clicks of which 30 % convert in the end; the younger, the fewer have been seen to."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.05, 1.0, count)
    mature = rng.random(count) < RATE
    seen = mature & (rng.random(count) < share)
    return Feedback(seen.astype(np.float32), share * 86_400.0, share, mature.astype(np.float32))


@pytest.mark.parametrize("method", ["importance", "survival"])
def test_pairs_are_unbiased_for_the_mature_label(method: str) -> None:
    label, weight = targets_of(DelayConfig(method=method), late_rows()).pairs()  # type: ignore[arg-type]
    assert (weight * label).sum() / weight.sum() == pytest.approx(RATE, abs=0.01)
    young = weight < 0.3
    assert (weight * label)[young].sum() / weight[young].sum() == pytest.approx(RATE, abs=0.03)


def test_labels_as_seen_are_far_too_few_and_old_rows_are_better() -> None:
    told = late_rows()
    assert targets_of(DelayConfig(), told).label.mean() < 0.7 * RATE
    old = targets_of(DelayConfig(method="fixed_window", wait_hours=18), told)
    assert RATE * 0.8 < (old.label * old.weight).sum() / old.weight.sum() < RATE
    assert old.weight.sum() < len(old) / 2


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("vanilla", [1.0, 1.0, 1.0]),
        ("fixed_window", [1.0, 0.0, 1.0]),
        ("importance", [4.0, 0.25, 1.0]),
        ("survival", [1.0, 1.0, 0.25]),
        ("oracle", [0.0, 1.0, 1.0]),
    ],
)
def test_the_three_numbers_of_each_method(method: str, row: list[float]) -> None:
    one = Feedback(np.ones(1, np.float32), np.array([60.0]), np.array([0.25]), np.zeros(1, np.float32))
    assert targets_of(DelayConfig(method=method), one).stacked().tolist() == [row]  # type: ignore[arg-type]
    assert method in METHODS


@pytest.mark.parametrize("method", ["importance", "survival", "oracle"])
def test_the_loss_is_least_at_the_true_rate(method: str) -> None:
    targets = torch.from_numpy(targets_of(DelayConfig(method=method), late_rows()).stacked())  # type: ignore[arg-type]
    labels = torch.ones(len(targets), 2)
    candidates = [0.2, 0.25, 0.3, 0.35, 0.4]
    losses = []
    for rate in candidates:
        logits = torch.tensor([[20.0, float(np.log(rate / (1 - rate)))]]).expand(len(targets), 2)
        losses.append(float(entire_space_loss(logits, labels, conversion=targets)))
    assert candidates[int(np.argmin(losses))] == RATE


def test_plain_numbers_are_the_plain_loss() -> None:
    logits = torch.tensor([[0.3, -1.0], [-2.0, 0.5], [1.0, 1.0]])
    labels = torch.tensor([[1.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    weights = torch.tensor([1.0, 3.0, 1.0])
    plain = torch.stack([labels[:, 1], torch.ones(3), torch.ones(3)], dim=1)
    told = entire_space_loss(logits, labels, weights, plain)
    assert float(told) == pytest.approx(float(entire_space_loss(logits, labels, weights)), rel=1e-6)


def test_a_level_that_is_off_is_mended_and_chance_is_left_alone() -> None:
    label, weight = targets_of(DelayConfig(method="survival"), late_rows()).pairs()
    wrong = np.full(len(label), np.log(0.1 / 0.9))
    right = np.full(len(label), np.log(RATE / (1 - RATE)))
    mended = levelled(wrong, label, weight).logit_map(wrong)[0]
    assert 1 / (1 + np.exp(-mended)) == pytest.approx(RATE, abs=0.01)
    assert levelled(right, label, weight).logit_map.at_first == pytest.approx(0.0, abs=0.02)
    assert levelled(right, np.zeros(len(label)), weight) == HeadCalibration()


def test_a_window_out_of_range_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="window_days is 0"):
        DelayConfig(window_days=0)
