"""Who gets which arm: the promised shares, and nobody moves who need not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, chisquare

from adplat.domain import (
    LAYER_BUCKETS,
    AssignmentUnit,
    BucketRange,
    Experiment,
    ExperimentArm,
    ExperimentBook,
)
from adplat.experiments import Assigner, lots_for

USERS = [f"u{number:06d}" for number in range(1_500)]
CROWD = [f"u{number:06d}" for number in range(40_000)]
NAMES = ("a", "b", "c", "d", "e")
TEST = Experiment("tea", (ExperimentArm("a"), ExperimentArm("b"), ExperimentArm("c")))

weights = st.floats(0.01, 100.0)
several_arms = st.lists(weights, min_size=2, max_size=4).map(
    lambda drawn: tuple(ExperimentArm(name, weight) for name, weight in zip(NAMES, drawn, strict=False))
)
salts = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)


def dealt(experiment: Experiment, users: Sequence[str] = USERS, **holdouts: object) -> list[str]:
    """The arm's name of each user; empty for who is not in."""
    assigner = Assigner(ExperimentBook((experiment,), **holdouts))  # type: ignore[arg-type]
    arms = [assigner.units_of(user, "").arm_of(experiment.experiment_id) for user in users]
    return ["" if arm is None else arm.name for arm in arms]


def moves(before: Sequence[str], after: Sequence[str]) -> Counter[tuple[str, str]]:
    """How many went from which arm to which other one."""
    return Counter((one, two) for one, two in zip(before, after, strict=True) if one != two)


def test_a_lot_is_what_the_recipe_says() -> None:
    # b2sum -l 64 of "arm|tea|control|u1", worked out apart from this code.
    assert lots_for("arm", "tea", "control")(b"u1") == pytest.approx(0xCAFEBCB5B316C3CD / 2**64, abs=2**-52)


@given(several_arms, weights, salts)
def test_a_new_arm_takes_from_the_others_and_moves_nobody_between_them(
    arms: tuple[ExperimentArm, ...], weight: float, salt: str
) -> None:
    before = dealt(Experiment("tea", arms, salt=salt))
    after = dealt(Experiment("tea", (ExperimentArm("new", weight), *arms), salt=salt))
    assert all(to == "new" for _, to in moves(before, after))


@given(several_arms, st.integers(0, 3), salts, st.sampled_from(["paused", "removed", "without weight"]))
def test_an_arm_that_goes_gives_away_its_own_units_alone(
    arms: tuple[ExperimentArm, ...], which: int, salt: str, how: str
) -> None:
    which %= len(arms)
    gone = {
        "paused": (replace(arms[which], paused=True),),
        "removed": (),
        "without weight": (replace(arms[which], weight=0.0),),
    }[how]
    kept = (*arms[:which], *gone, *arms[which + 1 :])
    kept = kept if len(kept) > 1 else (*kept, ExperimentArm("nobody", 0.0))
    before, after = dealt(Experiment("tea", arms, salt=salt)), dealt(Experiment("tea", kept, salt=salt))
    moved = moves(before, after)
    assert all(left == arms[which].name for left, _ in moved)
    assert moved.total() == Counter(before)[arms[which].name]
    assert "" not in after


@given(several_arms, st.integers(0, 3), weights, salts)
def test_a_changed_weight_moves_units_to_that_arm_or_from_it_and_never_both(
    arms: tuple[ExperimentArm, ...], which: int, weight: float, salt: str
) -> None:
    which %= len(arms)
    changed = (*arms[:which], replace(arms[which], weight=weight), *arms[which + 1 :])
    before, after = dealt(Experiment("tea", arms, salt=salt)), dealt(Experiment("tea", changed, salt=salt))
    moved, name = moves(before, after), arms[which].name
    grows = weight > arms[which].weight
    assert all((to if grows else left) == name for left, to in moved)


@given(several_arms, st.permutations(range(4)), st.floats(0.001, 1000.0), salts)
def test_order_and_scale_of_the_arms_move_nobody(
    arms: tuple[ExperimentArm, ...], order: list[int], scale: float, salt: str
) -> None:
    other = [arms[place] for place in order if place < len(arms)]
    scaled = tuple(replace(arm, weight=arm.weight * scale) for arm in other)
    assert dealt(Experiment("tea", arms, salt=salt)) == dealt(Experiment("tea", scaled, salt=salt))


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=4).map(sorted), several_arms, salts)
def test_while_traffic_rises_nobody_leaves_or_changes_arm_and_as_many_take_part_as_is_told(
    rising: list[float], arms: tuple[ExperimentArm, ...], salt: str
) -> None:
    before = [""] * len(USERS)
    for share in rising:
        after = dealt(Experiment("tea", arms, salt=salt, traffic=share))
        assert all(left == "" for left, _ in moves(before, after))
        low, high = binom.interval(1.0 - 1e-8, len(USERS), share)
        assert low <= np.count_nonzero(after) <= high
        before = after


@given(st.floats(0.0, 1.0), salts)
def test_a_holdout_takes_units_out_and_moves_nobody_else(share: float, salt: str) -> None:
    before = dealt(replace(TEST, salt=salt))
    for held in ({"holdout": share}, {"layer_holdouts": {"default": share}}):
        assert all(to == "" for _, to in moves(before, dealt(replace(TEST, salt=salt), **held)))


def test_arms_get_their_shares() -> None:
    arms = tuple(ExperimentArm(name, weight) for name, weight in zip(NAMES, (1.0, 2.0, 5.0, 0.5, 0.0), strict=True))
    found = Counter(dealt(Experiment("tea", arms), CROWD))
    assert found["e"] == 0
    counts = np.array([found[arm.name] for arm in arms[:4]])
    expected = np.array([arm.weight for arm in arms[:4]])
    assert chisquare(counts, expected / expected.sum() * len(CROWD)).pvalue > 0.001


def test_traffic_ranges_and_holdouts_take_their_shares() -> None:
    half = (BucketRange(0, 2_500), BucketRange(5_000, 7_500))
    for setup, holdouts, share in (
        (replace(TEST, traffic=0.2), {}, 0.2),
        (replace(TEST, layer_ranges=half), {}, 0.5),
        (TEST, {"holdout": 0.3}, 0.7),
        (TEST, {"layer_holdouts": {"default": 0.3, "another": 1.0}}, 0.7),
        (replace(TEST, traffic=0.2, layer_ranges=half), {"holdout": 0.1, "layer_holdouts": {"default": 0.1}}, 0.081),
    ):
        found = np.count_nonzero(dealt(setup, CROWD, **holdouts))
        counts = np.array([found, len(CROWD) - found])
        assert chisquare(counts, np.array([share, 1.0 - share]) * len(CROWD)).pvalue > 0.001


def p_of_independence(one: Sequence[str], two: Sequence[str]) -> float:
    table = np.array([[sum(pair == (a, b) for pair in zip(one, two, strict=True)) for b in "abc"] for a in "abc"])
    return float(chi2_contingency(table).pvalue)


def test_layers_do_not_know_of_each_other() -> None:
    found = []
    for number in range(20):
        one, two = (replace(TEST, experiment_id=f"{name}{number}", layer=f"{name}{number}") for name in ("p", "q"))
        found.append(p_of_independence(dealt(one, CROWD[:9_000]), dealt(two, CROWD[:9_000])))
    # Uniform p-values: twenty of them, not one sign of a common cause and not all too good either.
    assert min(found) > 0.0005
    assert max(found) > 0.3


@pytest.mark.parametrize(
    ("setup", "holdouts"),
    [
        ({"layer_ranges": (BucketRange(0, 3_000),)}, {}),
        ({"traffic": 0.3}, {}),
        ({}, {"holdout": 0.7}),
        ({}, {"layer_holdouts": {"default": 0.7}}),
    ],
)
def test_who_is_in_tells_nothing_of_the_arm(setup: dict[str, Any], holdouts: dict[str, Any]) -> None:
    for salt in ("tea", "s2", "s3"):
        found = Counter(dealt(replace(TEST, salt=salt, **setup), CROWD, **holdouts))
        counts = np.array([found[name] for name in "abc"])
        assert counts.sum() == pytest.approx(12_000, rel=0.05)
        assert chisquare(counts).pvalue > 0.0005


@pytest.mark.parametrize("layer", ["default", "tea"])
def test_one_salt_s_lots_tell_nothing_of_each_other(layer: str) -> None:
    narrow = replace(TEST, layer=layer, layer_ranges=(BucketRange(0, 5_000),), traffic=0.5)
    everywhere = dealt(replace(TEST, layer=layer), CROWD[:10_000])
    in_range = dealt(replace(narrow, traffic=1.0), CROWD[:10_000])
    entered = dealt(replace(TEST, layer=layer, traffic=0.5), CROWD[:10_000])
    table = np.zeros((2, 2))
    np.add.at(table, ([int(name != "") for name in in_range], [int(name != "") for name in entered]), 1)
    assert chi2_contingency(table).pvalue > 0.001
    # Whoever is in has the arm that everybody has.
    for part in (in_range, entered):
        assert all(one in ("", whole) for one, whole in zip(part, everywhere, strict=True))


def test_disjoint_ranges_of_a_layer_share_nobody_and_leave_nobody_out() -> None:
    edges = (0, 1, 3_333, 9_999, LAYER_BUCKETS)
    experiments = tuple(
        replace(TEST, experiment_id=f"e{first}", layer_ranges=(BucketRange(first, end),))
        for first, end in pairwise(edges)
    )
    assigner = Assigner(ExperimentBook(experiments))
    for user in USERS:
        units = assigner.units_of(user, "")
        assert sum(units.arm_of(one.experiment_id) is not None for one in experiments) == 1


def test_who_may_not_be_recognised_is_dealt_by_request() -> None:
    assigner = Assigner(ExperimentBook((TEST,)))
    by_request = {assigner.units_of("", f"r{number}").arm_of("tea") for number in range(50)}
    by_user = {assigner.units_of("u1", f"r{number}").arm_of("tea") for number in range(50)}
    assert (len(by_request), len(by_user)) == (3, 1)
    assert assigner.units_of("", "").arm_of("tea") is None


def test_a_test_of_requests_deals_one_user_to_many_arms_and_holds_out_people() -> None:
    by_request = replace(TEST, unit=AssignmentUnit.REQUEST)
    assigner = Assigner(ExperimentBook((by_request,)))
    assert len({assigner.units_of("u1", f"r{number}").arm_of("tea") for number in range(50)}) == 3
    assert assigner.units_of("u1", "").arm_of("tea") is None
    held = Assigner(ExperimentBook((by_request,), holdout=0.5))
    for user in USERS[:100]:
        came_in = {held.units_of(user, f"r{number}").arm_of("tea") is not None for number in range(20)}
        assert len(came_in) == 1


def test_nobody_is_in_where_every_arm_is_paused() -> None:
    paused = replace(TEST, arms=tuple(replace(arm, paused=True) for arm in TEST.arms))
    assert set(dealt(paused)) == {""}


@given(st.text())
def test_any_text_is_a_unit(user: str) -> None:
    assigner = Assigner(ExperimentBook((TEST,)))
    assert assigner.units_of(user + "\ud800", "").arm_of("tea") is not None
