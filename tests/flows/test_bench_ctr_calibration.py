"""The figures of calibration under drift: what is served knows no future, and the path runs on a small world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from adplat import statistics
from adplat.ctr.calibration import LogitMap
from adplat.ctr.field_places import Cells, FieldPlace
from adplat.flows.bench_ctr_calibration import calibration_figures, judge_world, kept_fresh, unmapped


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def drifting(count: int = 60_000) -> tuple[np.ndarray, np.ndarray, Cells, np.ndarray]:
    rng = np.random.default_rng(2)
    hours = np.sort(rng.integers(0, 24 * 6, count)).astype(np.int64)
    place = rng.integers(1, 4, (count, 1)).astype(np.int32)
    logits = rng.normal(-2.5, 0.7, count)
    moved = logits - 0.5 * (hours > 40) + np.array([0, 0.4, 0.0, -0.4])[place[:, 0]] * (hours > 40)
    labels = (rng.random(count) < expit(moved)).astype(float)
    return logits, labels, Cells((FieldPlace("place", "row", 0),), (4,), place), hours


def test_a_bundle_kept_fresh_is_level_on_the_whole_and_in_every_place() -> None:
    logits, labels, cells, hours = drifting()
    fresh = expit(kept_fresh(logits, labels, cells, hours))
    assert statistics.pcoc(labels, expit(logits)) > 1.2
    assert 0.97 < statistics.pcoc(labels, fresh) < 1.03
    last = hours > 80
    for value in (1, 2, 3):
        rows = last & (cells.indices[:, 0] == value)
        assert 0.9 < statistics.pcoc(labels[rows], fresh[rows]) < 1.1
    assert statistics.auc(labels, fresh) > statistics.auc(labels, logits)


def test_what_is_served_never_knows_the_hour_it_serves() -> None:
    logits, labels, cells, hours = drifting(20_000)
    now = hours >= 70
    fresh, other = (kept_fresh(logits, told, cells, hours) for told in (labels, np.where(now, 1 - labels, labels)))
    assert fresh[hours <= 70] == pytest.approx(other[hours <= 70], abs=1e-12)


def test_a_map_is_undone() -> None:
    for logit_map in (LogitMap(0.3, (0.5, 1.5, 0.9), (-1.0, 2.0)), LogitMap(-0.2, (1.3,)), LogitMap()):
        logits = np.linspace(-9, 9, 61)
        assert unmapped(logit_map, logit_map(logits)) == pytest.approx(logits, abs=1e-9)


def test_a_small_world_gives_every_figure(tmp_path: Path) -> None:
    judged = judge_world("drift_rate", tmp_path, quiet, quick=True)
    figures = {figure.figure_id: figure for figure in calibration_figures("drift_rate", judged)}
    assert set(figures) == {f"ctr.3.drift_rate.{key}" for key in ("pcoc", "ece", "entropy", "auc")}
    assert figures["ctr.3.drift_rate.pcoc"].value == pytest.approx(statistics.pcoc(judged.labels, judged.fresh))
    assert abs(statistics.pcoc(judged.labels, judged.fresh) - 1) < abs(
        statistics.pcoc(judged.labels, judged.static) - 1
    )
