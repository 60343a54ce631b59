from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from adplat import statistics
from adplat.ctr.calibrated_head import CalibratedHead, chances
from adplat.ctr.calibration import LogitMap, fit_logit_map
from adplat.ctr.config import CalibrationConfig

CONFIG = CalibrationConfig(pieces=6, positives_per_piece=50)


def misjudged(seed: int, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits that promise far too much, with labels of the true chances."""
    rng = np.random.default_rng(seed)
    true = rng.normal(-2.0, 1.0, count)
    return 2.5 * true + 3.0 + 0.3 * true**2, (rng.random(count) < expit(true)).astype(np.float64)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_map_rises_strictly_and_keeps_every_order(seed: int) -> None:
    logits, labels = misjudged(seed, 800)
    fitted = fit_logit_map(logits, labels, CONFIG)
    grid = np.linspace(-30, 30, 2001)
    assert (np.diff(fitted(grid)) > 0).all()
    assert statistics.auc(labels, fitted(logits)) == pytest.approx(statistics.auc(labels, logits), abs=1e-4)


def test_chances_become_right_on_rows_the_map_never_saw() -> None:
    fitted = fit_logit_map(*misjudged(1), CONFIG)
    logits, labels = misjudged(2)
    before, after = expit(logits), expit(fitted(logits))
    assert statistics.logloss(labels, after) < statistics.logloss(labels, before) - 0.05
    assert 0.9 < statistics.pcoc(labels, after) < 1.1


def test_an_anchored_map_keeps_its_shape_and_takes_the_rows_level() -> None:
    fitted = fit_logit_map(*misjudged(1), CONFIG)
    logits, labels = misjudged(2)
    moved = fitted.anchored(logits - 3.0, labels)
    assert expit(moved(logits - 3.0)).mean() == pytest.approx(labels.mean(), abs=1e-9)
    steps = moved(logits) - fitted(logits)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    assert fitted.anchored(logits, np.zeros(len(logits))) == fitted


def test_few_positives_allow_one_piece_and_none_allow_no_change() -> None:
    logits, labels = misjudged(3, 400)
    assert fit_logit_map(logits, labels, CalibrationConfig(positives_per_piece=10_000)).knots == ()
    assert fit_logit_map(logits, np.zeros(400), CONFIG) == LogitMap()
    assert fit_logit_map(np.zeros(0), np.zeros(0), CONFIG) == LogitMap()


def test_the_graph_computes_the_same_map() -> None:
    fitted = fit_logit_map(*misjudged(4), CONFIG)
    assert fitted.knots
    logits = np.linspace(-6, 6, 501)
    mapped = CalibratedHead(fitted)(torch.tensor(logits, dtype=torch.float32))
    found = chances(mapped + fitted.at_first).numpy()
    assert found == pytest.approx(expit(np.clip(fitted(logits), -15, 15)), abs=2e-6)


def test_a_handful_of_positives_moves_the_level_and_no_slope() -> None:
    labels = np.r_[np.ones(9), np.zeros(991)]
    fitted = fit_logit_map(np.random.default_rng(0).normal(size=1000), labels, CONFIG)
    assert fitted.slopes == (1.0,)
    assert fitted.at_first < -3.0


def test_a_map_comes_back_from_json() -> None:
    fitted = fit_logit_map(*misjudged(5), CONFIG)
    assert LogitMap.from_json(json.loads(json.dumps(fitted.to_json()))) == fitted
