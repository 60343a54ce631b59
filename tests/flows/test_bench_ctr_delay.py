"""The judging of late conversions: expected measures, shares of a gap, and one small world through all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adplat.ctr import read_train_config
from adplat.data import configs_folder, read_config, read_feature_schema
from adplat.flows.bench_ctr_delay import (
    METHODS,
    OURS,
    DelayResult,
    closed,
    delay_figures,
    expected_auc,
    expected_logloss,
    measure_delay_world,
)
from adplat.simulator import WorldConfig, build_world
from adplat.statistics import auc, logloss


def test_expected_measures_are_what_many_draws_come_to() -> None:
    rng = np.random.default_rng(0)
    click, conversion = rng.uniform(0.05, 0.9, 400), rng.uniform(0.05, 0.9, 400)
    predicted = np.clip(conversion + rng.normal(0, 0.2, 400), 0.02, 0.98)
    clicked = rng.random((400, 400)) < click
    label = (rng.random((400, 400)) < conversion)[clicked].astype(float)
    told = np.broadcast_to(predicted, (400, 400))[clicked]
    assert expected_auc(click, conversion, predicted) == pytest.approx(auc(label, told), abs=0.01)
    assert expected_logloss(click, conversion, predicted) == pytest.approx(logloss(label, told), abs=0.01)


def results(world: str, ours: float) -> list[DelayResult]:
    """Vanilla at 0.6, oracle at 0.7, and ours in between."""
    area = {"vanilla": 0.6, "fixed_window": 0.62, OURS: ours, "oracle": 0.7}
    return [
        DelayResult(world, seed, method, 100, area[method], 1.0 - area[method], 1.01)
        for seed in (1, 2)
        for method in METHODS
    ]


def test_the_share_closed_decides_the_claims() -> None:
    total, each, gap = closed(results("delay_x", 0.68), OURS, "auc")
    assert (total, each, gap) == (pytest.approx(0.8), pytest.approx([0.8, 0.8]), pytest.approx(0.1))
    told = {figure.figure_id: figure.holds for figure in delay_figures(results("delay_x", 0.68))}
    assert told["ctr.4.x.auc"]
    assert told["ctr.4.x.logloss"]
    assert told["ctr.4.x.freshest_pcoc"]
    assert not {f.figure_id: f.holds for f in delay_figures(results("delay_x", 0.66))}["ctr.4.x.auc"]


def test_a_small_world_is_judged_by_every_method() -> None:
    config, schema_path = read_train_config(configs_folder() / "ctr" / "marketplace_conversions.yaml")
    quick = replace(config, training=replace(config.training, epochs=1))
    told = read_config(configs_folder() / "worlds" / "delay_two_speeds.yaml", WorldConfig)
    world = build_world(replace(told, impressions=6000, users=300), 1)
    found = measure_delay_world(world, quick, read_feature_schema(schema_path))
    assert [result.method for result in found] == list(METHODS)
    pcoc = {result.method: result.freshest_pcoc for result in found}
    assert pcoc["vanilla"] < pcoc[OURS]
    assert all(0.4 < result.auc < 0.8 and 0 < result.logloss < 1.5 for result in found)
