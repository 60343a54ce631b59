"""Arms and predictions that read as sentences."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.bandit import Bools, Choice, Context, Knowledge, Policy
from adplat.domain import ArmStatistics

Float64 = npt.NDArray[np.float64]


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
    known, names = knowing(policy, arms)
    return known.choose(Context(p_ctr), names, rng, slots=slots, blocked=blocked)
