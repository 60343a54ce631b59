"""Creatives made of elements: what is learned of one is known of all that share it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from adplat.bandit import Context, Knowledge, Policy, ThompsonWithPrior
from adplat.bandit.element_design import LEVEL, MOST_EFFECTS, PAIRS, design_of
from adplat.bandit.element_effects import KIND_DEVIATION, OWN, OWN_DEVIATION, ElementEffects, learn_elements
from adplat.bandit.elements_thompson import ElementsThompson
from adplat.domain import ArmStatistics
from adplat.statistics import Float64

KINDS = ("template", "background", "headline", "cta")
COMBINATIONS = tuple(product(range(4), repeat=4))
NAMES = [f"c{number}" for number in range(len(COMBINATIONS))]
ELEMENTS = {
    name: {kind: f"{kind} {value}" for kind, value in zip(KINDS, values, strict=True)}
    for name, values in zip(NAMES, COMBINATIONS, strict=True)
}


def a_world(seed: int, *, main: float, pairs: float, own: float) -> Float64:
    """Factors of all 256 combinations from effects of these deviations."""
    rng = np.random.default_rng(seed)
    single, both = rng.normal(0.0, main, (4, 4)), rng.normal(0.0, pairs, (4, 4, 4, 4))
    logs = [
        sum(single[kind, values[kind]] for kind in range(4))
        + sum(both[one, two, values[one], values[two]] for one in range(4) for two in range(one + 1, 4))
        for values in COMBINATIONS
    ]
    found: Float64 = np.exp(np.array(logs) + rng.normal(0.0, own, len(COMBINATIONS)))
    return found


def known_of(showings: Float64, clicks: Float64, p_ctr: float = 0.04) -> Knowledge:
    arms = {
        name: ArmStatistics(impressions=int(n), clicks=int(y), expected_clicks=float(n * p_ctr))
        for name, n, y in zip(NAMES, showings, clicks, strict=True)
        if n
    }
    return Knowledge.of(arms).made_of(ELEMENTS)


def a_log(seed: int, factors: Float64, showings: int) -> Knowledge:
    rng = np.random.default_rng(seed)
    shown = rng.integers(0, 2 * showings, len(factors)).astype(np.float64)
    return known_of(shown, rng.poisson(factors * shown * 0.04))


def means(effects: ElementEffects) -> Float64:
    found: Float64 = effects.arm_means[effects.rows_of(NAMES)]
    return found


def test_a_new_combination_starts_from_what_its_elements_taught() -> None:
    truth = a_world(1, main=0.3, pairs=0.05, own=0.05)
    known = a_log(2, truth, 200)
    new = [name for number, name in enumerate(NAMES) if number % 5 == 0]
    kept = {
        name: ArmStatistics(*known.counts[:2, known.row_of[name]].astype(int).tolist(), 0, known.counts[3, column])
        for name, column in known.row_of.items()
        if name not in new
    }
    effects = learn_elements(Knowledge.of(kept).made_of(ELEMENTS))
    found = effects.arm_means[effects.rows_of(new)]
    logs = np.log(truth[[NAMES.index(name) for name in new]])
    assert np.corrcoef(found, logs)[0, 1] > 0.8
    # Of one with unknown elements nothing is known but the level.
    assert effects.arm_means[effects.rows_of(["stranger"])] == pytest.approx([0.0])


def test_intervals_of_new_and_old_combinations_cover_the_truth() -> None:
    inside = []
    for seed in range(6):
        truth = a_world(10 + seed, main=0.25, pairs=0.08, own=0.1)
        effects = learn_elements(a_log(seed, truth, 60))
        rows = effects.rows_of(NAMES)
        deviations = np.sqrt(np.add.reduce(effects.shared(rows) ** 2, axis=1) + effects.own[rows])
        inside.append(np.abs(np.log(truth) - means(effects)) < 1.96 * deviations)
    assert 0.92 < np.mean(inside) < 0.99


def test_how_much_elements_matter_is_learned() -> None:
    with_effects = learn_elements(a_log(1, a_world(1, main=0.4, pairs=0.0, own=0.05), 400)).variances
    without = learn_elements(a_log(1, a_world(1, main=0.0, pairs=0.0, own=0.4), 400)).variances
    assert sum(with_effects[kind] for kind in KINDS) > 2 * sum(without[kind] for kind in KINDS)
    assert without[OWN] > 3 * with_effects[OWN]
    nothing = learn_elements(Knowledge().made_of(ELEMENTS)).variances
    assert nothing["cta"] == KIND_DEVIATION**2
    assert nothing[OWN] == OWN_DEVIATION**2


def test_a_pair_that_clicks_beyond_its_elements_is_found() -> None:
    truth = np.ones(len(NAMES))
    lucky = [number for number, values in enumerate(COMBINATIONS) if values[0] == values[1] == 0]
    truth[lucky] = 1.8
    effects = learn_elements(a_log(3, truth, 600))
    pair = (("background", "background 0"), ("template", "template 0"))
    others = [place for place, effect in enumerate(effects.design.effects) if len(effect) == 2 and effect != pair]
    assert effects.mean[effects.design.effects.index(pair)] > 2 * effects.mean[others].max()


def test_an_arm_with_much_of_its_own_follows_its_own_clicks() -> None:
    known = known_of(np.full(256, 100.0), np.full(256, 4.0))
    known = known.with_arms({"c7": ArmStatistics(1_000_000, 80_000, 0, 40_000.0)})
    effects = learn_elements(known)
    [row] = effects.rows_of(["c7"])
    assert np.exp(effects.arm_means[row]) == pytest.approx(2.0, rel=0.01)
    assert effects.open[row] < 0.001


def test_neither_the_order_of_arms_nor_of_kinds_matters() -> None:
    known = a_log(4, a_world(4, main=0.3, pairs=0.1, own=0.1), 50)
    arms = {
        name: ArmStatistics(*known.counts[:2, known.row_of[name]].astype(int).tolist(), 0, known.counts[3, column])
        for name, column in reversed(known.row_of.items())
    }
    elements = {name: dict(reversed(list(ELEMENTS[name].items()))) for name in reversed(NAMES)}
    again = learn_elements(Knowledge.of(arms).made_of(elements))
    assert means(again) == pytest.approx(means(learn_elements(known)), abs=1e-9)


def test_what_one_creative_has_alone_is_its_own_and_effects_have_a_bound() -> None:
    design = design_of({"a": {"cta": "Buy", "headline": "x"}, "b": {"cta": "Buy", "headline": "y"}}, ["c"], {})
    # Both have the call: that is the level, and says nothing beside it.
    assert design.effects == ((),)
    assert design.groups == (LEVEL, "cta", "headline", PAIRS)
    assert design.left[design.row_of["a"]].tolist() == [0, 0, 1, 1]
    three = {"a": {"cta": "Buy", "headline": "x"}, "b": {"cta": "Buy", "headline": "x"}, "c": {"cta": "Go"}}
    assert design_of(three, [], {}).effects == ((), (("cta", "Buy"),))
    assert design.left[design.row_of["c"]].tolist() == [0, 0, 0, 0]
    many = {f"c{n}": {"headline": f"h{n % 40}", "image": f"i{n % 50}", "cta": f"b{n % 30}"} for n in range(600)}
    seen = {f"c{n}": float(n) for n in range(600)}
    assert len(design_of(many, [], seen).effects) == MOST_EFFECTS


def play(policy: Policy, factors: Float64, seed: int, requests: int = 3000, offered: int = 16) -> float:
    """Clicks lost against always showing the best of the sixteen on offer."""
    rng, p_ctr = np.random.default_rng(seed), 0.04
    showings, clicks, lost = np.zeros(256), np.zeros(256), 0.0
    for request in range(requests):
        if request % 250 == 0:
            policy = policy.update(known_of(showings, clicks))
        arms = rng.choice(256, offered, replace=False)
        choice = policy.choose(Context(np.full(offered, p_ctr)), [NAMES[arm] for arm in arms], rng)
        chosen = arms[choice.order[0]]
        lost += p_ctr * (factors[arms].max() - factors[chosen])
        showings[chosen] += 1
        clicks[chosen] += rng.random() < p_ctr * factors[chosen]
    return lost


@pytest.mark.parametrize(
    ("main", "pairs", "own", "bound"),
    [(0.3, 0.08, 0.1, 0.85), (0.0, 0.15, 0.1, 1.02), (0.0, 0.0, 0.3, 1.05)],
    ids=["elements matter", "pairs alone matter", "elements do not matter"],
)
def test_regret_beside_arms_that_learn_each_by_themselves(main: float, pairs: float, own: float, bound: float) -> None:
    worlds = [a_world(50 + seed, main=main, pairs=pairs, own=own) for seed in range(2)]
    shared = sum(play(ElementsThompson(), world, seed) for seed, world in enumerate(worlds))
    # Both draw from the posterior as it stands; the default is narrower, which has nothing to do with elements.
    alone = sum(play(ThompsonWithPrior(width=1.0), world, seed) for seed, world in enumerate(worlds))
    assert shared < bound * alone
