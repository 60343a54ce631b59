"""The policies by name. A new one: one file beside these, one line here; the contract tests pick it up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, cast

from adplat.bandit.beta_thompson import BetaThompson
from adplat.bandit.elements_thompson import ElementsThompson
from adplat.bandit.epsilon_greedy import EpsilonGreedy
from adplat.bandit.gaussian_thompson import GaussianThompson
from adplat.bandit.lin_ucb import LinUcb
from adplat.bandit.linear_thompson import LinearThompson
from adplat.bandit.policy import Policy
from adplat.bandit.thompson_with_prior import ThompsonWithPrior
from adplat.bandit.thompson_without_prior import ThompsonWithoutPrior
from adplat.bandit.top_two_thompson import TopTwoThompson
from adplat.bandit.ucb1 import Ucb1
from adplat.bandit.uniform import Uniform
from adplat.domain import ConfigRejected

POLICIES: Mapping[str, Callable[..., Policy]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ThompsonWithPrior,
            ThompsonWithoutPrior,
            Uniform,
            EpsilonGreedy,
            Ucb1,
            BetaThompson,
            GaussianThompson,
            TopTwoThompson,
            LinUcb,
            LinearThompson,
            ElementsThompson,
        )
    }
)


def settings_of(kind: Any) -> list[str]:
    """Names of what a policy can be told; what it learned is none."""
    return [field.name for field in fields(kind) if field.compare]


def described_policies() -> list[dict[str, Any]]:
    """Of each policy ``{name, summary, reads, settings}``: what it depends on beside candidates, and its defaults."""
    return [
        {
            "name": name,
            "summary": (sys.modules[kind.__module__].__doc__ or "").partition("\n")[0],
            "reads": [read.name.lower() for read in kind.reads if read.name],
            "settings": {field.name: field.default for field in fields(kind) if field.compare},
        }
        for name, kind in cast("Mapping[str, Any]", POLICIES).items()
    ]


def policy_fitting(name: str, **settings: Any) -> Policy:
    """``policy_named`` with those of the settings that the policy has: one set of settings for all policies.

    ``None`` leaves a setting at its default.
    """
    kind: Any = POLICIES.get(name)
    known = settings_of(kind) if kind is not None else []
    told = {setting: value for setting, value in settings.items() if setting in known and value is not None}
    return policy_named(name, **told)


def policy_named(name: str, **settings: Any) -> Policy:
    """Make the policy of this name, e.g. ``policy_named("thompson-with-prior", prior_strength=20)``.

    Raises:
        ConfigRejected: no such policy, a setting it does not have, or a value out of range.
    """
    kind: Any = POLICIES.get(name)
    if kind is None:
        near = get_close_matches(name, POLICIES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known policies: {', '.join(POLICIES)}"
        raise ConfigRejected(f"unknown policy {name!r}", where="policy", hint=hint)
    known = settings_of(kind)
    for setting in settings:
        if setting not in known:
            listed = ", ".join(known) or "none"
            raise ConfigRejected(
                f"policy {name!r} has no setting {setting!r}", where="policy", hint=f"its settings: {listed}"
            )
    policy: Policy = kind(**settings)
    return policy
