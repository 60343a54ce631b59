"""Policies by name."""

from __future__ import annotations

import pytest

from adplat.bandit import POLICIES, ThompsonWithPrior, policy_named
from adplat.domain import ConfigRejected


def test_every_policy_answers_to_its_name() -> None:
    assert {policy_named(name).name for name in POLICIES} == set(POLICIES)


def test_settings_reach_the_policy() -> None:
    assert policy_named("thompson-with-prior", prior_strength=20.0) == ThompsonWithPrior(20.0)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("thompson-with-prio", {}, "did you mean 'thompson-with-prior'"),
        ("zzz", {}, "known policies"),
        ("uniform", {"prior_strength": 3.0}, "no setting"),
        ("thompson-with-prior", {"prior_strength": 0.0}, "not a positive number"),
        ("thompson-with-prior", {"prior_strength": float("nan")}, "not a positive number"),
        ("thompson-with-prior", {"half_life_h": 5.0}, "half-life of 5.0 hours"),
        ("thompson-with-prior", {"objective": "clicks"}, "unknown objective 'clicks'"),
        ("thompson-with-prior", {"objective": "mix", "value_share": 0.0}, "are no mix"),
        ("thompson-with-prior", {"least_ctr_share": 1.1}, "outside 0 and 1"),
        ("thompson-with-prior", {"width": 0.0}, "width 0.0 is not a positive number"),
        ("thompson-without-prior", {"exploration_floor": 1.5}, "outside 0 and 1"),
    ],
)
def test_refusals(name: str, settings: dict[str, float | str], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        policy_named(name, **settings)
