"""Many decisions at once are the decisions one after another, whatever the policy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.bandit import LINEAR, POLICIES, Choices, Context, Knowledge, Policy, choose_many, policy_named
from adplat.bandit.policy import Bools
from adplat.domain import InternalFault
from tests.bandit.builders import PICTURE, learned_of_others, some_arms


def offers(
    name: str, seed: int, rows: int, most: int, *, with_blocked: bool
) -> tuple[Policy, list[Context], list[list[str]], list[Bools | None]]:
    """A policy that knows 30 arms, and decisions among some of them and of others never shown."""
    rng = np.random.default_rng(seed)
    _, arms = some_arms(30, seed)
    known = Knowledge.of({f"c{place}": arm for place, arm in enumerate(arms)}, sums={LINEAR: learned_of_others()})
    contexts, names, blocked = [], [], []
    for _ in range(rows):
        count = int(rng.integers(0 if with_blocked else 1, most + 1))
        contexts.append(Context(rng.beta(3, 100, count), vectors=rng.normal(size=(count, PICTURE))))
        names.append([f"c{place}" for place in rng.choice(40, count, replace=False)])
        blocked.append(rng.random(count) < 0.3 if with_blocked and rng.random() < 0.7 else None)
    return policy_named(name).update(known), contexts, names, blocked


def assert_alike(found: Choices, policy: Policy, contexts, names, rng, slots: int, blocked) -> None:  # type: ignore[no-untyped-def]
    assert len(found) == len(contexts)
    for place, choice in enumerate(found):
        alone = policy.choose(contexts[place], names[place], rng, slots=slots, blocked=blocked[place])
        assert choice.propensities == pytest.approx(alone.propensities, abs=1e-12)
        assert choice.order.tolist() == alone.order.tolist()
        assert choice.slot_propensities == pytest.approx(alone.slot_propensities, abs=1e-12)
        assert found.first[place] == (alone.order[0] if len(alone.order) else -1)


@pytest.mark.parametrize("name", list(POLICIES))
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 9),
    most=st.integers(1, 35),
    slots=st.sampled_from([1, 1, 3]),
    with_blocked=st.booleans(),
)
def test_the_same_arms_are_drawn_with_the_same_propensities(
    name: str, seed: int, rows: int, most: int, slots: int, with_blocked: bool
) -> None:
    policy, contexts, names, blocked = offers(name, seed, rows, most, with_blocked=with_blocked)
    told = blocked if with_blocked else None
    found = choose_many(policy, contexts, names, np.random.default_rng(seed), slots=slots, blocked=told)
    assert_alike(found, policy, contexts, names, np.random.default_rng(seed), slots, blocked)


def test_a_policy_of_another_objective_is_asked_one_by_one() -> None:
    _, contexts, names, blocked = offers("thompson-with-prior", 3, 4, 9, with_blocked=True)
    policy = policy_named("thompson-with-prior", objective="cvr")
    found = choose_many(policy, contexts, names, np.random.default_rng(1), blocked=blocked)
    assert_alike(found, policy, contexts, names, np.random.default_rng(1), 1, blocked)


def test_a_learned_prior_weighs_padded_decisions_as_it_weighs_them_alone() -> None:
    rng = np.random.default_rng(8)
    _, arms = some_arms(300, 8)
    policy = policy_named("thompson-with-prior").update(Knowledge.of({str(n): arm for n, arm in enumerate(arms)}))
    names = [[str(n) for n in rng.choice(320, count, replace=False)] for count in (3, 20, 1, 12)]
    contexts = [Context(rng.beta(3, 100, len(one))) for one in names]
    found = choose_many(policy, contexts, names, np.random.default_rng(2))
    assert_alike(found, policy, contexts, names, np.random.default_rng(2), 1, [None] * 4)


def test_what_a_decision_gets_does_not_hang_on_its_neighbours() -> None:
    policy, contexts, names, _ = offers("thompson-with-prior", 5, 40, 25, with_blocked=False)
    all_of_them = choose_many(policy, contexts, names, np.random.default_rng(0)).propensities
    some = choose_many(policy, contexts[7:11], names[7:11], np.random.default_rng(0)).propensities
    assert some == pytest.approx(all_of_them[7:11, : some.shape[1]], abs=1e-13)


def test_lists_that_are_one_object_are_as_good_as_equal_ones() -> None:
    policy, contexts, names, _ = offers("thompson-with-prior", 6, 1, 12, with_blocked=False)
    shared = choose_many(policy, contexts * 3, names * 3, np.random.default_rng(4))
    apart = choose_many(policy, contexts * 3, [list(names[0]) for _ in range(3)], np.random.default_rng(4))
    assert (shared.propensities == apart.propensities).all() and (shared.orders == apart.orders).all()


@pytest.mark.parametrize("name", list(POLICIES))
def test_one_wrong_decision_among_many_is_our_fault(name: str) -> None:
    policy, contexts, names, _ = offers(name, 7, 3, 6, with_blocked=False)
    rng = np.random.default_rng(0)
    with pytest.raises(InternalFault, match="give one of each"):
        choose_many(policy, contexts, names[:2], rng)
    with pytest.raises(InternalFault, match="arms, predictions of shape"):
        choose_many(policy, contexts, [names[0], names[1], [*names[2], "one more"]], rng)
    # Too many in one and too few in another add up: still each is to fit.
    uneven = [Context(np.full(2, 0.1)), Context(np.full(4, 0.1))]
    with pytest.raises(InternalFault, match="3 arms, predictions of shape"):
        choose_many(policy, uneven, [["a", "b", "c"]] * 2, rng)
    for wrong in (float("nan"), 1.5, -0.1):
        told = [*contexts[:2], Context(np.full(len(names[2]), wrong), vectors=contexts[2].vectors)]
        with pytest.raises(InternalFault, match="not a probability"):
            choose_many(policy, told, names, rng)
    blocked = [None, None, np.zeros(len(names[2]) + 1, dtype=bool)]
    with pytest.raises(InternalFault, match="arms, predictions of shape"):
        choose_many(policy, contexts, names, rng, blocked=blocked)


def test_choices_are_a_sequence() -> None:
    policy, contexts, names, _ = offers("uniform", 9, 5, 4, with_blocked=False)
    found = choose_many(policy, contexts, names, np.random.default_rng(3))
    assert len(found[1:3]) == 2 and found[1:3][0].order.tolist() == found[1].order.tolist()
    assert found[-1].order.tolist() == found[4].order.tolist()
    assert [one.propensities.shape for one in found] == [(len(one),) for one in names]
