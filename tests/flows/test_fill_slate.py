"""Filling the places of a page: which first, with what propensities, and what ignoring their worth costs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chisquare

from adplat.bandit import PLACES, Context, Knowledge, Policy, ThompsonWithPrior, Uniform, learn_places
from adplat.domain import PLACE_STARTS, ArmStatistics
from adplat.features import RowArrays
from adplat.flows.fill_slate import PlaceChoice, ScoredPlace, fill_slate

Float64 = npt.NDArray[np.float64]
NO_ROWS: RowArrays = None  # type: ignore[assignment]  # what a place was scored with plays no part here


def fill(
    policy: Policy,
    p_ctr: Float64,
    slots: int,
    rng: np.random.Generator,
    *,
    seen: tuple[float, ...] = (1.0,) * 20,
    groups: tuple[str, ...] = (),
) -> list[PlaceChoice]:
    """``p_ctr`` is (candidates,), or (slots, candidates) where the model reads the position."""
    ids = [f"c{number}" for number in range(p_ctr.shape[-1])]

    def scored_at(slot: int) -> ScoredPlace:
        return ScoredPlace({"position": slot}, NO_ROWS, p_ctr if p_ctr.ndim == 1 else p_ctr[slot], None)

    return fill_slate(
        policy, ids, slots, scored_at, lambda one: Context(one.p_ctr, one.p_cvr), seen, rng, groups=groups
    )


def test_one_slot_is_one_choice_of_the_policy() -> None:
    p_ctr, policy = np.array([0.02, 0.03, 0.01]), ThompsonWithPrior()
    [place] = fill(policy, p_ctr, 1, np.random.default_rng(5))
    choice = policy.choose(Context(p_ctr), ["c0", "c1", "c2"], np.random.default_rng(5))
    assert place.order == tuple(choice.order.tolist())
    assert place.propensities == tuple(choice.propensities[choice.order].tolist())


def test_slates_come_as_often_as_their_propensities_multiply_to() -> None:
    p_ctr, rng, draws = np.array([0.02, 0.03, 0.025, 0.01]), np.random.default_rng(1), 3000
    counts: dict[tuple[int, ...], int] = {}
    told: dict[tuple[int, ...], float] = {}
    for _ in range(draws):
        places = fill(ThompsonWithPrior(exploration_floor=0.1), p_ctr, 2, rng)
        slate = tuple(place.order[0] for place in places)
        counts[slate] = counts.get(slate, 0) + 1
        told[slate] = places[0].propensities[0] * places[1].propensities[0]
    assert len(told) == 12
    assert sum(told.values()) == pytest.approx(1.0)
    assert chisquare(list(counts.values()), [told[slate] * draws for slate in counts]).pvalue > 0.01


def test_the_best_creative_goes_to_the_place_that_is_seen_most() -> None:
    known = {f"c{n}": ArmStatistics(50_000, clicks, 0, 1000.0) for n, clicks in enumerate((1500, 1200, 900))}
    policy = ThompsonWithPrior(exploration_floor=0.0).update(Knowledge.of(known))
    rng = np.random.default_rng(2)
    assert [place.order[0] for place in fill(policy, np.full(3, 0.02), 3, rng)] == [0, 1, 2]
    middle = fill(policy, np.full(3, 0.02), 3, rng, seen=(0.5, 1.0, 0.2))
    assert [place.order[0] for place in middle] == [1, 0, 2]
    # Likewise where the model itself knows it: half the clicks in the first place.
    reading = np.full((3, 3), 0.02) * np.array([[0.5], [1.0], [0.2]])
    assert [place.order[0] for place in fill(policy, reading, 3, rng)] == [1, 0, 2]


def test_of_each_group_one_stands_in_the_slate() -> None:
    places = fill(Uniform(), np.full(5, 0.02), 4, np.random.default_rng(3), groups=("a", "a", "b", "b", "c"))
    assert sorted("aabbc"[place.order[0]] for place in places) == ["a", "b", "c"]
    assert [place.slot for place in places] == [0, 1, 2]
    assert [len(place.order) for place in places] in ([5, 3, 1], [5, 3, 2], [5, 4, 2])


def play(truth: Float64, seed: int, *, heeds_places: bool, pages: int = 1000, every: int = 20) -> Float64:
    """(pages,) clicks lost against the best page, by a policy whose model knows neither arms nor places.

    The model is right on average over places: what it cannot know is which of them are seen.
    """
    rng, p_ctr = np.random.default_rng(seed), 0.15
    examined = np.array([1.0, 0.5, 0.25, 0.12]) / np.mean([1.0, 0.5, 0.25, 0.12])
    counts, clicks, lost = np.zeros((len(truth), 4)), np.zeros((len(truth), 4)), np.zeros(pages)
    best = p_ctr * (np.sort(truth)[::-1][:4] * examined).sum()
    policy, seen = ThompsonWithPrior(), (1.0,) * 4
    for page in range(pages):
        if page % every == 0:
            known = known_of(counts, p_ctr, clicks)
            if heeds_places:
                places = learn_places(known)
                known, seen = places.corrected(known), tuple(places.at(slot) for slot in range(4))
            policy = policy.update(known)
        shown = [place.order[0] for place in fill(policy, np.full(len(truth), p_ctr), 4, rng, seen=seen)]
        lost[page] = best - p_ctr * (truth[shown] * examined).sum()
        counts[shown, range(4)] += 1
        clicks[shown, range(4)] += rng.random(4) < p_ctr * truth[shown] * examined
    return lost


def known_of(showings: Float64, p_ctr: float, clicks: Float64) -> Knowledge:
    arms = {
        f"c{n}": ArmStatistics(
            impressions=int(row.sum()),
            clicks=int(clicks[n].sum()),
            expected_clicks=float(row.sum()) * p_ctr,
            expected_by_place=tuple(np.pad(row * p_ctr, (0, len(PLACE_STARTS) - 4)).tolist()),
        )
        for n, row in enumerate(showings)
    }
    return Knowledge.of(arms, sums={PLACES: tuple(np.pad(clicks.sum(axis=0), (0, len(PLACE_STARTS) - 4)).tolist())})


def test_a_bandit_that_heeds_places_loses_less_than_one_that_takes_the_bottom_for_the_creative() -> None:
    # One that does not heed them commits early, which is cheap at first: what it never finds out costs it later.
    heeding, ignoring = [], []
    for seed in range(8):
        truth = np.minimum(np.exp(np.random.default_rng(100 + seed).normal(0.0, 0.4, 10)), 2.5)
        heeding.append(play(truth, seed, heeds_places=True))
        ignoring.append(play(truth, seed, heeds_places=False))
    late_heeding, late_ignoring = np.sum(heeding, axis=0)[700:].sum(), np.sum(ignoring, axis=0)[700:].sum()
    assert late_heeding < 0.8 * late_ignoring
    assert np.sum(heeding) < np.sum(ignoring)
    assert np.sum(heeding, axis=1).max() < np.sum(ignoring, axis=1).max()
