"""The reward model: fitted by its own rows alone, with the right derivatives, and honest about itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from adplat.bandit.off_policy import ChoiceLog, TargetBlock
from adplat.bandit.off_policy.cross_fitting import CrossFitted, cross_fit
from adplat.bandit.off_policy.design import Design
from adplat.bandit.off_policy.model_influence import ModelInfluence
from adplat.bandit.off_policy.reward_model import RewardModel, _path, fit_reward_model
from adplat.statistics import Float64
from tests.bandit.off_policy.builders import silent, some_log


def test_a_prediction_never_moves_with_the_rows_own_reward() -> None:
    log = some_log(300)
    before = cross_fit(log, np.random.default_rng(0), silent)
    rewards = log.rewards.copy()
    rewards[11] = 1.0 - rewards[11]
    after = cross_fit(replace(log, rewards=rewards), np.random.default_rng(0), silent)
    assert before.predicted()[11] == after.predicted()[11]
    assert not np.array_equal(before.predicted(), after.predicted())


def test_rows_of_one_person_lie_in_one_fold() -> None:
    people = np.repeat(np.arange(100), 4)
    fold_of = cross_fit(some_log(400, groups=people), np.random.default_rng(0), silent).fold_of
    assert all(len(set(fold_of[people == person])) == 1 for person in range(100))
    assert len(set(fold_of.tolist())) == 3


def test_it_learns_what_moment_and_action_do_together() -> None:
    rng = np.random.default_rng(5)
    log = some_log(6000, seed=5)
    slopes = np.array([2.0, -2.0, 0.0, 1.0])
    truth = expit(slopes[log.chosen] * log.numbers[:, 0] - 1.0)
    log = replace(log, rewards=(rng.random(6000) < truth).astype(np.float64))
    model = fit_reward_model(Design.of(log), log.chosen, log.rewards, np.arange(6000), rng)
    assert np.abs(model.predicted(Design.of(log), log.chosen, np.arange(6000)) - truth).mean() < 0.03


def test_few_rewards_make_it_stiff() -> None:
    rng = np.random.default_rng(2)
    log = some_log(4000, seed=2)
    log = replace(log, rewards=(rng.random(4000) < 0.005).astype(np.float64))
    predicted = cross_fit(log, rng, silent).predicted()
    assert predicted.max() < 0.03
    assert predicted.mean() == pytest.approx(log.rewards.mean(), rel=0.2)


def beta_of(model: RewardModel, design: Design) -> Float64:
    """The coefficients with the action's facts folded into its own level; facts themselves at zero."""
    parts = [[model.intercept], model.context, np.zeros(design.facts.shape[1]), model.action]
    return np.concatenate([*parts, *([] if model.crossed is None else [model.crossed.ravel()])])


def test_columns_and_matrices_say_the_same() -> None:
    log = some_log(200)
    design, rows = Design.of(log), np.arange(200)
    model = _path(design, log.chosen, log.rewards, rows, [(3.0, 3.0)])[0]
    by_columns = design.columns(rows, log.chosen, crossed=True) @ beta_of(model, design)
    by_matrix = model.logits(design.context, np.arange(4))[rows, log.chosen]
    assert by_columns == pytest.approx(by_matrix, abs=1e-9)
    assert expit(by_matrix) == pytest.approx(model.predicted(design, log.chosen, rows), abs=1e-9)


def direct(models: CrossFitted, log: ChoiceLog, shares: Float64) -> tuple[float, list[Float64]]:
    offered = log.offered
    assert offered is not None
    gradients = models.no_gradients()
    block = TargetBlock(0, len(log), shares.ravel())
    return float(models.expected(block, offered.offsets(), gradients).sum()), gradients


def test_gradients_are_those_of_small_steps() -> None:
    log = some_log(150)
    shares = np.random.default_rng(1).dirichlet(np.ones(4), 150)
    design, rows = Design.of(log), np.arange(150)
    fold_of = np.zeros(150, dtype=np.int64)
    model = _path(design, log.chosen, log.rewards, rows, [(3.0, 3.0)])[0]
    value, (gradient,) = direct(CrossFitted(log, design, fold_of, (model,)), log, shares)
    step = 1e-6
    bumped = replace(model, intercept=model.intercept + step)
    moved, _ = direct(CrossFitted(log, design, fold_of, (bumped,)), log, shares)
    assert (moved - value) / step == pytest.approx(gradient[0], rel=1e-4)
    levels = model.action.copy()
    levels[2] += step
    moved, _ = direct(CrossFitted(log, design, fold_of, (replace(model, action=levels),)), log, shares)
    own = 1 + design.context.shape[1] + design.facts.shape[1]
    assert (moved - value) / step == pytest.approx(gradient[own + 2], rel=1e-3)
    assert model.crossed is not None
    place = 1 + design.context.shape[1] + design.facts.shape[1] + 4  # the first crossed column
    for action, column in ((1, 0), (3, 2)):
        crossed = model.crossed.copy()
        crossed[action, column] += step
        moved, _ = direct(CrossFitted(log, design, fold_of, (replace(model, crossed=crossed),)), log, shares)
        found = gradient[place + action * design.context.shape[1] + column]
        assert (moved - value) / step == pytest.approx(found, rel=1e-3)


def test_influence_is_what_fitting_without_the_row_would_change() -> None:
    log = some_log(300)
    design, rows = Design.of(log), np.arange(300)
    shares = np.full((300, 4), 0.25)
    strengths = [(10.0, 10.0)]
    fold_of = np.zeros(300, dtype=np.int64)

    def whole(kept: np.ndarray) -> CrossFitted:
        model = _path(design, log.chosen, log.rewards, kept, strengths)[0]
        return CrossFitted(log, design, fold_of, (model,))

    value, gradients = direct(whole(rows), log, shares)
    influence = ModelInfluence(whole(rows)).of_gradients(gradients)
    left_out = np.array([value - direct(whole(np.delete(rows, row)), log, shares)[0] for row in range(0, 300, 15)])
    # Left out one by one and seen at once differ by a row's own leverage and a common shift.
    assert np.corrcoef(left_out, influence[::15])[0, 1] > 0.99
    assert np.std(left_out) == pytest.approx(np.std(influence[::15]), rel=0.15)
