"""The judging of off-policy evaluation: a small sample of the same shape, and claims that follow from runs."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.bandit.off_policy import ESTIMATORS
from adplat.flows.bench_bandit_off_policy import OPPOSED, PUBLISHED, SyntheticRun, figures_of, open_bandit_figures
from adplat.flows.bench_bandit_synthetic import Arms, measure_synthetic
from tests.data.builders import real_data, silent


def a_run(seed: int, dr: float, *, covers: bool) -> SyntheticRun:
    names = list(ESTIMATORS)
    return SyntheticRun(seed, 0.5, 0.5, dict.fromkeys(names, dr), dict.fromkeys(names, covers), 1000.0)


def test_claims_follow_from_the_runs() -> None:
    good = [a_run(seed, 0.502, covers=True) for seed in range(4)]
    bad = [a_run(seed, 0.51, covers=seed > 0) for seed in range(4)]
    assert {figure.figure_id: figure.holds for figure in figures_of(good, good)} == {
        "bandit.3.synthetic.error": True,
        "bandit.3.synthetic.coverage": True,
        "bandit.3.synthetic.opposed.coverage": True,
    }
    assert not any(figure.holds for figure in figures_of(bad, bad))
    assert figures_of(bad, good)[0].value == pytest.approx(0.02)


def test_published_logs_hold_their_claims() -> None:
    real_data("open_bandit")
    assert all(figure.holds for figure in open_bandit_figures(silent))


def test_logged_propensities_are_those_of_the_draws() -> None:
    rng = np.random.default_rng(0)
    log = Arms(rng.random((10, 5)), rng.random(10)).log(rng, 20_000, -3.0)
    assert (1.0 / log.propensities).mean() == pytest.approx(10.0, rel=0.03)
    assert log.rewards[log.chosen == 3].mean() != pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("setting", [PUBLISHED, OPPOSED], ids=lambda setting: setting.name)
def test_a_small_sample_is_near_its_truth(setting) -> None:  # type: ignore[no-untyped-def]
    runs = [measure_synthetic(seed, 3000, setting.temperature, setting.sharpness, replicates=200) for seed in range(8)]
    assert sum(run.covered["dr"] for run in runs) >= 6
    assert np.mean([run.relative_error("dr") for run in runs]) < 0.04
    assert {run.truth for run in runs} == {run.truth for run in runs if 0.3 < run.truth < 0.95}
