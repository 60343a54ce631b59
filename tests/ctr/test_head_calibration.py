from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import expit

from adplat import statistics
from adplat.ctr.calibration import LogitMap
from adplat.ctr.config import CalibrationConfig
from adplat.ctr.field_places import Cells, FieldPlace
from adplat.ctr.head_calibration import FieldOffsets, HeadCalibration, fit_head

CONFIG = CalibrationConfig(pieces=4, positives_per_piece=100, fields=("place",))
PLACE = FieldPlace("place", "row", 2)


def skewed(seed: int, count: int = 30_000, values: int = 8) -> tuple[np.ndarray, np.ndarray, Cells]:
    """A model that promises too much, and more in some places than in others."""
    rng = np.random.default_rng(seed)
    effects = np.random.default_rng(0).normal(0.0, 0.5, values + 1)
    place = rng.integers(1, values + 1, count).astype(np.int32)
    logits = rng.normal(-1.5, 1.0, count)
    labels = (rng.random(count) < expit(0.8 * logits - 0.6 + effects[place])).astype(float)
    return logits, labels, Cells((PLACE,), (values + 1,), place[:, None])


def test_every_place_is_level_on_rows_that_taught_nothing() -> None:
    head = fit_head(*skewed(1), CONFIG, np.random.default_rng(0))
    logits, labels, cells = skewed(2)
    chances = expit(head(logits, cells.indices))
    plain = expit(head.logit_map(logits))
    for value in range(1, 9):
        rows = cells.indices[:, 0] == value
        assert 0.9 < statistics.pcoc(labels[rows], chances[rows]) < 1.1
    rows = [cells.indices[:, 0] == value for value in range(1, 9)]
    worst = max(abs(statistics.pcoc(labels[part], plain[part]) - 1.0) for part in rows)
    assert worst > 0.2
    assert statistics.logloss(labels, chances) < statistics.logloss(labels, plain)
    assert statistics.auc(labels, chances) > statistics.auc(labels, logits) - 1e-4


def test_the_level_is_that_of_the_rows_and_order_within_a_cell_is_kept() -> None:
    logits, labels, cells = skewed(3)
    head = fit_head(logits, labels, cells, CONFIG, np.random.default_rng(0))
    assert expit(head(logits, cells.indices)).mean() == pytest.approx(labels.mean(), abs=1e-9)
    grid = np.linspace(-20, 20, 801)
    for value in range(9):
        assert (np.diff(head(grid, np.full((801, 1), value, np.int32))) > 0).all()
    unknown = head(grid, np.zeros((801, 1), np.int32))
    assert unknown == pytest.approx(head.logit_map(grid))


def test_a_field_of_single_rows_teaches_nothing_and_costs_no_order() -> None:
    logits, labels, _ = skewed(4, 6000)
    alone = Cells((PLACE,), (6001,), np.arange(1, 6001, dtype=np.int32)[:, None])
    head = fit_head(logits, labels, alone, CONFIG, np.random.default_rng(5))
    plain, calibrated = statistics.auc(labels, logits), statistics.auc(labels, head(logits, alone.indices))
    assert calibrated == pytest.approx(plain, abs=1e-3)
    assert np.abs(head.fields[0].values).max() < 0.1


def test_offsets_follow_their_values_into_another_vocabulary() -> None:
    head = HeadCalibration(LogitMap(), (FieldOffsets(PLACE, (0.0, 0.5, -0.5, 0.9)),))
    before = np.array([[1], [2], [0], [1]], np.int32)
    after = np.array([[4], [1], [2], [4]], np.int32)
    again = head.reindexed(before, after, [6])
    assert again.fields[0].values == (0.0, -0.5, 0.0, 0.0, 0.5, 0.0)
    assert again(np.zeros(4), after) == pytest.approx(head(np.zeros(4), before))


def test_it_comes_back_from_json() -> None:
    head = fit_head(*skewed(6, 4000), CONFIG, np.random.default_rng(0))
    assert HeadCalibration.from_json(json.loads(json.dumps(head.to_json()))) == head
