"""Arms and predictions that read as sentences."""

from __future__ import annotations

from functools import cache, partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from adplat.bandit import LINEAR, Bools, Choice, Context, Knowledge, Policy, linear_sums
from adplat.domain import ArmStatistics

Float64 = npt.NDArray[np.float64]
PICTURE = 5


def never_shown() -> ArmStatistics:
    return ArmStatistics()


def shown(impressions: int, *, clicks: int, expected: float) -> ArmStatistics:
    return ArmStatistics(impressions=impressions, clicks=clicks, expected_clicks=expected)


def some_arms(count: int, seed: int) -> tuple[Float64, list[ArmStatistics]]:
    """Predictions around 3 % and arms of very different age, some never shown."""
    rng = np.random.default_rng(seed)
    p_ctr = rng.beta(3, 100, count)
    arms = []
    for rate in p_ctr:
        impressions = int(rng.choice([0, 30, 400, 5000]))
        expected = float(rate * impressions)
        arms.append(shown(impressions, clicks=int(rng.poisson(expected)), expected=expected))
    return p_ctr, arms


def knowing(policy: Policy, arms: list[ArmStatistics]) -> tuple[Policy, list[str]]:
    """The policy that knows these arms, and their names."""
    names = [f"c{number}" for number in range(len(arms))]
    return policy.update(Knowledge.of(dict(zip(names, arms, strict=True)))), names


def choose(
    policy: Policy,
    p_ctr: Float64,
    arms: list[ArmStatistics],
    rng: np.random.Generator,
    *,
    slots: int = 1,
    blocked: Bools | None = None,
) -> Choice:
    """What the policy chooses once it knows these arms."""
    return choosing(policy, p_ctr, arms)(rng, slots=slots, blocked=blocked)


class Choosing(Protocol):
    def __call__(self, rng: np.random.Generator, *, slots: int = 1, blocked: Bools | None = None) -> Choice: ...


def choosing(policy: Policy, p_ctr: Float64, arms: list[ArmStatistics]) -> Choosing:
    """The policy that knows these arms, each with a picture of its own (alike arms look alike), to be asked often.

    What was learned of pictures and words comes from other arms, so that it is the same whoever is offered.
    """
    names = [f"c{number}" for number in range(len(arms))]
    known = policy.update(Knowledge.of(dict(zip(names, arms, strict=True)), sums={LINEAR: learned_of_others()}))
    vectors = np.array([picture_of(arm) for arm in arms]).reshape(len(arms), PICTURE)
    return partial(known.choose, Context(p_ctr, vectors=vectors), names)


def picture_of(arm: ArmStatistics) -> Float64:
    """A vector that hangs on what was shown of the arm, and not on its clicks."""
    return _drawn(arm.impressions, int(arm.expected_clicks * 1e6))


@cache
def _drawn(*seed: int) -> Float64:
    return np.random.default_rng(seed).normal(size=PICTURE)


@cache
def learned_of_others() -> tuple[float, ...]:
    """Sums of 3,000 showings of creatives on which the model errs by their first coordinate."""
    rng = np.random.default_rng(77)
    p_ctr, vectors = rng.beta(3, 100, 3000), rng.normal(size=(3000, PICTURE))
    clicked = rng.random(3000) < p_ctr * np.clip(1.0 + 0.3 * vectors[:, 0], 0.1, 3.0)
    return tuple(linear_sums(p_ctr, vectors, p_ctr[clicked], vectors[clicked]).tolist())
