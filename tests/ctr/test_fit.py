from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from adplat import statistics
from adplat.ctr.examples import Examples
from adplat.ctr.fit import fit_network, predict_logits
from adplat.ctr.shape import NetworkShape
from adplat.domain import TableRejected
from tests.ctr.builders import plain_block, plain_rows, quick_fit, quick_model

SHAPE = NetworkShape(row_categorical=(6, 6))


def examples(seed: int, count: int = 600, *, noise: bool = False) -> Examples:
    """Rows of two categories, positive mostly where they are equal."""
    rng = np.random.default_rng(seed)
    pairs = rng.integers(1, 6, (count, 2)).astype(np.int32)
    chance = np.full(count, 0.4) if noise else np.where(pairs[:, 0] == pairs[:, 1], 0.9, 0.1)
    labels = (rng.random(count) < chance).astype(np.float32)[:, None]
    rows = plain_rows(np.zeros(count), categorical=pairs)
    return Examples(plain_block(0), rows, np.zeros((count, 0), np.float32), labels)


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def test_the_network_learns_what_is_there() -> None:
    fitted = fit_network(
        SHAPE, quick_model(), quick_fit(epochs=40, patience=40), examples(0, 2000), examples(1), 0, quiet
    )
    later = examples(2)
    assert statistics.auc(later.labels[:, 0], predict_logits(fitted.network, later)[:, 0]) > 0.8


def test_training_stops_after_patience_and_keeps_the_best_epoch() -> None:
    fitted = fit_network(
        SHAPE,
        quick_model(),
        quick_fit(epochs=200, patience=2),
        examples(0, noise=True),
        examples(1, noise=True),
        0,
        quiet,
    )
    losses = [report.logloss for report in fitted.reports]
    assert len(losses) < 200
    assert fitted.epochs == 1 + int(np.argmin(losses)) == len(losses) - 2
    later = examples(1, noise=True)
    chances = 1 / (1 + np.exp(-predict_logits(fitted.network, later)[:, 0]))
    assert statistics.logloss(later.labels[:, 0], chances) == pytest.approx(min(losses), abs=1e-9)


def test_without_later_rows_it_runs_for_exactly_the_epochs_given() -> None:
    seen: list[str] = []
    fitted = fit_network(
        SHAPE, quick_model(), quick_fit(epochs=3), examples(0), None, 0, lambda *told: seen.append(told[2])
    )
    assert fitted.epochs == 3
    assert [line.split(",")[0] for line in seen] == [f"training: epoch {number}" for number in (1, 2, 3)]


def test_the_seed_decides_everything_and_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    model = quick_model(dropout=0.3, embedding_dropout=0.1)
    runs = [fit_network(SHAPE, model, quick_fit(), examples(0), None, seed, quiet) for seed in (4, 4, 6)]
    first, again, other = (predict_logits(run.network, examples(1)) for run in runs)
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_is_refused(label: float) -> None:
    rows = examples(0)
    rows.labels[:] = label
    with pytest.raises(TableRejected, match="training rows are positive"):
        fit_network(SHAPE, quick_model(), quick_fit(), rows, None, 0, quiet)


def test_a_share_of_the_negatives_learns_the_same_rates() -> None:
    rng = np.random.default_rng(5)
    pairs = rng.integers(1, 6, (20_000, 2)).astype(np.int32)
    labels = (rng.random(20_000) < np.where(pairs[:, 0] == pairs[:, 1], 0.08, 0.02)).astype(np.float32)[:, None]
    rows = plain_rows(np.zeros(20_000), categorical=pairs)
    train = Examples(plain_block(0), rows, np.zeros((20_000, 0), np.float32), labels)
    fit = quick_fit(epochs=12, patience=12, rate=0.01)
    chances = [
        1 / (1 + np.exp(-predict_logits(fit_network(SHAPE, quick_model(), told, train, None, 0, quiet).network, train)))
        for told in (fit, replace(fit, negatives=0.2))
    ]
    for chance in chances:
        assert chance.mean() == pytest.approx(labels.mean(), rel=0.08)
        assert statistics.auc((pairs[:, 0] == pairs[:, 1]).astype(np.float64), chance[:, 0].astype(np.float64)) > 0.95
