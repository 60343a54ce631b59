"""A test whose traffic is raised in the middle is one test: nothing is seen in it that is not there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from adplat.domain import Experiment, ExperimentArm, ExperimentBook
from adplat.experiments import (
    Assigner,
    Moments,
    RatioSums,
    anytime_sample_ratio,
    effects,
    ratio_moments,
    sample_ratio,
    student,
    watched,
)

RUNS, DAYS, RAISED_ON = 400, 10, 5
USERS = [f"u{number:04d}" for number in range(1_000)]
ARMS = ("plain", "bright")
ALPHA, TUNING = 0.05, 400.0
Arms = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
# The arm of each user on each day, ``(days, users)``; 0: in none.
Dealing = Callable[[str], Arms]


def dealt(salt: str, traffic: float, weights: tuple[float, float] = (1.0, 1.0)) -> Arms:
    arms = tuple(ExperimentArm(name, weight) for name, weight in zip(ARMS, weights, strict=True))
    assigner = Assigner(ExperimentBook((Experiment("tea", arms, salt=salt, traffic=traffic),)))
    found = [assigner.units_of(user, "").arm_of("tea") for user in USERS]
    return np.array([0 if arm is None else 1 + ARMS.index(arm.name) for arm in found])


def day_by_day(before: Arms, after: Arms) -> Arms:
    return np.stack([before if day < RAISED_ON else after for day in range(DAYS)])


def raised(salt: str) -> Arms:
    return day_by_day(dealt(salt, 0.2), dealt(salt, 0.8))


def raised_for_one_arm(salt: str) -> Arms:
    """What must not be done: whoever comes in later comes to one arm."""
    before = dealt(salt, 0.2)
    return day_by_day(before, np.where((before == 0) & (dealt(salt, 0.8) > 0), 2, before))


def simulated(dealing: Dealing) -> tuple[tuple[Moments, Moments], list[Numbers]]:
    """Click rates of both arms after each day, ``(runs, days)``, and the units by then, ``(days, arms)`` of each run.

    No arm does anything. Users differ, come as often as they like, and click more from day to day.
    """
    rng = np.random.default_rng(7)
    sums = np.zeros((2, 6, RUNS, DAYS))
    for run in range(RUNS):
        arms = dealing(f"s{run}")
        shown = rng.poisson(0.6, arms.shape)
        rates = rng.beta(2.0, 8.0, len(USERS)) * np.linspace(0.5, 1.0, DAYS)[:, None]
        clicked = rng.binomial(shown, rates)
        for number in range(2):
            is_in = arms == number + 1
            tops, bottoms = ((what * is_in).cumsum(axis=0).astype(np.float64) for what in (clicked, shown))
            parts = (bottoms > 0, tops, tops**2, bottoms, bottoms**2, tops * bottoms)
            sums[number, :, run] = [part.sum(axis=1) for part in parts]
    control, treatment = (ratio_moments(RatioSums(*parts)) for parts in sums)
    return (control, treatment), list(np.moveaxis(sums[:, 0], 0, -1))


def most(share: float) -> int:
    """How many of the runs chance alone calls different, but once in ten thousand."""
    return int(binom.ppf(0.9999, RUNS, share))


def test_no_more_false_alarms_than_are_promised_and_the_split_is_as_planned() -> None:
    (control, treatment), units = simulated(raised)
    assert units[0][-1].sum() > 3 * units[0][RAISED_ON - 1].sum(), "the raise is no small one"
    last = student(effects(control, treatment, relative=False), ALPHA, "two-sided").p_value[:, -1]
    assert binom.ppf(0.0001, RUNS, ALPHA) <= (last <= ALPHA).sum() <= most(ALPHA)
    for relative in (False, True):
        looked = watched(control, treatment, ALPHA, TUNING, "two-sided", relative=relative).p_value
        assert (looked <= ALPHA).any(axis=1).sum() <= most(ALPHA)
    assert sum(sample_ratio(one[-1].tolist(), [1.0, 1.0]).flagged for one in units) <= most(0.001)
    assert sum(anytime_sample_ratio(one.tolist(), [1.0, 1.0]).flagged for one in units) <= most(0.001)


def test_these_checks_see_a_raise_that_one_arm_alone_gets() -> None:
    (control, treatment), units = simulated(raised_for_one_arm)
    last = student(effects(control, treatment, relative=False), ALPHA, "two-sided").p_value[:, -1]
    assert (last <= ALPHA).sum() > 2 * most(ALPHA)
    assert all(sample_ratio(one[-1].tolist(), [1.0, 1.0]).flagged for one in units)
