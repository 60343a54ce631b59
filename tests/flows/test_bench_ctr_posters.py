"""The judging of MovieLens with posters: what the figures say of made-up models, and one real fold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adplat.flows.bench_ctr_posters import MODELS, Judged, cold_figures, judge_cold_fold, later_figures

NOISE = {
    "identifiers": 3.0, "no content": 3.0, "image alone": 2.6, "words alone": 1.5, "without image": 1.3,
    "without words": 2.5, "whole": 1.3, "warm": 0.8, "biases": 3.0,
}  # fmt: skip


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def folds(noise: dict[str, float], rows: int = 3000) -> list[Judged]:
    """Two folds whose models know the truth through more or less noise."""
    found = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        truth, same = rng.normal(0, 1.5, rows), rng.normal(0, 1, rows)
        labels = (rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(float)
        chances = {name: 1 / (1 + np.exp(-(truth + width * same) / (1 + width))) for name, width in noise.items()}
        found.append(Judged(labels, rng.integers(0, 300, rows), chances, rng.random(rows) < 0.5))
    return found


def told(noise: dict[str, float]) -> dict[str, tuple[float, bool]]:
    return {figure.figure_id: (figure.value, figure.holds) for figure in cold_figures(folds(noise), quick=True)}


def test_content_that_helps_is_told_apart_from_content_that_does_not() -> None:
    found = told(NOISE)
    assert found["ctr.2.words"][1] and found["ctr.2.image"][1] and found["ctr.2.words_left_out"][1]
    assert found["ctr.2.image_left_out"] == (0.0, True)  # the very same chances: no difference on any draw
    assert 0.6 < found["ctr.2.gap"][0] < 0.95 and found["ctr.2.gap"][1]
    worse = told(NOISE | {"image alone": 3.4, "whole": 2.6})
    assert not worse["ctr.2.image"][1] and not worse["ctr.2.image_left_out"][1]
    assert not worse["ctr.2.gap"][1] and worse["ctr.2.gap"][0] < 0.5


def test_later_rows_are_held_beside_the_biases() -> None:
    found = {figure.figure_id: figure for figure in later_figures(folds(NOISE))}
    auc, over = found["ctr.2.later.auc"], found["ctr.2.later.over_biases"]
    assert auc.rival_value is not None and over.value == pytest.approx(auc.value - auc.rival_value)
    assert auc.holds == (auc.value >= 0.725)


@pytest.mark.slow
def test_one_real_fold_of_items_is_judged_by_every_model(tmp_path: Path) -> None:
    fold = judge_cold_fold(0, tmp_path, quiet, quick=True)
    assert set(fold.chances) == {*MODELS, "warm", "biases"}
    assert fold.auc("whole") > fold.auc("identifiers") + 0.03
    assert 0.4 < fold.gap.mean() < 0.6
