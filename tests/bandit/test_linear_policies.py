"""LinUCB and linear Thompson sampling: their sums, their posterior, and what they learn of pictures."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from adplat.bandit import LINEAR, Context, Knowledge, LinearThompson, LinUcb, Policy, ThompsonWithPrior, linear_sums
from adplat.bandit.fixed_draws import DRAWS, fixed_draws
from adplat.bandit.linear_evidence import linear_features
from adplat.bandit.linear_posterior import LinearPosterior
from adplat.domain import ArmStatistics, InternalFault
from tests.bandit.builders import Float64

SIZE = 6
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Showings:
    """Showings whose model errs by ``1 + slope · (first coordinate)``."""

    def __init__(self, count: int, seed: int, slope: float = 0.4, size: int = SIZE) -> None:
        rng = np.random.default_rng(seed)
        self.p_ctr, self.vectors = rng.beta(3, 100, count), rng.normal(size=(count, size))
        self.clicked = rng.random(count) < self.p_ctr * np.clip(1.0 + slope * self.vectors[:, 0], 0.0, 5.0)

    def sums(self, part: slice = slice(None)) -> Float64:
        p_ctr, vectors, clicked = self.p_ctr[part], self.vectors[part], self.clicked[part]
        return linear_sums(p_ctr, vectors, p_ctr[clicked], vectors[clicked])


def knowing(sums: Float64) -> Knowledge:
    return Knowledge.of({}, NOW, {LINEAR: tuple(sums.tolist())})


def shares(policy: Policy, sums: Float64, p_ctr: Float64, vectors: Float64) -> Float64:
    names = [f"c{number}" for number in range(len(p_ctr))]
    told = policy.update(knowing(sums))
    return told.choose(Context(p_ctr, vectors=vectors), names, np.random.default_rng(0)).propensities


def test_the_posterior_is_weighted_least_squares_on_all_rows_at_once() -> None:
    seen, ridge = Showings(4000, 1), 10.0
    x = linear_features(seen.p_ctr, seen.vectors)
    rows = np.concatenate([x * np.sqrt(seen.p_ctr)[:, None], np.sqrt(ridge) * np.eye(SIZE + 2)])
    wanted = np.concatenate([(seen.clicked - seen.p_ctr) / np.sqrt(seen.p_ctr), np.zeros(SIZE + 2)])
    batch = np.linalg.lstsq(rows, wanted, rcond=None)[0]

    found = LinearPosterior.of(knowing(seen.sums()), ridge, SIZE + 2)
    assert found.mean == pytest.approx(batch, rel=1e-9, abs=1e-12)
    assert found.covariance == pytest.approx(np.linalg.inv(rows.T @ rows), rel=1e-9, abs=1e-15)
    assert found.root @ found.root.T == pytest.approx(found.covariance, rel=1e-9, abs=1e-15)


def test_sums_told_in_parts_and_in_any_order_are_those_of_all_at_once() -> None:
    seen = Showings(3000, 2)
    edges = np.unique(np.random.default_rng(3).integers(0, 3000, 40))
    parts = [slice(a, b) for a, b in zip([0, *edges], [*edges, 3000], strict=True)]
    total = np.zeros_like(seen.sums())
    for place in np.random.default_rng(4).permutation(len(parts)):
        total += seen.sums(parts[place])
    one, other = (LinearPosterior.of(knowing(sums), 10.0, SIZE + 2) for sums in (seen.sums(), total))
    assert other.mean == pytest.approx(one.mean, rel=1e-9, abs=1e-12)
    assert other.covariance == pytest.approx(one.covariance, rel=1e-9, abs=1e-15)


def test_with_an_intercept_alone_it_is_the_gamma_of_the_default_policy() -> None:
    """Mean (k + clicks) / (k + expected) and variance 1 / (k + expected), at predictions of 1 %."""
    p_ctr = np.full(5000, 0.01)
    sums = linear_sums(p_ctr, None, p_ctr[:80], None)
    found = LinearPosterior.of(knowing(sums), 10.0, 2)
    assert 1.0 + found.mean[0] == pytest.approx((10 + 80) / (10 + 50), rel=1e-12)
    assert found.covariance[0, 0] == pytest.approx(1 / 60, rel=1e-12)


@pytest.mark.parametrize("policy", [LinUcb(exploration_floor=0.0), LinearThompson(exploration_floor=0.0)])
def test_new_creatives_profit_from_what_was_learned_of_those_that_look_alike(policy: Policy) -> None:
    vectors = np.zeros((2, SIZE))
    vectors[0, 0], vectors[1, 0] = -1.5, 1.5
    p_ctr = np.array([0.025, 0.02])
    assert shares(policy, Showings(60_000, 5).sums(), p_ctr, vectors)[1] > 0.95
    # Where pictures tell nothing the model's word stands.
    assert shares(policy, Showings(60_000, 5, slope=0.0).sums(), p_ctr, vectors)[1] < 0.1


def test_lin_ucb_is_the_formula() -> None:
    seen, rng = Showings(2000, 6), np.random.default_rng(7)
    p_ctr, vectors = rng.beta(3, 100, 12), rng.normal(size=(12, SIZE))
    x = linear_features(seen.p_ctr, seen.vectors)
    precision = 10.0 * np.eye(SIZE + 2) + x.T @ (x * seen.p_ctr[:, None])
    theta = np.linalg.solve(precision, x.T @ (seen.clicked - seen.p_ctr))
    here = linear_features(p_ctr, vectors)
    doubt = np.sqrt(np.einsum("ij,ij->i", here @ np.linalg.inv(precision), here))
    for width in (0.1, 2.0):
        bounds = p_ctr * (1.0 + here @ theta + width * doubt)
        found = shares(LinUcb(width=width, exploration_floor=0.001), seen.sums(), p_ctr, vectors)
        assert found.argmax() == bounds.argmax() and found.max() == pytest.approx(1.0 - 11 * 0.001)


@pytest.mark.parametrize(("showings", "size", "tolerance"), [(0, 22, 0.04), (300, 22, 0.04), (20_000, 22, 0.02)])
def test_linear_thompson_is_near_sampling_from_the_posterior(showings: int, size: int, tolerance: float) -> None:
    """In total variation; independent marginals are 0.15 off where little is known."""
    apart = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        p_ctr, vectors = rng.beta(3, 100, 20), rng.normal(size=(20, size))
        sums = Showings(showings, seed, size=size).sums()
        found = shares(LinearThompson(exploration_floor=0.0), sums, p_ctr, vectors)
        believed = LinearPosterior.of(knowing(sums), 10.0, size + 2)
        here = linear_features(p_ctr, vectors) * p_ctr[:, None]
        theta = believed.mean[:, None] + np.linalg.cholesky(believed.covariance) @ rng.normal(size=(size + 2, 200_000))
        drawn = (p_ctr[:, None] + here @ theta).argmax(axis=0)
        apart.append(np.abs(np.bincount(drawn, minlength=20) / 200_000 - found).sum() / 2)
    assert np.mean(apart) < tolerance


@pytest.mark.parametrize("policy", [LinUcb(exploration_floor=0.0), LinearThompson(exploration_floor=0.0)])
def test_twins_share_what_one_of_them_would_have(policy: Policy) -> None:
    rng = np.random.default_rng(9)
    p_ctr, vectors = np.full(5, 0.03), rng.normal(size=(5, SIZE))
    alone = shares(policy, Showings(500, 9).sums(), p_ctr, vectors)
    first = [0, 0, 0, 1, 2, 3, 4]
    together = shares(policy, Showings(500, 9).sums(), p_ctr[first], vectors[first])
    assert together[:3] == pytest.approx([alone[0] / 3] * 3, abs=1e-12)
    assert together[3:] == pytest.approx(alone[1:], abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 26])
def test_fixed_draws_have_the_moments_of_the_normal_and_never_move(size: int) -> None:
    points = fixed_draws(size)
    assert points.shape == (size, DRAWS)
    assert points.mean(axis=1) == pytest.approx(np.zeros(size), abs=1e-12)
    assert points @ points.T / DRAWS == pytest.approx(np.eye(size), abs=1e-12)
    assert len(np.unique(points.round(9), axis=1).T) == DRAWS
    with pytest.raises(ValueError, match="read-only"):
        points[0, 0] = 1.0


def test_without_vectors_they_correct_the_level_and_go_on() -> None:
    names, p_ctr = ["a", "b"], np.array([0.01, 0.03])
    for policy in (LinUcb(), LinearThompson()):
        assert policy.choose(Context(p_ctr), names, np.random.default_rng(0)).propensities[1] > 0.9


def test_vectors_of_another_bundle_are_our_fault() -> None:
    policy = LinearThompson().update(knowing(Showings(10, 8).sums()))
    with pytest.raises(InternalFault, match="sums of 8 features, and vectors that make 5"):
        policy.choose(Context(np.array([0.1]), vectors=np.zeros((1, 3))), ["a"], np.random.default_rng(0))


WORLDS = range(5)


class Market:
    """Fifteen creatives whose model is wrong by what their pictures tell; creatives change every 500 requests."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def play(self, policy: Policy, requests: int = 3000) -> float:
        """Expected clicks as a share of always showing the best; what is known moves every 50 requests."""
        world, luck = np.random.default_rng(self.seed), np.random.default_rng(self.seed + 1000)
        theta = world.normal(size=SIZE) * 0.5
        sums = np.zeros((SIZE + 2) * (SIZE + 5) // 2)
        told, arms = policy, dict[str, ArmStatistics]()
        earned = best = 0.0
        for request in range(requests):
            if request % 500 == 0:
                vectors = world.normal(size=(15, SIZE))
                p_ctr = np.clip(world.beta(3, 60, 15), 0.01, 0.3)
                true = np.clip(p_ctr * np.exp(vectors @ theta / 1.5), 0.0, 0.6)
                names = [f"{request}-{number}" for number in range(15)]
            if request % 50 == 0:
                told = policy.update(Knowledge.of(arms, NOW, {LINEAR: tuple(sums.tolist())}))
            chosen = int(told.choose(Context(p_ctr, vectors=vectors), names, luck).order[0])
            clicked = int(luck.random() < true[chosen])
            one = slice(chosen, chosen + 1)
            sums += linear_sums(p_ctr[one], vectors[one], p_ctr[one][:clicked], vectors[one][:clicked])
            arms[names[chosen]] = arms.get(names[chosen], ArmStatistics()) + ArmStatistics(
                impressions=1, clicks=clicked, expected_clicks=float(p_ctr[chosen])
            )
            earned, best = earned + float(true[chosen]), best + float(true.max())
        return earned / best


@pytest.fixture(scope="module")
def alone_mean() -> float:
    """Regret of a policy to which pictures tell nothing, over the same worlds."""
    # Both draw from the posterior as it stands; the default is narrower, which has nothing to do with pictures.
    return float(np.mean([1.0 - Market(seed).play(ThompsonWithPrior(width=1.0)) for seed in WORLDS]))


@pytest.mark.parametrize("policy", [LinUcb(), LinearThompson()])
def test_where_creatives_change_and_pictures_tell_they_regret_less_on_average(
    policy: Policy, alone_mean: float
) -> None:
    shared = [1.0 - Market(seed).play(policy) for seed in WORLDS]
    assert np.mean(shared) < 0.9 * alone_mean
